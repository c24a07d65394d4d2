"""Setting up in the browser: from an empty folder to one that publishes, without a terminal."""

import os
import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path

import keyring
import pytest
import requests

from koweb_sync import config, kept_keys, keys, trusted
from koweb_sync.desk.actions import set_up
from koweb_sync.desk.previews.linked_sentences import at_slashes
from koweb_sync.desk.run.app_icon import app_icon
from koweb_sync.errors import ConfigError, InputError, KowebError
from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.sync.setup.folder_table import with_folders
from koweb_sync.sync.setup.init import suggest_name
from tests.desk.open_desk import OpenDesk, desk
from tests.held_keyring import Held
from tests.workspace import TEXT, Clone

VARIABLE = "KOWEB_LE_KAFE_DESSAI_API_KEY"


@pytest.fixture
def empty(here: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder; nobody's key is known, and git knows nobody."""
    monkeypatch.delenv("KOWEB_KAFE_API_KEY")
    monkeypatch.setitem(os.environ, VARIABLE, "")  # so that what is put there is taken back
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("EMAIL", "")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.useConfigOnly")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
    for role in ("AUTHOR", "COMMITTER"):
        for what in ("NAME", "EMAIL"):
            monkeypatch.delenv(f"GIT_{role}_{what}", raising=False)
    folder = tmp_path / "vide"
    folder.mkdir()
    here.box.forget()
    return folder


def first_step(open_desk: OpenDesk, box: Sandbox, **changed: str) -> requests.Response:
    given = {"address": box.url, "username": "admin", "key": box.keys["all_users"], **changed}
    return open_desk.post("/set-up/", **given)


def test_p330_an_empty_folder_is_set_up_in_two_pages(empty: Path, box: Sandbox) -> None:
    with desk(empty) as it:
        assert "Address of the forum" in it.get("/").text
        page = first_step(it, box, address=f"{box.url}/t/un-sujet/12/")
        assert page.url.endswith("/set-up/folders"), page.text
        assert not any(empty.iterdir())  # nothing yet
        assert re.search(r'name="person"[^>]* value="[^"]+"', page.text), "a name to begin with"
        assert re.search(r'name="email" type="email"[^>]* required value="admin@noreply.invalid"', page.text)
        assert "Leave the one that stands here: it is nobody" in page.text
        assert page.text.count('name="category"') == page.text.count(" checked> <bdi>") == 7, "all of few, for a start"
        fields = {"folder": str(empty), "posts": "posts", "category": ["koweb-kafe"], "folder koweb-kafe": "messages"}
        none = it.post("/set-up/folders", **{**fields, "category": []}, person="C", email="c@d.org").text
        assert ("Choose at least one category" in none, " checked> <bdi>" in none) == (True, False)
        assert "Give your name" in it.post("/set-up/folders", **fields, person="", email="").text
        page = it.post("/set-up/folders", **fields, person="Claire", email="claire@example.org")
        assert ("Begin to write" in page.text, "Everything is ready." in page.text) == (True, True), page.text
        assert "it finds this folder" in page.text
        assert re.search(r'<option value="\d+" selected>Koweb Kafé', page.text), "the only one chosen"
        how = it.get("/set-up/").text
        assert ("k-told k-good" in how, "To your posts" in how) == (False, True)
        assert "The forum takes this key." in it.post("/set-up/", key=box.keys["all_users"]).text
        settings = config.load(empty, start=empty)
        assert (settings.url, settings.username, settings.posts) == (box.url, "admin", "posts")
        assert settings.categories == {"messages": "koweb-kafe"}
        assert (empty / "posts" / "messages").is_dir()
        assert (empty / ".git").is_dir()
        assert it.get("/preview/").status_code == 200
        assert "claire@example.org" in (empty / ".git" / "config").read_text()
        written = "".join(one.read_text("utf-8", "replace") for one in empty.rglob("*") if one.is_file())
        assert box.keys["all_users"] not in written + page.text
        assert [one.verb for one in box.log if one.verb != "GET"] == []


def test_an_icon_is_put_where_setting_up_was_told_so_and_is_taken_away(empty: Path, box: Sandbox) -> None:
    icon = app_icon("linux")
    assert icon is not None
    with desk(empty) as it:
        assert 'name="icon" value="yes" checked' in first_step(it, box).text
        chosen = {"category": "koweb-kafe", "folder koweb-kafe": "messages", "person": "C", "email": "c@example.org"}
        page = it.post("/set-up/folders", folder=str(empty), posts="posts", icon="yes", **chosen).text
        assert icon.is_there
        assert "open the desk with the icon “koweb”" in page
        assert "Put an icon" in it.post("/set-up/icon", remove="yes").text
        assert not icon.is_there


@pytest.mark.parametrize("status", [403, 404])
def test_p331_what_answers_and_is_no_forum_is_said_to_be_none(empty: Path, box: Sandbox, status: int) -> None:
    box.fail(Fault("status", "GET", r"^/site/basic-info", status=status))
    with desk(empty) as it:
        page = first_step(it, box).text
        said = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
        assert "koweb finds no forum that it can work with" in said
        assert "Discourse" not in said
        assert "it is no forum of Discourse" in page


def test_p331_what_is_wrong_is_in_sight_where_the_form_stands_far_down(empty: Path, box: Sandbox) -> None:
    with desk(empty) as it:
        first_step(it, box)
        chosen = {"category": "koweb-kafe", "folder koweb-kafe": "messages", "person": "C", "email": "c@example.org"}
        it.post("/set-up/folders", folder=str(empty), posts="posts", **chosen)
        page = it.post("/set-up/", key="une-fausse-cle").text
        assert re.search(r'<input id="k-key"[^>]* aria-invalid="true" autofocus', page)
        assert page.count(" autofocus") == 1


@pytest.mark.parametrize("how", ["key", "login"])
def test_p331_an_address_that_is_left_empty_is_asked_for(empty: Path, box: Sandbox, how: str) -> None:
    with desk(empty) as it:
        page = unescape(it.post("/set-up/", address=" ", username="admin", key="k", how=how).text)
        assert "Write the address of the forum." in page
        assert "“”" not in page


def test_p331_only_what_was_wrong_is_asked_again(empty: Path, box: Sandbox) -> None:
    with desk(empty) as it:
        page = first_step(it, box, address="forum")
        assert 'id="k-error-address"' in page.text
        assert 'value="admin"' in page.text
        assert box.keys["all_users"] not in page.text
        assert not [one for one in box.log if box.keys["all_users"] in one.headers.values()]
        page = first_step(it, box, key="une-fausse-cle")
        assert 'id="k-error-key"' in page.text
        assert f'value="{box.url}"' in page.text
        assert os.environ[VARIABLE] == ""
        assert 'id="k-error-key"' in first_step(it, box, key="").text
        first_step(it, box)
        chosen = {"category": ["koweb-kafe"], "folder koweb-kafe": "..", "person": "C", "email": "c@d"}
        page = it.post("/set-up/folders", folder="ailleurs", posts="textes", **chosen)
        for part in ("k-error-folder", "k-told k-error", 'value="textes"', "is no folder for posts"):
            assert part in page.text
        home = it.post("/set-up/folders", folder=str(Path.home()), posts="posts", **chosen)
        assert "holds all your files" in home.text
        assert not any(empty.iterdir())


def test_p331_a_wrong_name_is_looked_for_before_the_key(empty: Path, box: Sandbox) -> None:
    with desk(empty) as it:
        page = first_step(it, box, username="personne")
        told = re.sub(r"<details.*?</details>", "", page.text, flags=re.DOTALL)
        assert re.search(r'id="k-error-username">This name or this key[^<]*after @', told)
        assert "Copy it again, whole; if the forum still refuses it, ask one of its administrators" in told
        assert box.keys["all_users"] not in page.text
        page = first_step(it, box, key="")  # the key was right, and is still there
        assert page.url.endswith("/set-up/folders"), page.text
        assert "<bdi>Facilitation numérique / Outils libres</bdi>" in page.text


def test_p331_a_wrong_key_leaves_the_one_that_was_there(empty: Path, box: Sandbox) -> None:
    with desk(empty) as it:
        first_step(it, box)
        chosen = {"category": ["facilitation-numerique/outils-libres"], "person": "C", "email": "c@d.org"}
        chosen |= {"folder facilitation-numerique/outils-libres": "outils"}
        it.post("/set-up/folders", folder=str(empty), posts="posts", **chosen)
        page = it.get("/set-up/")
        assert f"<bdi>{at_slashes(f'{empty}/posts')}</bdi>" in page.text
        assert "<dd>Facilitation numérique / Outils libres<br>" in page.text
        assert "still serves" not in page.text
        assert "still serves" in it.post("/set-up/", key="fausse").text
        assert "data-offset" not in it.get("/set-up/").text  # no time stands there
        assert "data-offset" in it.get("/preview/").text


def test_p332_the_key_goes_into_the_keyring_where_there_is_one(
    empty: Path, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(Held())  # type: ignore[no-untyped-call]
    try:
        with desk(empty) as it:
            first_step(it, box)
            fields = {"category": ["koweb-kafe"], "folder koweb-kafe": ".", "person": "C", "email": "c@d.org"}
            it.post("/set-up/folders", folder=str(empty), posts="posts", keep="yes", **fields)
            page = it.get("/set-up/")
            assert "kept in this computer’s keyring" in page.text, page.text
        monkeypatch.setitem(os.environ, VARIABLE, "")
        with desk(empty) as it:
            assert "kept in this computer’s keyring" in it.get("/set-up/").text
            assert 'id="k-error-key"' in it.post("/set-up/", key="fausse").text
    finally:
        keyring.set_keyring(before)
        Held.held.clear()


def test_p332_without_a_keyring_the_key_goes_into_a_file_of_ones_own_where_somebody_ticks_that(
    empty: Path, box: Sandbox
) -> None:
    chosen = {"category": ["koweb-kafe"], "folder koweb-kafe": ".", "person": "C", "email": "c@d.org"}
    file, kept = trusted.data_folder() / "keys.json", "<dd>kept in a file that nobody else"
    with desk(empty) as it:
        assert "Without this tick, you are asked for the key" in first_step(it, box).text
        it.post("/set-up/folders", folder=str(empty), posts="posts", keep="file", **chosen)
        page = it.get("/set-up/").text
        assert kept in page
        assert box.keys["all_users"] not in page + "".join(
            one.read_text("utf-8", "replace") for one in empty.rglob("*") if one.is_file()
        )
        assert file.stat().st_mode & 0o777 == 0o600
    os.environ[VARIABLE] = ""
    settings = config.load(empty, start=empty)
    assert keys.find_key(settings) == box.keys["all_users"]
    for other in (replace(settings, url="https://ailleurs.example"), replace(settings, username="claire")):
        with pytest.raises(ConfigError):
            keys.find_key(other)
    with desk(empty) as it:
        assert kept in it.get("/set-up/").text
        assert re.search(r'name="keep" value="file" checked', it.get("/set-up/").text)
        page = it.post("/set-up/forget-key").text
        assert ("This computer forgot the key." in page, "Forget the key" in page) == (True, False)
        assert "<dd>missing: nothing can be published yet" in page
        assert box.keys["all_users"] not in file.read_text()
        told = it.post("/set-up/", key=box.keys["all_users"], keep="file").text
        assert kept in told
        assert "The forum takes this key. The key is kept: you need not type it again." in told
        page = it.post("/set-up/", key=box.keys["all_users"]).text
        assert "<dd>known until the desk ends, as " in page
        assert box.keys["all_users"] not in file.read_text()
    file.write_text('{"version": 1, "keys": []}')
    with pytest.raises(KowebError, match="damaged"):
        kept_keys.key(box.url, "admin")


def test_p330_the_folder_of_the_posts_is_not_called_as_the_one_around_it(empty: Path, box: Sandbox) -> None:
    (empty / "Posts").mkdir()
    with desk(empty / "Posts") as it:
        assert re.search(r'name="posts" [^>]*value="texts"', first_step(it, box).text)
        page = it.post("/set-up/folders", folder=str(empty / "Posts"), posts="posts", category=[]).text
        assert re.search(r'name="posts" [^>]*value="posts"', page), "what somebody chose stays"


def test_p330_a_login_is_offered_wherever_one_came_from(box: Sandbox, here: Clone) -> None:
    offered = "Or without that key"
    with desk(here.folder) as it:
        assert offered in it.get("/set-up/").text
        assert offered in it.post("/set-up/", key="une-fausse-cle").text
        assert offered in it.post("/set-up/address", address="http://127.0.0.1:9/").text
        assert offered in it.browser.get(f"{it.home}/set-up/", headers={"Referer": f"{it.home}/publish/"}).text
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KOWEB_KAFE_API_KEY", "")
            assert "You have no key?" in it.get("/set-up/").text


def test_p330_of_many_categories_none_is_chosen_for_a_start(
    empty: Path, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_up, "FEW", 6)
    with desk(empty) as it:
        page = first_step(it, box).text
        assert (page.count('name="category"'), page.count(" checked> <bdi>")) == (7, 0)
        assert "Choose those in which you write most." in page


def test_p330_a_folder_within_a_repository_is_set_up_and_its_commands_find_it(empty: Path, box: Sandbox) -> None:
    subprocess.run(["git", "init", "--quiet", str(empty)], check=True)
    with desk(empty) as it:
        first_step(it, box)
        fields = {"category": ["koweb-kafe"], "folder koweb-kafe": ".", "person": "C", "email": "c@d.org"}
        it.post("/set-up/folders", folder=str(empty / "forum"), posts="posts", **fields)
        assert (empty / "forum" / "koweb.toml").is_file()
        it.post("/memory/run")
        page = it.done(it.get("/work/"))
        assert page.url.endswith("/memory/state"), page.text


def test_p355_a_folder_with_koweb_toml_but_without_versions_gets_them(here: Clone) -> None:
    shutil.rmtree(here.folder / ".git")
    with desk(here.folder) as it:
        assert "no versions of its texts are kept yet" in it.get("/").text
        assert it.post("/set-up/versions").url.endswith("/preview/")
        assert (here.folder / ".git").is_dir()


def test_p330_categories_and_their_folders_are_changed_afterwards(box: Sandbox, here: Clone) -> None:
    here.write("koweb.toml", here.read("koweb.toml") + "\n# à garder\n")
    here.post("un")
    here.commit()
    here.push()
    settings = config.load(here.folder, start=here.folder)
    folder = next(iter(settings.categories))
    with desk(here.folder) as it:
        page = unescape(it.get("/set-up/").text)
        assert f'name="category {folder}"' in page
        before = here.git("rev-list", "--count", "HEAD")
        page = unescape(it.post("/set-up/categories", **{f"category {folder}": "salon", "more": "annonces"}).text)
        assert "go into “Salon” from now on. The post that lies there is on the forum. Nothing has moved there" in page
        assert "The posts of the folder “annonces” go into “Annonces” from now on. On the forum nothing changes" in page
        now = config.load(here.folder, start=here.folder)
        assert now.categories == {**settings.categories, folder: "salon", "annonces": "annonces"}
        assert here.read("koweb.toml").endswith("\n# à garder\n"), "all else stays"
        assert (here.folder / now.posts / "annonces").is_dir()
        assert here.git("status", "--porcelain", "koweb.toml") == "", "the version is kept"
        assert int(here.git("rev-list", "--count", "HEAD")) == int(before) + 1
        assert "Salon" in it.get("/publish/").text, "what would move is shown"
        for typed in ("../ailleurs", folder):
            page = it.post("/set-up/categories", more="coulisses", folder=typed).text
            assert ("k-error-categories" in page, "still serves" in page) == (True, False)
        assert "You changed nothing" in it.post("/set-up/categories", **{f"category {folder}": "salon"}).text
        assert "Choose the category for which" in it.post("/set-up/categories", folder="seul").text
        assert config.load(here.folder, start=here.folder).categories == now.categories
        page = it.post("/set-up/categories", more="coulisses", folder="derriere").text
        assert config.load(here.folder, start=here.folder).categories["derriere"] == "coulisses"
        assert page.count("none: take this folder out of the settings") == len(now.categories), "but where posts lie"
        assert "1 post lies in this folder, so it stays in the settings." in page
        page = unescape(it.post("/set-up/categories", **{"category derriere": "", f"category {folder}": ""}).text)
        assert f"Posts lie in the folder “{folder}”: it stays in the settings." in page
        assert "derriere" in config.load(here.folder, start=here.folder).categories
        page = unescape(it.post("/set-up/categories", **{"category derriere": ""}).text)
        assert "The folder “derriere” is no longer in the settings." in page
        assert config.load(here.folder, start=here.folder).categories == now.categories
    assert [one.verb for one in box.log if one.verb == "PUT"] == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('categories = { a = "x" }', None),
        (
            '[forum.k.categories]  # ici\n"a/" = "x"  # un\n\n[forum.k.archive]\nstaff = true',
            'a/" = "z"  # un\n"b" = "y"\n\n[',
        ),
        ("[forum.k.categories]\n'a' = 12\r\n", '\'a\' = "z"\r\n"b" = "y"'),
        ("", '[forum.k.categories]\n"a" = "z"\n"b" = "y"\n'),
    ],
)
def test_p330_the_table_of_categories_is_changed_where_it_stands(before: str, after: str | None) -> None:
    text = f'[forum.k]\nurl = "https://k.example.org"\nusername = "u"\n{before}\n'
    if after is None:
        with pytest.raises(InputError, match="written in a way"):
            with_folders(text, "k", {"a": "z", "b": "y"})
        return
    assert after in with_folders(text, "k", {"a": "z", "b": "y"})


def test_p428_a_forum_without_a_name_of_its_own_is_named_by_its_title(empty: Path, box: Sandbox) -> None:
    assert suggest_name("https://kafe.example.org", "Le café des tortues") == "kafe"
    assert suggest_name("http://127.0.0.1:4200", "Le café des tortues de Paris") == "le-cafe-des-tortues"
    assert suggest_name("http://localhost", "??") == "forum"
    with desk(empty) as it:
        assert "for each category" in first_step(it, box).text
        fields = {"category": ["koweb-kafe"], "folder koweb-kafe": ".", "person": "C", "email": "c@d.org"}
        it.post("/set-up/folders", folder=str(empty), posts="posts", **fields)
        page = it.get("/set-up/")
        assert "<dd>known until the desk ends, as " in page.text, page.text
        assert keys.key_name(config.load(empty, start=empty)) == VARIABLE


def test_p330_one_is_called_as_the_forum_writes_it(empty: Path, box: Sandbox) -> None:
    with desk(empty) as it:
        assert "knows you as Administration." in first_step(it, box, username="@ADMIN").text
        fields = {"category": ["koweb-kafe"], "folder koweb-kafe": ".", "person": "C", "email": "c@d.org"}
        it.post("/set-up/folders", folder=str(empty), posts="posts", **fields)
    settings = config.load(empty, start=empty)
    assert settings.username == "admin"
    file = empty / "koweb.toml"
    file.write_text(file.read_text().replace('username = "admin"', 'username = "ADMIN"'))
    (empty / "posts" / "un.md").write_text(f"---\ntitle: Un sujet nommé un\nid: un\n---\n{TEXT}\n")
    with desk(empty) as it:
        it.done(it.post("/publish/ask/"))
        for page in ("/set-up/", "/publish/", "/preview/posts/un.md"):
            text = it.get(page).text
            assert ("ADMIN" in text, "Administration" in text) == (False, True), text


def test_p332_a_key_that_is_in_use_is_kept_without_being_typed_again(empty: Path, box: Sandbox) -> None:
    chosen = {"category": ["koweb-kafe"], "folder koweb-kafe": ".", "person": "C", "email": "c@d.org"}
    with desk(empty) as it:
        first_step(it, box)
        it.post("/set-up/folders", folder=str(empty), posts="posts", **chosen)
        offer = '<form method="post" action="/set-up/keep-key">'
        assert offer in it.get("/set-up/").text
        page = it.post("/set-up/keep-key", keep="file").text
        assert ("The key is kept" in page, "<dd>kept in a file that nobody else" in page) == (True, True)
        assert offer not in page
    os.environ[VARIABLE] = ""
    assert keys.find_key(config.load(empty, start=empty)) == box.keys["all_users"]
