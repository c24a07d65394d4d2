"""People whom the forum made anonymous, and who emptied what they said of themselves: a null is a value."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.archive.names import erasures, secret
from koweb_sync.archive.names.aliases import Alias
from koweb_sync.archive.names.redact import redact
from koweb_sync.archive.privacy import forget, forget_everywhere
from koweb_sync.archive.privacy.find_names import Sought
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.model.records import TopicRecord
from koweb_sync.sandbox.rules.accounts import anonymize, rename
from tests.archive.crawling import Archive, archive_of
from tests.archive.test_privacy import place

pytestmark = pytest.mark.server("below")

QUOTE = '[quote="{name}, post:1, topic:{topic}, username:claire"]\nLe carnet partagé nous a sauvés.\n[/quote]\n\nOui.'


@pytest.fixture(params=["Claire Moreau", "Clairette"])
def name(request: pytest.FixtureRequest, box: Sandbox) -> str:
    """The full name of somebody, of two words and of one."""
    with box.state.lock:
        box.state.user("claire").name = request.param
    return str(request.param)


@pytest.fixture
def talk(box: Sandbox, name: str) -> TopicRecord:
    """A topic of Claire's, in which Amina quotes her by her full name."""
    topic = box.new_topic(
        "Un carnet partagé pour tout le monde", "Le carnet partagé nous a sauvés.", category=2, username="claire"
    )
    box.reply(topic.id, QUOTE.format(topic=topic.id, name=name), username="amina")
    return topic


@pytest.fixture
def kept(box: Sandbox, talk: TopicRecord, tmp_path: Path) -> Iterator[Archive]:
    """An archive of that forum."""
    with archive_of(box, tmp_path, avatars=True) as archive:
        archive.run()
        yield archive


def leave(box: Sandbox, username: str) -> None:
    """The forum makes somebody anonymous."""
    with box.state.lock:
        anonymize(box.state, box.state.user(username))


def called(kept: Archive) -> tuple[str, str]:
    """How the archive calls Claire."""
    ((username, name),) = kept.rows("SELECT username, name FROM people WHERE id = 3")
    return username, name


def next_day(kept: Archive) -> None:
    """Archive again a day later, all that is held, as well."""
    kept.clock.pass_days(1)
    kept.run(rolling=1)


def test_a33_who_was_made_anonymous_has_no_name_any_more(kept: Archive, box: Sandbox, name: str) -> None:
    leave(box, "claire")
    box.reply(2, "Encore un mot de ma part avant de partir.", username=box.state.users[3].username)
    kept.clock.pass_days(1)
    kept.run(rolling=1)
    assert called(kept) == (box.state.users[3].username, "")
    forget_everywhere.follow(place(kept), kept.clock.micros())
    sought = Sought(["claire", name])
    assert forget_everywhere.search(place(kept), sought) == []
    for _day in range(2):
        next_day(kept)
        assert forget_everywhere.search(place(kept), sought) == []
        assert forget_everywhere.follow(place(kept), kept.clock.micros()).done.rows == {}
    assert kept.rows("SELECT COUNT(*) FROM names WHERE person = 3") == [(1,)]


def test_a34_the_forum_still_says_the_full_name_in_quotes(
    kept: Archive, box: Sandbox, talk: TopicRecord, name: str
) -> None:
    leave(box, "claire")
    next_day(kept)
    quoting = box.post(talk.post_ids[1])
    assert name in quoting.raw
    assert name in kept.texts()[quoting.id][1]
    forget_everywhere.follow(place(kept), kept.clock.micros())
    raw, cooked = kept.texts()[quoting.id]
    now = box.state.users[3].username
    assert raw == quoting.raw.replace(name, now)
    assert name not in cooked
    assert f"{now}:</div>" in cooked.replace(": ", ":")
    next_day(kept)
    assert kept.texts()[quoting.id] == (raw, cooked), "a later reading brings nothing back, and sees no edit"


def test_marks_of_an_erasure_say_no_name_of_today(kept: Archive, box: Sandbox, name: str) -> None:
    with box.state.lock:
        rename(box.state, box.state.user("claire"), "helene")
        box.state.user("helene").name = "Hélène Vasseur"
    next_day(kept)
    with kept.store.read() as connection:
        order = forget.former_names(forget.find(connection, kept.forum, "helene"))
    forget_everywhere.perform(place(kept), [order], kept.clock.micros())
    ((marks,),) = kept.rows("SELECT marks FROM erasures WHERE person = 3")
    assert "helene" not in marks
    assert (json.loads(marks)["username"], json.loads(marks)["name"]) == ("", "")
    with box.state.lock:
        box.state.user("helene").name = ""
    next_day(kept)
    assert called(kept) == ("helene", "")
    with kept.store.read() as connection:
        (one,) = erasures.read(connection, kept.forum, secret.find(box.url))
    assert one.alias == Alias("helene", "helene"), "what takes the place of the old name is the name of today"


@pytest.mark.parametrize("emptied", [None, ""])
def test_a34_a_name_that_its_person_emptied_is_empty(kept: Archive, box: Sandbox, emptied: str | None) -> None:
    with box.state.lock:
        box.state.user("claire").name = emptied
    box.reply(2, "Encore un mot de ma part, sans mon nom.", username="claire")
    next_day(kept)
    assert called(kept) == ("claire", "")
    result = kept.run(rolling=1)
    assert "renamed" not in result.found


def test_a_quote_of_somebody_else_who_has_that_name_is_left_alone() -> None:
    names = erasures.names_in_clear(
        [(erasures.KnownNames.of(["claire"], ["Clairette"]), Alias("anon12345678", "anon12345678"), False)]
    )
    theirs = '[quote="Clairette, post:1, topic:2, username:dominique"]\nBonjour.\n[/quote]'
    assert redact(theirs, names) == theirs
    assert "Clairette" not in redact(theirs.replace("dominique", "anon12345678"), names)
