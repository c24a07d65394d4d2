"""The difference between a post file's body and the raw that Discourse stores: two pure functions, two laws.

What is unchanged since both sides last agreed keeps its bytes on both sides. Both functions translate all three texts
into one dialect and merge them there: what was agreed on, what this side says now, what the other side had.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

from koweb_sync.posts.anchors import Heading, anchors, headings, html_anchors, of_post
from koweb_sync.posts.file_types import PLAYED
from koweb_sync.posts.footer import with_footer, without_footer
from koweb_sync.posts.link_targets import LinkTarget, Spelling, url_at
from koweb_sync.posts.markdown import LINE_END, Form, Label, Links, Place, Reference, find, may_hold, may_lead, with_lf
from koweb_sync.posts.merge_texts import Effort, aligned, merge, take_mine
from koweb_sync.posts.side_by_side import has_notes, published, with_notes
from koweb_sync.posts.translate import to_file, to_forum
from koweb_sync.posts.whitespace import normalise, plain_spaces, split_tail

__all__ = [
    "Agreed",
    "Context",
    "Destination",
    "Heading",
    "Labelled",
    "LinkTarget",
    "anchors",
    "destinations",
    "files_not_kept",
    "from_raw",
    "headings",
    "html_anchors",
    "labelled",
    "normalise",
    "of_post",
    "to_raw",
]

VERBATIM = frozenset({"fence", "code_block", "code_inline", "math", "html_block", "html_inline"})
REMEMBERED = 4_096  # texts of which the destinations are known
_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")
_WORDS = re.compile(r"\n|[^\S\n]|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What both sides last agreed on: the file's body, the exact stored raw, and the targets that were used then."""

    body: str
    raw: str
    targets: Mapping[str, LinkTarget]
    languages: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What the dialect must know of the world for one file.

    `targets`: destination as written in the file -> what it becomes; a destination that is not in it stays as it is.
    `sources`: forum destination -> destination to write into the file, for links that somebody added on the forum.
    `footer`, `comment`: Markdown put at the end of the raw, and gone in the file; "" for none; `languages`, there, too:
    links to the same text in others. `home`: the forum's address, for places that take no shorter one.
    """

    targets: Mapping[str, LinkTarget] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    footer: str = ""
    comment: str = ""
    home: str = ""
    languages: str = ""

    def behind(self, text: str) -> str:
        """A text with what stands at the end of the raw."""
        return with_footer(text, "\n\n".join(one for one in (self.languages, self.footer) if one), self.comment)


@dataclass(frozen=True, slots=True)
class Destination:
    """A link's or image's destination as written, entities and percent signs untouched. `line` counts from 1.

    `html`: it is a picture in `<img>`. `plays`: "video" or "audio" where its label asks for a player. `spelling`: how
    the forum takes an address there.
    """

    url: str
    line: int
    image: bool
    html: bool = False
    plays: str = ""
    spelling: Spelling = Spelling.UPLOAD

    def target(self, home: str) -> str:
        """What a destination in a raw is as a target, however it has to be written there."""
        return url_at(self.url, self.spelling, home)


@dataclass(frozen=True, slots=True)
class Unkept:
    """A file named where the forum does not keep it: the attribute of an element."""

    url: str
    line: int
    element: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A link or image in Markdown with its label: `size` in pixels where the label ends in `|690x388`."""

    url: str
    text: str
    image: bool
    size: tuple[int, int] | None


def labelled(raw: str) -> tuple[Labelled, ...]:
    """Every link and image with a label, in order; what Discourse adds behind `|` is not in its text."""
    text = with_lf(raw)
    found = []
    for label in find(text).labels if may_lead(text) else ():
        words, _bar, added = text[label.start : label.end].replace("\\|", "|").partition("|")
        size = _SIZE.fullmatch(added.strip())
        found.append(Labelled(label.url, words, label.image, (int(size[1]), int(size[2])) if size else None))
    return tuple(found)


@lru_cache(maxsize=REMEMBERED)
def destinations(body: str) -> tuple[Destination, ...]:
    """Every destination of a text, in order: Markdown of all kinds, autolinks, `<img src>` and `<a href>`. Of the last
    texts it is remembered: each is asked for several times, in a page that renews itself again and again.
    """
    text = with_lf(body)
    if not may_lead(text):
        return ()
    links = find(text)
    drawn = {label.url for label in links.labels if label.image and label.reference is not Reference.INLINE}
    plays = _players(text, links)
    line = _line_counter(text)
    return tuple(
        Destination(
            place.url,
            line(place.start),
            place.image or (place.defines and place.url in drawn),
            place.image and place.form in (Form.QUOTED, Form.BARE) and place.spelling is Spelling.UPLOAD,
            plays(place),
            place.spelling,
        )
        for place in links.places
    )


def files_not_kept(body: str) -> tuple[Unkept, ...]:
    """Every file that stands in HTML where the forum does not keep it, in order."""
    text = with_lf(body)
    if "<" not in text or not may_lead(text):
        return ()
    line = _line_counter(text)
    return tuple(Unkept(one.url, line(one.start), one.element, one.attribute) for one in find(text).dropped)


def _line_counter(text: str) -> Callable[[int], int]:
    """The line, from 1, of a place in a text."""
    ends = [sign.start() for sign in re.finditer("[\n\r]", text)]
    return lambda start: bisect_left(ends, start) + 1


def _players(text: str, links: Links) -> Callable[[Place], str]:
    """ "video" or "audio" for a place whose own label asks for a player; another one may link to the same file."""
    asked = {label.end: kind for label in links.labels if label.image and (kind := _plays(text, label))}
    defined = {
        label.url: asked[label.end]
        for label in links.labels
        if label.end in asked and label.reference is not Reference.INLINE
    }
    ends = sorted(label.end for label in links.labels if label.image and label.reference is Reference.INLINE)

    def plays(place: Place) -> str:
        if place.defines:
            return defined.get(place.url, "")
        before = bisect_left(ends, place.start)
        shown = place.image and place.form in (Form.PLAIN, Form.ANGLE) and before
        return asked.get(ends[before - 1], "") if shown else ""

    return plays


def _plays(text: str, label: Label) -> str:
    """ "video" or "audio" where a label asks for a player: what Discourse looks for behind the first `|`."""
    marks = text[label.start : label.end].replace("\\|", "|").split("|")[1:2]
    return marks[0] if marks and marks[0] in PLAYED else ""


def to_raw(body: str, agreed: Agreed | None, context: Context) -> str:
    """The raw to send for a file's body; exactly the agreed raw if nothing changed since.

    No change is also: another footer, other kinds of spaces, and an anchor in another post that only moved, because
    that post got a new heading; all three are written with the next real change. Paragraphs of an original beside those
    of its translation are no part of it.
    """
    body = published(body)
    mine = _raw_text(body, context.targets, context.home)
    if agreed is None:
        return context.behind(mine)
    base = _raw_text(published(agreed.body), agreed.targets, context.home)
    settled = _raw_text(body, _without_moved_anchors(context.targets, agreed.targets), context.home)
    same = context.languages == agreed.languages
    if same and normalise(settled) == normalise(base):
        return agreed.raw
    theirs = without_footer(with_lf(agreed.raw))
    merged = _merged(base, mine, theirs)
    if same and normalise(merged) == normalise(theirs):
        return agreed.raw
    return context.behind(merged)


def from_raw(raw: str, agreed: Agreed | None, context: Context) -> str:
    """The body to write into the file for what the forum stores now; exactly the agreed body if nothing changed.

    Changed lines get the file's destinations and line ends; their unchanged words keep the file's bytes. An image size
    that somebody set on the forum is kept in the file.
    """
    if agreed is not None and has_notes(agreed.body):
        bare = published(agreed.body)
        came = from_raw(raw, replace(agreed, body=bare), context)
        return agreed.body if came == bare else with_notes(agreed.body, came)
    text = without_footer(with_lf(raw))
    if agreed is None:
        body = _body_text(text, {}, context)
        return f"{body}\n" if body else ""
    base = without_footer(with_lf(agreed.raw))
    if text == base:
        return agreed.body
    core, tail = split_tail(agreed.body)
    mine = _body_text(text, agreed.targets, context)
    merged = _merged(_body_text(base, agreed.targets, context), mine, with_lf(core))
    known = replace(context, targets={**context.targets, **agreed.targets})
    return _ended(_with_line_ends(merged, core, tail), core, tail, known)


def _ended(body: str, core: str, tail: str, context: Context) -> str:
    """A body with the file's white space at its end. No-break and other spaces there belong to the line that they stood
    behind: where others were added below, they stay with it, or go with it.
    """
    lines, old = LINE_END.split(body), LINE_END.split(core)
    signs = LINE_END.split(tail)[0]
    if lines[-1] == old[-1] or (len(lines) <= len(old) and old[-1] not in lines) or tail.isascii():
        return _with_tail(body, tail, context)
    rest = "".join(one for one in tail[len(signs) :] if one.isascii())
    ends = [0, *(found.end() for found in LINE_END.finditer(body))]
    places = [at + len(line) for at, line in zip(ends, lines, strict=True) if line == old[-1]]
    if places and not signs.isascii():
        kept = body[: places[-1]] + signs + body[places[-1] :]
        if destinations(kept) == destinations(body):
            return kept + rest
    return body + rest


def _with_tail(body: str, tail: str, context: Context) -> str:
    """A body with the file's white space at its end; without what stands before the first line end there, where that
    would become part of a destination: a no-break space behind `[page]: role.md` does.
    """
    bare = tail.lstrip(" \t\u00a0\u202f")
    whole = body + tail
    if bare == tail:
        return whole
    first, second = (_raw_text(one, context.targets, context.home) for one in (whole, body + bare))
    return whole if normalise(first) == normalise(second) else body + bare


def _raw_text(body: str, targets: Mapping[str, LinkTarget], home: str) -> str:
    return split_tail(to_forum(with_lf(body), targets, home))[0]


def _body_text(text: str, agreed: Mapping[str, LinkTarget], context: Context) -> str:
    """A raw in the file's dialect. Of several destinations with one target, what was agreed on comes first."""
    known = [*agreed.items(), *context.targets.items()]
    sources = dict(context.sources) | {target.url: url for url, target in reversed(known)}
    suffixes = {url: frozenset(t.suffix for u, t in known if u == url) for url in sources.values()}
    return split_tail(to_file(text, sources, suffixes, context.home))[0]


def _without_moved_anchors(
    targets: Mapping[str, LinkTarget], agreed: Mapping[str, LinkTarget]
) -> Mapping[str, LinkTarget]:
    """`targets`, with the agreed one where only the place in another post differs. An anchor without the post's id is
    dead on a forum that has it in all of them.
    """
    return {
        url: agreed[url] if url in agreed and _only_moved(target, agreed[url]) else target
        for url, target in targets.items()
    }


def _only_moved(now: LinkTarget, then: LinkTarget) -> bool:
    new, old = (one.url.partition("#")[2] for one in (now, then))
    return _page(now) == _page(then) and not (old and of_post(new) and not of_post(old))


def _page(target: LinkTarget) -> object:
    """A target without its anchor; an anchor in the same post is all that its target is."""
    page = target.url.partition("#")[0]
    return (page, target.suffix) if page else target


def _merged(base: str, mine: str, other: str) -> str:
    """`mine`, with the bytes of `other` wherever it says the same; as fine as the links allow."""
    for effort, refine in ((words := Effort(), partial(_merged_words, words)), (Effort(), take_mine)):
        text = "\n".join(merge(base.split("\n"), mine.split("\n"), other.split("\n"), plain_spaces, refine, effort))
        if not (may_hold(mine) or may_hold(text)) or _same_links(text, mine, other):
            return text
    return mine


def _same_links(text: str, mine: str, other: str) -> bool:
    """Whether a merged text has as many destinations as `mine`, each known on one side, and the same code and HTML."""
    found, wanted = find(text), find(mine)
    known = {place.url for links in (wanted, find(other)) for place in links.places}
    whole = len(found.places) == len(wanted.places) and known.issuperset(place.url for place in found.places)
    return whole and _verbatim(found) == _verbatim(wanted)


def _verbatim(links: Links) -> list[str]:
    """What stands in code and HTML, where every sign counts."""
    tokens = [inner for token in links.tokens for inner in (token, *(token.children or ()))]
    return [plain_spaces(token.content) for token in tokens if token.type in VERBATIM]


def _merged_words(effort: Effort, base: Sequence[str], mine: Sequence[str], other: Sequence[str]) -> Sequence[str]:
    """Lines that differ, merged word by word."""
    if not base or not mine or not other:
        return mine
    words = [_WORDS.findall("\n".join(lines)) for lines in (base, mine, other)]
    return "".join(merge(words[0], words[1], words[2], plain_spaces, take_mine, effort)).split("\n")


def _with_line_ends(merged: str, core: str, tail: str) -> str:
    """Lines that the file has, or that take the place of one, keep its line ends; new ones get the file's usual one."""
    ends = LINE_END.findall(core)
    usual = Counter([*ends, *LINE_END.findall(tail)]).most_common(1)
    if set(ends) <= {"\n"} and usual in ([], [("\n", len(ends) + tail.count("\n"))]):
        return merged
    lines = merged.split("\n")
    old = with_lf(core).split("\n")
    known: dict[int, str] = {}
    at = (-1, -1)
    for i, j in [*aligned(lines, old, Effort()), (len(lines), len(old))]:
        places = zip(range(at[0] + 1, i + 1), range(at[1] + 1, j), strict=False)
        known |= {n: ends[m] for n, m in [*places, (i, j)] if m < len(ends)}
        at = (i, j)
    last = len(lines) - 1
    return "".join(line + known.get(i, usual[0][0]) if i < last else line for i, line in enumerate(lines))
