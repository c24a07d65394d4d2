"""From raw to HTML as readers of the forum see it: CommonMark with what Discourse adds, sanitised.

Nothing that a post contains may run in a browser: nh3 removes everything that is not listed here.
"""

import html
import re
from collections.abc import Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from koweb_sync.sandbox.core.state import State
from koweb_sync.sandbox.core.things import Post

# fmt: off
TAGS = {
    "a", "abbr", "aside", "b", "big", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "ruby",
    "rb", "rp", "rt", "s", "section", "small", "span", "strike", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}
# fmt: on
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title", "name", "class", "id"},
    "img": {"src", "alt", "title", "width", "height", "class", "loading"},
    "aside": {"class", "data-username", "data-post", "data-topic"},
    "blockquote": {"cite"},
    "code": {"class"},
    "details": {"open"},
    "div": {"class", "align", "lang", "dir"},
    "li": {"id", "class"},
    "ol": {"start", "class"},
    "section": {"class"},
    "hr": {"class"},
    "span": {"class", "lang"},
    "sup": {"class"},
    "td": {"style"},
    "th": {"style"},
}
CLASSES = frozenset(
    (
        *("anchor", "attachment", "emoji", "footnote-backref", "footnote-item", "footnote-ref", "footnotes"),
        *("footnotes-list", "footnotes-sep", "mention", "md-table", "quote", "spoiler", "title"),
    )
)
EMOJI = {
    "smile": "😄",
    "tada": "🎉",
    "heart": "❤️",
    "+1": "👍",
    "warning": "⚠️",
    "bulb": "💡",
    "wave": "👋",
    "pray": "🙏",
}
_SIZE = re.compile(r"^(.*?)\|(\d+)x(\d+)(?:, *(\d+)%)?(?:\|.*)?$", re.DOTALL)
_QUOTE = re.compile(
    r"^\[quote(?:=\"?([^\"\]]*)\"?)?\]\s*$(.*?)^\[/quote\]\s*$", re.DOTALL | re.MULTILINE | re.IGNORECASE
)
_DETAILS = re.compile(
    r"^\[details(?:=\"?([^\"\]]*)\"?)?\]\s*$(.*?)^\[/details\]\s*$", re.DOTALL | re.MULTILINE | re.IGNORECASE
)
_FENCED = re.compile(r"^(`{3,}|~{3,}).*?^\1[`~]*[ \t]*$", re.DOTALL | re.MULTILINE)


def cook(state: State, post: Post) -> str:
    """The HTML of a post."""
    env: dict[str, Any] = {"state": state, "post": post.id, "headings": 0}
    rendered = str(reader().render(with_blocks(post.raw), env))
    return clean(rendered).strip()


def clean(rendered: str) -> str:
    """Without anything that could run, or that Discourse does not keep."""
    return nh3.clean(
        rendered,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=kept,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener",
        strip_comments=True,
    )


def kept(element: str, attribute: str, value: str) -> str | None:
    """The value of an attribute, or None to drop it: classes are ours alone, styles only align cells."""
    if attribute == "class":
        ours = [one for one in value.split() if one in CLASSES or (element == "code" and one.startswith("lang-"))]
        return " ".join(ours) or None
    if attribute == "style":
        return value if re.fullmatch(r"text-align:(left|right|center)", value) else None
    if attribute == "id":
        return value if re.fullmatch(r"fn(ref)?[\w:-]*", value) else None
    return value


def with_blocks(raw: str) -> str:
    """[quote] and [details] as HTML blocks; what stands in a fence stays."""
    if "[" not in raw:
        return raw
    fences = list(_FENCED.finditer(raw))

    def outside(match: re.Match[str]) -> bool:
        return not any(fence.start() <= match.start() < fence.end() for fence in fences)

    def quote(match: re.Match[str]) -> str:
        who = html.escape((match[1] or "").partition(",")[0])
        title = f'<div class="title">{who}:</div>\n' if who else ""
        return f'<aside class="quote">\n{title}<blockquote>\n\n{match[2].strip()}\n\n</blockquote>\n</aside>\n'

    def details(match: re.Match[str]) -> str:
        label = html.escape(match[1] or "…")
        return f"<details>\n<summary>{label}</summary>\n\n{match[2].strip()}\n\n</details>\n"

    raw = _QUOTE.sub(lambda match: quote(match) if outside(match) else match[0], raw)
    fences = list(_FENCED.finditer(raw))
    return _DETAILS.sub(lambda match: details(match) if outside(match) else match[0], raw)


@cache
def reader() -> MarkdownIt:
    """markdown-it as Discourse sets it up."""
    options = {"html": True, "linkify": True, "typographer": True, "breaks": True, "quotes": "“”‘’"}
    md = MarkdownIt("js-default", options).use(footnote_plugin).enable(["linkify", "replacements", "smartquotes"])
    md.inline.ruler.before("text", "mention", mention)
    md.inline.ruler.before("text", "emoji", emoji)
    md.add_render_rule("heading_open", heading_open)
    md.add_render_rule("image", image)
    md.add_render_rule("link_open", link_open)
    md.add_render_rule("table_open", table_open)
    md.add_render_rule("table_close", table_close)
    return md


# ---- what Discourse adds


def mention(state: StateInline, silent: bool) -> bool:
    """`@name`, if there is such a person."""
    if state.src[state.pos] != "@" or (state.pos and re.match(r"[\w/]", state.src[state.pos - 1])):
        return False
    match = re.compile(r"@([\w.-]*\w)").match(state.src, state.pos)
    forum: State = state.env["state"]
    user = forum.names.get(match[1].lower()) if match else None
    if match is None or user is None:
        return False
    if not silent:
        token = state.push("html_inline", "", 0)
        token.content = f'<a class="mention" href="/u/{user.username.lower()}">@{html.escape(match[1])}</a>'
    state.pos = match.end()
    return True


def emoji(state: StateInline, silent: bool) -> bool:
    """`:smile:`."""
    match = re.compile(r":([a-z0-9_+-]+):").match(state.src, state.pos)
    if match is None or match[1] not in EMOJI:
        return False
    if not silent:
        state.push("text", "", 0).content = EMOJI[match[1]]
    state.pos = match.end()
    return True


def heading_open(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: MutableMapping[str, Any]
) -> str:
    """A heading with its anchor; none in a quote."""
    tag = tokens[index].tag
    depth = sum(token.nesting for token in tokens[:index] if token.type.startswith("blockquote"))
    if depth:
        return f"<{tag}>"
    env["headings"] += 1
    name = f"{anchor_slug(tokens[index + 1].content)}-{env['headings']}"
    state: State = env["state"]
    if state.flavour.anchors == "post-id":
        name = f"p-{env['post']}-{name}"
    return f'<{tag}>\n<a name="{name}" class="anchor" href="#{name}"></a>'


def table_open(_renderer: RendererHTML, *_args: Any) -> str:
    """A table, in a frame that scrolls."""
    return '<div class="md-table">\n<table>\n'


def table_close(_renderer: RendererHTML, *_args: Any) -> str:
    """The end of a table."""
    return "</table>\n</div>"


def anchor_slug(text: str) -> str:
    """A heading's slug: small letters, only ASCII word characters and dashes, `h-` in front of what is no letter."""
    dashed = re.sub(r"\s+", "-", text.lower().strip())
    plain = re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9_-]+", "", dashed)).strip("-")
    if not plain:
        return "h"
    return plain if plain[0].isascii() and plain[0].isalpha() else f"h-{plain}"


def image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
) -> str:
    """An image: `upload://` resolved, `|WxH` taken from the label."""
    token = tokens[index]
    alt = renderer.renderInlineAsText(token.children, options, env) if token.children else ""
    size = _SIZE.match(alt)
    src = resolved(str(token.attrGet("src") or ""), env)
    attributes = {"src": src, "alt": size[1] if size else alt, "title": str(token.attrGet("title") or "")}
    if size:
        scale = int(size[4] or 100)
        attributes |= {"width": str(int(size[2]) * scale // 100), "height": str(int(size[3]) * scale // 100)}
    shown = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items() if value or name == "alt")
    return f'<img {shown} loading="lazy">'


def link_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
) -> str:
    """A link; to an upload as an attachment, its label without the mark."""
    token = tokens[index]
    href = str(token.attrGet("href") or "")
    if href.startswith("upload://"):
        token.attrSet("href", "/uploads/short-url/" + href.removeprefix("upload://"))
        label = tokens[index + 1] if index + 1 < len(tokens) else None
        if label is not None and label.type == "text" and label.content.endswith("|attachment"):
            label.content = label.content.removesuffix("|attachment")
            token.attrSet("class", "attachment")
    return renderer.renderToken(tokens, index, options, env)


def resolved(url: str, env: Mapping[str, Any]) -> str:
    """Where an upload is served; any other address as it is."""
    state: State = env["state"]
    known = state.by_short_url.get(url)
    if known is None and url.startswith("upload://"):
        return "/images/transparent.png"
    return known.path if known else url
