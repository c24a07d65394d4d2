"""Images and attachments: `upload://` addresses resolved, sizes and marks taken from the labels."""

import re
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from koweb_sync.sandbox.cooking import context
from koweb_sync.sandbox.cooking.context import CookingContext

SCHEME = "upload://"
TRANSPARENT = "/images/transparent.png"
LOST = "/404"
_SIZE = re.compile(r"([1-9]\d{0,8})x([1-9]\d{0,8})(?:\s*,\s*(x?)([1-9]\d{0,2})([%x]?))?")
_DATA = re.compile(r"([A-Za-z][\w:.-]*)=(.*)", re.DOTALL)
_IMG = re.compile(r"""(<img\b[^<>]{0,1000}?\s)src=(["'])(upload://[^"'<>\s]{1,200})\2""", re.IGNORECASE)


def install(md: MarkdownIt) -> None:
    """Resolve uploads from now on."""
    md.block.ruler.before("html_block", "html_img", html_img)
    md.core.ruler.push("uploads", uploads)
    md.add_render_rule("image", image)
    md.add_render_rule("link_open", link_open)


def html_img(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """A line that is an `<img …>` in HTML: a paragraph of its own."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].rstrip()
    if line[:5].lower() not in ("<img ", "<img/") or not line.endswith(">") or state.is_code_block(start):
        return False
    if not silent:
        state.push("paragraph_open", "p", 1).map = [start, start + 1]
        token = state.push("inline", "", 0)
        token.map, token.content, token.children = [start, start + 1], line, []
        state.push("paragraph_close", "p", -1)
        state.line = start + 1
    return True


def uploads(state: StateCore) -> None:
    """Put real addresses in the place of `upload://…`."""
    if SCHEME not in state.src:
        return
    surroundings = context.of(state.env)
    for token in every(state.tokens):
        if token.tag == "img":
            resolve_image(token, surroundings)
        elif token.type == "link_open":
            resolve_link(token, surroundings)
        elif token.type in ("html_block", "html_inline") and surroundings.flavour.markup != "2022":
            token.content = _IMG.sub(in_html(surroundings), token.content)


def every(tokens: Iterable[Token]) -> Iterable[Token]:
    """All tokens, those inside lines and labels included."""
    waiting = list(tokens)
    while waiting:
        token = waiting.pop()
        waiting += token.children or ()
        yield token


def resolve_image(token: Token, surroundings: CookingContext) -> None:
    """Where an image is served; a transparent one in place of what is not there."""
    url = str(token.attrGet("src") or "")
    if not url.startswith(SCHEME):
        return
    known = surroundings.upload(url)
    if known is None:
        media = re.search(r"\|(video|audio)\b", token.content)
        token.attrs |= {"src": surroundings.at(LOST if media else TRANSPARENT), "data-orig-src": url}
    else:
        token.attrs |= {"src": surroundings.at(known.path), "data-base62-sha1": base62_of(known.short_url)}


def resolve_link(token: Token, surroundings: CookingContext) -> None:
    """Where an attachment is fetched."""
    url = str(token.attrGet("href") or "")
    if not url.startswith(SCHEME):
        return
    if surroundings.upload(url) is None:
        token.attrs |= {"href": surroundings.at(LOST), "data-orig-href": url}
    else:
        token.attrs["href"] = surroundings.at(f"/uploads/short-url/{url.removeprefix(SCHEME)}")


def in_html(surroundings: CookingContext) -> Callable[[re.Match[str]], str]:
    """How an `img` that somebody wrote in HTML is resolved."""

    def change(found: re.Match[str]) -> str:
        known = surroundings.upload(found[3])
        if known is None:
            return f'{found[1]}src="{surroundings.at(TRANSPARENT)}" data-orig-src="{escape(found[3])}"'
        return f'{found[1]}src="{escape(surroundings.at(known.path))}" data-base62-sha1="{base62_of(known.short_url)}"'

    return change


def base62_of(short_url: str) -> str:
    """The SHA-1 in a short address."""
    return short_url.removeprefix(SCHEME).partition(".")[0]


def image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
) -> str:
    """An image, with what its label says: `text|690x388, 50%|thumbnail`; `|video` and `|audio` make players."""
    token = tokens[index]
    label = renderer.renderInlineAsText(token.children, options, env) if token.children else ""
    alt, *marks = label.split("|")
    if marks and marks[0] in PLAYERS:
        late, lost = marks[0] == "video" and context.of(env).flavour.markup != "2022", token.attrGet("data-orig-src")
        mark = f' data-orig-src="{escape(str(lost))}"' if lost else ""
        frame = PLAYERS["placeholder" if late else marks[0]]
        return frame.format(src=escape(str(token.attrGet("src") or "")), lost=mark)
    kept = [alt]
    for mark in marks:
        size, data = _SIZE.fullmatch(mark), _DATA.fullmatch(mark)
        if size:
            for name, value in zip(("width", "height"), scaled(size), strict=True):
                token.attrs.setdefault(name, value)
        elif data:
            token.attrSet(f"data-{data[1].lower()}", data[2])
        elif mark == "thumbnail":
            token.attrSet("data-thumbnail", "true")
        else:
            kept.append(mark)
    early = context.of(env).flavour.markup == "2022"
    words = "|".join(kept) if early else "|".join(kept).strip()
    token.attrSet("alt", words)
    if not words and not early:
        token.attrSet("role", "presentation")
    return renderer.renderToken(tokens, index, options, env)


def scaled(size: re.Match[str]) -> tuple[int, int]:
    """Width and height in pixels: as said, or scaled to a percentage, to a width (`50x`) or to a height (`x50`)."""
    width, height, value = int(size[1]), int(size[2]), int(size[4] or 0)
    if size[5] == "%":
        return width * value // 100, height * value // 100
    if size[5] == "x":
        return value, height * value // width
    if size[3]:
        return width * value // height, value
    return width, height


PLAYERS = {
    "video": (
        '<div class="video-container">\n    <video width="100%" height="100%" preload="metadata" controls>\n'
        '      <source src="{src}"{lost}>\n      <a href="{src}">{src}</a>\n    </video>\n  </div>'
    ),
    "placeholder": '<div class="video-placeholder-container" data-video-src="{src}"{lost}>\n  </div>',
    "audio": (
        '<audio preload="metadata" controls>\n    <source src="{src}"{lost}>\n    <a href="{src}">{src}</a>\n  </audio>'
    ),
}


def link_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
) -> str:
    """A link; `[name|attachment](…)` is a file to fetch."""
    token, label = tokens[index], tokens[index + 1]
    marks = label.content.split("|") if label.type == "text" else []
    if "attachment" in marks[1:]:
        label.content = "|".join(mark for mark in marks if mark != "attachment")
        token.attrs = {"class": "attachment", **token.attrs}
    return renderer.renderToken(tokens, index, options, env)
