"""Code in marks of other tools, and code that only another tool makes something of."""

import re
from collections.abc import Sequence

from koweb_sync.i18n import _
from koweb_sync.importing.dialects.page import NotePage, PageLine

_TICKS = re.compile(r"`+")
_QUERIES = frozenset({"dataview", "dataviewjs", "tasks", "query", "base", "kanban", "button", "meta-bind", "timeline"})
_THEMED = frozenset({"mermaid"})
_DRAWN = frozenset(
    {
        *("plantuml", "puml", "graphviz", "dot", "flow", "flowchart", "sequence", "abc", "vega", "geo", "fretboard"),
        *("markmap", "wavedrom", "excalidraw", "csvpreview"),
    }
)


def fenced(lines: Sequence[PageLine], language: str) -> list[PageLine]:
    """Lines of code between two others, which become fences."""
    inside = lines[1:-1]
    longest = max((len(run) for line in inside for run in _TICKS.findall(line.text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [PageLine(lines[0].number, f"{fence}{language}"), *inside, PageLine(lines[-1].number, fence)]


def span(code: str) -> str:
    """Code inside of a line."""
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(code)), default=0))
    edge = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{fence}{edge}{code}{edge}{fence}"


def drawings(page: NotePage) -> None:
    """Name the code that another tool runs or draws. It stays: readers see it as code."""
    starts = [0]
    for line in page.lines:
        starts.append(starts[-1] + len(line.text) + 1)
    for token in page.links.tokens:
        language = token.info.strip("{} ").partition(" ")[0].lower() if token.type == "fence" else ""
        if language in _QUERIES:
            text = _("Readers see this “{language}” block as code: a forum does not run it.")
        elif language in _THEMED:
            text = _("Readers see “{language}” as a drawing only where the forum has the theme component for it.")
        elif language in _DRAWN:
            text = _("Readers see this “{language}” block as code: a forum does not draw it.")
        else:
            continue
        page.problem(starts[token.map[0] if token.map else 0], text.format(language=language))
