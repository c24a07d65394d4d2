"""The living community: it is what it says it is, and a report on it names exactly those whom it left aside."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.archive.privacy import consent
from koweb_sync.demo.cast import PEOPLE
from koweb_sync.demo.month import DAYS, Month, living
from koweb_sync.demo.script import LANGUAGES
from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import Report, compute_report
from koweb_sync.report.engine.source import opened
from koweb_sync.report.engine.window import ReportSettings, Window
from koweb_sync.sandbox import Sandbox
from koweb_sync.times import DAY_IN_SECONDS, HOUR_IN_SECONDS
from tests.archive.crawling import Clock, archive_of
from tests.gate import in_every

END = 1_790_000_000.0
MICRO = 1_000_000
SYSTEM = -1
QUICK = ReportSettings(resamples=50, permutations=19)


def when(text: str) -> float:
    """A time of a seed."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def sentences(month: Month) -> list[str]:
    """Everything that is said, sentence by sentence; what is quoted was said before."""
    aside = re.compile(r"\[quote=.*?\[/quote\]|\[poll.*?\[/poll\]", re.DOTALL)
    said = [aside.sub("", one["raw"]) for one in month.seed["posts"]]
    parts = [part.strip() for text in said for part in re.split(r"(?<=[.!?…])\s+", text)]
    return [part for part in parts if len(part.split()) > 3]


@pytest.mark.parametrize("language", ["fr", in_every("en")])
def test_the_same_end_gives_the_same_month_and_another_end_the_same_one_later(language: str) -> None:
    month = living(language, END)
    assert month == living(language, END)
    later = living(language, END + 70 * DAY_IN_SECONDS)
    assert [one["raw"] for one in later.seed["posts"]] == [one["raw"] for one in month.seed["posts"]]
    assert len(later.seed["likes"]) == len(month.seed["likes"])
    for one, other in zip(month.seed["posts"], later.seed["posts"], strict=True):
        assert when(other["created_at"]) - when(one["created_at"]) == 70 * DAY_IN_SECONDS


@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_whatever_the_hour_nothing_happens_before_what_it_answers_nor_after_the_end(hour: int) -> None:
    end = END + hour * HOUR_IN_SECONDS
    month = living("fr", end)
    seed = month.seed
    posts = {one["id"]: one for one in seed["posts"]}
    joined = {one["id"]: when(one["created_at"]) for one in seed["users"]}
    last = 0.0
    numbers: dict[int, int] = defaultdict(int)
    placed = {(one["topic_id"], one["post_number"]): one["id"] for one in seed["posts"]}
    for ident, one in posts.items():
        at = when(one["created_at"])
        numbers[one["topic_id"]] += 1
        assert one["post_number"] == numbers[one["topic_id"]]
        assert last <= at < end, "post ids follow time"
        assert joined[one["user_id"]] < at
        assert (one["reply_to_post_number"] or 0) < one["post_number"]
        for number, topic in re.findall(r'\[quote="[a-z0-9]+, post:(\d+), topic:(\d+)"\]', one["raw"]):
            assert placed[int(topic), int(number)] < ident
        last = at
    for like in seed["likes"]:
        post = posts[like["post_id"]]
        assert when(post["created_at"]) < when(like["created_at"]) < end
        assert joined[like["user_id"]] < when(like["created_at"])
        assert like["user_id"] != post["user_id"]
    assert len({(like["post_id"], like["user_id"]) for like in seed["likes"]}) == len(seed["likes"])


def test_it_is_as_large_as_a_community_of_forty_and_nobody_repeats_a_sentence() -> None:
    for month in (living(language, END) for language in LANGUAGES):
        seed = month.seed
        assert len(PEOPLE) == 40
        assert 70 <= len(seed["topics"]) <= 100
        assert 350 <= len(seed["posts"]) <= 450
        assert 450 <= len(seed["likes"]) <= 600
        assert 3 <= len(month.facilitators) <= 4
        assert len(month.left_aside) == 7
        assert [text for text, n in Counter(sentences(month)).items() if n > 1] == []
        assert len({one["title"] for one in seed["topics"]}) == len(seed["topics"])
        assert any("[poll" in one["raw"] for one in seed["posts"])
        assert any(one["closed"] for one in seed["topics"])
        assert any("deleted_at" in one for one in seed["posts"])


def test_both_languages_tell_the_same_story_in_words_of_their_own() -> None:
    french, english = (living(language, END).seed for language in LANGUAGES)
    shape = ("id", "topic_id", "post_number", "user_id", "reply_to_post_number", "created_at")
    for one, other in zip(french["posts"], english["posts"], strict=True):
        assert [one[name] for name in shape] == [other[name] for name in shape]
        assert one["raw"] != other["raw"]
        assert re.findall(r"@[a-z]+", one["raw"]) == re.findall(r"@[a-z]+", other["raw"])
    assert french["likes"] == english["likes"]
    assert not re.search(r"\b(est|nous|pas|une|dans)\b", " ".join(one["raw"] for one in english["posts"]))


def heard(month: Month) -> set[str]:
    """Whom another human answered, quoted, mentioned or liked in the month; by the seed alone."""
    seed, start = month.seed, month.end - DAYS * DAY_IN_SECONDS
    names = {one["id"]: one["username"] for one in seed["users"]}
    living_posts = [one for one in seed["posts"] if "deleted_at" not in one and one["user_id"] > 0]
    placed = {(one["topic_id"], one["post_number"]): one for one in living_posts}
    began: dict[str, float] = {}
    for one in living_posts:
        if when(one["created_at"]) >= start:
            began.setdefault(names[one["user_id"]], when(one["created_at"]))
    found = set()
    for one in living_posts:
        targets = [(one["topic_id"], one["reply_to_post_number"] or 1)] if one["post_number"] > 1 else []
        targets += [(int(t), int(n)) for n, t in re.findall(r", post:(\d+), topic:(\d+)\"\]", one["raw"])]
        for target in (placed[place] for place in targets):
            if target["user_id"] != one["user_id"] and when(target["created_at"]) >= start:
                found.add(names[target["user_id"]])
        called = re.findall(r"@([a-z0-9]+)", re.sub(r"\[quote.*?\[/quote\]", "", one["raw"], flags=re.DOTALL))
        found |= {name for name in called if began.get(name, month.end) <= when(one["created_at"])}
    for like in seed["likes"]:
        target = next(one for one in living_posts if one["id"] == like["post_id"])
        if when(target["created_at"]) >= start:
            found.add(names[target["user_id"]])
    return found & began.keys()


@pytest.mark.parametrize("hour", range(24))
def test_those_left_aside_are_those_to_whom_nobody_responds(hour: int) -> None:
    month = living("fr", END + hour * HOUR_IN_SECONDS)
    names = {one["id"]: one["username"] for one in month.seed["users"]}
    start, horizon = month.end - DAYS * DAY_IN_SECONDS, month.end - 3 * DAY_IN_SECONDS
    waited = {
        names[one["user_id"]]
        for one in month.seed["posts"]
        if start <= when(one["created_at"]) <= horizon and one["user_id"] > 0 and "deleted_at" not in one
    }
    assert waited - heard(month) == {*month.left_aside, *month.not_counted}


# ---- what a report says of it


@contextmanager
def reported(month: Month, flavour: str, folder: Path) -> Iterator[Report]:
    """The figures of the month, from an archive made at its end and on the day after, for counters move by the day."""
    clock = Clock(month.end)
    with Sandbox.start(month.seed, flavour=flavour, clock=lambda: clock.at) as box, archive_of(box, folder) as archive:
        archive.clock = clock
        archive.run()
        clock.pass_days(1)
        for name in month.readers:
            box.read(name, 12)
        archive.run()
        for name in month.not_counted:
            number = box.state.user(name).id
            with archive.store.begin() as connection:
                consent.wish(connection, archive.forum, number, clock.micros(), counted=False)
        clock.pass_days(1 / 48)
        archive.run()
        until = clock.micros()
        with opened(archive.store, archive.forum) as source:
            yield compute_report(source, Window(int((month.end - DAYS * DAY_IN_SECONDS) * MICRO), until), QUICK)


@pytest.mark.parametrize("flavour", ["2022", "2025"])
@pytest.mark.parametrize("language", ["fr", in_every("en")])
def test_the_report_names_exactly_those_who_were_left_aside(language: str, flavour: str, tmp_path: Path) -> None:
    month = living(language)
    with reported(month, flavour, tmp_path) as report:
        left = report.aside
        assert {one.username for one in left.people} == set(month.left_aside)
        assert {one.topic for one in left.topics} == set(month.unanswered)
        assert {one.username for one in left.people if one.newcomer} == {"gaelle", "thierno", "wei", "victoria"}
        assert [one.closed for one in left.topics].count(True) == 1
        assert {one.username for one in report.silent} == set(month.fell_silent)
        writers = {
            one["user_id"]
            for one in month.seed["posts"]
            if when(one["created_at"]) >= month.end - DAYS * DAY_IN_SECONDS
        }
        people = {one["id"] for one in month.seed["users"] if one["username"] not in month.not_counted}
        n = len(month.readers) + len(writers & people - {SYSTEM})
        assert (report["silent-readers"].value, report["silent-readers"].n) == (len(month.readers) / n, n)
        assert report.completeness.complete
        shared = shareable(report)
        assert (shared.aside.topics, shared.aside.people, shared.silent) == ((), (), ())
        assert not named_in(asdict(shared), {one["username"] for one in month.seed["users"]})


def named_in(value: Any, names: set[str]) -> set[str]:
    """The names that stand anywhere in a value."""
    if isinstance(value, Mapping):
        return set().union(*(named_in(one, names) for one in value.values()))
    if isinstance(value, list | tuple):
        return set().union(*(named_in(one, names) for one in value))
    return {value} & names if isinstance(value, str) else set()
