"""Pages of YesWiki, whose syntax is none of Markdown, made into Markdown."""

import re
from collections.abc import Iterator

from koweb_sync.importing.dialects.addresses import address
from koweb_sync.importing.dialects.code import span
from koweb_sync.importing.dialects.page import FILL, NotePage, PageLine
from koweb_sync.importing.dialects.yeswiki_actions import NAMES, action
from koweb_sync.importing.dialects.yeswiki_lines import heading, shaped

_CODE = re.compile(r"%%(?:\((?P<language>[^()\n]*)\))?(?P<code>.*?)%%", re.DOTALL)
_RAW = re.compile(r'""(?P<html>.*?)""', re.DOTALL)
_ACTION = re.compile(r"\{\{(?P<inside>[^{}]*+)\}\}")
_LINK = re.compile(rf"\[\[[ \t]*(?P<target>[^\s\[\]|{FILL}]+)(?:(?:[ \t]+|[ \t]*\|[ \t]*)(?P<text>[^\n\[\]]*+))?\]\]")
_ADDRESS = re.compile(r"\b[a-z0-9]+://[^ \t\n\r\f\"|\\^`{}\[\]><]+")
_MARKDOWN = re.compile(r"^ {0,3}(?:#{1,6}[ \t]+\S|```|~~~|\[[^\]\n]+\]:[ \t])|\]\(", re.MULTILINE)
_TOGGLE = re.compile(r"(\*\*|//|__|##|@@|££)|\n(?=[ \t|=\n-])")
_BREAK = re.compile(r"(?<!-)---(?!-)")
_WORD = re.compile(rf"(?<![\w/#?.\[{FILL}])[A-ZÀ-Þ][a-zß-ÿ]+[A-Z0-9À-Þ]\w*+(?![\w/]|://)")
_SIGN = re.compile(r"<(?=[A-Za-z/!?])|^#+(?=[ \t])", re.MULTILINE)
_PLAIN = re.compile(r"[^\n`]+")
_TAGS = {
    "**": ("**", "**", "<strong>", "</strong>"),
    "//": ("*", "*", "<em>", "</em>"),
    "__": ("[u]", "[/u]", "[u]", "[/u]"),
    "##": ("`", "`", "<code>", "</code>"),
    "@@": ("~~", "~~", "<del>", "</del>"),
    "££": ("<ins>", "</ins>", "<ins>", "</ins>"),
}


def is_yeswiki(text: str) -> bool:
    """Whether a text is of YesWiki. It has a line such as `====Title====` with three signs or more on both sides, or an
    action such as `{{attach file="…"}}`; and outside of its code and HTML no heading, fence or link of Markdown.
    """
    if "===" not in text and "{{" not in text:
        return False
    bare = _RAW.sub("", _CODE.sub("", text))
    headed = any(line.strip().startswith("===") and heading(line) for line in bare.split("\n"))
    acts = any(_named(found["inside"]) and "=" in found["inside"] for found in _ACTION.finditer(bare))
    return (headed or acts) and _MARKDOWN.search(bare) is None and "`{{" not in bare


def _named(inside: str) -> bool:
    return inside.strip().partition(" ")[0].lower() in NAMES


def converted(page: NotePage) -> list[PageLine]:
    """The lines of a page, a `Page` that was read without Markdown's rules, as Markdown."""
    _code(page)
    for found in page.matches(_RAW):
        after = "\n" if _alone(page.text, *found.span()) else ""
        page.replace((found.start(), found.end(), page.text[slice(*found.span("html"))] + after))
    page.done()
    for found in page.matches(_ACTION):
        whole = page.text[slice(*found.span())]
        written = action(page, found.start(), page.text[slice(*found.span("inside"))])
        page.replace((found.start(), found.end(), span(" ".join(whole.split())) if written is None else written))
    page.done()
    _links(page)
    page.hide(found.span() for found in page.matches(_ADDRESS))
    _words(page)
    _toggles(page)
    page.done()
    for found in page.matches(_BREAK):
        page.replace((found.start(), found.end(), "<br>"))
    for found in page.matches(_SIGN):
        page.replace((found.start(), found.start(), "\\"))
    return shaped(page.edited())


def _alone(text: str, start: int, end: int) -> bool:
    """Whether HTML has its lines to itself, and text right below: Markdown would take that for HTML as well."""
    before = text[:start].rpartition("\n")[2].strip()
    behind, *below = text[end:].split("\n", 2)
    return not before and not behind.strip() and bool(below and below[0].strip())


def _code(page: NotePage) -> None:
    """`%%(php) code%%`: a block where it has lines of its own, else a span."""
    blocks = []
    for found in page.matches(_CODE):
        code = found["code"]
        if "\n" not in code:
            page.replace((found.start(), found.end(), span(code.strip()) if code.strip() else ""))
            continue
        ticks = max((len(run) for run in re.findall("`+", code)), default=0)
        fence = "`" * max(3, ticks + 1)
        begins = page.text[: found.start()].rpartition("\n")[2].strip() == ""
        ends = page.text[found.end() :].partition("\n")[0].strip() == ""
        start, end = found.span("code")
        opening = (
            f"{'' if begins else chr(10)}{fence}{found['language'] or ''}{'' if code.startswith(chr(10)) else chr(10)}"
        )
        closing = f"{'' if code.endswith(chr(10)) else chr(10)}{fence}{'' if ends else chr(10)}"
        page.replace((found.start(), start, opening), (end, found.end(), closing))
        blocks.append(found.span())
    page.hide(blocks)
    page.done()


def _links(page: NotePage) -> None:
    """`[[Page words]]` where the page is there, `[[https://… words]]`. Others are left to be named."""
    left = []
    for found in page.matches(_LINK):
        target = found["target"]
        if re.match(r"https?://|mailto:", target):
            destination: str | None = target
        elif target.startswith("#"):
            destination = target
        else:
            name, sign, fragment = target.lstrip("?").partition("#")
            path = page.notes.find(name, page.path)
            destination = address(page.path, path) + sign + fragment if path else None
            page.uses(path or page.path)
        if destination is None:
            left.append(found.span())
        elif found["text"]:
            start, end = found.span("text")
            end = start + len(page.text[start:end].rstrip())
            page.replace((found.start(), start, "["), (end, found.end(), f"]({destination})"))
        else:
            page.replace((found.start(), found.end(), f"[{target}]({destination})"))
    page.hide(left)
    page.done()


def _words(page: NotePage) -> None:
    """A word such as `PageAccueil` is a link where there is such a page."""
    for found in page.matches(_WORD):
        path = page.notes.find(found[0], page.path)
        if path and page.notes.is_note(path) and path.rpartition("/")[2].startswith(found[0]):
            page.replace((found.start(), found.end(), f"[{found[0]}]({address(page.path, path)})"))
    page.done()


def _toggles(page: NotePage) -> None:
    """Marks that begin and end bold words and the like, in pairs within a paragraph, an item or a cell."""
    for opened, closed in _pairs(page):
        inside = page.shown[opened.end() : closed.start()]
        simple = (
            inside == inside.strip()
            and inside
            and (opened[0] != "##" or (_PLAIN.fullmatch(inside) and FILL not in inside))
        )
        tags = _TAGS[opened[0]][0 if simple else 2 :]
        page.replace((*opened.span(), tags[0]), (*closed.span(), tags[1]))


def _pairs(page: NotePage) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    opened: dict[str, re.Match[str]] = {}
    for found in page.matches(_TOGGLE):
        if not found[1]:
            opened.clear()
        elif found[1] in opened:
            yield opened.pop(found[1]), found
        else:
            opened[found[1]] = found
