"""What an edit changed, as Discourse's JSON shows it: differences as HTML, never the whole raw."""

import html
import re
from difflib import SequenceMatcher
from typing import Any

from koweb_sync.sandbox.model.records import PostRecord, RevisionRecord, UserRecord
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.people import avatar

LONGEST = 40_000  # pairs that are compared one by one
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def revision(state: ForumState, post: PostRecord, which: RevisionRecord, *, staff: bool) -> dict[str, Any]:
    """One edit, beside those before and after it that the reader may see."""
    user, topic = state.users[which.user_id], state.topics[post.topic_id]
    seen = [one.number for one in post.revisions if staff or not one.hidden]
    at = seen.index(which.number)
    shown = {
        "created_at": iso(which.at),
        **fields(post, "wiki", post_id="id"),
        "previous_hidden": False,
        **fields(which, "", current_hidden="hidden", current_revision="number", edit_reason="reason"),
        "first_revision": seen[0],
        "previous_revision": seen[at - 1] if at else None,
        "next_revision": seen[at + 1] if at + 1 < len(seen) else None,
        "last_revision": seen[-1],
        "current_version": at + 2,
        "version_count": len(seen) + 1,
        **person(user),
        **({"acting_user_name": user.name} if state.newer else {}),
        "body_changes": body(state, post, which),
        "title_changes": lines(*pair(post, which, "title", topic.title)) if post.number == 1 else None,
        "user_changes": people(state, which),
        "can_edit": staff,
    }
    return {**shown, **other_changes(which)}


def pair(post: PostRecord, which: RevisionRecord, name: str, now: Any) -> tuple[Any, Any]:
    """A field before and after an edit: the same value where the edit did not touch it."""
    if name in which.changes:
        return which.changes[name]
    later = [one.changes[name] for one in post.revisions if one.number > which.number and name in one.changes]
    value = later[0][0] if later else now
    return value, value


def other_changes(which: RevisionRecord) -> dict[str, Any]:
    """Changes of tags, category and wiki status, where there are any."""
    found: dict[str, Any] = {}
    for name, shown in (("tags", "tags_changes"), ("category_id", "category_id_changes"), ("wiki", "wiki_changes")):
        if name in which.changes:
            before, after = which.changes[name]
            found[shown] = {"previous": before, "current": after}
    return found


def people(state: ForumState, which: RevisionRecord) -> dict[str, Any] | None:
    """Another author of the post."""
    if "user_id" not in which.changes:
        return None
    before, after = (state.users[number] for number in which.changes["user_id"])
    return {"previous": person(before), "current": person(after)}


def person(user: UserRecord) -> dict[str, Any]:
    return {"username": user.username, "display_username": user.username, "avatar_template": avatar(user)}


def body(state: ForumState, post: PostRecord, which: RevisionRecord) -> dict[str, str]:
    """What changed in the text, three times as HTML."""
    before, after = pair(post, which, "raw", post.raw)
    old, new = cooked(state, post, before), cooked(state, post, after)
    return {**lines(old, new, cooked=True), "side_by_side_markdown": markdown(before, after)}


def cooked(state: ForumState, post: PostRecord, raw: str) -> str:
    """What a text of this post would look like."""
    if raw == post.raw:
        return post.cooked
    other = PostRecord(
        post.id, post.topic_id, post.number, post.user_id, raw, post.created_at, post.updated_at, state.cook
    )
    return state.cook(other)


def lines(before: str, after: str, *, cooked: bool = False) -> dict[str, str]:
    """Differences line by line, in one column and in two."""
    old, new = (text.split("\n") if cooked else [f"<div>{html.escape(text)}</div>"] for text in (before, after))
    inline, left, right = [], [], []
    for kind, a, b, c, d in steps(old, new):
        gone, come = "\n".join(old[a:b]), "\n".join(new[c:d])
        if kind == "equal":
            inline.append(gone)
            left.append(gone)
            right.append(gone)
            continue
        marked = (
            f'<div class="diff-del">{gone}</div>' if gone else "",
            f'<div class="diff-ins">{come}</div>' if come else "",
        )
        inline += marked
        left.append(marked[0])
        right.append(marked[1])
    columns = "".join(f'<div class="revision-content">{"".join(side)}</div>' for side in (left, right))
    return {"inline": f'<div class="inline-diff">{"".join(inline)}</div>', "side_by_side": columns}


def steps(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """What makes one list of the other; of long ones what is between the same beginning and end, as a whole."""
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    most = min(len(old), len(new)) - start
    backwards = zip(reversed(old), reversed(new), strict=False)
    end = min(most, next((n for n, (a, b) in enumerate(backwards) if a != b), most))
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    if len(left) * len(right) <= LONGEST:
        middle = SequenceMatcher(None, left, right).get_opcodes()
    else:
        middle = [("replace", 0, len(left), 0, len(right))]
    moved = [(kind, a + start, b + start, c + start, d + start) for kind, a, b, c, d in middle]
    head = [("equal", 0, start, 0, start)] if start else []
    tail = [("equal", len(old) - end, len(old), len(new) - end, len(new))] if end else []
    return [*head, *(one for one in moved if one[1] < one[2] or one[3] < one[4]), *tail]


def markdown(before: str, after: str) -> str:
    """Differences of the Markdown, paragraph by paragraph in two columns, word by word within."""
    old, new = (re.split(r"(?<=\n\n)", text) for text in (before, after))
    rows = []
    for kind, a, b, c, d in steps(old, new):
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        if kind == "equal":
            rows.append(f"<tr><td>{html.escape(gone)}</td><td>{html.escape(come)}</td></tr>")
        else:
            left, right = words(gone, come)
            rows.append(f'<tr><td class="diff-del">{left}</td><td class="diff-ins">{right}</td></tr>')
    return f'<table class="markdown">{"".join(rows)}</table>'


def words(before: str, after: str) -> tuple[str, str]:
    """Two texts with what was taken away and added marked."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    left, right = [], []
    for kind, a, b, c, d in steps(old, new):
        gone, come = html.escape("".join(old[a:b])), html.escape("".join(new[c:d]))
        left.append(gone if kind == "equal" or not gone else f"<del>{gone}</del>")
        right.append(come if kind == "equal" or not come else f"<ins>{come}</ins>")
    return "".join(left), "".join(right)
