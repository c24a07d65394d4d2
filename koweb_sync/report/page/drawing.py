"""How charts are drawn: Altair makes them, vl-convert turns them into SVG and PNG, without any network.

One colour carries the data, a second one what stands beside it; blue and orange, which people with any kind of colour
blindness tell apart, and which also differ in lightness (Okabe and Ito 2008). No meaning rests on colour alone. In a
page the colours follow its scheme, light or dark: they are replaced by the page's variables.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any, Literal

import altair as alt
import vl_convert

from koweb_sync.i18n import active

INK, SOFT, LINE, FIRST, SECOND, PALE = "#1f272d", "#4f5d68", "#d8dee3", "#0b63a5", "#c4660a", "#9fc3e0"
PAPER = "#ffffff"
VARIABLES: Mapping[str, str] = {
    INK: "--ink", SOFT: "--soft", LINE: "--line", FIRST: "--first", SECOND: "--second", PALE: "--pale",
    PAPER: "--paper",
}  # fmt: skip
WIDTH = 380  # pixels of the whole picture: what a telephone shows without making letters smaller
FONT = "DejaVu Sans, Verdana, sans-serif"  # wide letters are measured, so that narrower ones fit as well
LOCALES: Mapping[str, Literal["en-US", "fr-FR"]] = {"en": "en-US", "fr": "fr-FR"}
SIZE = 12
_HIDDEN = re.compile(r'<text [^>]*opacity="0"[^>]*>[^<]*</text>')  # labels for which there was no room
_BOX = re.compile(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>')


def theme(chart: Any, *, fit: bool = True) -> dict[str, Any]:
    """A chart's specification with the look that all of them share; `fit`: with its axes it is as wide as `WIDTH`."""
    axis = {
        "labelColor": SOFT, "titleColor": SOFT, "labelFontSize": SIZE, "titleFontSize": SIZE,
        "titleFontWeight": "normal", "gridColor": LINE, "domainColor": SOFT, "tickColor": SOFT, "labelLimit": 170,
        "titlePadding": 8,
    }  # fmt: skip
    if fit:
        chart = chart.properties(width=WIDTH, autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    spec: dict[str, Any] = (
        chart.properties(padding=4)
        .configure(font=FONT, aria=False, background="transparent")
        .configure_axis(**axis)
        .configure_view(stroke=None)
        .configure_text(font=FONT, fontSize=SIZE, color=INK)
        .configure_legend(
            labelColor=INK, labelFontSize=SIZE, title=None, orient="top", symbolType="square", labelLimit=340, offset=4
        )
        .configure_concat(spacing=14)
        .to_dict()
    )
    return spec


def svg(spec: Mapping[str, Any], title: str, text: str) -> str:
    """A chart as SVG that stands in a page. `text` is its text alternative."""
    drawn = vl_convert.vegalite_to_svg(dict(spec), format_locale=LOCALES[active()])
    for colour, name in VARIABLES.items():
        drawn = drawn.replace(f'"{colour}"', f'"var({name})"')
    found = _BOX.match(drawn)
    if found is None:
        raise ValueError(drawn[:200])
    width, height = found[1], found[2]
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {width} {height}" '
        f'aria-label="{escape(f"{title}. {text}")}">'
    )
    inside = _HIDDEN.sub("", drawn[found.end() :])
    inside = re.sub(r' (?:aria-[a-z]+|role|class|pointer-events)="[^"]*"', "", inside)
    return root + inside.replace(f'font-family="{FONT}"', "")


def png(spec: Mapping[str, Any]) -> bytes:
    """A chart as a PNG file on white, large enough for sharp screens."""
    on_white = {**spec, "config": {**spec["config"], "background": PAPER}}
    return vl_convert.vegalite_to_png(on_white, scale=2, format_locale=LOCALES[active()])
