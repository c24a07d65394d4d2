"""The words of a report: what readers of a forum know; one rule about small groups, said once; categories by name."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from koweb_sync import i18n
from koweb_sync.archive.store.store import Store
from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import Report, compute_report
from koweb_sync.report.engine.archive_state import places
from koweb_sync.report.engine.completeness import Completeness
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.lists.published import Bound
from koweb_sync.report.page.formats import kind
from koweb_sync.report.page.html import in_words, page
from koweb_sync.report.page.markdown import post
from koweb_sync.report.page.sentences import HALVED, SHARED_OUT
from koweb_sync.times import HOUR
from tests.gate import in_turn
from tests.report.forums import DAY, Forum, at, october
from tests.report.living import month
from tests.report.test_page import small

LACKING = Completeness(3, 1, 0, finished=True, complete=False)
LATER = at(60 * DAY) + HOUR
JARGON = re.compile(r"\barchiv|\bsources?\b|\bslug", re.IGNORECASE)
COUNTS = re.compile(r"\d+ (of|sur) \d+")
SHARE = re.compile(r"\d[\u202f\xa0 ]?%|\b0[.,]\d\d\b")
TOO_FEW = {"en": re.compile(r"\btoo (?:few|little)\b", re.IGNORECASE), "fr": re.compile(r"\btrop peu\b", re.IGNORECASE)}
FIVE = {"en": re.compile(r"(?<!-)\bfive\b|\bfewer than 5\b"), "fr": re.compile(r"\bcinq\b|\bmoins de 5\b")}


def few(names: list[str]) -> Forum:
    """A forum on which some people write."""
    forum = Forum()
    forum.people_named(" ".join(names))
    for number, name in enumerate(names * 2):
        forum.post(forum.topic(name, 24 * number), names[number % len(names) - 1], 24 * number + 3)
    forum.run(35 * DAY)
    return forum


def texts_of(report: Report) -> list[str]:
    """What people read of a report: its page, and its message."""
    told = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page(report, LATER), flags=re.DOTALL)
    return [unescape(told), re.sub(r"\]\([^)]*\)", "]", post(report, LATER).text.decode())]


@pytest.mark.parametrize(("people", "language"), in_turn([1, 2, 4, 5, 7, 30], ["en", "fr"]))
def test_p505_a_report_says_its_rule_about_small_groups_once_and_no_jargon(
    tmp_path: Path, language: str, people: int
) -> None:
    forum = month() if people == 30 else few(["ana", "bob", "cleo", "dina", "eli", "fred", "gus"][:people])
    report = shareable(small(forum, tmp_path))
    with i18n.speaking(language):
        for one in (report, replace(report, completeness=LACKING), replace(report, seen=0)):
            for text in texts_of(one):
                assert len(FIVE[language].findall(text)) == 1, FIVE[language].findall(text)
                assert JARGON.findall(text) == []


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("people", [1, 3, 7])
def test_of_few_people_no_share_and_no_index_is_told_and_that_is_said_once(
    tmp_path: Path, language: str, people: int
) -> None:
    forum = few(["ana", "bob", "cleo", "dina", "eli", "fred", "gus"][:people])
    topic = forum.topic("ana", 50)
    forum.like(forum.first(topic), "ana", 51)
    if people > 1:
        forum.like(forum.post(topic, "bob", 52), "ana", 53)
    forum.run(35 * DAY)
    report = small(forum, tmp_path)
    assert any(one.value is not None and one.n for one in report.values.values() if one.key == "gini-participants")
    with i18n.speaking(language):
        shared = shareable(report)
        for one, texts in ((report, texts_of(report)[:1]), (shared, texts_of(shared))):
            told = in_words(one, LATER)
            shown = {each.name for each in told.charts if each.picture}
            known = [each.key for each in told.explained if each.known]
            of_few = [each for each in told.explained if each.key in known and one[each.key].n < HALVED]
            in_shares = [each.key for each in of_few if kind(each.key) != "count" and not COUNTS.fullmatch(each.value)]
            assert in_shares == [], "of few, counts are told"
            assert "voices" not in shown
            assert not set(SHARED_OUT) & set(known) or people == 1, "one wrote all, as the last sentence says"
            if people < 5:
                assert not {"waiting", "answering"} & shown
                assert "median-wait" not in known
                assert [found for text in texts for found in SHARE.findall(text.partition(told.undrawn)[0])] == []
            assert len(TOO_FEW[language].findall(texts[0])) <= 4, TOO_FEW[language].findall(texts[0])


def test_the_definition_of_what_has_no_echo_says_which_posts_count(tmp_path: Path) -> None:
    told = in_words(small(month(), tmp_path), LATER).explained
    words = {one.key: one.words for one in told}
    assert words["unheard-posts"].definition.startswith("The share of posts older than 3 days that got no reply")
    assert words["fell-silent"].definition.startswith("Of the people who wrote 3 posts or more in the period before")
    assert words["fell-silent"].population == "People who wrote 3 posts or more in the period before."
    assert "{" not in "".join(one.definition + one.population for one in words.values())


def test_above_a_list_of_people_stands_from_when_on_one_is_on_it_and_who_comes_first(tmp_path: Path) -> None:
    forum = Forum()
    forum.people_named("old new silent")
    for day in (-6, -5, -4, -3):
        forum.topic("silent", day * DAY)
    forum.topic("old", -100 * DAY)
    forum.topic("old", 1)
    forum.topic("new", 9)
    forum.run(30 * DAY)
    with forum.source(tmp_path) as source:
        asked = ReportSettings(resamples=50, horizon=48 * HOUR, settled=4)
        html = unescape(page(compute_report(source, october(), asked), LATER))
    order = "Who has been waiting for more than 2 days: those who are new first, then who has waited longest."
    assert html.count(order) == 1
    assert html.index(order) < html.index('id="waiting-topics"')
    assert "They wrote 4 posts or more in the period before, and nothing in this one." in html


def test_how_sure_figures_are_is_said_where_most_likely_between_is(tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    for forum, said in ((few(["ana", "bob"]), False), (month(), True)):
        html = page(small(forum, tmp_path / "many" if said else tmp_path), LATER)
        assert ("How sure these figures are" in html) == said
        assert ("Most likely between " in html) == said


def test_p505_categories_are_called_as_on_the_forum(tmp_path: Path) -> None:
    forum = few(["ana", "bob"])
    for ident, path, name in ((71, "vie", "Vie du lieu"), (72, "vie/outils", "Outils"), (73, "outils", "Outils")):
        forum.category(ident, path)
        forum.rows["categories"][-1]["name"] = name
    bound = [Bound(forum.topic("ana", 100 + ident, category=ident), f"posts/{ident}.md") for ident in (71, 72, 73)]
    file = tmp_path / "named.sqlite"
    with Store.open(str(file)) as store:
        number = forum.save(store, "https://kafe.example.org")
        with store.read() as connection:
            called = places(connection, number)
    assert called | {"vie": "Vie du lieu", "vie/outils": "Vie du lieu / Outils", "outils": "Outils"} == called
    with forum.source(tmp_path) as source:
        report = compute_report(source, october(), ReportSettings(resamples=50), bound)
    html = page(replace(report, places=called), LATER)
    table = html[html.index('id="table-categories"') :]
    heads = re.findall(r'<tr><th scope="row">([^<]*)</th>', table[: table.index("</table>")])
    assert sorted(heads) == ["Outils", "Vie du lieu", "Vie du lieu / Outils"]
