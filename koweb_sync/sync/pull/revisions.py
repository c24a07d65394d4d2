"""Every text that a topic's first post ever had, as far as the forum tells. What cannot be had is said; a text that
moderators hid counts as such, for a repository is read by more people than they are.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from koweb_sync.forum.models import Revision, TopicView
from koweb_sync.posts.dialect import normalise
from koweb_sync.sync.world.seen import LastEdit
from koweb_sync.times import seconds

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum


@dataclass(frozen=True, slots=True)
class PostVersion:
    """One version of a post: its number from 1, the text, the title, and who wrote it when and why."""

    number: int
    raw: str
    title: str
    edit: LastEdit


@dataclass(frozen=True, slots=True)
class History:
    """All versions that could be had, oldest first, and the numbers of those that could not."""

    versions: tuple[PostVersion, ...]
    lacking: tuple[int, ...] = ()


def history(forum: "Forum", view: TopicView) -> History:
    """The versions of a topic: one request for each revision, and one for each older text."""
    raw, title, post = view.first.raw or "", view.title, view.first.id
    last = forum.revision(post)
    count = last.number if last else 1
    edits = {n: last if last and n == last.number else forum.revision(post, n) for n in range(2, count + 1)}
    texts: dict[int, str | None] = {count: raw}
    titles = {count: title}
    for number in range(count, 1, -1):
        edit = edits[number]
        titles[number - 1] = edit.titles[0] if edit and edit.titles else titles[number]
        texts[number - 1] = before(forum, view, edit, number, texts[number])
    first = LastEdit(view.first.username, view.first.name, seconds(view.created))
    versions = [
        PostVersion(number, text, titles[number], who(edits.get(number)) or first)
        for number, text in sorted(texts.items())
        if text is not None and (number == 1 or shown(edits[number]))
    ]
    known = {version.number for version in versions}
    return History(tuple(versions), tuple(n for n in range(1, count + 1) if n not in known))


def shown(edit: Revision | None) -> bool:
    """Whether we know of an edit, and its text was not hidden."""
    return edit is not None and not edit.hidden


def who(edit: Revision | None) -> LastEdit | None:
    """Who made a revision."""
    return LastEdit(edit.username, edit.name, seconds(edit.at), edit.reason) if edit else None


def before(forum: "Forum", view: TopicView, edit: Revision | None, number: int, after: str | None) -> str | None:
    """The text before a revision; None if it cannot be had."""
    if edit is not None and edit.before is not None and edit.before == edit.after and after is not None:
        return after  # only the title, category or tags changed
    told = forum.old_raw(view.first.id, number - 1)
    shown = edit.before if edit else None
    if told is not None and shown is not None and squeezed(told) == squeezed(shown):
        return told
    if shown is not None:
        return shown
    # Without a diff to check it by, an answer with the text of now may come from a server that ignores the question.
    return told if told is not None and told != view.first.raw else None


def squeezed(text: str) -> str:
    """A text as a diff shows it: empty lines at its beginning are lost there."""
    return normalise(text).lstrip("\r\n")
