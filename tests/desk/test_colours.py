"""Colours depend on day and night, never on a width: two ways to look at a page show the contrast of all four."""

import re

from koweb_sync.desk.serving.app import FILES
from koweb_sync.pages import START
from koweb_sync.sandbox.pages.routes import FOLDER

BY_WIDTH = re.compile(r"@media[^{]*width[^{]*\{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}")
COLOUR = re.compile(r"(?:^|[{;\s])(?:color|background(?:-color)?|opacity|filter|--[\w-]+)\s*:")


def test_no_colour_of_the_desk_depends_on_the_width() -> None:
    found = [
        rule.group(1)
        for path in (START, FILES / "desk.css", FOLDER / "style.css")
        for rule in BY_WIDTH.finditer(path.read_text(encoding="utf-8"))
    ]
    assert len(found) > 5
    assert [one for one in found if COLOUR.search(one)] == []
