"""Another address for the forum of a folder that is set up: it moved, or its address was mistyped."""

import os
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from koweb_sync import config, kept_keys, keys, logins, trusted
from koweb_sync.archive.privacy.drop import holdings
from koweb_sync.archive.store.store import Store
from koweb_sync.config import Settings
from koweb_sync.errors import InputError
from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.sync.setup.forum_values import with_values
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_publishing import mark
from tests.desk.test_setting_up import empty
from tests.gate import in_turn
from tests.logging_in import Person
from tests.security.test_keys import KEY, issue
from tests.workspace import PNG, TEXT, Clone

__all__ = ["empty"]
VARIABLE = "KOWEB_KAFE_API_KEY"


@pytest.fixture
def other() -> Iterator[Sandbox]:
    """Another forum, with as many topics as ours or more, which would take the key."""
    with Sandbox.start() as forum:
        issue(forum)
        yield forum


@pytest.fixture
def mine(here: Clone, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A folder from which something was published, with a key that is nobody else's."""
    issue(here.box)
    monkeypatch.setenv(VARIABLE, KEY)
    here.write("koweb.toml", here.read("koweb.toml") + "\n# à garder\n")
    here.post("un")
    here.commit()
    here.push()
    here.box.forget()
    return here


def settings_of(clone: Clone) -> Settings:
    """The settings as they are now."""
    return config.load(clone.folder, start=clone.folder)


def moved(box: Sandbox) -> str:
    """Another address of the same forum."""
    return box.url.replace("127.0.0.1", "localhost")


def sent_keys(box: Sandbox) -> list[str]:
    """The paths of requests that carried a key."""
    return [one.path for one in box.log if {"api-key", "user-api-key"} & {name.lower() for name in one.headers}]


def changes(it: OpenDesk, address: str, **more: str) -> str:
    """What the page says about another address."""
    return unescape(it.post("/set-up/address", address=address, **more).text)


def test_p515_a_forum_that_moved_keeps_its_topics(mine: Clone, box: Sandbox) -> None:
    topic, commits = box.by_id("un").id, int(mine.git("rev-list", "--count", "HEAD"))
    with desk(mine.folder) as it:
        page = changes(it, f"{moved(box)}/t/un-sujet/12?u=x")
        assert "The address of the forum is changed." in page, page
        assert settings_of(mine).url == moved(box)
        assert mine.read("koweb.toml").endswith("\n# à garder\n"), "all else stays"
        assert mine.git("status", "--porcelain") == "", "the version is kept"
        assert int(mine.git("rev-list", "--count", "HEAD")) == commits + 1
        it.done(it.post("/publish/ask/"))
        assert "Everything is published" in it.get("/publish/").text
        mine.post("un", f"{TEXT} Encore.")
        mine.post("deux")
        it.done(it.post("/publish/", mark=mark(it.get("/publish/")), message="Les deux"))
    assert (box.by_id("un").id, mine.published()) == (topic, ["deux", "un"])
    assert mine.raw("un").endswith("Encore.")
    assert trusted.address_of(KEY) == trusted.origin(moved(box))


def test_the_archive_of_a_forum_that_moved_goes_along(mine: Clone, box: Sandbox, other: Sandbox) -> None:
    mine.run("archive")
    with desk(mine.folder) as it:
        changes(it, other.url)
        assert addresses(mine) == [box.url]
        assert "The address of the forum is changed." in changes(it, moved(box))
    assert addresses(mine) == [moved(box)]
    asked = len(box.log)
    mine.run("archive")
    assert addresses(mine) == [moved(box)]
    assert not [one for one in box.log[asked:] if "order=created" in one.query]


def addresses(clone: Clone) -> list[str]:
    """The addresses of the forums in the archive."""
    with Store.open(str(clone.folder / "koweb-archive.sqlite"), create=False) as store, store.read() as connection:
        return [one.url for one in holdings(connection)]


def test_p516_another_forum_is_told_apart_before_it_gets_the_key(mine: Clone, other: Sandbox) -> None:
    before = mine.read("koweb.toml")
    made = other.new_topic("Un sujet que d'autres ont ouvert", f"{TEXT} Rien du nôtre.", category=2)
    assert made.id == mine.box.by_id("un").id
    other.forget()
    with desk(mine.folder) as it:
        page = changes(it, other.url)
        assert "does not have the posts that you published" in page, page
        assert f"your forum is still {mine.box.url}" in page
        assert "is not the address of a forum" in changes(it, "koweb")
        assert "Write the address" in changes(it, " ")
        assert "knows already" in changes(it, f"{mine.box.url}/c/salon")
    assert (mine.read("koweb.toml"), sent_keys(other)) == (before, [])
    assert (os.environ[VARIABLE], trusted.address_of(KEY)) == (KEY, trusted.origin(mine.box.url))


def test_p516_posts_that_not_everybody_may_read_are_looked_for_with_the_key_once_somebody_is_sure(
    mine: Clone, box: Sandbox, other: Sandbox
) -> None:
    mine.post("un", category="coulisses")
    mine.commit()
    mine.push()
    before = mine.read("koweb.toml")
    with desk(mine.folder) as it:
        page = changes(it, other.url)
        assert 'name="sure" required aria-invalid="true"' in page, page
        assert sent_keys(other) == []
        page = changes(it, other.url, sure="on")
        assert "does not have the posts that you published" in page, page
        assert (mine.read("koweb.toml"), trusted.address_of(KEY)) == (before, trusted.origin(box.url))
        assert "is changed" in changes(it, moved(box), sure="on")
    assert settings_of(mine).url == moved(box)


def test_p516_where_nothing_was_published_any_forum_will_do_that_takes_the_key(
    here: Clone, box: Sandbox, other: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(box)
    monkeypatch.setenv(VARIABLE, "une-cle-que-l-autre-ne-prend-pas")
    with desk(here.folder) as it:
        page = changes(it, other.url)
        assert 'id="k-error-new-key"' in page, page
        assert (settings_of(here).url, trusted.address_of(os.environ[VARIABLE])) == (box.url, None)
        assert "is changed" in changes(it, other.url, key=KEY)
        assert (settings_of(here).url, os.environ[VARIABLE]) == (other.url, KEY)
    monkeypatch.setenv("KOWEB_KAFE_URL", other.url)
    with desk(here.folder) as it:
        assert "it is fixed to which address your key goes" in changes(it, box.url)


def test_p516_what_was_sent_without_an_answer_is_found_out_first(here: Clone, box: Sandbox, other: Sandbox) -> None:
    here.run("doctor")
    here.post("un")
    with desk(here.folder) as it:
        gone = Fault("refuse", times=40)
        box.fail(Fault("drop", "POST", r"^/posts", after_work=lambda: box.fail(gone)))
        it.done(it.post("/publish/", mark=mark(it.get("/publish/")), message="Un message"))
        box.front.faults.waiting.clear()
        assert "koweb does not know what the forum received" in changes(it, other.url)
    assert settings_of(here).url == box.url


def test_p515_a_key_that_a_file_keeps_is_kept_for_the_new_address(
    mine: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_keys.keep(box.url, "admin", KEY)
    monkeypatch.setenv(VARIABLE, "")
    with desk(mine.folder) as it:
        assert "is changed" in changes(it, moved(box))
    os.environ[VARIABLE] = ""
    assert keys.find_key(settings_of(mine)) == kept_keys.key(moved(box), "admin") == KEY
    assert kept_keys.key(box.url, "admin") == ""


def test_p515_a_login_goes_along_and_another_one_may_take_its_place(
    mine: Clone, box: Sandbox, other: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "")
    with desk(mine.folder) as it:
        page = it.post("/set-up/address", address=moved(box), how="login", keep="file")
        address = unescape(page.text).partition('k-first" href="')[2].partition('"')[0]
        payload = Person(mine, "bilal", str).agree(address.replace("localhost", "127.0.0.1")).json()["payload"]
        assert "is changed" in it.post("/set-up/login", text=payload).text
        assert settings_of(mine).username == "bilal"
        assert "is changed" in changes(it, box.url)
    login = logins.find(box.url)
    assert login is not None
    assert (login.username, logins.find(moved(box)), settings_of(mine).login) == ("bilal", None, login)


def test_p515_one_line_of_the_settings_is_changed_where_it_stands() -> None:
    text = (
        '[forum.k]  # le nôtre\r\nurl = "https://k.example.org"  # ici\r\n\n[forum.l]\nurl = "https://l.example.org"\n'
    )
    assert with_values(text, "k", {"url": "https://n.example.org"}) == text.replace("https://k.", "https://n.")
    assert with_values(text, "l", {"url": "https://n.example.org"}) == text.replace("https://l.", "https://n.")
    with pytest.raises(InputError, match="written in a way"):
        with_values('forum.k.url = "https://k.example.org"\n', "k", {"url": "https://n.example.org"})


def test_p516_a_key_that_was_typed_with_a_wrong_address_serves_at_the_right_one(empty: Path, box: Sandbox) -> None:
    issue(box)
    with Sandbox.start() as wrong, desk(empty) as it:
        page = it.post("/set-up/", address=wrong.url, username="admin", key=KEY)
        assert ('id="k-error-key"' in page.text, trusted.address_of(KEY)) == (True, None)
        assert it.post("/set-up/", address=box.url, username="admin", key=KEY).url.endswith("/set-up/folders")
    assert trusted.address_of(KEY) == trusted.origin(box.url)


def begun_login(it: OpenDesk, address: str) -> str:
    """Begin a login at another address; the page on which somebody agrees."""
    page = it.post("/set-up/address", address=address, how="login", keep="file")
    return unescape(page.text).partition('k-first" href="')[2].partition('"')[0]


def test_p516_what_is_published_while_somebody_logs_in_elsewhere_binds_the_folder(
    here: Clone, box: Sandbox, other: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(box)
    monkeypatch.setenv(VARIABLE, KEY)
    here.run("doctor")
    with desk(here.folder) as it:
        address = begun_login(it, other.url)
        here.post("un")
        it.done(it.post("/publish/", mark=mark(it.get("/publish/")), message="Un message"))
        payload = Person(Clone(here.folder, other), "bilal", str).agree(address).json()["payload"]
        assert "does not have the posts" in unescape(it.post("/set-up/login", text=payload).text)
    assert (settings_of(here).url, logins.find(other.url), os.environ[VARIABLE]) == (box.url, None, KEY)


def test_p515_a_login_takes_the_place_of_a_key_that_this_process_knows(
    mine: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(mine.folder) as it:
        address = begun_login(it, moved(box)).replace("localhost", "127.0.0.1")
        payload = Person(mine, "bilal", str).agree(address).json()["payload"]
        assert "is changed" in it.post("/set-up/login", text=payload).text
        assert keys.find_key(settings_of(mine)), "it serves from now on"


@pytest.mark.parametrize(
    ("how", "why"), in_turn(["key", "file", "login"], ["written otherwise", "a hook refuses", "a merge is under way"])
)
def test_p516_what_cannot_be_noted_leaves_the_key_where_it_was(
    mine: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch, why: str, how: str
) -> None:
    if why == "written otherwise":
        mine.write("koweb.toml", mine.read("koweb.toml").replace("[forum.kafe]", '["forum".kafe]'))
        mine.commit()
    if why == "a hook refuses":
        mine.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n").chmod(0o755)
    if why == "a merge is under way":
        mine.git("checkout", "--quiet", "-b", "autre", "HEAD~0")
        mine.post("trois")
        mine.commit()
        mine.git("checkout", "--quiet", "main")
        mine.git("merge", "--quiet", "--no-commit", "--no-ff", "autre")
    before = mine.read("koweb.toml")
    if how == "file":
        kept_keys.keep(box.url, "admin", KEY)
        monkeypatch.setenv(VARIABLE, "")
    with desk(mine.folder) as it:
        if how == "login":
            address = begun_login(it, moved(box)).replace("localhost", "127.0.0.1")
            payload = Person(mine, "bilal", str).agree(address).json()["payload"]
            page = it.post("/set-up/login", text=payload).text
        else:
            page = changes(it, moved(box))
        assert 'id="k-error-address"' in page
        assert f'<a href="{box.url}"' in page, "the page shows the address that serves"
    assert (mine.read("koweb.toml"), mine.git("diff", "--name-only")) == (before, "")
    assert (logins.find(moved(box)), kept_keys.key(moved(box), "admin")) == (None, "")
    assert keys.find_key(settings_of(mine)) == KEY, "it serves at the old address"


def test_p516_what_each_forum_begins_with_proves_nothing(mine: Clone, box: Sandbox, other: Sandbox) -> None:
    other.new_topic("Un sujet que d'autres ont ouvert", f"{TEXT} Rien du nôtre.", category=2)
    mine.run("adopt", "2")
    mine.commit()
    mine.push()
    with desk(mine.folder) as it:
        assert "does not have the posts that you published" in changes(it, other.url)
        assert "is changed" in changes(it, moved(box))


def test_p515_topics_that_were_adopted_are_found_too(mine: Clone, box: Sandbox) -> None:
    mine.run("adopt", "1", "2")
    mine.git("rm", "--quiet", "posts/un.md")
    mine.commit()
    mine.push()
    with desk(mine.folder) as it:
        assert "is changed" in changes(it, moved(box))


def test_p515_a_second_folder_of_the_forum_finds_the_key_at_its_new_address(
    mine: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_keys.keep(box.url, "admin", KEY)
    monkeypatch.setenv(VARIABLE, "")
    second = mine.clone("second")
    for clone in (mine, second):
        with desk(clone.folder) as it:
            assert "is changed" in changes(it, moved(box))
        os.environ[VARIABLE] = ""
    assert kept_keys.key(moved(box), "admin") == KEY


def test_p516_a_picture_that_only_the_other_forum_has_is_sent_again(
    here: Clone, box: Sandbox, other: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(box)
    monkeypatch.setenv(VARIABLE, KEY)
    here.run("doctor")
    here.write("posts/a.png", PNG)
    here.write("posts/b.png", PNG + b"b")
    here.post("un", f"{TEXT}\n\n![](a.png)\n\n![](b.png)")
    with desk(here.folder) as it:
        box.fail(Fault("refuse", "POST", r"^/uploads", nth=2, times=40))
        it.done(it.post("/publish/", mark=mark(it.get("/publish/")), message="Un message"))
        assert "is changed" in changes(it, other.url)
        it.done(it.post("/publish/", mark=mark(it.get("/publish/")), message="Un message"))
    raw = next(other.first_post(one.id).raw for one in other.topics() if one.external_id == "koweb-un")
    assert len(box.uploads()) == 1
    assert [one.short_url in raw for one in other.uploads()] == [True, True]
