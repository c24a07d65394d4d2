"""What came of a fetch or pull, in words and columns. Pure: text out, nothing printed."""

from collections import Counter

from koweb_sync.i18n import _, ngettext, number
from koweb_sync.posts.fields import FIELDS
from koweb_sync.sync.publish.show import Row
from koweb_sync.sync.pull.news import Incoming, Pulled


def row(edit: Incoming) -> Row:
    """One edit: what became of it, which file, what changed and by whom."""
    verbs = {
        "brought": _("brought"),
        "held": _("known"),
        "seen": _("edited"),
        "conflict": _("conflict"),
        "left out": _("left out"),
    }
    sides = {"": verbs[edit.fate], "ours": _("yours stays"), "theirs": _("theirs stays")}
    names = {
        **{name: field.words().called for name, field in FIELDS.items()},
        "text": _("text"),
        "files": _("images and attachments"),
        "translation": _("translation"),
    }
    what = ", ".join(names[name] for name in edit.what)
    return (
        sides[edit.side],
        edit.path,
        _("{what} by {editor}: {url}").format(what=what, editor=edit.editor, url=edit.url),
    )


def what_next(result: Pulled) -> str:
    """What a person has to do about conflicts."""
    paths = ", ".join(edit.path for edit in result.conflicts)
    if any(edit.fate == "left out" for edit in result.conflicts):
        text = _("Both sides changed the same, so these were left out: {paths}. Pull them on your own computer.")
        return text.format(paths=paths)
    if len({edit.editor for edit in result.conflicts}) > 1:
        return _(
            "Both sides changed the same in {paths}. One person's edits come after the other's: resolve the marks that "
            "stand there now, then “koweb pull --continue” brings the next; “koweb pull --abort” undoes the pull."
        ).format(paths=paths)
    return _(
        "Both sides changed the same in {paths}. Resolve the marks there, then “koweb pull --continue”; "
        "“koweb pull --abort” undoes the pull."
    ).format(paths=paths)


def closing(result: Pulled, *, seen: bool) -> str:
    """What it came to, in one line."""
    fates = Counter(edit.fate for edit in result.edits)
    new, conflicts = fates["seen"] + fates["brought"], fates["conflict"] + fates["left out"]
    left = len({refusal.path for refusal in result.refusals})
    parts = [
        text.format(n=n)
        for n, text in (
            (new, ngettext("{n} post edited on the forum", "{n} posts edited on the forum", new)),
            (conflicts, ngettext("{n} conflict", "{n} conflicts", conflicts)),
            (len(result.commits), ngettext("{n} commit", "{n} commits", len(result.commits))),
            (left, ngettext("{n} post not compared", "{n} posts not compared", left)),
        )
        if n
    ]
    text = ", ".join(parts) + "." if parts else _("Nothing new on the forum.")
    if seen and new:
        text = f"{text} " + _("“koweb pull” brings them.")
    if result.spared:
        all_of_them = result.read + result.spared
        told = ngettext(
            "{n} of {all} topics was read: those that the forum tells edits of, and some in turn.",
            "{n} of {all} topics were read: those that the forum tells edits of, and some in turn.",
            result.read,
        ).format(n=number(result.read), all=all_of_them)
        text = f"{text} {told} " + _("“koweb fetch --all” reads every one.")
    return text


def as_data(result: Pulled) -> dict[str, object]:
    """A result as plain data, for `--format json`."""
    return {
        "version": 1,
        "exit_code": result.exit_code,
        "read": result.read,
        "commits": list(result.commits),
        "edits": [
            {
                "path": edit.path,
                "topic": edit.topic,
                "url": edit.url,
                "changes": list(edit.what),
                "editor": edit.editor,
                "fate": edit.fate,
            }
            for edit in result.edits
        ],
        "reports": [
            {"path": one.path, "topic": one.topic, "url": one.url, "state": str(one.state), "message": one.text}
            for one in result.news
        ],
        "refused": [str(refusal.error) for refusal in result.refusals],
    }
