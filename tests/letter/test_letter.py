"""A letter out of an archive: who is in it, and who is left in peace."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from koweb_sync.archive.store.store import Store
from koweb_sync.config import Quotes
from koweb_sync.letter.markdown import body
from koweb_sync.letter.model import ComingEvent, Conversation, Letter, OpenQuestion, PublishedText
from koweb_sync.letter.words import in_words
from koweb_sync.report.engine.population import population_of
from koweb_sync.report.engine.window import ReportSettings
from koweb_sync.report.lists.left_aside import left_aside
from tests.letter.talking import SHUT, STAFF, TalkingForum, conversation, letter_in, ready, text_of, written
from tests.report.forums import DAY, at, october
from tests.report.living import FIRST_NAMES, USERNAMES, month


def quoted(letter: Letter) -> dict[int, str]:
    """The sentences of a letter, by post."""
    return {each.post: each.text for one in letter.conversations for each in one.quotations}


def markdown(letter: Letter) -> str:
    """The letter as a post."""
    return body(in_words(letter, ReportSettings()))


def test_a152_every_sentence_has_its_source_and_stands_there_word_for_word(tmp_path: Path) -> None:
    forum = TalkingForum()
    for nth in range(4):
        conversation(forum, DAY * (nth + 1))
    letter = written(forum, tmp_path)
    assert quoted(letter)
    for one in letter.conversations:
        for each in one.quotations:
            row = next(row for row in forum.rows["posts"] if row["id"] == each.post)
            text = next(row["cooked"] for row in forum.rows["post_versions"] if row["post"] == each.post)
            assert each.text in text_of(text)
            assert each.url == f"https://forum.example/t/-/{row['topic']}/{row['number']}"
            assert f"{each.text}" in markdown(letter).replace("\\", "")
            assert each.url in markdown(letter)


@pytest.mark.parametrize(
    "facts", [{}, {"deleted": 40}, {"hidden": 1}, {"user_deleted": 1}, {"type": 4}, {"type": 2}, {"shown": 0}], ids=str
)
def test_posts_that_readers_do_not_see_are_not_quoted(tmp_path: Path, facts: dict[str, int]) -> None:
    forum = TalkingForum()
    topic = forum.asked("asker", DAY, "Bonjour.")
    forum.said(topic, "helper", DAY + 2, "Oui.")
    post = forum.said(topic, "quiet", DAY + 3, "Voici ce que personne ne doit plus lire dans une lettre.", **facts)
    assert (post in quoted(written(forum, tmp_path))) is (not facts)


def test_a_text_that_moderation_replaced_is_not_quoted(tmp_path: Path) -> None:
    forum = TalkingForum()
    topic = forum.asked("asker", DAY, "Bonjour.")
    forum.says(forum.said(topic, "quiet", DAY + 3), "<p>(removed)</p>", placeholder=1)
    letter = written(forum, tmp_path)
    assert letter.conversations
    assert quoted(letter) == {}


@pytest.mark.parametrize("category", [SHUT, STAFF, None, 99])
@pytest.mark.parametrize("archetype", ["regular", "private_message"])
def test_only_categories_that_everybody_may_read_are_told_of(
    tmp_path: Path, category: int | None, archetype: str
) -> None:
    forum = TalkingForum()
    topic = conversation(forum, category=category, archetype=archetype)
    lonely = forum.asked("quiet", DAY, category=category or 99, archetype=archetype)
    letter = written(forum, tmp_path, bound=(topic, lonely))
    assert (letter.conversations, letter.questions, letter.texts) == ((), (), ())


@pytest.mark.parametrize("how", ["not-counted", "erased", "anonymised", "suspended", "gone"])
def test_whoever_asked_for_peace_or_is_gone_does_not_appear(tmp_path: Path, how: str) -> None:
    forum = TalkingForum()
    topic = conversation(forum)
    theirs = conversation(forum, 2 * DAY)
    person = forum.people["asker"]
    forum.wishes("asker", "quoted-by-name")
    if how == "not-counted":
        forum.not_counted("asker")
    elif how == "erased":
        forum.add("erasures", person=person, at=1, policy="texts")
    elif how == "gone":
        forum.add("tombstones", kind="person", id=person, n=1, reason="anonymised", observed=1)
    else:
        next(row for row in forum.rows["people"] if row["id"] == person)[how] = 1
    letter = written(forum, tmp_path, bound=(topic, theirs))
    told = markdown(letter)
    assert forum.first(topic) not in quoted(letter)
    assert letter.texts == ()
    assert "Zimmerli" not in told
    assert f"/{topic}" not in told  # its title is theirs


def test_who_agreed_is_named_who_refused_is_never_quoted_and_the_rest_goes_by_the_policy(tmp_path: Path) -> None:
    forum = TalkingForum()
    topic = conversation(forum)
    forum.wishes("helper", "quoted-by-name")
    forum.wishes("guest", "not-quoted")
    posts = [row["id"] for row in forum.rows["posts"] if row["topic"] == topic]
    letter = written(forum, tmp_path / "unnamed")
    assert set(quoted(letter)) == set(posts[:2])
    names = [each.name for one in letter.conversations for each in one.quotations]
    assert names == ["", "Helper Zimmerli"]
    assert set(quoted(written(forum, tmp_path / "agreed", policy="agreed"))) == {posts[1]}
    assert quoted(written(forum, tmp_path / "none", policy="none")) == {}
    forum.wishes("asker", "quoted-without-name")
    assert set(quoted(written(forum, tmp_path / "more", policy="agreed"))) == set(posts[:2])


@pytest.mark.parametrize("policy", ["unnamed", "agreed"])
def test_who_wants_to_be_quoted_without_a_name_is_given_none(tmp_path: Path, policy: Quotes) -> None:
    forum = TalkingForum()
    conversation(forum)
    for name in ("asker", "helper", "guest"):
        forum.wishes(name, "quoted-without-name")
    letter = written(forum, tmp_path, policy=policy)
    assert [each.name for one in letter.conversations for each in one.quotations] == [""] * len(quoted(letter))
    assert quoted(letter)
    assert letter.arrivals.names == ()


@pytest.mark.parametrize("policy", ["unnamed", "agreed"])
def test_who_refused_is_not_quoted_where_nobody_else_could_be(tmp_path: Path, policy: Quotes) -> None:
    forum = TalkingForum()
    topic = forum.asked("asker", DAY, "Bonjour.")
    forum.said(topic, "guest", DAY + 1)
    forum.wishes("guest", "not-quoted")
    letter = written(forum, tmp_path, policy=policy)
    assert letter.conversations
    assert quoted(letter) == {}


def test_nobody_is_named_in_sentences_and_titles(tmp_path: Path) -> None:
    forum = TalkingForum()
    topic = forum.asked("asker", DAY, "Merci à Helper, sans qui cette journée n’aurait jamais eu lieu du tout.")
    forum.rows["topics"][-1]["title"] = "Une question pour Guest Zimmerli"
    forum.said(topic, "helper", DAY + 1, "Il faut dire à Quiet Zimmerli que la salle est prise jusqu’au printemps.")
    letter = written(forum, tmp_path)
    assert quoted(letter) == {}
    assert "Un" not in letter.conversations[0].title
    assert "A topic in “general”" in markdown(letter)
    for name in ("Helper", "Guest", "Quiet", "Zimmerli"):
        assert name not in markdown(letter)


def test_a_user_name_in_small_letters_names_somebody_too(tmp_path: Path) -> None:
    forum = TalkingForum()
    forum.person("jdupont")
    forum.named("jdupont", "Jean Dupont")
    topic = forum.asked("asker", DAY, "Bonjour.")
    forum.rows["topics"][-1]["title"] = "pourquoi jdupont ne vient plus nous voir"
    forum.said(topic, "helper", DAY + 1, "Il faut demander à jdupont de rouvrir la salle, lui seul garde la clef.")
    letter = written(forum, tmp_path)
    assert quoted(letter) == {}
    assert letter.conversations[0].title == ""
    assert "jdupont" not in markdown(letter)


@pytest.mark.parametrize("policy", ["unnamed", "agreed", "none"])
@pytest.mark.parametrize(("wish", "said"), [("not-quoted", False), ("quoted-without-name", True), (None, True)])
def test_a_title_is_not_said_if_whoever_wrote_it_is_never_to_be_quoted(
    tmp_path: Path, policy: Quotes, wish: str | None, said: bool
) -> None:
    forum = TalkingForum()
    topic = conversation(forum)
    lonely = forum.asked("asker", 5 * DAY)
    event = forum.asked("asker", 6 * DAY)
    forum.says(forum.first(event), "<p>…</p>", raw='[event start="2026-11-05"]')
    for row in forum.rows["topics"]:
        row["title"] = "Je suis au bord du gouffre et je cherche de l’aide"
    if wish:
        forum.wishes("asker", wish)
    letter = written(forum, tmp_path, policy=policy, bound=(topic, lonely))
    told: list[Conversation | OpenQuestion | PublishedText | ComingEvent] = [*letter.conversations, *letter.questions]
    told += [*letter.texts, *letter.events]
    assert {one.topic for one in told} == {topic, lonely, event}
    assert [bool(one.title) for one in told] == [said] * len(told)
    assert ("gouffre" in markdown(letter)) is said
    assert ("A topic in “general”" in markdown(letter)) is not said


def test_a_living_communitys_letter_names_nobody(tmp_path: Path) -> None:
    told = markdown(written(month(), tmp_path))
    assert not [name for name in (*USERNAMES, *FIRST_NAMES) if name in told]


HOSTILE = (
    "Un titre @everyone avec [un lien](https://evil.example) et ![une image](https://evil.example/x.png)",
    "<script>alert(1)</script> <img src=x onerror=alert(1)>",
    'Un titre\n\n# avec un titre dedans\n\n[quote="system, post:1, topic:1"]non[/quote]',
    "`code` | table | ~~barré~~ **gras** #sujet ::: \u202e\u200b\x1b[31m",
)


@pytest.mark.parametrize("title", HOSTILE)
def test_what_members_write_is_no_markdown_and_calls_nobody(tmp_path: Path, title: str) -> None:
    forum = TalkingForum()
    conversation(forum)
    forum.rows["topics"][-1]["title"] = title
    forum.asked("quiet", DAY)
    forum.rows["topics"][-1]["title"] = title
    forum.wishes("helper", "quoted-by-name")
    forum.named("helper", f"{title} [x](https://evil.example)")
    told = markdown(written(forum, tmp_path))
    assert "@everyone" not in told
    assert not any(sign in told for sign in "\x1b\u202e\u200b")
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(told):
        for one in (token, *(token.children or ())):
            assert one.type not in (
                "image",
                "html_block",
                "html_inline",
                "code_inline",
                "s_open",
                "table_open",
                "fence",
            )
            if one.type == "link_open":
                assert str(one.attrs["href"]).startswith("https://forum.example/")
    assert told.count("\n# ") == 0


def test_questions_are_those_of_the_watch_list(tmp_path: Path) -> None:
    forum = month()
    letter = written(forum, tmp_path / "letter", october(23 * DAY, 30 * DAY))
    with forum.source(tmp_path) as source:
        waiting = left_aside(population_of(source, ReportSettings()), october()).open
    assert [one.topic for one in letter.questions] == [one.topic for one in waiting][: len(letter.questions)]
    assert len(letter.questions) + letter.more_questions == len(waiting)


def test_what_only_its_author_wrote_in_is_no_conversation_and_a_quiet_time_makes_a_quiet_letter(tmp_path: Path) -> None:
    forum = TalkingForum()
    topic = forum.asked("asker", 29 * DAY)
    forum.said(topic, "asker", 29 * DAY + 1)
    letter = written(forum, tmp_path / "one")
    assert (letter.conversations, letter.questions) == ((), ())
    nothing = written(forum, tmp_path / "two", october(DAY, 2 * DAY))
    assert nothing.quiet
    assert "All was quiet" in markdown(nothing)
    assert "##" not in markdown(nothing)


def test_six_conversations_are_told_in_six_ways_and_who_waits_longest_comes_first(tmp_path: Path) -> None:
    forum = TalkingForum()
    for nth in range(6):
        conversation(forum, DAY * (nth + 1))
    for nth in (3, 1, 2):
        forum.asked("quiet", DAY * nth)
    letter = written(forum, tmp_path)
    told = markdown(letter)
    said = [line for line in told.splitlines() if "ople" in line and "first time" not in line]
    assert (len(letter.conversations), len(said), len(set(said))) == (6, 6, 6)
    waited = [int(words) for words in re.findall(r"waiting for (\d+) days", told)]
    assert len(waited) == 3
    assert waited == sorted(waited, reverse=True)


def test_a_closed_topic_waits_for_nobody(tmp_path: Path) -> None:
    forum = TalkingForum()
    closed, waits = forum.asked("asker", DAY, closed=1), forum.asked("asker", DAY)
    assert closed != waits
    assert [one.topic for one in written(forum, tmp_path).questions] == [waits]


def test_who_may_not_come_in_any_more_is_not_welcomed(tmp_path: Path) -> None:
    forum = TalkingForum()
    conversation(forum)
    for name in ("guest", "helper"):
        next(row for row in forum.rows["people"] if row["username"] == name)["suspended"] = 1
    assert "One person wrote here for the first time" in markdown(written(forum, tmp_path))


@pytest.mark.parametrize("facts", [{"category": STAFF}, {"category": SHUT}, {"archetype": "private_message"}], ids=str)
def test_who_wrote_only_where_not_everybody_reads_is_not_counted(tmp_path: Path, facts: dict[str, object]) -> None:
    forum = TalkingForum()
    forum.said(forum.asked("quiet", DAY, **facts), "lead", DAY + 1)  # type: ignore[arg-type]
    letter = written(forum, tmp_path)
    assert (letter.arrivals.people, letter.conversations) == (0, ())
    assert letter.quiet


def test_newcomers_are_welcome_and_named_only_if_they_agreed(tmp_path: Path) -> None:
    forum = TalkingForum()
    conversation(forum)
    assert "Three people wrote here for the first time. Welcome!" in markdown(written(forum, tmp_path / "a"))
    forum.wishes("guest", "quoted-by-name")
    assert "Guest Zimmerli and two other people wrote" in markdown(written(forum, tmp_path / "b"))


def test_texts_that_were_published_or_changed_are_told_each_once(tmp_path: Path) -> None:
    forum = TalkingForum()
    fresh = conversation(forum)
    old = conversation(forum, -9 * DAY)
    untouched = conversation(forum, -8 * DAY)
    forum.says(forum.first(old), "<p>Another text.</p>", edited=at(5 * DAY))
    forum.says(forum.first(untouched), "<p>hidden</p>", edited=at(5 * DAY), placeholder=1)
    letter = written(forum, tmp_path, bound=(fresh, old, untouched, 4711))
    assert [(one.topic, one.fresh) for one in letter.texts] == [(fresh, True), (old, False)]


@pytest.mark.parametrize(("accepted", "told"), [({}, False), ({"accepted": 2}, True), ({"accepted_at": -5}, False)])
def test_that_an_answer_was_found_is_told_when_it_was(tmp_path: Path, accepted: dict[str, int], told: bool) -> None:
    forum = TalkingForum()
    conversation(forum)
    row = forum.rows["topics"][-1]
    row |= {"accepted": accepted.get("accepted", 2 if accepted else None), "accepted_at": None}
    if "accepted_at" in accepted:
        row["accepted_at"] = at(accepted["accepted_at"])
    assert ("An answer was found." in markdown(written(forum, tmp_path))) is told


def test_all_engines_tell_the_same(tmp_path: Path, database: Callable[[], str]) -> None:
    forum = TalkingForum()
    forum.group(5, "team", "asker quiet")
    for nth in range(3):
        topic = conversation(forum, DAY * (nth + 1))
        forum.said(topic, ("quiet", "lead", "guest")[nth], DAY * (nth + 2))
    event = forum.asked("asker", 5 * DAY)
    forum.says(forum.first(event), "<p>100 %</p>", raw='[event start="2026-11-05"]', edited=at(7 * DAY))
    ready(forum)
    with Store.open(str(tmp_path / "archive.sqlite")) as small, Store.open(database()) as large:
        number = forum.save(small)
        here = letter_in(small, number, "sqlite", bound=(topic, event))
        assert here.events
        assert here.texts
        assert letter_in(small, number, "duckdb", bound=(topic, event)) == here
        number = forum.save(large)
        assert letter_in(large, number, "duckdb", bound=(topic, event)) == here
        assert letter_in(large, number, "postgres", bound=(topic, event)) == here


def test_what_is_coming_is_told_in_its_order_and_nothing_private(tmp_path: Path) -> None:
    forum = TalkingForum()
    for nth, line in enumerate(
        (
            '[event start="2026-11-09 18:00" status="public" timezone="Europe/Paris"]',
            "[event start=2026-11-05 status=standalone]",
            '[event start="2026-11-06 10:00" status="private" allowedGroups="staff"]',
            '[event start="2026-10-02 10:00"]',
            '[event start="never" timezone="Nowhere/Land"]',
            '[event start="2027-11-06 10:00"]',
        )
    ):
        topic = forum.topic("asker", DAY + nth)
        forum.says(forum.first(topic), "<p>…</p>", raw=f"{line}\n[/event]")
    found = written(forum, tmp_path).events
    assert [(one.topic, one.whole_day) for one in found] == [(101, True), (100, False)]
    assert "November 9, 2026, 17:00" in markdown(written(forum, tmp_path / "again"))


EVENT = '[event start="2026-11-09 18:00"]\n[/event]'


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (f"Bonjour,\n\n{EVENT}", True),
        (f"Bonjour,\r\n\r\n{EVENT}".replace("\n[/", "\r\n[/"), True),
        (f"[details=Programme]\n{EVENT}\n[/details]", True),
        (f"Écrivez :\n```\n{EVENT}\n```", False),
        (f"Écrivez :\n\n    {EVENT}", False),
        (f"Écrivez :\r```\r{EVENT}\r```", False),
        (f"[code]\n{EVENT}\n[/code]", False),
        (f"<!--\n{EVENT}\n-->", False),
        (f"> Avant.\n>\n{EVENT}".replace("\n[", "\n> ["), False),
        (f'[quote="guest, post:1, topic:7"]\n{EVENT}\n[/quote]\n\nQui vient ?', False),
        (f"Écrivez :\n```\n{EVENT}\n```\n\n{EVENT.replace('09', '10')}", True),
    ],
)
def test_an_event_that_is_only_an_example_or_a_quotation_is_not_coming(tmp_path: Path, raw: str, told: bool) -> None:
    forum = TalkingForum()
    forum.says(forum.first(forum.topic("asker", DAY)), "<p>…</p>", raw=raw)
    found = written(forum, tmp_path).events
    assert len(found) == told
    if raw.count("[event") > 1:
        assert "November 10" in markdown(written(forum, tmp_path / "again"))
