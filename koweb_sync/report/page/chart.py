"""What a chart is: a picture, its words, and the table of what it shows. Nobody is named in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from koweb_sync.i18n import _
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.page import formats, sentences
from koweb_sync.report.page.drawing import Picture

DASH = "–"  # for what is not known, or not told


@dataclass(frozen=True)
class Table:
    """Cells as text: the first column heads each row. `links`: where that leads, row by row; "": nowhere. `note`: what
    its signs mean, or what is not in it.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart. `text` says what it shows, `note` how to read it; `picture` is None where there is too little to draw.
    `likely`: between what its numbers most likely lie; `counted`: nothing is drawn, but it is said in counts.
    """

    name: str
    title: str
    text: str
    note: str
    table: Table
    picture: Picture | None = None
    likely: Table | None = None
    counted: bool = False

    def svg(self) -> str:
        """The picture for a page; empty where there is none."""
        return "" if self.picture is None else self.picture.svg(self.instead)

    @property
    def instead(self) -> str:
        """What stands for the picture where it is not seen."""
        return f"{self.title} {self.text}" if self.title.endswith("?") else f"{self.title}. {self.text}"


def nothing(name: str, title: str, table: Table, *, counted: bool = False) -> Chart:
    """There is too little to draw; the page says so once, of all pictures of which nothing is `counted` either."""
    return Chart(name, title, "", "", table, counted=counted)


def likely(head: str, figures: Iterable[tuple[str, Measurement]]) -> Table | None:
    """Between what figures most likely lie, each with what it is called here; None where nothing is known of that."""
    rows = tuple((label, between) for label, one in figures if (between := formats.between(one)))
    return Table((head, _("Most likely between")), rows) if rows else None


def cell(one: Measurement) -> str:
    """A number of a table: of few a count, and a dash where too few people are behind it."""
    if one.state == "few":
        return DASH
    return formats.figure(one) if one.value is None or sentences.tells(one) else sentences.share_of(one)


def figure_link(key: str) -> str:
    """The place of a figure in the page, where the way to its posts is."""
    return f"#figure-{key}"
