"""What a report says of its figures can be understood by itself, and is said once."""

import re
from dataclasses import replace
from html import unescape

import pytest

from koweb_sync import __version__, i18n
from koweb_sync.posts.whitespace import normalise
from koweb_sync.report.audience.community import shareable
from koweb_sync.report.figures import figures
from koweb_sync.report.lists.left_aside import LeftAside
from koweb_sync.report.lists.published import Counts
from koweb_sync.report.page.days_told import period
from koweb_sync.report.page.html import counted_among, in_words, page
from koweb_sync.report.page.links import note_on, title_of
from koweb_sync.report.page.markdown import post
from koweb_sync.report.page.sentences import left, life, protected, uncertain
from tests.report.forums import DAY, at
from tests.report.test_page import NOW, living, unfolded
from tests.sandbox.cooked import cooked

LEANING = {
    "en": re.compile(r"^(?:The share who|The same|What it|Of those)"),
    "fr": re.compile(r"^(?:(?!personnes|relations)[^;:])*\bcelles\b|\b(?:[Ll]a même part|qu’elle serait)\b"),
}
DEEP = (
    "effective-voices",
    "reciprocity-by-chance",
    "reciprocity-beyond-chance",
    "together-without",
    "gini-members",
    "across-groups",
)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_definition_says_of_whom_it_speaks(language: str) -> None:
    with i18n.speaking(language):
        told = {key: one.words().definition for key, one in figures().items()}
    assert {key: words for key, words in told.items() if LEANING[language].search(words)} == {}


def test_ties_between_people_are_not_called_as_links_are() -> None:
    with i18n.speaking("fr"):
        told = " ".join(" ".join(one.words()) for one in figures().values())
    assert re.findall(r"\bliens?\b", told, re.IGNORECASE) == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_definition_is_one_sentence_as_is_said_above_them(language: str) -> None:
    with i18n.speaking(language):
        told = {key: one.words().definition for key, one in figures().items()}
    assert {key: words for key, words in told.items() if ". " in words or not words.endswith(".")} == {}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_message_says_once_what_most_likely_between_means_before_it_says_so(language: str) -> None:
    with i18n.speaking(language):
        shared, whole = shareable(living()), uncertain()
        bare = replace(shared, values={key: replace(one, low=None) for key, one in shared.values.items()})
        texts, without = (unescape(post(one, NOW).text.decode()) for one in (shared, bare))
    term = {"en": "ost likely between", "fr": "ans doute entre"}[language]
    assert texts.count(whole) == 1
    assert texts.index(term) > texts.index(whole)
    assert (whole in without) == (term in without)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_range_and_a_verdict_say_that_a_number_is_uncertain_and_not_what_chance_would_make_of_it(
    language: str,
) -> None:
    report = shareable(living())
    bare = replace(report["reciprocity"], low=None, high=None)
    unsure = {
        "now": replace(bare, value=0.5),
        "before": replace(bare, value=0.3),
        "difference": replace(bare, value=0.2),
    }
    values = {("reciprocity", part): one for part, one in unsure.items()}
    report = replace(report, values={**report.values, **values})
    chance = {"en": r"\bchance\b", "fr": r"\bhasard\b"}[language]
    allowed = {
        "en": ("“Perhaps chance”", "perhaps chance", "whether the difference is chance"),
        "fr": ("« Peut-être le hasard »", "peut-être le hasard", "si la différence est due au hasard"),
    }[language]
    with i18n.speaking(language):
        names = [word for one in figures().values() for word in one.words() if re.search(chance, word)]
        texts = [page(report, NOW), post(report, NOW).text.decode()]
    for text in texts:
        told = unescape(text).replace("\u00a0", " ")
        assert allowed[-1] in told
        for words in (*names, *allowed):
            told = told.replace(words.replace("\u00a0", " "), "")
        assert re.findall(f".{{40}}{chance}.{{40}}", told) == []


def test_a_message_is_not_broken_on_the_forum_within_quotation_marks_nor_before_a_percent_sign() -> None:
    with i18n.speaking("fr"):
        text = post(shareable(living()), NOW).text.decode()
    short, below = re.split(r"(?=\n### )", text, maxsplit=1)
    html = cooked(normalise(below))
    told = unescape(re.sub(r"<[^>]*>", " ", html))
    assert "«\u00a0J’aime\u00a0»" in told
    assert re.search("\\d\u00a0%", told)
    assert re.findall(r".{20}(?:« | »|\d %).{20}", told) == []
    assert "&nbsp;" not in short, "it is left as people type it"
    assert "nbsp" not in told


def test_how_lively_it_was_before_is_said_of_people_posts_and_topics_or_where_few_wrote_of_posts_alone() -> None:
    report = shareable(living())
    people, posts, topics = (report.values[key, "before"].n for key in ("participants", "posts", "topics"))
    told = f"; in the period before, it was {people} people, {posts} posts and {topics} topics."
    assert life(report).endswith(told)
    few = replace(report.values["topics", "before"], value=None, state="few")
    assert life(replace(report, values={**report.values, ("topics", "before"): few})).endswith(f"was {posts} posts.")
    nobody = replace(report.values["posts", "before"], value=0, n=0)
    assert "before" not in life(replace(report, values={**report.values, ("posts", "before"): nobody}))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_period_says_its_year_once_unless_there_are_two(language: str) -> None:
    with i18n.speaking(language):
        for report in (living(), shareable(living())):
            assert period(report).count("2026") == 1
        years = replace(living(), window=replace(living().window, since=at(-300 * DAY)))
        assert [period(years).count(year) for year in ("2025", "2026")] == [1, 1]


def test_a_few_of_many_are_told_with_the_many_as_the_rule_says() -> None:
    key = "holders"
    shared = shareable(living())
    small = replace(shared[key], value=3)
    report = replace(shared, values={**shared.values, (key, "now"): small})
    (found,) = (one.value for one in in_words(report, NOW).explained if one.key == key)
    assert found == f"3 of {small.n} linked people"
    assert "such as 3 of 20" in protected()


def test_a_difference_of_two_figures_is_that_of_what_they_say() -> None:
    given = {"reciprocity": 0.054, "reciprocity-by-chance": 0.076, "reciprocity-beyond-chance": -0.022}
    values = {(key, "now"): replace(living()[key], value=value) for key, value in given.items()}
    found = in_words(replace(living(), values={**living().values, **values}), NOW).explained
    assert [one.value for one in found if one.key in given] == ["5%", "8%", "−3 points"]


def test_what_is_published_is_said_to_be_published_by_the_team_and_no_folder_is_named() -> None:
    for text in (page(living(), NOW), post(shareable(living()), NOW).text.decode()):
        assert "Published with koweb" in text
        assert "that the team publishes with koweb" in text
        assert "folder" not in text
        assert "What we published" not in text


def test_why_figures_lead_to_no_posts_is_said_once_and_deeper_figures_unfold() -> None:
    for report in (living(), shareable(living())):
        html = page(report, NOW)
        plain = unfolded(html)
        assert html.count("would point at single people") == (report.audience == "community")
        assert "The same posts as behind" not in plain
        assert "The same posts as behind" in html
        titles = [figures()[key].words().title for key in DEEP]
        assert [title for title in titles if title in plain] == []
        assert all(f'id="figure-{key}"' in html for key in DEEP)


def test_the_comparison_holds_counts_only_where_they_always_are_compared() -> None:
    for report in (living(), shareable(living())):
        rows = [figures()[one.key] for one in in_words(report, NOW).compared]
        assert [one.key for one in rows if one.kind == "count" and one.compared != "always"] == []


def test_what_is_shared_says_once_how_many_are_left_aside() -> None:
    shared = shareable(living())
    html = page(shared, NOW)
    for text in (html, post(shared, NOW).text.decode()):
        assert text.count(left(shared)) == 1


def test_what_is_shared_says_that_titles_are_as_their_authors_wrote_them_where_it_shows_some() -> None:
    said, shared = "the titles of topics are as their authors wrote them", shareable(living())
    bare = replace(
        shared,
        published=replace(shared.published, posts=()),
        behind=tuple(replace(one, topics=(), posts=()) for one in shared.behind),
    )
    for report, count in ((shared, 1), (bare, 0)):
        texts = (page(report, NOW), post(report, NOW).text.decode())
        assert [text.count(said) for text in texts] == [count, count]


def test_a_list_that_leaves_some_out_says_what_it_shows_and_then_what_it_does_not() -> None:
    html = page(shareable(living()), NOW)
    notes = re.findall(r"Newest first[^<]*", html)
    assert any(
        re.fullmatch(r"Newest first[^.]*\. Left out are .* there or elsewhere on the forum\.", note) for note in notes
    )


def test_a_list_that_is_shared_says_whether_it_is_older_topics_or_those_of_some_people_that_are_missing() -> None:
    report = living()
    (found,) = (one for one in report.behind if one.keys[0] == "topics" and one.part == "now")
    topics = [replace(found.topics[0], topic=n, posts=None) for n in range(50)]
    told = {
        (20, 20): "",
        (61, 50): "The newest 50 of 61 topics.",
        (61, 44): "Newest first, among the newest 50 topics. Left out are topics that are not open to everybody, ",
        (14, 13): "Newest first. Left out are topics that are not open to everybody, and those of people who wait ",
    }
    for (every, listed), said in told.items():
        note = note_on(replace(found, topics=tuple(topics[:listed]), in_topics=every))
        assert note.startswith(said)
        assert bool(note) == bool(said)


def test_what_is_in_short_of_those_left_aside_does_not_stand_above_their_lists_again() -> None:
    report = living()
    assert page(report, NOW).count(left(report)) == 1
    assert "Nobody is listed." not in page(report, NOW)
    assert page(replace(report, aside=LeftAside(), silent=()), NOW).count("Nobody is listed.") == 1


def test_a_tie_is_told_by_what_makes_one_and_not_by_a_response_which_may_be_a_like() -> None:
    told = [one.words() for one in figures().values() if one.place[0] == "ties"]
    assert len(told) > 3
    assert [words for words in told if "respond" in " ".join(words)] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_message_says_once_for_all_figures_of_a_kind_what_was_counted_and_the_page_says_that_it_is_that(
    language: str,
) -> None:
    with i18n.speaking(language):
        shared = shareable(living())
        text, html = post(shared, NOW).text.decode(), page(shared, NOW)
        told = [one for one in in_words(shared, NOW).explained if one.known]
        among = {counted_among(one.words) for one in told if not one.deeper}
    start = {"en": "Counted among: ", "fr": "Compté sur\u00a0: "}[language]
    assert len(among) > 4
    assert [text.count(f"\n{words}\n") for words in among] == [1] * len(among)
    assert html.count(f'<p class="soft">{start}') >= len(told)
    assert text.count(start) == len(among)


def test_figures_that_unfold_on_the_page_stay_out_of_the_message() -> None:
    shared = shareable(living())
    text, explained = post(shared, NOW).text.decode(), in_words(shared, NOW).explained
    assert [one.words.title for one in explained if one.deeper and f"**{one.words.title}**" in text] == []
    assert all(f"**{one.words.title}**" in text for one in explained if one.known and not one.deeper)
    left_out = sum(not one.known and not one.deeper for one in explained)
    assert f"\n{left_out} other figure" in text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_message_begins_with_what_is_in_short_then_two_pictures_and_all_else_unfolds(language: str) -> None:
    with i18n.speaking(language):
        shared = shareable(living())
        text = post(shared, NOW).text.decode()
        body, short = text.split("\n---\n", 1)[1], in_words(shared, NOW).sentences
    assert body.strip().startswith({"en": "## In short", "fr": "## En bref"}[language])
    assert sum(text.count(f"\n- {sentence[:20]}") for sentence in short) == 5
    assert text.count("![") > 2
    assert unfolded(text).count("![") == 2
    assert "|" not in unfolded(text)
    assert text.count("[details=") == text.count("[/details]")
    assert __version__ not in text
    assert "koweb-sync" not in text + page(shared, NOW)


def test_what_got_nothing_at_all_is_in_no_table_that_is_shared() -> None:
    report = living()
    nothing = Counts(0, 0, 0, 0, 0, 0, 0)
    quiet = replace(report.published.posts[0], title="Nobody looked", ever=nothing, here=nothing)
    loud = report.published.posts[1]
    for posts, there in (((quiet, loud), True), ((quiet,), False)):
        alone = replace(report, published=replace(report.published, posts=posts, categories=(), tags=()))
        shared = shareable(alone)
        for text in (page(shared, NOW), post(shared, NOW).text.decode()):
            assert "Nobody looked" not in text
            assert ("Published with koweb" in text) == there
        assert "Nobody looked" in page(alone, NOW)


def test_who_is_on_both_lists_of_those_left_aside_is_said_to_be() -> None:
    report = living()
    both = report.aside.openers & {one.person for one in report.aside.people}
    assert both
    before, also, after = page(report, NOW).partition("These people also wait for an answer to a topic:")
    assert also
    twice = after.partition("<h2")[0]
    assert twice.count("last post</a>") == len(both) == len(report.aside.listed_twice)
    assert before.partition('id="unheard-people"')[2].count("last post</a>") == len(report.aside.unlisted)


def test_a_list_of_the_newest_topics_is_called_so() -> None:
    report = living()
    (found,) = (one for one in report.behind if one.keys[0] == "topics" and one.part == "now")
    assert title_of(found, "topics") == f"“Topics”: {found.total} topics"
    alone = replace(found, total=1, in_topics=1, topics=found.topics[:1])
    assert title_of(alone, "topics") == "“Topics”: 1 topic"
    fewer = replace(found, topics=found.topics[:3])
    assert title_of(fewer, "topics") == f"“Topics”: the newest 3 of {found.total} topics"
    posts = replace(found, unit="post", total=40, topics=found.topics[:3], in_topics=9)
    assert title_of(posts, "posts") == "“Posts”: 40 posts in 9 topics; here are the newest 3 topics"
