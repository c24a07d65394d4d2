"""BBCode tags: what `[quote="claire, post:2"]` says, and which closing tag belongs to it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markdown_it.rules_block import StateBlock

# A tag that is longer is text: nobody writes one by hand, and reading it again and again would take long.
LONGEST = 1_000
_HEAD = re.compile(r"\[(/?)([A-Za-z][A-Za-z-]*)")
_WHOLE = re.compile(r"\s*=(.+)")
_PAIR = re.compile(
    r"(?<![a-z0-9])([a-z0-9]+)\s*=\s*(?:[“”\"]([^“”\"]*)[“”\"]|'([^']*)'|([^\s\"'“”]\S*))", re.IGNORECASE
)
_QUOTED = re.compile(r"[\"'“”](.*)[\"'“”]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag in the text: `rest` is all that stands behind the name, `length` how many characters the tag takes."""

    name: str
    rest: str
    closing: bool
    length: int

    @property
    def value(self) -> str:
        """What stands behind `name=`, without quotation marks; "" if there is no such thing."""
        whole = _WHOLE.fullmatch(self.rest)
        return unquoted(whole[1].strip()) if whole else ""

    @property
    def attributes(self) -> Mapping[str, str]:
        """Its `key=value` pairs; empty values are left out."""
        return {} if _WHOLE.fullmatch(self.rest) else pairs(self.rest)


def unquoted(text: str) -> str:
    """`text` without the quotation marks around it."""
    quoted = _QUOTED.fullmatch(text)
    return quoted[1] if quoted else text


def pairs(text: str) -> dict[str, str]:
    """The `key=value` pairs of a tag's inside."""
    found = ((one[1], (one[2] or one[3] or one[4] or "").strip()) for one in _PAIR.finditer(text))
    return {key: value for key, value in found if value}


def tag_at(src: str, start: int, end: int) -> Tag | None:
    """The tag that begins at `start`, or None."""
    end = min(end, start + LONGEST)
    head = _HEAD.match(src, start, end)
    if head is None:
        return None
    stop = src.find("]", head.end(), end)
    rest = src[head.end() : stop]
    if stop < 0 or (head[1] and rest) or (rest and not (rest[0].isspace() or rest[0] == "=")):
        return None
    return Tag(head[2].lower(), rest, bool(head[1]), stop + 1 - start)


def ends_line(src: str, start: int, end: int) -> bool:
    """Whether nothing but space is left."""
    return not src[start:end].strip()


def closing_line(state: StateBlock, name: str, line: int, end: int) -> int | None:
    """The line that closes the tag `name` which stands alone on `line`, before line `end`; None if none does.

    Where the tags of a container lie is found once, for all of them: otherwise a thousand unclosed tags would each
    read the rest of the post.
    """
    known = state.env.setdefault("closing lines", {})
    start = state.bMarks[line]
    container = (state.blkIndent, start - (state.src.rfind("\n", 0, start) + 1))
    first, last, found = known.get(container, (0, 0, {}))
    if not (first <= line and end <= last):
        found = matched(state, line, end)
        known[container] = (line, end, found)
    closing: int | None = found.get((name, line))
    return closing if closing is not None and closing < end else None


def matched(state: StateBlock, start: int, end: int) -> dict[tuple[str, int], int]:
    """(name, opening line) -> closing line, for all tags that stand alone on their lines."""
    open_lines: dict[str, list[int]] = {}
    found = {}
    for line, tag in lone_tags(state, start, end):
        if not tag.closing:
            open_lines.setdefault(tag.name, []).append(line)
        elif open_lines.get(tag.name):
            found[tag.name, open_lines[tag.name].pop()] = line
    return found


def lone_tags(state: StateBlock, start: int, end: int) -> Iterator[tuple[int, Tag]]:
    """The tags that stand alone on their lines, as far as the container that `start` is in goes on."""
    for line in range(start, end):
        at, stop = state.bMarks[line] + state.tShift[line], state.eMarks[line]
        if at < stop and state.sCount[line] < state.blkIndent:
            return
        if state.src[at : at + 1] != "[" or state.sCount[line] - state.blkIndent >= 4:
            continue
        tag = tag_at(state.src, at, stop)
        if tag is not None and ends_line(state.src, at + tag.length, stop):
            yield line, tag
