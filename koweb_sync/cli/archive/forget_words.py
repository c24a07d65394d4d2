"""What forgetting somebody says: what would go and what stays, what was erased, what still says a name."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from koweb_sync.cli.output import echo, emit, labelled, say
from koweb_sync.i18n import _, ngettext, number

if TYPE_CHECKING:
    from koweb_sync.archive.privacy.find_names import Trace
    from koweb_sync.archive.privacy.forget import ForgetOrder
    from koweb_sync.archive.privacy.forget_everywhere import ForgetOutcome

UNSEEN = ("text in topic_versions", "text in cursors", "text in agenda", "text in ledger", "text in runs")
SHOWN = 50  # places on a screen; --format json prints all of them


def announce(orders: "Sequence[ForgetOrder]") -> None:
    """Say whose names are meant."""
    written = ", ".join(_("“{title}”").format(title=name) for one in orders for name in one.written)
    if written:  # else they are erased already
        named = _("Names to be forgotten")
        say(labelled(named, written))


def ahead_of(orders: "Sequence[ForgetOrder]", rehearsal: "ForgetOutcome") -> list[str]:
    """What would go and what would stay, line by line."""
    rows = told(rehearsal.done.rows)
    return [
        _("What goes:"),
        *(rows or [f"  {_('nothing')}"]),
        *rewritten(rehearsal.done.rows),
        _("What stays:"),
        f"  {staying(orders, rehearsal.posts)}",
    ]


def staying(orders: "Sequence[ForgetOrder]", posts: int) -> str:
    """What becomes of what they wrote."""
    policies = {one.policy for one in orders}
    if policies == {"renamed"}:
        return ngettext("{n} post, under the name of today", "{n} posts, under the name of today", posts).format(
            n=number(posts)
        )
    if "remove" in policies:
        text = ngettext(
            "{n} empty post: that something stood there", "{n} empty posts: that something stood there", posts
        )
        return text.format(n=posts)
    return ngettext(
        "{n} post with its text, without the name", "{n} posts with their texts, without the name", posts
    ).format(n=number(posts))


def told(rows: Mapping[str, int]) -> list[str]:
    """What goes, line by line."""
    return [f"  {erased(what, n)}" for what, n in sorted(rows.items()) if not stays(what)]


def rewritten(rows: Mapping[str, int]) -> list[str]:
    """What stays without a name, line by line: texts that said one together, whichever table holds them."""
    texts = sum(n for what, n in rows.items() if what.startswith("text in ") and what not in UNSEEN)
    pointers = rows.get("pointers", 0)
    said = ngettext("{n} text that said a name", "{n} texts that said a name", texts).format(n=number(texts))
    lines = [*([f"  {erased('pointers', pointers)}"] if pointers else []), *([f"  {said}"] if texts else [])]
    return [_("What is rewritten without the name:"), *lines] if lines else []


def stays(what: str) -> bool:
    """Whether it is no row that goes: it leads to a number from now on, or its words are others."""
    return what.startswith("text in ") or what == "pointers"


def say_places(places: "Sequence[Trace]") -> None:
    """Say what would be left to a person."""
    if places:
        say(remaining(len(places)))
        list_places(places)


def remaining(count: int) -> str:
    """How many places are left."""
    return ngettext(
        "{n} place would still say one of these names. Does it mean them? Then --names replaces it:",
        "{n} places would still say one of these names. Do they mean them? Then --names replaces them:",
        count,
    ).format(n=number(count))


def list_places(places: "Sequence[Trace]") -> None:
    """Places with the words around them, as many as fit."""
    for one in places[:SHOWN]:
        say(f"  {labelled(one.where, one.context)}")
    if len(places) > SHOWN:
        say(_("  … and {n} more; --format json prints all of them.").format(n=len(places) - SHOWN))


def printed(
    orders: "Sequence[ForgetOrder]",
    outcome: "ForgetOutcome",
    style: str,
    again: Mapping[str, bool],
    *,
    ahead: bool = False,
) -> None:
    """What was erased, or would be: data, on standard output. `again`: exports, and whether they were made again."""
    rows = outcome.done.rows
    if style == "json":
        emit(
            {
                "version": 1,
                "people": [one.person for one in orders],
                "erased": rows,
                "remembered": outcome.remembered,
                "exports": [
                    {"folder": str(one.folder), "known": one.known, "rewritten": [str(path) for path in one.rewritten]}
                    for one in outcome.reached
                ],
                "made_again": [{"place": place, "done": done} for place, done in again.items()],
                "left": [{"where": one.where, "context": one.context} for one in outcome.left],
            }
        )
        return
    for line in ahead_of(orders, outcome) if ahead else done_with(rows):
        echo(line)


def done_with(rows: Mapping[str, int]) -> list[str]:
    """What was erased, and what was rewritten, line by line."""
    gone = told(rows)
    return [*([_("Erased:"), *gone] if gone else []), *rewritten(rows)]


def erased(what: str, n: int) -> str:
    """How many rows of a kind were erased, in words."""
    texts = {
        "accounts": ngettext("{n} account", "{n} accounts", n),
        "activity": ngettext("{n} count of activity", "{n} counts of activity", n),
        "earlier titles": ngettext("{n} earlier title", "{n} earlier titles", n),
        "earlier versions": ngettext("{n} earlier version", "{n} earlier versions", n),
        "files": ngettext("{n} file", "{n} files", n),
        "group_members": ngettext("{n} membership of a group", "{n} memberships of groups", n),
        "likes": ngettext("{n} like", "{n} likes", n),
        "names": ngettext("{n} name", "{n} names", n),
        "pictures": ngettext("{n} picture", "{n} pictures", n),
        "pointers": ngettext("{n} mention, quote or answer", "{n} mentions, quotes or answers", n),
        "poll_votes": ngettext("{n} vote", "{n} votes", n),
        "texts of posts": ngettext("{n} text of a post", "{n} texts of posts", n),
    }
    return texts[what].format(n=n)


def say_reached(outcome: "ForgetOutcome") -> None:
    """Say what was rewritten beside the archive, and what could not even be searched."""
    for one in outcome.reached:
        if one.unclear is not None:
            text = labelled(str(one.folder), str(one.unclear))
            say(text, fg="red")
        if not one.known:
            say(_("{folder} is no export that koweb made: nothing was changed there.").format(folder=one.folder))
        elif one.rewritten:
            say(
                ngettext("{folder}: {n} file rewritten.", "{folder}: {n} files rewritten.", len(one.rewritten)).format(
                    folder=one.folder, n=number(len(one.rewritten))
                )
            )
    if outcome.closed:
        say(_("This may not be read, and was not searched:"), fg="red")
        for path in dict.fromkeys(outcome.closed):
            say(f"  {path}")
        say(_("Let your account read it, then type the same command again."))


def conclude(outcome: "ForgetOutcome", *, proven: bool, alone: bool) -> None:
    """Say what is left, and what lies out of reach. `proven`: everything within reach was searched; `alone`: no other
    copy holds them.
    """
    say_reached(outcome)
    if proven and not outcome.left and not outcome.closed:
        say(_("Searched the archive, and its exports on this computer that koweb knows: nothing is left."), fg="green")
        if alone:
            say(_("Nor do they stand in another copy of it that koweb knows, or that lies in the same folder."))
    if outcome.left:
        say(
            ngettext(
                "{n} place still says one of the names:", "{n} places still say one of the names:", len(outcome.seen)
            ).format(n=number(len(outcome.seen))),
            fg="red",
        )
        list_places(outcome.seen)
        say(_("Does a place mean this person? Type the command again, with --names and the name as it stands."))
        say(_("If it stands in an export, export that anew. If it stays, see whether the archive is open elsewhere."))
    say(
        _(
            "Out of koweb's reach: the forum itself, the history of your git repositories (adopted and pulled posts, "
            "and who edited them), backups and other copies of the archive, exports elsewhere, published reports."
        )
    )


def say_elsewhere(copies: "Sequence[str]", files: "Sequence[str]") -> None:
    """Say what still holds them beside the archive: copies of it, by what forgets them there, and files about them."""
    if copies:
        say(_("Another copy of this archive still holds them. Forget them there, too:"), fg="red")
    for command in copies:
        say(f"  {command}")
    if files:
        text = ngettext(
            "A file of “koweb archive subject” still tells of them. Delete it:",
            "Files of “koweb archive subject” still tell of them. Delete them:",
            len(files),
        )
        say(text, fg="red")
    for file in files:
        say(f"  {file}")
