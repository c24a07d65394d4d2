"""Pictures that stand in HTML: shown by newer forums, and told about where an older one shows nothing."""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import new
from tests.workspace import PNG, TEXT, Clone

pytestmark = pytest.mark.server("below")


def told(here: Clone) -> list[int]:
    """The lines of pictures that the forum may not show."""
    return [one["line"] for one in here.run("check", "--format", "json").data if one["code"] == "picture-in-html"]


def test_a_picture_in_html_is_shown_or_check_says_so(here: Clone, box: Sandbox) -> None:
    here.write("posts/img/schema.png", PNG)
    here.post("un", f'{TEXT}\n\n<img src="img/schema.png" alt="un schéma">\n\nEt ![le même](img/schema.png)')
    here.commit()
    here.push()
    html = box.first_post(box.by_id("un").id).cooked
    assert html.count("/uploads/default/") >= (2 if new(box) else 1)
    shown = 'alt="un schéma"' in html and '<img alt="un schéma"' not in html
    assert shown is new(box)
    assert told(here) == ([] if shown else [7])
    assert len(box.log) - len(here.writes()) <= 5
    box.forget()
    here.push()
    assert box.log == []


def test_a_picture_in_markdown_needs_no_word(here: Clone, box: Sandbox) -> None:
    here.write("posts/img/schema.png", PNG)
    here.post("un", f'{TEXT}\n\n![un schéma](img/schema.png) <img src="https://example.org/a.png">')
    here.commit()
    here.push()
    assert told(here) == []
    assert box.requests("GET", "about") == []
