"""An archive is alive if a forum can be made of it: archive, restore, archive again, and both say the same."""

import itertools
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from koweb_sync import told_progress
from koweb_sync.archive.crawl.run import Silent
from koweb_sync.archive.restore.plan import RestoreOptions
from koweb_sync.archive.restore.restore import Restore
from koweb_sync.archive.restore.rewrite import Ways, translate
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store, put
from koweb_sync.cli.archive.restore import restore as command
from koweb_sync.cli.archive.restore_words import in_another_name, left_out, words
from koweb_sync.errors import HumanNeeded, InputError, LimitReached
from koweb_sync.forum.client import Forum
from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.sandbox.gateway.faults import JSON
from tests.archive.crawling import FREE, Archive, archive_of, forum_of
from tests.archive.measuring import settle
from tests.workspace import PNG, SERVERS, TEXT, served, translating

pytestmark = pytest.mark.server("below")

Content = dict[str, dict[str, Any]]


def lively(box: Sandbox, folder: Path) -> None:
    """What makes a forum hard to move: links in a circle, quotes, files, states, deletions, equal texts."""
    state, services = box.state, box.services
    admin = state.user("admin")
    with Forum(box.url, "admin", box.keys["all_users"], limits=FREE, state=folder / "machine-a") as forum:
        image = forum.upload("schéma.png", PNG)
        paper = forum.upload("fiche.pdf", b"%PDF-1.4 une fiche")
    first, last = box.first_post(1), box.first_post(9)
    more = f"La suite : {box.url}/t/{box.topic(9).slug}/9 et [ici]({box.at('/t/-')}/9/2)."
    box.edit(1, f"{first.raw}\n\n{more}", username="admin")
    box.edit(
        9, f"{last.raw}\n\nLe début : [là]({box.url}/t/-/1) ; `/t/-/1` reste.\n\n```\n/t/-/1\n```", username="admin"
    )
    box.reply(2, f"![un schéma]({image.short_url}) [fiche.pdf|attachment]({paper.short_url})", username="membre3")
    box.reply(3, f'[quote="membre2, post:1, topic:2"]\nmot\n[/quote]\n\n{TEXT}', username="membre4")
    box.reply(3, "Oui, tout à fait d’accord avec cela.", username="membre4")
    box.reply(3, "Oui, tout à fait d’accord avec cela.", username="membre4")
    gone = box.reply(4, f"{TEXT} Effacé ensuite.", username="membre5")
    box.reply(4, f"{TEXT} Resté.", username="membre6")
    services.moderation.delete_post(admin, gone)
    days = f"* Le mardi, [comme ici]({box.url}/t/-/9)\n* Le jeudi"
    poll = box.reply(2, f"[poll public=true results=always]\n{days}\n[/poll]", username="membre3")
    for n, option in enumerate(poll.polls[0].options):
        for name in (f"membre{4 + 2 * n}", f"membre{5 + 2 * n}"):
            asked(box, "PUT", "/polls/vote.json", name, post_id=poll.id, poll_name="poll", options=[option])
    asked(box, "PUT", "/polls/toggle_status.json", "admin", post_id=poll.id, poll_name="poll", status="closed")
    asked(box, "POST", "/solution/accept.json", "admin", id=box.reply(3, f"{TEXT} Voilà.", username="membre6").id)
    services.moderation.turn_wiki(admin, box.first_post(5), on=True)
    services.moderation.set_type(admin, box.reply(5, f"{TEXT} Un mot de l’équipe.", username="membre4"), "2")
    services.moderation.status(admin, box.topic(5), "closed", enabled=True)
    services.moderation.status(admin, box.topic(6), "archived", enabled=True)
    services.moderation.status(admin, box.topic(7), "pinned", enabled=True)
    services.moderation.status(admin, box.topic(8), "visible", enabled=False)
    services.moderation.status(admin, box.topic(11), "pinned", enabled=True)
    services.moderation.status(admin, box.topic(11), "pinned_globally", enabled=True)
    box.delete(10, username="admin")


def asked(box: Sandbox, verb: str, path: str, username: str, **given: Any) -> None:
    """Somebody does something over the API."""
    head = {"Api-Key": box.keys["all_users"], "Api-Username": username}
    requests.request(verb, box.url + path, json=given, headers=head, timeout=30).raise_for_status()


def as_stored(seed: dict[str, Any]) -> dict[str, Any]:
    """The same as a forum would have stored it: no likes of one's own posts, no space before a title's last sign."""
    for one in seed["topics"]:
        one["title"] = one["title"].replace(" ?", "?")
    authors = {one["id"]: one["user_id"] for one in seed["posts"]}
    return {**seed, "likes": [one for one in seed["likes"] if authors[one["post_id"]] != one["user_id"]]}


def empty(seed: dict[str, Any], *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The same people on a forum that nobody wrote on."""
    nothing: dict[str, Any] = {"topics": [], "posts": [], "likes": [], "categories": [], "tags": [], "next_ids": {}}
    users = [one for one in seed["users"] if one["username"] not in without]
    return {**seed, **nothing, "users": users, "next_ids": {"topics": 500, "posts": 900, "categories": 20}}


def content(archive: Archive) -> Content:
    """What an archive holds, with titles for numbers, so that two forums can be compared."""
    query = """
        SELECT p.topic, t.title, c.path, t.tags, t.closed, t.archived, t.visible, t.pinned, p.number, p.created,
               u.username, v.raw, p.reply_to,
               (SELECT group_concat(w.username) FROM (SELECT q.username FROM reactions r
                 JOIN people q ON q.forum = r.forum AND q.id = r.person
                 WHERE r.forum = p.forum AND r.post = p.id AND r.gone IS NULL ORDER BY 1) w),
               (SELECT group_concat(w.vote) FROM (
                 SELECT q.username || ' ' || o.position || ' ' || s.status AS vote FROM poll_votes v
                 JOIN people q ON q.forum = v.forum AND q.id = v.person
                 JOIN polls s ON s.forum = v.forum AND s.post = v.post AND s.name = v.poll
                 JOIN poll_options o ON o.forum = v.forum AND o.post = v.post AND o.poll = v.poll AND o.id = v.option
                 WHERE v.forum = p.forum AND v.post = p.id ORDER BY 1) w),
               t.accepted = p.number, p.wiki, p.type
        FROM posts p JOIN topics t ON t.forum = p.forum AND t.id = p.topic
        JOIN categories c ON c.forum = t.forum AND c.id = t.category
        JOIN post_versions v ON v.forum = p.forum AND v.post = p.id AND v.n = p.n
        LEFT JOIN people u ON u.forum = p.forum AND u.id = p.person
        WHERE p.shown = 1 AND t.shown = 1 AND p.type IN (1, 2) AND p.deleted IS NULL
          AND t.id NOT IN (SELECT definition FROM categories WHERE definition IS NOT NULL)
        ORDER BY p.topic, p.number"""
    rows = archive.rows(query)
    titles = {topic: title for topic, title, *_rest in rows}
    places: dict[tuple[int, int], str] = {}
    found: Content = {}
    for topic, title, *rest in rows:
        mine = found.setdefault(title, {"facts": rest[:6], "posts": []})
        places[topic, rest[6]] = f"{title}#{len(mine['posts'])}"
        mine["posts"].append(rest[7:])
    for topic, title in titles.items():
        for post in found[title]["posts"]:
            post[2] = named(post[2], topic, archive.box, titles, places)
            post[3] = places.get((topic, post[3]))
    return found


def named(raw: str, topic: int, box: Sandbox, titles: dict[int, str], places: dict[tuple[int, int], str]) -> str:
    """A text with titles in place of numbers, and nothing that tells which forum it is on."""
    bare = raw.replace(box.url, "").replace(box.at("/t/"), "/t/")
    text = re.sub(
        r"(?<!`)(?<!\n)/t/([^/\s)]+)/(\d+)(?:/(\d+))?(?![\d`])",
        lambda m: places[int(m[2]), int(m[3])] if m[3] else f"/t/{titles[int(m[2])]}",
        bare,
    )
    return re.sub(r"post:(\d+), topic:(\d+)", lambda m: places[int(m[2]), int(m[1])], text)


class Killed(BaseException):
    """A kill at a moment."""


class Trap(Silent):
    """Kills after so many steps."""

    def __init__(self, after: int) -> None:
        self.left = after

    def step(self, requests: int = 1) -> None:
        self.left -= requests
        if self.left < 0:
            raise Killed


@contextmanager
def a_restore(archive: Archive, there: Sandbox, *, watch: Silent | None = None, **wishes: Any) -> Iterator[Restore]:
    """A restoration to another forum."""
    key, machine = there.keys["all_users"], archive.folder / "machine-b"
    with Forum(there.url, "admin", key, limits=FREE, state=machine) as forum:
        yield Restore(archive.store, archive.forum, forum, RestoreOptions(**wishes), watch or Silent())


@pytest.fixture(params=SERVERS)
def flavour(request: pytest.FixtureRequest) -> str:
    """The kind of server."""
    return str(request.param)


@contextmanager
def two(flavour: str, folder: Path, *, without: tuple[str, ...] = ()) -> Iterator[tuple[Archive, Sandbox]]:
    """An archive of a lively forum, and an empty one."""
    seed = as_stored(forum_of(12, 60, 40, people=8, authorized_extensions="png|pdf"))
    with (
        served(flavour, seed) as box,
        served("2025" if flavour == "below" else flavour, empty(seed, without=without)) as there,
        archive_of(box, folder) as archive,
    ):
        lively(box, folder)
        archive.run()
        yield archive, there


def archived(box: Sandbox, folder: Path) -> Content:
    """What an archive of a forum holds."""
    folder.mkdir(exist_ok=True)
    with archive_of(box, folder) as archive:
        archive.run()
        return content(archive)


def test_a_forum_made_of_an_archive_is_the_forum_that_was_archived(flavour: str, tmp_path: Path) -> None:
    with two(flavour, tmp_path) as (archive, there):
        with a_restore(archive, there) as one:
            one.refuse()
            plan = one.plan()
            sent = len(there.log)
            assert one.run() == {}
            assert len(there.log) - sent == plan.requests
        before, after = content(archive), archived(there, tmp_path / "b")
        assert after == before
        assert len(after) == 11
        pins = {
            one.title: one.pinned_globally
            for one in there.state.topics.values()
            if one.pinned_at and one.title in after
        }
        assert pins == {archive.box.topic(7).title: False, archive.box.topic(11).title: True}
        assert "pin" not in one.crop.left_out
        assert one.crop.left_out["address"] == 11
        posts = [post for topic in after.values() for post in topic["posts"]]
        facts = [post[4:7] for post in posts if any(post[5:7])]
        assert sorted(len((votes or "").split(",")) for _likes, votes, _solved in facts) == [1, 4]
        assert sorted(tuple(post[7:]) for post in posts if post[7:] != [0, 1]) == [(0, 2), (1, 1)]
        with a_restore(archive, there) as again:
            assert again.plan().requests == 0
            sent = len(there.log)
            assert again.run() == {}
        assert [one for one in there.log[sent:] if one.verb != "GET"] == []


def test_a_post_that_is_published_again_has_the_language_that_it_had(tmp_path: Path) -> None:
    with two("2025", tmp_path) as (archive, there):
        translating(archive.box)
        for topic in (1, 9):  # they link to each other, so that one is edited once the other is there
            archive.box.translate(topic, "en", "An English title of some length", "An English text of some length.")
        archive.clock.pass_days(2)
        archive.run(rolling=1)
        with a_restore(archive, there) as one:
            assert one.run() == {}
        spoken = [post for post in there.state.posts.values() if post.locale]
        titles = {archive.box.topic(topic).title for topic in (1, 9)}
        assert {there.topic(post.topic_id).title for post in spoken} == titles
        assert {(post.number, post.locale) for post in spoken} == {(1, "fr")}


def test_translations_come_back_in_the_names_of_those_who_translated(tmp_path: Path) -> None:
    with two("2025", tmp_path) as (archive, there):
        translating(archive.box)
        archive.box.translate(
            1, "en", "An English title", f"English, [see]({archive.box.url}/t/-/9).", username="admin"
        )
        archive.box.translate(2, "en", "By a machine", "An English text of some length.", username="")
        archive.clock.pass_days(2)
        archive.run(rolling=1, translations=True)
        with archive.store.begin() as connection:  # who translated tells a backup, or a newer server
            table = schema.LOCALISATIONS
            connection.execute(table.update().where(table.c.id == 1).values(person=1))
            connection.execute(table.update().where(table.c.id == 2).values(person=-1))
        with a_restore(archive, there) as one:
            assert one.plan().translations == 0, "a forum that keeps none is sent none"
        translating(there)
        with a_restore(archive, there) as one:
            one.refuse()
            plan, sent = one.plan(), len(there.log)
            assert plan.translations == 4
            assert one.run() == {}
            assert len(there.log) - sent == plan.requests
            new = one.memory.topics
        titles = {topic: dict(there.topic(new[topic]).translations) for topic in (1, 2)}
        assert titles == {1: {"en": "An English title"}, 2: {"en": "By a machine"}}
        first, second = (there.first_post(new[topic]).translations["en"] for topic in (1, 2))
        assert (first.raw, first.by) == (f"English, [see]({there.url}/t/-/{new[9]}).", 1)
        assert (second.raw, second.by) == ("An English text of some length.", -1)
        with a_restore(archive, there) as again:
            assert again.plan().requests == 0


def test_an_archive_in_postgresql_is_restored_as_one_in_a_file(
    flavour: str, tmp_path: Path, database: Callable[[], str]
) -> None:
    with two(flavour, tmp_path) as (archive, there), Store.open(database()) as store:
        kept = replace(archive, store=store)
        kept.run()
        with a_restore(kept, there) as one:
            assert one.run() == {}
        assert archived(there, tmp_path / "b") == content(archive)
        with a_restore(kept, there) as again:
            sent = len(there.log)
            assert again.run() == {}
        assert [one for one in there.log[sent:] if one.verb != "GET"] == []


@pytest.mark.parametrize("moment", ["after the answer", "after it was noted"])
def test_killed_anywhere_and_run_again_nothing_is_there_twice(flavour: str, tmp_path: Path, moment: str) -> None:
    with two(flavour, tmp_path) as (archive, there):
        killed = 0
        for _attempt in range(60):
            watch = Trap(7) if moment == "after it was noted" else None
            try:
                with a_restore(archive, there, watch=watch) as one:
                    if watch is None:
                        die_before_noting(one, 7)
                    one.run()
                break
            except Killed:
                killed += 1
        assert killed > 8
        assert archived(there, tmp_path / "b") == content(archive)


def fatal(kill: Callable[[], object]) -> tuple[Fault, Fault, Fault]:
    """A death at the third write: before it is done, once it is done, and once that was said."""
    return (
        Fault("call", writes=True, nth=3, before=kill),
        Fault("call", writes=True, nth=3, after_work=kill),
        Fault("call", writes=True, nth=3, after_answer=kill),
    )


def test_a_process_that_is_killed_again_and_again_publishes_everything_once(flavour: str, tmp_path: Path) -> None:
    seed, folder = as_stored(forum_of(2, 9, 4, people=4)), tmp_path / "there"
    folder.mkdir()
    with served(flavour, seed) as box, archive_of(box, folder) as archive:
        archive.run()
        with served(flavour, empty(seed)) as there:
            settle(folder, there)
            words = ("archive", "restore", "--yes", "--from", box.url, "--store", "archive.sqlite")
            command = [sys.executable, "-m", "koweb_sync", *words]
            environment = {**os.environ, "KOWEB_KAFE_API_KEY": there.keys["all_users"]}
            for moment in itertools.cycle(range(3)):
                there.front.faults.waiting.clear()
                process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE)
                there.fail(fatal(process.kill)[moment])
                _out, said = process.communicate(timeout=60)
                if process.returncode == 0:
                    break
                assert process.returncode == -signal.SIGKILL, said
            assert len(there.requests("POST", r"^/posts")) >= 9
            assert archived(there, tmp_path / "b") == content(archive)


def die_before_noting(one: Restore, nth: int) -> None:
    """The answer is there, and nobody lives to write it down."""
    note, left = one.memory.note, [nth]

    def noted(name: str, value: Any) -> None:
        left[0] -= 1
        if left[0] < 0 and not name.startswith(("begun", "user")):
            raise Killed
        note(name, value)

    one.memory.note = noted  # type: ignore[method-assign]  # a death between the answer and its record


def test_who_has_no_account_is_named_in_the_text(flavour: str, tmp_path: Path) -> None:
    with two(flavour, tmp_path, without=("membre2",)) as (archive, there):
        with a_restore(archive, there) as one:
            skipped = one.run()
        before, after = content(archive), archived(there, tmp_path / "b")
        assert before.keys() == after.keys()
        for title, topic in before.items():
            for old, new in zip(topic["posts"], after[title]["posts"], strict=True):
                mine = old[1] == "membre2"
                assert new[1] == ("admin" if mine else old[1])
                assert (new[2].partition("\n\n")[2] if mine else new[2]) == old[2]
                assert ("Membre nº 2 (membre2)" in new[2].partition("\n\n")[0]) == mine
                assert new[0] == old[0]
        assert skipped.keys() <= {"likes"}


def test_a_forum_where_people_wrote_is_refused(flavour: str, tmp_path: Path) -> None:
    with two(flavour, tmp_path) as (archive, there), served(flavour) as full:
        sent = len(full.log)
        with a_restore(archive, full) as one, pytest.raises(HumanNeeded, match="not empty"):
            one.run()
        with a_restore(archive, full, into="koweb-kafe") as one:
            one.run()
        assert {full.topic(done.topic).category_id for done in one.memory.done.values()} == {2}
        with a_restore(archive, full, into="nowhere") as one, pytest.raises(InputError, match="no category"):
            one.run()
        assert len(full.log) > sent
        assert there.requests("POST") == []


def test_what_was_not_public_never_becomes_public(flavour: str, tmp_path: Path) -> None:
    seed = forum_of(3, 9, people=4)
    seed["categories"][0] |= {"read_restricted": True, "permissions": {"staff": 1}}
    with served(flavour, seed) as box, archive_of(box, tmp_path, staff=True) as archive:
        archive.run()
        with served(flavour, empty(seed)) as there, a_restore(archive, there) as one:
            one.run()
            made = next(place for place in there.state.categories.values() if place.slug == "lieu-1")
            assert made.read_restricted
        public = {**empty(seed), "categories": [{"id": 1, "name": "Lieu 1", "slug": "lieu-1"}]}
        with served(flavour, public) as there:
            with a_restore(archive, there) as one, pytest.raises(InputError, match="was not public"):
                one.run()
            assert there.requests("POST") == []


def test_a_limit_of_the_day_stops_it_and_the_next_run_goes_on(flavour: str, tmp_path: Path) -> None:
    seed = as_stored(forum_of(3, 30, 40, people=4))
    clock = [2_000_000_000.0]
    with served(flavour, seed) as box, archive_of(box, tmp_path) as archive:
        archive.run()
        slow = {"max_likes_per_day": 2, "rate_limit_create_topic": 0, "rate_limit_create_post": 0}
        limits = {**empty(seed), "site_settings": {**seed["site_settings"], **slow}}
        with served(flavour, limits, user_limits=True, clock=lambda: clock[0]) as there:
            stops = 0
            for _day in range(400):
                try:
                    with a_restore(archive, there) as one:
                        one.run()
                    break
                except LimitReached:
                    stops += 1
                    clock[0] += 86_401.0
            assert stops >= 1
            assert archived(there, tmp_path / "b") == content(archive)


def test_the_command_says_what_it_takes_and_does_it(flavour: str, tmp_path: Path) -> None:
    seed = as_stored(forum_of(3, 9, 4, people=4))
    with served(flavour, seed) as box, archive_of(box, tmp_path) as archive:
        archive.run()
        with served(flavour, empty(seed, without=("membre2",))) as there, pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            patch.setenv("KOWEB_NEW_API_KEY", there.keys["all_users"])
            (tmp_path / "koweb.toml").write_text(f'[forum.new]\nurl = "{there.url}"\nusername = "admin"\n')
            place = ["--store", str(tmp_path / "archive.sqlite"), "--forum", "new"]
            plan = CliRunner().invoke(command, [*place, "--dry-run", "--format", "json"], catch_exceptions=False)
            data = json.loads(plan.stdout)
            assert (data["topics"], data["replies"]) == (3, 6)
            assert there.requests("POST") == []
            said_no = CliRunner().invoke(command, place, input="n\n")
            assert said_no.exit_code == 1
            assert there.requests("POST") == []
            patch.setenv(told_progress.WANTED, "1")
            done = CliRunner().invoke(command, [*place, "--yes"], catch_exceptions=False)
            assert done.exit_code == 0
            assert "publishing posts" in done.stderr
            assert "reading" not in done.stderr
            assert "in the name of admin, for" in done.stdout
            assert "Done, but 1 like could not be given." in done.stdout
            assert len(there.requests("POST", "/posts$")) == 9


# ---- the translation


WAYS = Ways(
    "https://old.example.org",
    "https://new.example.org",
    topics={12: 512},
    numbers={(12, 3): (512, 2)},
    posts={77: 977},
    files={"abc": "upload://xyz.png"},
    coming=frozenset({12, 13}),
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[a](https://old.example.org/t/sujet/12/3)", "[a](https://new.example.org/t/sujet/512/2)"),
        ("[a](/t/-/12#titre)", "[a](/t/-/512#titre)"),
        ("https://old.example.org/t/sujet/12?u=amina", "https://new.example.org/t/sujet/512?u=amina"),
        ("Voir https://old.example.org/t/12/3.", "Voir https://new.example.org/t/512/2."),
        ("[a](https://old.example.org/p/77)", "[a](https://new.example.org/p/977)"),
        ("![i|3x2](upload://abc.png)", "![i|3x2](upload://xyz.png)"),
        (
            '[quote="amina, post:3, topic:12, full:true"]\nx\n[/quote]',
            '[quote="amina, post:2, topic:512, full:true"]\nx\n[/quote]',
        ),
        (
            "`/t/-/12` et\n\n```\nhttps://old.example.org/t/-/12\n```",
            "`/t/-/12` et\n\n```\nhttps://old.example.org/t/-/12\n```",
        ),
        ("[a](https://elsewhere.org/t/-/12)", "[a](https://elsewhere.org/t/-/12)"),
        ("[a](https://old.example.org.evil.org/t/-/12)", "[a](https://old.example.org.evil.org/t/-/12)"),
        ("[a](/t/-/99)", "[a](/t/-/99)"),
    ],
)
def test_what_points_at_the_old_forum_points_at_the_new_one(old: str, new: str) -> None:
    assert translate(old, 12, WAYS).raw == new


@pytest.mark.parametrize("host", ["https://old.example.org", "https://moved.example.org/forum"])
def test_a_forum_that_moved_is_pointed_at_by_all_its_addresses(host: str) -> None:
    ways = replace(WAYS, homes=("https://old.example.org", "https://moved.example.org/forum"))
    there = "https://new.example.org/t/sujet/512/2"
    assert translate(f"[a]({host}/t/sujet/12/3) {host}/t/sujet/12/3", 12, ways).raw == f"[a]({there}) {there}"


def test_a_text_waits_for_what_comes_later() -> None:
    assert translate("[a](/t/-/13)", 12, WAYS).waiting
    assert translate("https://old.example.org/t/-/12/9", 12, WAYS).waiting
    assert not translate("[a](/t/-/12/3)", 12, WAYS).waiting
    assert not translate("[a](/t/-/99)", 12, WAYS).waiting


@given(st.text(alphabet='ab/t12 -[]()`\n"=,:quote post', max_size=120))
def test_a_text_that_points_nowhere_is_not_touched(text: str) -> None:
    assert translate(text, 5, Ways("https://old.example.org", "https://new.example.org")).raw == text


def test_b7_all_that_a_post_or_a_topic_is_comes_back_or_is_counted(flavour: str, tmp_path: Path) -> None:
    """Before: wikis, moderators' posts, banners, rights, and likes and votes of nobody went without a word.

    Each column of topics and posts comes back, or is left out by name, or tells only of our looking.
    """
    back = {
        *("id", "title", "slug", "category", "tags", "person", "created", "closed", "archived", "visible", "pinned"),
        *("accepted", "accepted_by", "topic", "number", "type", "reply_to", "wiki", "likes", "locale"),
    }
    counted = {"archetype", "action", "hidden", "user_deleted", "deleted", "shown"}  # left out, by reason
    no_more = {
        "views",
        "accepted_at",
        "reads",
        "bumped",
        "last_posted",
        "updated",
        "version",
        "external_id",
    }  # said: to be made by hand
    ours = {"forum", "row", "n", "digest", "listed", "posts_count", "highest", "localised"}
    names = {column.name for table in (schema.TOPICS, schema.POSTS) for column in table.columns}
    assert names - back - counted - no_more - ours == set()
    with two(flavour, tmp_path) as (archive, there):
        with archive.store.begin() as connection:
            forum = archive.forum
            topics = update(schema.TOPICS).where(schema.TOPICS.c.id == 11)
            connection.execute(topics.values(archetype="banner"))
            connection.execute(update(schema.CATEGORIES).where(schema.CATEGORIES.c.id == 1).values(restricted=1))
            put(connection, schema.COUNTS, [{"forum": forum, "post": 1, "kind": "like", "told": 3, "count": 3}])
            notes = update(schema.POSTS).where(schema.POSTS.c.topic == 7, schema.POSTS.c.type == 3)
            connection.execute(notes.values(action=""))  # nobody knows any more how it was pinned
            options = schema.POLL_OPTIONS
            connection.execute(update(options).where(options.c.position == 0).values(votes=options.c.votes + 2))
        with a_restore(archive, there) as one:
            out = one.crop.left_out
            assert (out["banner"], out["rights"], out["like"], out["vote"]) == (1, 1, 3, 2)
            assert one.plan().marks == 2
            assert "2 wikis or moderators" in words(one.plan(), 1)
            first, *others = left_out(out)
            assert re.fullmatch(r"Left out: \d+ [^.:]+\.", first)
            assert all(re.fullmatch(r"[^.]+\.", one) for one in others)
            assert "1 banner becomes an ordinary topic." in others
            assert "Only staff may read 1 category until you say who may." in others
            assert any(one.startswith("1 topic is pinned in its category: the archive does not know") for one in others)
            assert "11 topics get other numbers, and so other addresses." in others
            one.run()
        assert one.memory.topics[11] in there.state.topics


def test_a_refused_poll_bars_its_author_from_nothing_else_and_the_end_says_so(flavour: str, tmp_path: Path) -> None:
    """Before: after one refusal all posts of that author in the category stood in the administrator's name."""
    seed = as_stored(forum_of(3, 12, people=4))
    with served(flavour, seed) as box, archive_of(box, tmp_path) as archive:
        archive.run()
        authors = {post.raw: post.user_id for post in box.state.posts.values()}
        with served(flavour, empty(seed)) as there:
            refusal = b'{"action": "create_post", "errors": ["Non."]}'
            there.fail(Fault("status", verb="POST", path="/posts", nth=5, status=422, body=refusal, content_type=JSON))
            with a_restore(archive, there) as one:
                one.run()
                why = one.in_other_names()
            assert why == {"refused": 1}
            own = [post for post in there.state.posts.values() if authors.get(post.raw) == post.user_id]
            assert len(own) == 12 - 1
            said = " ".join(in_another_name({**why, "account": 3}, "admin"))
            assert "3 posts stand in the name of admin, for their authors have no account" in said
            assert "1 post stands in the name of admin, for the forum takes no such text" in said


def test_a_post_that_its_author_deleted_is_not_called_hidden(flavour: str, tmp_path: Path) -> None:
    seed = as_stored(forum_of(3, 12, people=4))
    with served(flavour, seed) as box:
        post = next(post for post in box.state.posts.values() if post.number > 1)
        with box.state.lock:
            box.services.moderation.delete_post(box.state.users[post.user_id], post)
        with archive_of(box, tmp_path) as archive:
            archive.run()
            with served(flavour, empty(seed)) as there, a_restore(archive, there) as one:
                assert one.crop.left_out["taken-back"] == 1
                assert "hidden" not in one.crop.left_out
                assert "1 post that its author deleted" in left_out(one.crop.left_out)[0]


def test_p157_an_author_who_may_not_write_is_barred_once_and_the_plan_holds(flavour: str, tmp_path: Path) -> None:
    seed = as_stored(forum_of(3, 30, people=3))
    with served(flavour, seed) as box, archive_of(box, tmp_path) as archive:
        archive.run()
        with served(flavour, empty(seed)) as there, a_restore(archive, there) as one:
            one.refuse()
            plan = one.plan()
            theirs = [post for post in box.state.posts.values() if post.user_id == box.state.posts[1].user_id]
            there.state.users[theirs[0].user_id].silenced = True
            sent = len(there.log)
            one.run()
            refused = [log for log in there.log[sent:] if log.status == 403]
            assert len(refused) == len(one.barred) < len(theirs), "one for each category, to open or to reply"
            asked = [log for log in there.log[sent:] if log.path == "/session/scopes.json"]
            assert len(asked) == 1
            assert one.in_other_names() == {"rights": len(theirs)}
            assert len(there.log) - sent == plan.requests + len(refused) + 1 <= plan.at_most
