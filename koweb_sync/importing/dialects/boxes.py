"""What Discourse shows for a call-out, an admonition or a container: a quote with a title, or details to open."""

import re
from collections.abc import Sequence

from koweb_sync.i18n import _
from koweb_sync.importing.dialects.page import PageLine

# What the kinds of Obsidian, MkDocs, HedgeDoc, Hugo's themes and GitHub are drawn with; every forum has these emoji.
_SIGNS = {
    "memo": ("note", "notice"),
    "clipboard": ("abstract", "summary", "tldr"),
    "information_source": ("info", "information"),
    "ballot_box_with_check": ("todo",),
    "bulb": ("tip", "hint"),
    "exclamation": ("important", "alert"),
    "white_check_mark": ("success", "check", "done"),
    "question": ("question", "help", "faq"),
    "warning": ("warning", "caution", "attention"),
    "x": ("failure", "fail", "missing"),
    "rotating_light": ("danger", "error"),
    "bug": ("bug",),
    "pushpin": ("example",),
    "speech_balloon": ("quote", "cite"),
}
SIGNS = {kind: sign for sign, kinds in _SIGNS.items() for kind in kinds}
_NO_NAME = re.compile(r'["\[\]“”]')


def called(kind: str) -> str:
    """What readers see above a box that has no title of its own, in the language of the community."""
    names = {
        "note": _("Note"),
        "notice": _("Notice"),
        "abstract": _("Abstract"),
        "summary": _("Summary"),
        "info": _("Info"),
        "information": _("Information"),
        "todo": _("Todo"),
        "tip": _("Tip"),
        "hint": _("Hint"),
        "important": _("Important"),
        "alert": _("Alert"),
        "success": _("Success"),
        "check": _("Check"),
        "done": _("Done"),
        "question": _("Question"),
        "help": _("Help"),
        "warning": _("Warning"),
        "caution": _("Caution"),
        "attention": _("Attention"),
        "failure": _("Failure"),
        "fail": _("Fail"),
        "missing": _("Missing"),
        "danger": _("Danger"),
        "error": _("Error"),
        "example": _("Example"),
        "quote": _("Quote"),
        "cite": _("Cite"),
        "details": _("Details"),
    }
    return names.get(kind.lower(), kind.capitalize())


def quote(head: PageLine, kind: str, title: str, content: Sequence[PageLine], indent: str = "") -> list[PageLine]:
    """A quote: the title in bold behind the kind's sign, then what it says."""
    sign = SIGNS.get(kind.lower())
    shown = title.strip() or called(kind)
    words = shown if "*" in shown or "__" in shown else f"**{shown}**"
    lines = [PageLine(head.number, f"{indent}> :{sign}: {words}" if sign else f"{indent}> {words}")]
    inner = _trimmed(content)
    lines += [PageLine(head.number, f"{indent}>")] if inner else []
    return lines + [PageLine(line.number, f"{indent}> {line.text}".rstrip(" ")) for line in inner]


def details(head: PageLine, kind: str, title: str, content: Sequence[PageLine], indent: str = "") -> list[PageLine]:
    """Details that the reader opens. What such a name cannot hold, a link for one, becomes the first line inside."""
    shown = title.strip() or called(kind)
    inside = _NO_NAME.search(shown) is not None
    lines = [PageLine(head.number, f'{indent}[details="{called(kind) if inside else shown}"]')]
    lines += [PageLine(head.number, f"{indent}{shown}"), PageLine(head.number, "")] if inside else []
    lines += [PageLine(line.number, f"{indent}{line.text}" if line.text else "") for line in _trimmed(content)]
    return [*lines, PageLine(lines[-1].number, f"{indent}[/details]")]


def block_apart(lines: list[PageLine], before: Sequence[PageLine], after: Sequence[PageLine]) -> list[PageLine]:
    """A block with a blank line to what stands right before and behind it: without, that could become part of it."""
    if before and before[-1].text.strip():
        lines = [PageLine(lines[0].number, ""), *lines]
    if after and after[0].text.strip():
        lines = [*lines, PageLine(lines[-1].number, "")]
    return lines


def _trimmed(lines: Sequence[PageLine]) -> Sequence[PageLine]:
    """Some lines without blank ones at both ends."""
    full = [at for at, line in enumerate(lines) if line.text.strip()]
    return lines[full[0] : full[-1] + 1] if full else ()
