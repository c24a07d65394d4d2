"""Long lists of a report: the first ten stand open, and each other one is within reach."""

import re
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser

from koweb_sync.report.page.html import page
from tests.browsing import needs_chromium
from tests.report.test_page import NOW, living


@needs_chromium
def test_of_a_long_list_ten_are_in_sight_and_the_others_unfold_by_keyboard_and_are_printed(
    browser: Browser, tmp_path: Path
) -> None:
    report = living()
    one, post_, silent = report.aside.topics[0], report.published.posts[0], report.aside.people[0]
    many = tuple(replace(one, topic=n, title=f"Topic {n:03}", closed=False) for n in range(1, 31))
    posts = tuple(replace(post_, title=f"Post {n:03}") for n in range(1, 16))
    lone = tuple(replace(silent, person=-n, username=f"person_{n:03}") for n in range(1, 12))
    published = replace(report.published, posts=posts)
    whole = replace(report, aside=replace(report.aside, topics=many, people=lone), published=published)
    file = tmp_path / "report.html"
    file.write_text(page(whole, NOW), encoding="utf-8")
    reader = browser.new_page(viewport={"width": 672, "height": 1000})
    reader.goto(file.as_uri())

    def in_sight(name: str) -> int:
        return sum(one.is_visible() for one in reader.get_by_text(re.compile(rf"^{name} \d\d\d$")).all())

    assert (in_sight("Topic"), in_sight("Post")) == (10, 10)
    assert reader.get_by_text(re.compile(r"person_\d\d\d")).last.is_visible(), "eleven are no long list"
    assert reader.locator("ol[start='11'] > li").count() == 20
    summary = reader.locator("summary", has_text="20 more")
    summary.focus()
    reader.keyboard.press("Enter")
    assert in_sight("Topic") == 30
    reader.keyboard.press("Enter")
    reader.emulate_media(media="print")
    assert (in_sight("Topic"), in_sight("Post")) == (30, 15)
    assert not summary.is_visible()
    reader.close()
