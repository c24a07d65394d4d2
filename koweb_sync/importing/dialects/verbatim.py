"""What of a text no conversion may touch: code, raw HTML, comments, and where links lead."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from koweb_sync.posts.block_positions import Lines, Positions
from koweb_sync.posts.markdown import Form, Links, find
from koweb_sync.posts.reader import Match, read

TextSpan = tuple[int, int]
_BLOCKS = frozenset({"fence", "code_block", "html_block"})
_INSIDE = frozenset({"code", "html_inline", "autolink"})


def verbatim(text: str) -> tuple[Links, list[TextSpan]]:
    """The links of a text, and the places of what must stay. Line ends are LF."""
    links = find(text)
    tokens, notes = read(text.replace("\r", "\n").replace("\0", "\ufffd"))
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    spans = [
        (starts[token.map[0]], min(starts[token.map[1]], len(text)))
        for token in tokens
        if token.type in _BLOCKS and token.map
    ]
    lines = Lines(text)
    for token, matches in notes.matches:
        where = lines.positions(token)
        inside = [match for match in matches if match.kind in _INSIDE]
        if where:
            spans += _places(inside, where)
        elif inside and token.map:
            spans.append((starts[token.map[0]], min(starts[token.map[1]], len(text))))
    spans += [(place.start, place.end) for place in links.places if place.form in (Form.PLAIN, Form.ANGLE)]
    return links, spans


def _places(matches: list[Match], where: Positions) -> Iterator[TextSpan]:
    for match in matches:
        yield _at(match.start, where), _at(match.end - 1, where) + 1


def _at(offset: int, where: Positions) -> int:
    begin, position = where[bisect_right(where, (offset, 1 << 60)) - 1]
    return position + offset - begin


def code_lines(text: str) -> frozenset[int]:
    """The lines, from 0, of blocks of code and HTML: no block of another dialect begins there."""
    tokens, _notes = read(text.replace("\r", "\n").replace("\0", "\ufffd"))
    return frozenset(
        line for token in tokens if token.type in _BLOCKS and token.map for line in range(token.map[0], token.map[1])
    )
