"""What stands in lists and below the text: check boxes, and footnotes."""

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from koweb_sync.sandbox.cooking import context
from koweb_sync.sandbox.cooking.tokens import element, text

_BOX = re.compile(r"(?<!!)\[([ xX]?)\]")


def install(md: MarkdownIt) -> None:
    """Read check boxes and footnotes from now on."""
    md.use(footnote_plugin)
    for name, write in FOOTNOTES.items():
        md.add_render_rule(name, written(write))
    md.core.ruler.before("text_join", "checklist", checklist)


def written(write: Callable[[Token], str]) -> Callable[..., str]:
    """The rule of markdown-it that writes a token so."""
    return lambda _renderer, tokens, index, *_args: write(tokens[index])


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


def reference(token: Token) -> str:
    """The number of a note, and what tells the second reference to it from the first."""
    number = token.meta.get("subId", 0)
    return f"{token.meta['id'] + 1}" + (f":{number}" if number > 0 else "")


def footnote_ref(token: Token) -> str:
    name = reference(token)
    return f'<sup class="footnote-ref"><a href="#fn{token.meta["id"] + 1}" id="fnref{name}">[{name}]</a></sup>'


FOOTNOTES: dict[str, Callable[[Token], str]] = {
    "footnote_ref": footnote_ref,
    "footnote_open": lambda token: f'<li id="fn{token.meta["id"] + 1}" class="footnote-item">',
    "footnote_anchor": lambda token: f' <a href="#fnref{reference(token)}" class="footnote-backref">\u21a9\ufe0e</a>',
    "footnote_block_open": lambda _token: '<hr class="footnotes-sep">\n\n<ol class="footnotes-list">\n',
    "footnote_block_close": lambda _token: "</ol>\n",
}
