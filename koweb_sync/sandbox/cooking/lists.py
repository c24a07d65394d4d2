"""What stands in lists and below the text: check boxes, and footnotes."""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from koweb_sync.sandbox.cooking import context
from koweb_sync.sandbox.cooking.tokens import element, text

_BOX = re.compile(r"(?<!!)\[([ xX]?)\]")


def install(md: MarkdownIt) -> None:
    """Read check boxes and footnotes from now on."""
    md.use(footnote_plugin)
    for name in ("footnote_ref", "footnote_anchor", "footnote_open", "footnote_block_open", "footnote_block_close"):
        md.add_render_rule(name, globals()[name])
    md.core.ruler.before("text_join", "checklist", checklist)


# ---- check boxes


def checklist(state: StateCore) -> None:
    """`[ ]` and `[x]` outside of everything else in a line."""
    if not context.of(state.env).setting("checklist_enabled", True):
        return
    early = context.of(state.env).flavour.markup == "2022"
    for block in state.tokens:
        depth = 0
        made: list[Token] = []
        for token in block.children or ():
            depth += token.nesting
            found = token.type == "text" and depth == 0 and _BOX.search(token.content)
            made += boxes(token.content, early) if found else [token]
        if block.type == "inline":
            block.children = made


def boxes(content: str, early: bool) -> list[Token]:
    """A text in which `[ ]`, `[x]` and `[X]` became boxes."""
    square, checked = ("check-square-o", "check-square") if early else ("square-check-o", "square-check")
    wide = "" if early else " fa-fw"
    classes = {"x": f"checked fa fa-{square}{wide}", "X": f"checked permanent fa fa-{checked}{wide}"}
    made: list[Token] = []
    end = 0
    for found in _BOX.finditer(content):
        if found.start() > end:
            made.append(text(content[end : found.start()]))
        made += element("span", {"class": f"chcklst-box {classes.get(found[1], 'fa fa-square-o' + wide)}"}, [])
        end = found.end()
    return [*made, text(content[end:])] if end < len(content) else made


# ---- footnotes: numbered here, named by their post later


def again(token: Token) -> str:
    """What tells the second reference to a note from the first."""
    number = token.meta.get("subId", 0)
    return f":{number}" if number > 0 else ""


def footnote_ref(_renderer: RendererHTML, tokens: Sequence[Token], index: int, *_args: Any) -> str:
    number, more = tokens[index].meta["id"] + 1, again(tokens[index])
    return f'<sup class="footnote-ref"><a href="#fn{number}" id="fnref{number}{more}">[{number}{more}]</a></sup>'


def footnote_open(_renderer: RendererHTML, tokens: Sequence[Token], index: int, *_args: Any) -> str:
    return f'<li id="fn{tokens[index].meta["id"] + 1}" class="footnote-item">'


def footnote_anchor(_renderer: RendererHTML, tokens: Sequence[Token], index: int, *_args: Any) -> str:
    """The way back from a note to the text."""
    name = f"{tokens[index].meta['id'] + 1}{again(tokens[index])}"
    return f' <a href="#fnref{name}" class="footnote-backref">\u21a9\ufe0e</a>'


def footnote_block_open(_renderer: RendererHTML, *_args: Any) -> str:
    return '<hr class="footnotes-sep">\n\n<ol class="footnotes-list">\n'


def footnote_block_close(_renderer: RendererHTML, *_args: Any) -> str:
    return "</ol>\n"
