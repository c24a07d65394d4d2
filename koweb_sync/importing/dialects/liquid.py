"""Liquid of Jekyll and tags of HedgeDoc: `{% post_url … %}`, `{{ site.baseurl }}`, `{%youtube … %}`."""

import re
from collections.abc import Sequence

from koweb_sync.i18n import _
from koweb_sync.importing.dialects.blocks import Blocks, ConvertedBlock
from koweb_sync.importing.dialects.code import fenced, span
from koweb_sync.importing.dialects.media import player
from koweb_sync.importing.dialects.page import FILL, NotePage, PageLine
from koweb_sync.importing.dialects.shortcodes import referred

_ALONE = re.compile(r"[ ]{0,3}\{%-?[ \t]*(?P<name>\w+)(?P<rest>[^{}\n]*?)-?%\}[ \t]*")
_INLINE_CODE = re.compile(r"\{%-?[ \t]*highlight\b[^{}\n%]*%\}(?P<code>[^{}\n]*+)\{%-?[ \t]*endhighlight[ \t]*-?%\}")
_TAG = re.compile(rf"\{{%-?(?P<inside>[^{{}}{FILL}\n]*+)\}}")
_VALUE = re.compile(rf"\{{\{{-?(?P<inside>[^{{}}<%{FILL}\n][^{{}}{FILL}\n]*+)\}}\}}")
_ROOT = re.compile(r"site\.(?:baseurl|url)(?:\s*\|\s*\w+)*")
_FILTERED = re.compile(
    r"""["'](?P<path>[^"'|]*)["']\s*\|\s*(?:relative_url|absolute_url|url|prepend:\s*site\.(?:baseurl|url))"""
)


def liquid_blocks(blocks: Blocks, at: int) -> ConvertedBlock | None:
    """`{% highlight %}`, `{% comment %}` and `{% raw %}` alone on a line, up to the tag that ends them."""
    opening = _ALONE.fullmatch(blocks.lines[at].text) if "{%" in blocks.lines[at].text else None
    if opening is None or opening["name"] not in ("highlight", "comment", "raw"):
        return None
    end = _end(blocks, at, opening["name"])
    if end is None:
        return None
    lines = blocks.lines[at : end + 1]
    if opening["name"] == "highlight":
        return ConvertedBlock(end + 1, fenced(lines, opening["rest"].split()[0] if opening["rest"].split() else ""))
    if opening["name"] == "comment":
        return _comment(lines, end)
    inner = list(lines[1:-1])
    if any(("{{" in one.text or "{%" in one.text) and n not in blocks.code for n, one in enumerate(inner, at + 1)):
        # As the site shows them: signs, not commands.
        return ConvertedBlock(end + 1, fenced(lines, "")) if not any("```" in line.text for line in inner) else None
    return ConvertedBlock(end + 1, inner)


def _comment(lines: Sequence[PageLine], end: int) -> ConvertedBlock | None:
    if any("-->" in line.text for line in lines):
        return None
    return ConvertedBlock(end + 1, [PageLine(lines[0].number, "<!--"), *lines[1:-1], PageLine(lines[-1].number, "-->")])


def _end(blocks: Blocks, at: int, name: str) -> int | None:
    """The next line that ends a block of this name; where those lie is found once."""
    key = f"end{name}"
    if key not in blocks.pairs:
        known = blocks.pairs[key] = {}
        last = None
        for line in range(len(blocks.lines) - 1, -1, -1):
            found = _ALONE.fullmatch(blocks.lines[line].text) if key in blocks.lines[line].text else None
            last = line if found and found["name"] == key else last
            if last is not None:
                known[line] = last
    return blocks.pairs[key].get(at)


def liquid(page: NotePage) -> None:
    """Tags and values inside of a text: links, addresses, films. What only a site's tool knows stays, and is named."""
    for code in page.matches(_INLINE_CODE):
        page.replace((code.start(), code.end(), span(page.text[slice(*code.span("code"))])))
    page.done()
    for pattern, made in ((_TAG, tagged), (_VALUE, valued)):
        for found in page.matches(pattern):
            inside = found["inside"].strip()
            if pattern is _TAG and not inside.endswith("%"):
                continue
            written = made(page, inside.strip("%-").strip(), *_beside(page.text, *found.span()))
            if written is None:
                text = _("“{text}” is filled in by the tool of a site, not by a forum. It is left as it is.")
                page.problem(found.start(), text.format(text=found[0]))
            else:
                page.replace((found.start(), found.end(), written))
        page.hide(found.span() for found in page.matches(pattern))
    page.done()


def _beside(text: str, start: int, end: int) -> tuple[str, str]:
    """The signs right before and right behind."""
    return text[max(0, start - 1) : start], text[end : end + 1]


def tagged(page: NotePage, inside: str, before: str, after: str) -> str | None:
    """What stands for a tag; None if nothing does."""
    del before, after
    name, _blank, rest = inside.partition(" ")
    if name in ("post_url", "link"):
        return referred(page, rest.strip().strip("\"'"))
    return player(name, rest.split())


def valued(page: NotePage, inside: str, before: str, after: str) -> str | None:
    """What stands for a value in a destination; None if nothing does."""
    del page
    # Before a path, or a tag or value that makes one.
    if _ROOT.fullmatch(inside) and after in ("/", "{") and before in ("(", '"', "'", "<", " ", "}", ""):
        return ""
    filtered = _FILTERED.fullmatch(inside)
    return "/" + filtered["path"].lstrip("/") if filtered else None


def destination(page: NotePage, url: str) -> str:
    """A destination without Liquid, as far as it can be."""

    def tag(found: re.Match[str]) -> str:
        return tagged(page, found["inside"].strip().strip("%-").strip(), "", "") or found[0]

    def value(found: re.Match[str]) -> str:
        written = valued(page, found["inside"].strip().strip("-").strip(), "", url[found.end() : found.end() + 1])
        return found[0] if written is None else written

    return _VALUE.sub(value, _TAG.sub(tag, url))
