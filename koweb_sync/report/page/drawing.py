"""How charts are drawn: as SVG in pixels, with the few shapes and axes that a report has.

One colour carries the data, a second one what stands beside it; blue and orange, which people with any kind of colour
blindness tell apart, and which also differ in lightness (Okabe and Ito 2008). No meaning rests on colour alone. In a
page the colours are the page's variables, so that they follow its scheme, light or dark; a picture file has the light
ones, on white.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, log10
from pathlib import Path
from typing import Literal

# The colours of report.css in its light scheme.
COLOURS = {
    "--ink": "#1f272d", "--soft": "#4f5d68", "--line": "#d8dee3", "--first": "#0b63a5", "--second": "#c4660a",
    "--pale": "#9fc3e0",
}  # fmt: skip
INK, SOFT, LINE, FIRST, SECOND, PALE = (f"var({name})" for name in COLOURS)
WIDTH = 380  # of every picture: what a telephone shows without making letters smaller
SIZE = 12  # of letters
EDGE = 8  # of a picture file: a forum may show it on black
FONT = Path(__file__).with_name("fonts") / "DejaVuSans-latin.ttf"
NARROW, WIDE = "fijlrtI1 .,:;!'’|()-\u00a0\u202f", "mwMW%@—…"
Anchor = Literal["start", "middle", "end"]
Tick = tuple[float, str]


@dataclass(frozen=True)
class Picture:
    """A finished drawing: SVG elements, in a box as wide as `WIDTH`."""

    height: float
    elements: tuple[str, ...]

    def svg(self, text: str) -> str:
        """It as a part of a page. `text` is its text alternative."""
        return self.drawn(f'class="chart" role="img" aria-label="{escape(text)}"')

    def png(self) -> bytes:
        """It as a PNG file on white, large enough for sharp screens."""
        import resvg_py  # noqa: PLC0415 - a page does not pay for it

        size = f'width="{WIDTH + 2 * EDGE}" height="{plain(self.height + 2 * EDGE)}" font-family="DejaVu Sans"'
        drawn = re.sub(r"var\((--\w+)\)", lambda found: COLOURS[found[1]], self.drawn(size, EDGE))
        # A font of our own, so that a picture looks the same on every machine, and has letters on one without fonts.
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=drawn, background="#ffffff", zoom=2, skip_system_fonts=True, font_files=[str(FONT)]
            )
        )

    def drawn(self, attributes: str, edge: int = 0) -> str:
        """The whole SVG, with an edge around."""
        whole = f"{-edge} {-edge} {WIDTH + 2 * edge} {plain(self.height + 2 * edge)}"
        root = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{whole}" font-size="{SIZE}" {attributes}>'
        return f"{root}{''.join(self.elements)}</svg>"


@dataclass(frozen=True)
class Scale:
    """Where values lie: from `low` at the pixel `start` to `high` at the pixel `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


# ---- shapes


def plain(value: float) -> str:
    """A number of pixels, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def line(
    across: tuple[float, float], down: tuple[float, float], colour: str, width: float = 1, *, pale: bool = False
) -> str:
    """A straight line, from the first of both to the second of both."""
    ends = f'x1="{plain(across[0])}" y1="{plain(down[0])}" x2="{plain(across[1])}" y2="{plain(down[1])}"'
    seen = ' stroke-opacity="0.55"' if pale else ""
    return f'<line {ends} stroke="{colour}" stroke-width="{plain(width)}"{seen}/>'


def box(across: tuple[float, float], down: tuple[float, float], colour: str) -> str:
    """A filled rectangle."""
    (left, right), (top, bottom) = sorted(across), sorted(down)
    place = f'x="{plain(left)}" y="{plain(top)}" width="{plain(right - left)}" height="{plain(bottom - top)}"'
    return f'<rect {place} fill="{colour}"/>'


def dot(x: float, y: float, colour: str) -> str:
    """The place of a value."""
    return f'<circle cx="{plain(x)}" cy="{plain(y)}" r="5" fill="{colour}"/>'


def steps(points: Sequence[tuple[float, float]], colour: str) -> str:
    """A line that keeps its height until the next point."""
    first, *others = points
    path = f"M{plain(first[0])} {plain(first[1])}" + "".join(f"H{plain(x)}V{plain(y)}" for x, y in others)
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>'


def words(x: float, y: float, text: str, *, colour: str = INK, anchor: Anchor = "start") -> str:
    """A text whose letters stand around the height `y`."""
    place = f'x="{plain(x)}" y="{plain(y + SIZE * 0.36)}" text-anchor="{anchor}"'
    return f'<text {place} fill="{colour}">{escape(text)}</text>'


def wide(text: str) -> float:
    """How wide a text is at most, in a font with wide letters: whatever the reader's is, it has room."""
    return SIZE * sum(0.4 if sign in NARROW else 1 if sign in WIDE else 0.65 for sign in text)


# ---- axes


def counts(most: float) -> list[float]:
    """Round numbers from 0 to the first that is not below `most`, five or six at most, and whole."""
    rough = max(most, 1) / 5
    power = 10 ** int(log10(max(rough, 1)))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough)
    return [float(step * n) for n in range(ceil(max(most, 1) / step) + 1)]


def down(y: Scale, ticks: Sequence[Tick], left: float) -> list[str]:
    """An axis on the left, with lines through the picture."""
    drawn = [line((left, WIDTH), (y(at), y(at)), LINE) for at, _text in ticks]
    drawn += [words(left - 6, y(at), text, colour=SOFT, anchor="end") for at, text in ticks]
    return drawn


def along(x: Scale, ticks: Sequence[Tick], top: float, bottom: float) -> list[str]:
    """An axis below, with lines up to `top`. A text that would stand outside of the picture is moved into it."""
    drawn = [line((x(at), x(at)), (top, bottom), LINE) for at, _text in ticks]
    drawn.append(line((x.start, x.end), (bottom, bottom), SOFT))
    return drawn + [below(x(at), bottom, text) for at, text in ticks]


def below(x: float, bottom: float, text: str) -> str:
    """A text below an axis, in its middle as far as the picture's edge lets it."""
    half = wide(text) / 2
    return words(min(max(x, half), WIDTH - half), bottom + 13, text, colour=SOFT, anchor="middle")


def legend(entries: Sequence[tuple[str, str]]) -> list[str]:
    """What the colours mean, at the top: colour and words."""
    drawn, left = [], 0.0
    for colour, text in entries:
        drawn += [box((left, left + 10), (3, 13), colour), words(left + 15, 8, text)]
        left += 15 + wide(text) + 8
    return drawn
