"""The list of post files: what needs a person first, and filters that show a part of it. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields

from koweb_sync.archive.store.search_words import Phrase, folded
from koweb_sync.desk.previews.preview import PostState, PostSummary
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.spelling import plain_words

NEEDED = (
    PostState.CONFLICT,
    PostState.DECIDED,
    PostState.BROKEN,
    PostState.EDITED,
    PostState.UNSAVED,
    PostState.UNSAVED_CHANGE,
)
TO_PUBLISH = (PostState.NEW, PostState.CHANGED)
DRAFTS = (PostState.UNWRITTEN, PostState.DRAFT, PostState.DRAFT_AGAIN)


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which post files somebody wants to see; "" for all. `words`: what stands in the title; `folder`: those below it
    count, too.
    """

    words: str = ""
    folder: str = ""
    category: str = ""
    author: str = ""
    state: str = ""

    @property
    def is_set(self) -> bool:
        """Whether it leaves anything out."""
        return any(getattr(self, one.name) for one in fields(self))

    def fits(self, row: PostSummary) -> bool:
        """Whether a file is wanted."""
        return (
            has_words(row.title, self.words)
            and (not self.folder or row.path.startswith(f"{self.folder}/"))
            and self.category in ("", category_name(row))
            and self.author in ("", row.author)
            and self.state in ("", row.state)
        )


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What the filters offer: values that some file has, where there is more than one. Folders where one category has
    files in several; the categories stand beside them always, even where there is only one.
    """

    folder: tuple[str, ...]
    category: tuple[str, ...]
    author: tuple[str, ...]
    state: tuple[PostState, ...]


def has_words(title: str, words: str) -> bool:
    """Whether every word stands in a title or begins a word in it, in singular or plural; capitals and accents do not
    count.
    """
    if not words:
        return True
    plain, found = plain_words(title), [folded(title)]
    return all(word in plain or Phrase((word,), begins=True).within(found) for word in plain_words(words).split())


def folder_name(row: PostSummary) -> str:
    """The folder that a file lies in."""
    return row.path.rpartition("/")[0]


def category_name(row: PostSummary) -> str:
    """A file's category as it is called; "" for none that is known."""
    return row.category.name if row.category else ""


def choices(rows: Sequence[PostSummary], wanted: ListFilter) -> FilterChoices:
    """What there is to choose. A choice that was made is among them, so that it can be taken back."""

    def of(found: set[str], chosen: str, least: int = 2) -> tuple[str, ...]:
        values = sorted((found | {chosen}) - {""}, key=plain_words)
        return tuple(values) if len(values) >= least or chosen else ()

    parted = are_parted(rows)
    return FilterChoices(
        of({folder_name(row) for row in rows}, wanted.folder) if wanted.folder or parted else (),
        of({category_name(row) for row in rows}, wanted.category, 1 if parted else 2),
        of({row.author for row in rows}, wanted.author),
        tuple(state for state in PostState if state == wanted.state or state in {row.state for row in rows}),
    )


def are_parted(rows: Sequence[PostSummary]) -> bool:
    """Whether the files of one category, or those of none, lie in several folders."""
    pairs = {(category_name(row), folder_name(row)) for row in rows}
    return len(pairs) > len({category for category, _folder in pairs})


def grouped(rows: Sequence[PostSummary]) -> list[tuple[str, list[PostSummary]]]:
    """The files under headings: what needs a person first."""
    heads = (
        (_("Somebody has to look at these"), NEEDED),
        (_("To publish"), TO_PUBLISH),
        (_("Drafts"), DRAFTS),
        (_("Waiting for a moderator"), (PostState.WAITING,)),
        (_("Up to date on the forum"), (PostState.SAME,)),
    )
    order = list(PostState)
    found = (
        (head, sorted((row for row in rows if row.state in states), key=lambda row: (order.index(row.state), row.path)))
        for head, states in heads
    )
    return [(head, part) for head, part in found if part]


def counted(rows: Sequence[PostSummary], every: int, typed: Collection[str] = ()) -> str:
    """How many there are and how they stand, as a sentence. `every`: how many there are without filters; `typed`: the
    paths of those that have words that are not saved.
    """
    apart = sum(row.state is PostState.SAME and row.path in typed for row in rows)
    states = Counter(row.state for row in rows) - Counter({PostState.SAME: apart})
    parts = [state_count(state, states[state]) for state in PostState if states[state]]
    if apart:
        words = ngettext(
            "{n} is published and has words here that are not saved",
            "{n} are published and have words here that are not saved",
            apart,
        )
        parts.append(words.format(n=apart))
    how, n = ", ".join(parts), len(rows)
    if n == 1:  # how that one stands is said beside it
        return _("1 post.") if every == 1 else _("1 of {every} posts.").format(every=every)
    if len(states) == 1 and not apart:
        so = all_so(rows[0].state)
        if n == every:
            return ngettext("{n} post, {so}.", "{n} posts, {so}.", n).format(n=number(n), so=so)
        return ngettext("{n} of {every} posts, {so}.", "{n} of {every} posts, {so}.", n).format(
            n=number(n), every=every, so=so
        )
    if n == every:
        return ngettext("{n} post: {how}.", "{n} posts: {how}.", n).format(n=number(n), how=how)
    return ngettext("{n} of {every} posts: {how}.", "{n} of {every} posts: {how}.", n).format(
        n=number(n), every=every, how=how
    )


def all_so(state: PostState) -> str:
    """How several files stand of which all stand so."""
    return {
        PostState.CONFLICT: _("all with two versions"),
        PostState.DECIDED: _("all decided, to be finished"),
        PostState.BROKEN: _("all to be mended"),
        PostState.EDITED: _("all edited on the forum"),
        PostState.UNWRITTEN: _("all without a text yet"),
        PostState.UNSAVED: _("none of them saved yet"),
        PostState.UNSAVED_CHANGE: _("all published, with changes that are not saved yet"),
        PostState.WAITING: _("all waiting for a moderator"),
        PostState.DRAFT: _("all drafts"),
        PostState.DRAFT_AGAIN: _("all drafts, with their topics on the forum"),
        PostState.NEW: _("none of them published yet"),
        PostState.CHANGED: _("all with changes to publish"),
        PostState.SAME: _("all published"),
    }[state]


def state_count(state: PostState, n: int) -> str:
    """How many files stand so."""
    words = {
        PostState.CONFLICT: ngettext("{n} has two versions", "{n} have two versions", n),
        PostState.DECIDED: ngettext("{n} is decided, to be finished", "{n} are decided, to be finished", n),
        PostState.BROKEN: ngettext("{n} has to be mended", "{n} have to be mended", n),
        PostState.EDITED: ngettext("{n} was edited on the forum", "{n} were edited on the forum", n),
        PostState.UNWRITTEN: ngettext("{n} has no text yet", "{n} have no text yet", n),
        PostState.UNSAVED: ngettext("{n} is not saved yet", "{n} are not saved yet", n),
        PostState.UNSAVED_CHANGE: ngettext(
            "{n} is published with a change that is not saved yet",
            "{n} are published with changes that are not saved yet",
            n,
        ),
        PostState.WAITING: ngettext("{n} waits for a moderator", "{n} wait for a moderator", n),
        PostState.DRAFT: ngettext("{n} is a draft", "{n} are drafts", n),
        PostState.DRAFT_AGAIN: ngettext(
            "{n} is a draft, and its topic is on the forum", "{n} are drafts, and their topics are on the forum", n
        ),
        PostState.NEW: ngettext("{n} is not published yet", "{n} are not published yet", n),
        PostState.CHANGED: ngettext("{n} has changes to publish", "{n} have changes to publish", n),
        PostState.SAME: ngettext("{n} is published as it is", "{n} are published as they are", n),
    }
    return words[state].format(n=n)
