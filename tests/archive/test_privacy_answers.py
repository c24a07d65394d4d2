"""What people are told about themselves, and exports that name nobody."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import tinyhtml5
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync import i18n
from koweb_sync.archive.names.secret import Secret
from koweb_sync.archive.privacy import forget, forget_everywhere, subject_page
from koweb_sync.archive.privacy.find_names import Sought
from koweb_sync.archive.privacy.pseudonyms import Called, Pseudonyms, assigned
from koweb_sync.archive.privacy.subject import KEYS, gather
from koweb_sync.archive.store.store import Archive as Place
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import Archive, archive_of
from tests.workspace import Clone

SECRET = Secret(b"a secret of the tests alone", "https://forum.example")
HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(1)> {{ 7 * 7 }} [a](javascript:alert(1))"


@pytest.fixture
def kept(box: Sandbox, tmp_path: Path) -> Iterator[Archive]:
    """An archive in which Claire wrote, was mentioned and quoted, and liked."""
    topic = box.new_topic("Un sujet que Claire a ouvert ici", HOSTILE, category=2)
    box.reply(
        topic.id,
        f'@claire, un secret d’Amina.\n\n[quote="claire, post:1, topic:{topic.id}"]\nah\n[/quote]',
        username="amina",
    )
    with archive_of(box, tmp_path, avatars=True) as archive:
        archive.run()
        yield archive


def facts(kept: Archive, user: str) -> dict[str, Any]:
    """What is held about somebody."""
    with kept.store.read() as connection:
        person = forget.find(connection, kept.forum, user)
        return gather(connection, kept.forum, person.id, kept.clock.micros())


def test_everything_about_somebody_is_told_and_nothing_of_others(kept: Archive, box: Sandbox) -> None:
    told = facts(kept, "claire")
    assert set(told) == set(KEYS)
    assert json.loads(json.dumps(told)) == told
    who = box.state.user("claire").id
    assert {post["id"] for post in told["posts"]} == {
        post for (post,) in kept.rows("SELECT id FROM posts WHERE person = :w", w=who)
    }
    assert {version["raw"] for post in told["posts"] for version in post["versions"]} >= {HOSTILE}
    assert len(told["likes"]) == len(kept.rows("SELECT * FROM reactions WHERE person = :w", w=who)) > 0
    assert {one["kind"] for one in told["mentioned"]} >= {"mention", "quote"}
    assert told["person"]["username"] == "claire"
    assert told["pictures"] or not kept.rows("SELECT * FROM uploads WHERE kind = 'avatar' AND name = :w", w=str(who))
    others = json.dumps({name: value for name, value in told.items() if name != "posts"}, ensure_ascii=False)
    assert "secret d’Amina" not in json.dumps(told, ensure_ascii=False)
    assert not re.search("amina|bilal|frederic", others, re.IGNORECASE)


@pytest.mark.parametrize(("language", "heading"), [("en", "Your rights"), ("fr", "Your rights|Vos droits")])
def test_the_page_stands_alone_and_runs_nothing(kept: Archive, language: str, heading: str) -> None:
    i18n.activate(language)
    told = facts(kept, "claire")
    page = subject_page.page(told)
    assert "{size}" not in page  # of the forum's template for the addresses of pictures
    tree = tinyhtml5.parse(page, namespace_html_elements=False)
    assert tree.get("lang") == language
    assert {one.tag for one in tree.iter()} & {"script", "img", "iframe", "link", "object", "form"} == set()
    assert all(not name.startswith("on") for one in tree.iter() for name in one.attrib)
    ways = {one.get("href") or "" for one in tree.iter("a")}
    assert {one for one in ways if one.startswith("#")} <= {f"#{one.get('id')}" for one in tree.iter()}
    assert all(one.startswith(("#", told["forum"]["url"])) for one in ways)
    assert not re.search(r">[^<]*\d{4}-\d\d-\d\dT", page.partition("<pre")[0]), "times are those that people read"
    assert any((one.text or "").strip().startswith("<script>") for one in tree.iter("pre"))
    assert [one.tag for one in tree.iter("h1")] == ["h1"]
    assert all(one.find("caption") is not None for one in tree.iter("table"))
    assert re.search(heading, page)


def test_the_answer_is_a_file_that_only_its_owner_reads(here: Clone, box: Sandbox) -> None:
    here.run("archive")
    here.run("archive", "subject", "claire", "--output", "claire.html")
    path = here.folder / "claire.html"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "claire" in path.read_text(encoding="utf-8")
    assert json.loads(here.run("archive", "subject", "#3", "--format", "json").out)["person"]["username"] == "claire"


def test_of_the_forgotten_only_a_number_is_told(kept: Archive, box: Sandbox) -> None:
    with kept.store.read() as connection:
        order = forget.whole_person(forget.find(connection, kept.forum, "claire"), "remove")
    forget_everywhere.perform(Place(kept.store, kept.forum, box.url), [order], kept.clock.micros())
    told = facts(kept, "personne-partie-3")
    assert told["likes"] == told["names"] == told["activity"] == told["pictures"] == []
    assert [one["policy"] for one in told["erasures"]] == ["remove"]
    assert all(version["raw"] == "" for post in told["posts"] for version in post["versions"])


def test_a_page_says_what_is_not_known_and_nothing_that_cannot_be(kept: Archive) -> None:
    told = facts(kept, "claire")
    assert not told["unfinished"] and all(one["after"] is None for one in told["likes"] if one["at"])
    assert "not read to its end" not in subject_page.page(told)
    assert "not read to its end" in subject_page.page({**told, "unfinished": True})
    assert "The archive read the forum 1 time to keep it, on" in subject_page.page(told)
    runs = {"count": 4, "first": "2026-11-18T00:00:00+00:00", "last": "2026-11-30T00:00:00+00:00", "backups": 4}
    assert "or a backup of it, 4 times to keep it, from November 18, 2026 to" in subject_page.readings(runs)
    assert [subject_page.plain("kind", one) for one in ("heart", "like", "coffee")] == ["❤️", "like", "☕"]


# ---- pseudonyms


@given(st.sets(st.integers(1, 10**6), max_size=400), st.sets(st.integers(10**6 + 1, 10**7), max_size=100))
def test_pseudonyms_differ_and_stay_when_people_come(people: set[int], later: set[int]) -> None:
    before = assigned(sorted(people), SECRET, "Membre")
    after = assigned(sorted(people | later), SECRET, "Membre")
    assert before.items() <= after.items()
    assert len({one.username for one in after.values()}) == len(people | later)


def test_a_pseudonym_depends_on_the_secret_and_on_the_forum() -> None:
    other = Secret(b"another secret of the tests", SECRET.scope)
    elsewhere = Secret(SECRET.value, "https://other.example")
    one = {assigned([7], secret, "Membre")[7].name for secret in (SECRET, other, elsewhere)}
    assert len(one) == 3
    assert all(re.fullmatch("Membre [0-9a-f]{4}", name) for name in one)


@dataclass(frozen=True)
class Person:
    """Somebody, with the fields that exports have."""

    id: int
    username: str
    name: str = ""
    created: int | None = 5
    admin: bool = True
    moderator: bool = True


@dataclass(frozen=True)
class Text:
    """A version of a post, or a post, with the fields that exports have."""

    raw: str
    cooked: str
    reason: str = ""
    versions: tuple["Text", ...] = ()
    polls: tuple[Any, ...] = ()
    files: tuple[Any, ...] = ()
    pointers: tuple[Any, ...] = field(default=())
    translations: tuple[Any, ...] = ()


def test_an_export_with_pseudonyms_names_nobody(kept: Archive) -> None:
    with kept.store.read() as connection:
        disguise = Pseudonyms.read(connection, kept.forum, SECRET, "Membre")
    shown = disguise.person(Person(3, "claire", "Claire Moreau"))
    assert (shown.username, shown.name, shown.created, shown.admin) == (
        disguise.alias(3).username,
        disguise.alias(3).name,
        None,
        False,
    )
    assert disguise.person(Person(-1, "system")).username == "system"
    texts = kept.rows("SELECT raw, cooked FROM post_versions")
    assert any("@claire" in raw for raw, _cooked in texts)
    for raw, cooked in texts:
        post = disguise.post(Text(raw, cooked, versions=(Text(raw, cooked, "pour @claire"),)))
        assert f"@{disguise.alias(3).username}" == disguise.text("@claire")
        said = " ".join((post.raw, post.cooked, post.versions[0].raw, post.versions[0].cooked, post.versions[0].reason))
        assert "@claire" not in said
        assert 'data-username="claire"' not in said
        assert not list(Sought(["Claire Moreau", "Amina Cherif"]).within(said))


def test_a_name_of_two_people_leads_to_neither() -> None:
    people = [Called(1, ("ana",), ("Ana Diaz",)), Called(2, ("ana2", "zoe"), ("Ana Diaz",)), Called(3, ("zoe",), ())]
    disguise = Pseudonyms.of(people, SECRET, "Membre")
    assert disguise.text("Merci Ana Diaz") == "Merci Membre"
    assert disguise.text("@zoe") == f"@{disguise.alias(3).username}"
