"""Short codes of Hugo: `{{< figure src="a.png" >}}`, `{{% notice note %}}…{{% /notice %}}`."""

import re
from dataclasses import dataclass

from koweb_sync.i18n import _
from koweb_sync.importing.dialects.addresses import address
from koweb_sync.importing.dialects.blocks import Blocks, ConvertedBlock
from koweb_sync.importing.dialects.boxes import SIGNS, block_apart, details, quote
from koweb_sync.importing.dialects.code import fenced
from koweb_sync.importing.dialects.media import player
from koweb_sync.importing.dialects.page import FILL, NotePage

_CODE = re.compile(rf"\{{\{{(?P<sign>[<%])(?P<inside>[^{{}}{FILL}]*+)\}}\}}")
_ALONE = re.compile(r"[ ]{0,3}\{\{([<%])([^{}\n]*)[>%]\}\}[ \t]*")
_ARGUMENT = re.compile(
    r"""(?:(?P<key>[\w-]++)[ \t\n]*+=[ \t\n]*+)?+"""
    r"""(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|`(?P<raw>[^`]*)`|(?P<bare>[^\s"'`=]++))"""
)
_SIZE = re.compile(r"(\d{1,4})(?:px)?")
_FOLDED = frozenset({"details", "expand", "spoiler", "collapse", "tab"})
_BOXES = frozenset({"notice", "hint", "callout", "alert", "admonition"})
_AROUND = frozenset({"tabs", "columns", "steps", "cards", "rawhtml"})
_PICTURES = frozenset({"figure", "img", "image"})


@dataclass(frozen=True, slots=True)
class Short:
    """A short code: its name and what it is given, by name and by place."""

    name: str
    named: dict[str, str]
    placed: list[str]

    def value(self, *names: str, place: int = -1) -> str:
        """The first of some values that is given, by name or else by its place."""
        found = next((self.named[name] for name in names if self.named.get(name)), "")
        return found or (self.placed[place] if 0 <= place < len(self.placed) else "")


def parsed(inside: str) -> Short:
    """A short code from what stands between its brackets."""
    name, *others = inside.strip().rstrip("/").split(maxsplit=1)
    rest = others[0] if others else ""
    named: dict[str, str] = {}
    placed: list[str] = []
    for one in _ARGUMENT.finditer(rest):
        value = next(found for found in (one["double"], one["single"], one["raw"], one["bare"]) if found is not None)
        if one["key"]:
            named[one["key"].lower()] = value
        else:
            placed.append(value)
    return Short(name.strip(), named, placed)


def paired(blocks: Blocks, at: int) -> ConvertedBlock | None:
    """A short code alone on its line, up to the one that closes it."""
    line = blocks.lines[at]
    opening = _ALONE.fullmatch(line.text) if "{{" in line.text else None
    end = _pairs(blocks).get(at) if opening else None
    if opening is None or end is None:
        return None
    short = parsed(opening[2])
    kind = short.name.lower()
    if kind == "highlight":
        return ConvertedBlock(end + 1, fenced(blocks.lines[at : end + 1], short.value("lang", place=0)))
    inner = blocks.lines[at + 1 : end]
    if kind in _AROUND:
        return ConvertedBlock(end + 1, blocks.inner(inner))
    if kind in _FOLDED:
        made = details(line, kind, short.value("summary", "title", "name", place=0), blocks.inner(inner))
    elif kind in _BOXES:
        what = short.value("type", "style", "color", place=0)
        known = what if what.lower() in SIGNS else "note"
        title = short.value("title", place=1) or ("" if what.lower() in SIGNS else what)
        made = quote(line, known, title, blocks.inner(inner))
    elif kind in SIGNS:
        made = quote(line, kind, short.value("title", place=0), blocks.inner(inner))
    else:
        return None
    return ConvertedBlock(end + 1, block_apart(made, blocks.before, blocks.lines[end + 1 : end + 2]))


def _pairs(blocks: Blocks) -> dict[int, int]:
    if "short codes" not in blocks.pairs:
        opened: dict[str, list[int]] = {}
        found = blocks.pairs["short codes"] = {}
        for at, line in enumerate(blocks.lines):
            code = _ALONE.fullmatch(line.text) if "{{" in line.text and at not in blocks.code else None
            name = code[2].strip().split(" ")[0] if code and not code[2].strip().endswith("/") else ""
            closed = code[2].strip().removeprefix("/").strip() if code and code[2].strip().startswith("/") else ""
            if closed and opened.get(closed):
                found[opened[closed].pop()] = at
            elif name and not closed:
                opened.setdefault(name, []).append(at)
    return blocks.pairs["short codes"]


def short_codes(page: NotePage) -> None:
    """Those inside a text, and what has no closing one: pictures, links, players. The others stay, and are named."""
    for code in page.matches(_CODE):
        inside = page.text[slice(*code.span("inside"))]
        if not inside.rstrip().endswith(">" if code["sign"] == "<" else "%") or inside.lstrip().startswith("/*"):
            continue
        written = shown(page, inside.rstrip()[:-1], code)
        if written is None:
            text = _("“{text}” is filled in by the tool of a site, not by a forum. It is left as it is.")
            page.problem(code.start(), text.format(text=" ".join(code[0].split())))
        else:
            page.replace((code.start(), code.end(), written))
    page.hide(code.span() for code in page.matches(_CODE))
    page.done()


def shown(page: NotePage, inside: str, code: re.Match[str]) -> str | None:
    """What Discourse shows for a short code; None if nothing does."""
    short = parsed(inside)
    kind = short.name.lower()
    if kind in ("ref", "relref"):
        return referred(page, short.value("path", place=0))
    if kind in _PICTURES and short.value("src", place=0):
        return _figure(short, alone=_alone(page.text, *code.span()))
    if kind == "toc" and _alone(page.text, *code.span()):
        return "[TOC]"
    return player(kind, [value for value in (short.value("user"), short.value("id", "url")) if value] or short.placed)


def referred(page: NotePage, written: str) -> str | None:
    """The destination for a page as Hugo and Jekyll name it: by a path from the root or from here, or by its name."""
    name, sign, fragment = written.partition("#")
    path = (
        page.notes.leads_to(f"/{name.lstrip('/')}", page.path) or page.notes.leads_to(name, page.path) if name else ""
    )
    path = path or (page.notes.find(name, page.path) if name else "")
    if not path and name:
        return None
    return (address(page.path, path) if path else "") + sign + fragment


def _figure(short: Short, *, alone: bool) -> str:
    source, caption = short.value("src", place=0), short.value("caption", place=1)
    title = " – ".join(dict.fromkeys(text for text in (short.value("title"), caption, short.value("attr")) if text))
    width, height = (_SIZE.fullmatch(short.value(side)) for side in ("width", "height"))
    size = f"|{width[1]}x{height[1]}" if width and height else ""
    label = " ".join(
        (short.value("alt") or caption or short.value("title")).replace("[", "(").replace("]", ")").split()
    )
    picture = f"![{label}{size}]({f'<{source}>' if ' ' in source else source})"
    if link := short.value("link"):
        picture = f"[{picture}]({f'<{link}>' if ' ' in link else link})"
    if not title or title == label:
        return picture
    said = title if "*" in title else f"*{title}*"
    return f"{picture}\n{said}" if alone else f"{picture} {said}"


def _alone(text: str, start: int, end: int) -> bool:
    """Whether nothing else stands on the lines."""
    before, after = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return not text[before:start].strip() and not text[end : after if after >= 0 else len(text)].strip()
