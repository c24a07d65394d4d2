"""Marks inside of lines: comments, formulas, highlighted and raised words, tags, names of paragraphs."""

import re

from koweb_sync.i18n import _
from koweb_sync.importing.dialects.page import FILL, NotePage

_COMMENT = re.compile(r"(?<!%)%%(?!%)")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_FORMULA = re.compile(
    rf"(?<![\\$\w])(?:\$\$(?=[^$])(?:[^$\n]|\n(?![ \t]*\n))*+\$\$|\$(?=[^\s$])[^$\n{FILL}]*+(?<=[^\s\\])\$(?![\w$]))"
)
_MARK = re.compile(r"(?<![=\w\\])==(?=[^\s=])|(?<=[^\s=\\])==(?![=\w])|\n[ \t>]*\n")
_KEYS = re.compile(r"(?<![+\w])\+\+(?P<keys>[\w-]{1,20}(?:\+[\w-]{1,20}){1,4})\+\+(?![+\w])")
# Pairs of marks around words, and what HTML has for them: of HedgeDoc, of MkDocs, of both and Pandoc.
_PAIRS = (
    (re.compile(r"(?<![+\w])(\+\+)(?=[^\s+])[^\n+]{1,200}?(?<=[^\s+])(\+\+)(?![+\w])"), "ins"),
    (re.compile(r"(?<![\^\w])(\^\^)(?=[^\s^])[^\n^]{1,200}?(?<=[^\s^])(\^\^)(?![\^\w])"), "ins"),
    (re.compile(r"(?<=\w)(\^)[\w+-]{1,12}(\^)(?![\w^])"), "sup"),
    (re.compile(r"(?<=\w)(~)[\w+-]{1,12}(~)(?!~)"), "sub"),
)
_TAG = re.compile(rf"(?<![^\s{FILL}])#(?P<tag>[\w/-]*+)(?![\w#])")
_NAME = re.compile(r"(?:(?<=[ \t])|^)\^(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9-]{3,}[ \t]*$", re.MULTILINE)
_SIGNED = re.compile(r"\[(?P<key>name|time|color)=(?P<value>[^\[\]\n]{1,100})\](?![(\[:])")
_ICON = re.compile(r":(?:material|fontawesome|octicons|simple)-[\w-]+:")


def comments(page: NotePage) -> None:
    """`%%comment%%` becomes an HTML comment. What opens one is followed by a word or the line's end."""
    opened: re.Match[str] | None = None
    done = []
    for mark in page.matches(_COMMENT):
        if opened is None:
            opened = mark if _opens(page.text, mark.start()) else None
            continue
        start, end = opened.end(), mark.start()
        inside = page.text[start:end]
        lone = _BLANK_LINE.search(inside) is not None and page.text[: opened.start()].rpartition("\n")[2].strip()
        if "--" in inside or inside.startswith((">", "->")) or lone:
            text = _("A comment between %% would end early on a forum. It is left as it is, for all to read.")
            page.problem(opened.start(), text)
        else:
            page.replace((opened.start(), start, "<!--"), (end, mark.end(), "-->"))
        done.append((opened.start(), mark.end()))
        opened = None
    if opened is not None:
        page.problem(opened.start(), _("“{text}” is never closed. It is left as it is.").format(text="%%"))
    page.hide(done)


def _opens(text: str, at: int) -> bool:
    """Whether `%%` begins a comment: per mille and percentages of percentages do not."""
    before, after = text[max(0, at - 8) : at], text[at + 2 : at + 4]
    return not (before[-1:].isalnum() or before.rstrip(" \u00a0\u202f")[-1:].isdigit() or after.strip()[:1].isdigit())


def formulas(page: NotePage) -> None:
    """`$x$` stays; a forum shows it as a formula with the plugin for it."""
    found = [formula.span() for formula in page.matches(_FORMULA)]
    if found:
        page.problem(found[0][0], _("Readers see $…$ as formulas only where the forum has the plugin “Math”."))
    page.hide(found)


def marked(page: NotePage) -> None:
    """`==words==` become highlighted words."""
    opened: re.Match[str] | None = None
    for mark in page.matches(_MARK):
        if mark[0] != "==":
            opened = None
        elif opened is not None and _closes(page.shown, mark.start()):
            page.replace((*opened.span(), "<mark>"), (*mark.span(), "</mark>"))
            opened = None
        elif opened is None and _begins(page.shown, mark.end()):
            opened = mark
    page.done()


def added(page: NotePage) -> None:
    """`++words++` and `^^words^^` are underlined, `19^th^` is raised, `H~2~O` lowered, `++ctrl+c++` are keys."""
    for found in page.matches(_KEYS):
        keys = found["keys"].split("+")
        page.replace((found.start(), found.end(), "+".join(f"<kbd>{key}</kbd>" for key in keys)))
    page.done()
    for pattern, tag in _PAIRS:
        for found in page.matches(pattern):
            before = page.text[max(0, found.start() - 200) : found.start()].split()
            if not before or "/" not in before[-1]:  # which an address would have
                page.replace((*found.span(1), f"<{tag}>"), (*found.span(2), f"</{tag}>"))
        page.done()


def _closes(text: str, at: int) -> bool:
    return not text[at - 1].isspace() and text[at + 2 : at + 3] != "=" and not text[at + 2 : at + 3].isalnum()


def _begins(text: str, end: int) -> bool:
    return bool(text[end : end + 1].strip()) and not text[max(0, end - 3) : end - 2].isalnum()


def tags(page: NotePage) -> None:
    """Collect `#tag`. A forum makes a link of it where it has that tag."""
    for found in page.matches(_TAG):
        name = found["tag"].strip("/-")
        if any(sign.isalpha() for sign in name):
            page.found.tags.setdefault(name)


def names_of_paragraphs(page: NotePage) -> None:
    """`^name` at the end of a paragraph, which Obsidian does not show, becomes a comment."""
    for found in page.matches(_NAME):
        page.replace((found.start(), found.end(), f"<!-- {found[0].rstrip()} -->"))
    page.done()


def signatures(page: NotePage) -> None:
    """`[name=Maud] [time=lundi]` in a quote, as HedgeDoc signs them, become the name and the time."""
    for found in page.matches(_SIGNED):
        line = page.text.rfind("\n", 0, found.start()) + 1
        if page.text[line : found.start()].lstrip().startswith(">"):
            value = page.text[slice(*found.span("value"))].strip()
            shown = {"name": f"**{value}**", "time": f"*{value}*"}.get(found["key"], "")
            page.replace((found.start(), found.end(), shown))
    page.done()


def icons(page: NotePage) -> None:
    """Icons of a theme of MkDocs are named, once."""
    for found in page.matches(_ICON):
        page.problem(found.start(), _("A forum does not know icons such as {icon}.").format(icon=found[0]))
        break
