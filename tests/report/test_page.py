"""The page of a report in a real browser, from a disk: nothing runs, no network is asked, everybody can read."""

import re
from dataclasses import replace
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from koweb_sync import i18n, pages
from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import Report, compute_report
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.lists.published import Bound
from koweb_sync.report.page import drawing
from koweb_sync.report.page.charts import charts
from koweb_sync.report.page.drawing import Picture
from koweb_sync.report.page.formats import amount, between, change, changed_between, hours, percent, points
from koweb_sync.report.page.html import STYLE, in_words, page
from koweb_sync.report.page.limits import notes
from koweb_sync.report.page.markdown import post
from koweb_sync.report.page.sentences import sentences
from koweb_sync.report.page.weekly import activity
from koweb_sync.times import HOUR
from tests.browsing import WIDER, needs_chromium
from tests.gate import in_every
from tests.report.forums import DAY, Forum, at, october
from tests.report.living import month

NOW = at(30 * DAY) + HOUR
JUDGE = "axe.run({preload: false, resultTypes: ['violations']})"
# Texts of a picture that stand on each other, or that its edge cuts.
CROWDED = """() => [...document.querySelectorAll('svg')].flatMap(picture => {
    const whole = picture.getBoundingClientRect();
    const texts = [...picture.querySelectorAll('text')].filter(one => one.textContent)
        .map(one => [one.textContent, one.getBoundingClientRect()]);
    const cut = texts.filter(([, box]) => box.left < whole.left - 1 || box.right > whole.right + 1
        || box.top < whole.top - 1 || box.bottom > whole.bottom + 1).map(([text]) => `cut: ${text}`);
    const over = texts.flatMap(([text, box], n) => texts.slice(n + 1).filter(([, other]) =>
        box.left < other.right - 1 && other.left < box.right - 1 && box.top < other.bottom - 2
        && other.top < box.bottom - 2).map(([other]) => `${text} on ${other}`));
    return [...cut, ...over];
})"""
SMALL = """() => Math.min(...[...document.querySelectorAll('svg text')].map(one =>
    parseFloat(getComputedStyle(one).fontSize) * one.ownerSVGElement.getScreenCTM().a))"""


@cache
def living() -> Report:
    """The report of a living community, for facilitators."""
    with TemporaryDirectory() as folder, month().source(Path(folder)) as source:
        return compute_report(
            source, october(), ReportSettings(resamples=100), [Bound(100, "posts/a.md"), Bound(103, "posts/b.md")]
        )


def small(forum: Forum, folder: Path) -> Report:
    """The report of a small forum."""
    with forum.source(folder) as source:
        return compute_report(source, october(), ReportSettings(resamples=50))


def test_weeks_that_are_all_the_same_are_said_with_one_number(tmp_path: Path) -> None:
    forum = Forum()
    names = "ada bob cleo dan eve"
    forum.people_named(names)
    topic = forum.topic("ada", -28 * 24)
    for week in range(-3, 10):
        for name in names.split():
            forum.post(topic, name, (week * 7 + 1) * 24)
    with forum.source(tmp_path) as source:
        report = compute_report(source, october(0, 63 * DAY), ReportSettings(resamples=50))
    assert activity(report).text == "5 posts in each week."


def test_the_community_sees_what_there_is_and_every_way_in_the_page_leads_somewhere(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ada bob cleo")
    topic = forum.topic("ada", 24)
    forum.post(topic, "bob", 30)
    forum.post(topic, "cleo", 50)
    tiny = small(forum, tmp_path)
    for report, pictures in ((shareable(tiny), 0), (tiny, 4), (shareable(living()), 6), (living(), 6)):
        found = page(report, NOW)
        assert found.count('<article class="picture') == pictures
        assert bool(in_words(report, NOW).undrawn) == (pictures < 6)
        assert set(re.findall(r'href="#([^"]+)"', found)) <= set(re.findall(r'id="([^"]+)"', found))
        text = post(report, NOW).text.decode()
        assert sum(f"### {one.title}\n" in text for one in charts(report)) == pictures
    text = post(shareable(tiny), NOW).text.decode()
    assert "|" not in text
    assert "What the figures mean" not in text, "none means anything here"
    assert "figures are left out" in post(shareable(living()), NOW).text.decode()


# ---- in a browser


@needs_chromium
@pytest.mark.parametrize("width", [1280, in_every(390)])
@pytest.mark.parametrize("language", [in_every("en"), "fr"])
@pytest.mark.parametrize("audience", ["community", "facilitators"])
def test_everybody_can_read_the_page_and_it_asks_for_nothing(
    browser: Browser, tmp_path: Path, audience: str, language: str, width: int
) -> None:
    i18n.activate(language)
    report = living() if audience == "facilitators" else shareable(living())
    file = tmp_path / "report.html"
    file.write_text(page(report, NOW), encoding="utf-8")
    faults: list[str] = []
    reader = browser.new_page(viewport={"width": width, "height": 900})
    reader.on("console", lambda message: faults.append(message.text))
    reader.on("request", lambda request: faults.append(request.url) if request.url != file.as_uri() else None)
    for scheme in ("light", "dark"):
        reader.emulate_media(color_scheme=scheme)
        reader.goto(file.as_uri())
        faults += looked_at(reader)
    reader.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    faults += looked_at(reader)
    reader.close()
    assert faults == []


def looked_at(reader: Page) -> list[str]:
    """What makes a page hard to read."""
    reader.evaluate(Axe().axe_script)
    found = AxeResults(reader.evaluate(JUDGE))
    faults = [found.generate_report()] if found.violations_count else []
    faults += reader.evaluate(CROWDED)
    if wider := reader.evaluate(WIDER):
        faults.append(f"{wider} pixels too wide")
    if (height := reader.evaluate(SMALL)) < 10:
        faults.append(f"letters of {height} pixels")
    return faults


@needs_chromium
def test_the_page_prints_on_a4(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(page(shareable(living()), NOW), encoding="utf-8")
    reader = browser.new_page(viewport={"width": 672, "height": 1000}, color_scheme="dark")  # A4 less its margins
    reader.goto(file.as_uri())
    reader.emulate_media(media="print", color_scheme="dark")
    assert reader.evaluate(WIDER) == 0
    assert reader.evaluate(CROWDED) == []
    assert reader.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    printed = reader.pdf(prefer_css_page_size=True)
    reader.close()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert boxes
    assert {(round(float(width)), round(float(height))) for width, height in boxes} <= {
        (595, 842),
        (594, 842),
        (596, 842),
    }


# ---- the file itself


class Outline(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_is_one_file_without_scripts_and_every_chart_has_words_and_a_table() -> None:
    text = page(living(), NOW)
    tags = Outline(text).tags
    names = [tag for tag, _attributes in tags]
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(names)
    assert not [given for _tag, given in tags if {"src", "style"} & set(given) or any(key[:2] == "on" for key in given)]
    pictures = [given for tag, given in tags if tag == "svg"]
    assert len(pictures) == len([chart for chart in charts(living()) if chart.picture]) >= 5
    assert all(given["role"] == "img" and len(given["aria-label"]) > 40 for given in pictures)
    assert names.count("table") == names.count("caption") >= len(pictures)
    assert "default-src 'none'" in text
    anchors = {given["href"][1:] for tag, given in tags if tag == "a" and given["href"].startswith("#")}
    assert anchors <= {given["id"] for _tag, given in tags if "id" in given}
    assert len({given["id"] for _tag, given in tags if "id" in given}) == len(
        [given for _tag, given in tags if "id" in given]
    )


def test_each_picture_with_ranges_says_what_their_lines_are() -> None:
    drawn = {chart.name: chart for chart in charts(living()) if chart.picture}
    rests = {"newcomers": f"{living()['newcomers-answered'].n} people"}
    rests["answering"] = f"{living()['facilitator-answers'].n} topics"
    for name, many in rests.items():
        sure = drawn[name].likely
        assert sure is not None
        range_ = sure.rows[0][1]
        told = f"the line shows how uncertain it is: with {many}, probably between {range_}."
        assert drawn[name].note.startswith(f"The dot is the share; {told}"), name
    assert drawn["cohorts"].note.startswith("The dot is the share; ")
    sure = drawn["waiting"].likely
    assert sure is not None
    (of_three_days,) = (row[2] for row in sure.rows if row[0] == "3 days")
    topics = living()["answered-within-72h"].n
    assert f"after 3 days, with {topics} topics, probably between {of_three_days}." in drawn["waiting"].note


def test_pictures_have_the_colours_of_the_page() -> None:
    light = "".join(path.read_text(encoding="utf-8").partition("@media")[0] for path in (pages.START, STYLE))
    assert [colour for colour in drawing.COLOURS.items() if "{}: {};".format(*colour) not in light] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_picture_files_bring_their_letters_on_a_machine_without_fonts(language: str) -> None:
    i18n.activate(language)
    pictures = [chart.picture for chart in charts(living()) if chart.picture]
    letters = {
        sign for one in pictures for text in re.findall("<text[^>]*>([^<]*)", one.svg("")) for sign in unescape(text)
    }
    assert len(letters) > 30
    nothing = Picture(30, ()).png()
    empty = [
        sign for sign in letters if not sign.isspace() and Picture(30, (drawing.words(9, 9, sign),)).png() == nothing
    ]
    assert empty == []


def test_marks_of_an_axis_are_few_and_round_and_hold_the_most() -> None:
    for most in (0, 1, 2, 5, 6, 11, 26, 99, 100, 101, 4_999, 1_234_567):
        marks = drawing.counts(most)
        assert marks[0] == 0
        assert marks[-1] >= most
        assert marks[-2] < max(most, 1)
        assert 2 <= len(marks) <= 6
        assert str(int(marks[1])).rstrip("0") in ("1", "2", "5")


def test_a142_what_people_wrote_is_text_in_the_page_and_turns_nothing_round(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bob")
    forum.topic("ana", 0)
    forum.rows["topics"][-1]["title"] = (
        "</svg><script>alert(1)</script>\" onload='x' \u202eabc \u0633\u0644\u0627\u0645"
    )
    forum.run(20 * DAY)
    text = page(small(forum, tmp_path), NOW)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\u202e" not in text
    assert " abc \u0633\u0644\u0627\u0645</a>" in text


def test_a143_the_page_has_the_forums_name_a_way_to_each_part_and_long_tables_folded() -> None:
    report = replace(living(), title="Le <Kafé>")
    text = page(report, NOW)
    assert text.count("How Le &lt;Kafé&gt; is doing") == 2
    contents = text[text.index("<nav") : text.index("</nav>")]
    places = re.findall('href="#([^"]+)"', contents)
    assert len(places) == 6 + len(charts(report))
    assert [one for one in places if f'id="{one}"' not in text] == []
    assert "Show the numbers" not in text
    begins = {f"2016-W{nth}": nth for nth in range(520)}
    like = {key: next(iter(report.series(key).values())) for key in ("week-posts", "week-participants")}
    many = {(key, name): one for name in begins for key, one in like.items()}
    years = replace(report, values={**report.values, **many}, begins={**report.begins, **begins})
    assert "Show the numbers" in page(years, NOW)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_five_sentences_without_statistics_open_the_page(language: str) -> None:
    i18n.activate(language)
    for report in (living(), shareable(living())):
        told = sentences(report)
        assert len(told) == 5
        assert all((sentence.endswith(".") and sentence[0].isupper()) or sentence[0].isdigit() for sentence in told)
        assert all(any(sign.isdigit() for sign in sentence) for sentence in told)
        assert not [word for word in ("Kaplan", "median", "Gini", "bootstrap", "{") if word in " ".join(told)]
        positions = [page(report, NOW).index(sentence) for sentence in told[:1]]
        assert positions


FOLDED = re.compile(
    r"<style>.*?</style>|<details(?:(?!<details).)*?</details>|\[details=(?:(?!\[details=).)*?\[/details\]", re.DOTALL
)
METHODS = re.compile(
    r"\b(?:UTC|Kaplan|Gini|Newcombe|Wilson|Tarjan|Jost|CHAOSS|interval\w*|most likely|sans doute|median|médiane|"
    r"Unité|Unit|Méthode|Method)\b",
    re.IGNORECASE,
)


def unfolded(text: str) -> str:
    """What a reader sees who unfolds nothing."""
    while (left := FOLDED.sub(" ", text)) != text:
        text = left
    return re.sub(r"<[^>]*>|\]\([^)]*\)", " ", text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_p507_who_unfolds_nothing_reads_plain_words_and_who_does_how_it_was_counted(language: str) -> None:
    i18n.activate(language)
    for report in (living(), shareable(living())):
        html = page(report, NOW)
        told = [html, post(report, NOW).text.decode()] if report.audience == "community" else [html]
        for text in told:
            assert METHODS.findall(unfolded(text)) == []
            assert "UTC" not in text
            assert {"en": "Most likely between", "fr": "Sans doute entre"}[language] in text
        assert {"Kaplan", "Gini"} <= set(METHODS.findall(html))


def test_p362_newcomers_are_said_with_one_number_while_some_still_wait(tmp_path: Path) -> None:
    forum = Forum()
    forum.person("old", -300 * DAY)
    forum.people_named("ada bob cleo dan eve fay")
    forum.topic("old", -200 * DAY)
    for name in ("ada", "bob", "cleo", "dan", "eve"):
        topic = forum.topic(name, 10 * DAY)
        if name != "eve":
            forum.post(topic, "old", 10 * DAY + 1)
    forum.topic("fay", 29 * DAY)
    forum.run(30 * DAY)
    said = "6 people wrote for the first time; so far, 4 of them got an answer within 3 days"
    said += " (of 5: for the others, it is too early to tell)."
    assert said in sentences(small(forum, tmp_path))


def test_a25_a_gap_and_an_old_archive_are_said(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("ana bob")
    topic = forum.topic("ana", 0)
    forum.post(topic, "bob", 1)
    forum.gap(topic, short=3)
    forum.run(20 * DAY)
    report = small(forum, tmp_path)
    said = " ".join(notes(report, at(25 * DAY)))
    assert "3 posts of the forum were not read" in said
    assert "5 days ago" in said
    assert "uncertain" not in said, "no share of one topic is told"
    assert all(note in page(report, at(25 * DAY)) for note in notes(report, at(25 * DAY)))
    assert "days ago" not in " ".join(notes(report, at(20 * DAY + 1)))


# ---- numbers as people read them


def test_numbers_follow_the_language() -> None:
    assert (percent(0.5), points(-0.126), hours(0.5), hours(24), hours(47), hours(72)) == (
        "50%", "−13 points", "30 minutes", "1 day", "47 hours", "3 days",
    )  # fmt: skip
    assert (amount("posts", 12345), amount("gini-members", 0.256), amount("depth", 1.25)) == ("12,345", "0.26", "1.2")
    i18n.activate("fr")
    assert (amount("posts", 12345), amount("gini-members", 0.256)) == ("12\u202f345", "0,26")


def test_a_share_is_not_called_nothing_or_all_when_it_is_not() -> None:
    assert [percent(share) for share in (0, 0.001, 0.999, 1)] == ["0%", "under 1%", "over 99%", "100%"]


def test_intervals_say_where_they_end() -> None:
    assert between(Measurement("second-post", 0.5, 0.25, 0.75)) == "25% and 75%"
    assert between(Measurement("median-wait", None, 10, None, state="not-reached")) == "10 hours or more"
    assert between(Measurement("posts", 3)) == ""
    assert changed_between(Measurement("second-post", 0.1, -0.05, 0.25)) == "−5 and +25 points"
    assert change("posts", -3) == "−3"
    assert change("median-wait", 2.0) == "+2 hours"
