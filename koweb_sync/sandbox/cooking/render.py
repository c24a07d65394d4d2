"""How headings, images, links, tables, code and footnotes look."""

import html
import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from koweb_sync.sandbox.core.state import State

_SIZE = re.compile(r"(\d+)x(\d+)(?:, *(\d+(?:\.\d+)?)%)?")
KINDS = ("attachment", "video", "audio", "thumbnail")
Env = MutableMapping[str, Any]


def plugin(md: MarkdownIt) -> None:
    """Use these looks."""
    rules = {
        "heading_open": heading,
        "image": image,
        "link_open": link,
        "table_open": table,
        "table_close": table_end,
        "fence": fence,
        "footnote_ref": footnote,
        "footnote_open": note,
        "footnote_anchor": back,
    }
    for name, rule in rules.items():
        md.add_render_rule(name, rule)


# ---- headings


def heading(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Env) -> str:
    """A heading with its anchor; none in a quote."""
    tag = tokens[index].tag
    if quoted(tokens, index, env):
        return f"<{tag}>"
    env["headings"] += 1
    name = f"{anchor_slug(tokens[index + 1].content)}-{env['headings']}"
    state: State = env["state"]
    if state.flavour.anchors == "post-id":
        name = f"p-{env['post']}-{name}"
    return f'<{tag}>\n<a name="{name}" class="anchor" href="#{name}"></a>'


def quoted(tokens: Sequence[Token], index: int, env: Env) -> bool:
    """Whether a token stands in a quote of either kind; counted once for all tokens."""
    if env.get("quoted_of") is not tokens:
        depth, env["quoted"] = 0, []
        for token in tokens:
            if token.type.startswith(("blockquote", "bbcode_quote")):
                depth += token.nesting
            env["quoted"].append(depth > 0)
        env["quoted_of"] = tokens
    return bool(env["quoted"][index])


def anchor_slug(text: str) -> str:
    """A heading's slug: small letters, only ASCII word characters and dashes, `h-` in front of what is no letter."""
    dashed = re.sub(r"\s+", "-", text.lower().strip())
    plain = re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9_-]+", "", dashed)).strip("-")
    if not plain:
        return "h"
    return plain if plain[0].isascii() and plain[0].isalpha() else f"h-{plain}"


# ---- images and links


def image(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Env) -> str:
    """An image: `upload://` resolved, `|WxH` and the kind taken from the label."""
    token = tokens[index]
    label = renderer.renderInlineAsText(token.children, options, env) if token.children else ""
    alt, *marks = label.split("|")
    url = str(token.attrGet("src") or "")
    place = resolved(url, env)
    if "video" in marks:
        source = f'<source src="{html.escape(place)}">'
        video = f'<video width="100%" height="100%" preload="metadata" controls>{source}</video>'
        return f'<div class="video-container">{video}</div>'
    if "audio" in marks:
        return f'<audio preload="metadata" controls><source src="{html.escape(place)}"></audio>'
    shown = {"src": place, "alt": alt, "title": str(token.attrGet("title") or ""), **upload_facts(url, place)}
    size = next((match for mark in marks if (match := _SIZE.fullmatch(mark.strip()))), None)
    if size:
        scale = float(size[3] or 100) / 100
        shown |= {"width": str(round(int(size[1]) * scale)), "height": str(round(int(size[2]) * scale))}
    return "<img " + " ".join(f'{k}="{html.escape(v)}"' for k, v in shown.items() if v or k == "alt") + ">"


def upload_facts(url: str, place: str) -> dict[str, str]:
    """What the image of an upload says of its source; of one that is not there, where it should be."""
    if not url.startswith("upload://"):
        return {}
    if place.startswith("/images/"):
        return {"data-orig-src": url}
    return {"data-base62-sha1": url.removeprefix("upload://").partition(".")[0]}


def link(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Env) -> str:
    """A link: to an upload as an attachment, its label without the mark; a bare address on its line as a onebox."""
    token = tokens[index]
    href = str(token.attrGet("href") or "")
    if href.startswith("upload://"):
        token.attrSet("href", "/uploads/short-url/" + href.removeprefix("upload://"))
        label = tokens[index + 1] if index + 1 < len(tokens) else None
        if label is not None and label.type == "text" and label.content.rpartition("|")[2] in KINDS:
            label.content = label.content.rpartition("|")[0]
            token.attrSet("class", "attachment")
    elif token.info == "auto" and token.markup == "linkify" and len(tokens) == 3:
        token.attrSet("class", "onebox")
    return str(renderer.renderToken(tokens, index, options, env))


def resolved(url: str, env: Mapping[str, Any]) -> str:
    """Where an upload is served; any other address as it is."""
    state: State = env["state"]
    known = state.by_short_url.get(url)
    if known is None and url.startswith("upload://"):
        return "/images/transparent.png"
    return known.path if known else url


# ---- tables, code, footnotes


def table(*_args: Any) -> str:
    """A table, in a frame that scrolls."""
    return '<div class="md-table">\n<table>\n'


def table_end(*_args: Any) -> str:
    """The end of a table."""
    return "</table>\n</div>"


def fence(_renderer: RendererHTML, tokens: Sequence[Token], index: int, *_rest: Any) -> str:
    """Code in its language; `auto` where none is named."""
    token = tokens[index]
    name = re.sub(r"[^\w+#.-]", "", token.info.strip().partition(" ")[0]) or "auto"
    return f'<pre><code class="lang-{html.escape(name)}">{html.escape(token.content, quote=False)}</code></pre>\n'


def footnote(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Env) -> str:
    """The number of a footnote in the text."""
    number, again = tokens[index].meta["id"] + 1, tokens[index].meta.get("subId", 0)
    suffix = f":{again}" if again else ""
    ident = f"{env['post']}-{number}"
    return (
        f'<sup class="footnote-ref"><a href="#footnote-{ident}" id="footnote-ref-{ident}{suffix}">[{number}]</a></sup>'
    )


def note(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Env) -> str:
    """A footnote."""
    return f'<li id="footnote-{env["post"]}-{tokens[index].meta["id"] + 1}" class="footnote-item">'


def back(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Env) -> str:
    """The way back from a footnote to the text."""
    number, again = tokens[index].meta["id"] + 1, tokens[index].meta.get("subId", 0)
    suffix = f":{again}" if again else ""
    return f' <a href="#footnote-ref-{env["post"]}-{number}{suffix}" class="footnote-backref">↩︎</a>'
