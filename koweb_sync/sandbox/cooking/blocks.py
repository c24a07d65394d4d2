"""Blocks in square brackets: [quote], [details], [spoiler], [wrap], [grid], [poll]; each mark on a line of its own."""

import html
import re
from bisect import bisect_right
from collections.abc import Callable, MutableMapping, Sequence
from functools import partial
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from koweb_sync.sandbox.core.state import State

Block = Callable[[StateBlock, int, int, bool], bool]
NAMES = "quote|details|spoiler|wrap|grid|poll"
DEEPEST = 20  # blocks within blocks; what is deeper stays text
_OPEN = re.compile(rf"\[({NAMES})([ =][^\n]*)?\]\s*", re.IGNORECASE)
_CLOSE = re.compile(rf"\[/({NAMES})\]\s*", re.IGNORECASE)
_FENCE = re.compile(r"(`{3,}|~{3,})")
_MARKS = re.compile(r"[\s>]*(?:[-*+]\s+|\d{1,9}[.)]\s+)*")
_PAIR = re.compile(r"""([\w-]+)=(?:"([^"]*)"|'([^']*)'|“([^”]*)”|([^\s"']+))""")


def plugin(md: MarkdownIt) -> None:
    """Read these blocks, before anything else could take their first line; an image in HTML is no block."""
    html_block = md.block.ruler.__rules__[md.block.ruler.__find__("html_block")].fn
    md.block.ruler.at("html_block", partial(no_image, html_block), {"alt": ["paragraph", "reference", "blockquote"]})
    md.block.ruler.before("fence", "bbcode", rule, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    for name in NAMES.split("|"):
        if name != "poll":
            md.add_render_rule(f"bbcode_{name}_open", opening)
            md.add_render_rule(f"bbcode_{name}_close", closing)


def rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block whose closing mark is found before the end."""
    if state.is_code_block(start):
        return False
    line = text_of(state, start)
    match = _OPEN.fullmatch(line)
    if match is None or state.env.get("bbcode", 0) >= DEEPEST:
        return False
    name = match[1].lower()
    last = partner(state, start, end, name)
    if last is None:
        return False
    if silent:
        return True
    opened = state.push(f"bbcode_{name}_open", "", 1)
    opened.info, opened.map = (match[2] or "").strip(), [start, last + 1]
    state.env["bbcode"] = state.env.get("bbcode", 0) + 1
    kept, state.parentType, before = state.lineMax, "bbcode", state.parentType
    state.lineMax = last
    state.md.block.tokenize(state, start + 1, last)
    state.lineMax, state.parentType = kept, before
    state.env["bbcode"] -= 1
    state.push(f"bbcode_{name}_close", "", -1)
    state.line = last + 1
    return True


def no_image(html_block: Block, state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line of HTML, unless it is an image: that stands in a paragraph."""
    return not text_of(state, start)[:5].lower().startswith("<img") and html_block(state, start, end, silent)


def text_of(state: StateBlock, line: int) -> str:
    """A line without the marks of the blocks around it."""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def partner(state: StateBlock, start: int, end: int, name: str) -> int | None:
    """The line that closes the block of a line."""
    pairs: dict[int, int] | None = state.env.get("pairs")
    if pairs is None or state.env.get("pairs_of") is not state.src:
        pairs = state.env["pairs"] = paired(state.src)
        state.env["pairs_of"] = state.src
    last = pairs.get(start)
    if last is None or last >= end:
        return None
    match = _CLOSE.fullmatch(text_of(state, last))
    return last if match and match[1].lower() == name else None


def paired(text: str) -> dict[int, int]:
    """Opening line -> closing line, of everything that stands in no fence; in one pass."""
    found: dict[int, int] = {}
    open_ones: dict[str, list[int]] = {name: [] for name in NAMES.split("|")}
    order: list[tuple[int, str]] = []
    fence = ""
    for number, line in enumerate(text.split("\n")):
        plain = _MARKS.sub("", line, count=1)
        mark = _FENCE.match(plain)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) and not plain.strip(fence[0]).strip() else fence
        elif mark:
            fence = mark[1]
        elif match := _OPEN.fullmatch(plain):
            open_ones[match[1].lower()].append(number)
            order.append((number, match[1].lower()))
        elif match := _CLOSE.fullmatch(plain):
            close(number, match[1].lower(), open_ones, order, found)
    return found


def close(
    number: int, name: str, open_ones: dict[str, list[int]], order: list[tuple[int, str]], found: dict[int, int]
) -> None:
    """A closing mark ends the last block of its name, and with it everything left open inside."""
    if not open_ones[name]:
        return
    start = open_ones[name][-1]
    found[start] = number
    for line, inner in order[bisect_right(order, (start, "")) :]:
        if open_ones[inner] and open_ones[inner][-1] >= line:
            open_ones[inner].pop()
    del order[bisect_right(order, (start, "")) :]


# ---- how they look


def opening(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: MutableMapping[str, Any]
) -> str:
    """The beginning of a block."""
    token = tokens[index]
    info = token.info
    match token.type:
        case "bbcode_quote_open":
            return quote(info, env["state"])
        case "bbcode_details_open":
            return f"<details>\n<summary>\n{html.escape(value_of(info) or '…')}</summary>\n"
        case "bbcode_wrap_open":
            return f'<div class="d-wrap"{wrapped(info)}>\n'
        case "bbcode_grid_open":
            return '<div class="d-image-grid">\n'
        case _:
            return '<div class="spoiler">\n'


def closing(_renderer: RendererHTML, tokens: Sequence[Token], index: int, *_rest: Any) -> str:
    """The end of a block."""
    kind = tokens[index].type
    return {"bbcode_quote_close": "</blockquote>\n</aside>\n", "bbcode_details_close": "</details>\n"}.get(
        kind, "</div>\n"
    )


def quote(info: str, state: State) -> str:
    """`[quote="amina, post:2, topic:7"]`: whose words these are, and where they stand."""
    parts = [part.strip() for part in (value_of(info) or "").split(",")]
    facts = dict(part.split(":", 1) for part in parts[1:] if ":" in part)
    name, post, topic = parts[0], facts.get("post", ""), facts.get("topic", "")
    if not name:
        return '<aside class="quote no-group">\n<blockquote>\n'
    data = {"username": name, "post": post, "topic": topic, "full": facts.get("full", "")}
    marks = "".join(f' data-{key}="{html.escape(text)}"' for key, text in data.items() if text)
    user = state.names.get(name.lower())
    face = ""
    if user is not None:
        picture = f"/letter_avatar/{user.username}/40/5.png"
        face = f'<img loading="lazy" alt="" width="20" height="20" src="{html.escape(picture)}" class="avatar"> '
    title = f'<div class="title">\n<div class="quote-controls"></div>\n{face}{html.escape(name)}:</div>\n'
    return f'<aside class="quote no-group"{marks}>\n{title}<blockquote>\n'


def value_of(info: str) -> str | None:
    """The text behind the first `=`, without its quotation marks; for `[details=…]` and `[quote=…]`."""
    if not info.startswith("="):
        return None
    text = info[1:].strip()
    for begin, end in (('"', '"'), ("'", "'"), ("“", "”"), ("«", "»")):
        if len(text) > 1 and text.startswith(begin) and end in text[1:]:
            return text[1 : text.rindex(end)].strip()
    return text


def attributes(info: str) -> dict[str, str]:
    """`name=value` pairs; the value of the block itself under the empty name."""
    text = f"value-of-block{info}" if info.startswith("=") else info
    found = {match[1]: next(part for part in match.groups()[1:] if part is not None) for match in _PAIR.finditer(text)}
    return {"" if name == "value-of-block" else name: value for name, value in found.items()}


def wrapped(info: str) -> str:
    """The data of a [wrap], as attributes."""
    shown = []
    for name, value in attributes(info).items():
        key = re.sub(r"[^a-z0-9-]", "", name.lower()) if name else "wrap"
        if key:
            shown.append(f' data-{key}="{html.escape(value)}"')
    return "".join(shown)
