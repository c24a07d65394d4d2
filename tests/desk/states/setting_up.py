"""Setting up: each step, and what may be wrong in it; the login by a text and by a code; keys; the way out."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from koweb_sync import trusted
from koweb_sync.sandbox import Sandbox
from tests.desk.states.scene import Fields, Scene, Visit
from tests.held_keyring import Held
from tests.logging_in import Person
from tests.workspace import GUESSED, Clone, served

VARIABLE = "KOWEB_LE_KAFE_DESSAI_API_KEY"
PERSON = {"person": "Claire", "email": "claire@example.org"}
CHOSEN: Fields = {"category": ["koweb-kafe"], "folder koweb-kafe": "messages", **PERSON}


def nobody_known(patch: pytest.MonkeyPatch) -> None:
    """Nobody's key is known, and git knows nobody."""
    patch.setenv("KOWEB_KAFE_API_KEY", "")
    patch.setenv(VARIABLE, "")
    patch.setenv("EMAIL", "")
    patch.setenv("GIT_CONFIG_COUNT", "1")
    patch.setenv("GIT_CONFIG_KEY_0", "user.useConfigOnly")
    patch.setenv("GIT_CONFIG_VALUE_0", "true")
    for role in ("AUTHOR", "COMMITTER"):
        for what in ("NAME", "EMAIL"):
            patch.delenv(f"GIT_{role}_{what}", raising=False)


def an_empty_folder(scene: Scene) -> Iterator[str]:
    """From nothing to a folder that is set up, by a key."""
    nobody_known(scene.patch)
    empty, box = scene.top / "vide", scene.box
    empty.mkdir(parents=True)
    with scene.opens(empty) as it:
        one = Visit(it, scene.judge)
        one.sees("/")
        yield "a stranger"
        one.enters()
        yield "the forum is asked for"
        one.sends("/set-up/", {"address": "forum", "username": "", "key": "x"})
        yield "no forum at this address"
        one.sends("/set-up/", {"address": box.url, "username": "admin", "key": "une-fausse-cle"})
        yield "the key is refused"
        one.sends("/set-up/", {"address": box.url, "how": "login"})
        yield "no place for the key of a login"
        one.sends("/set-up/", {"address": box.url, "how": "login", "keep": "file"})
        yield "a login by a text"
        one.sends("/set-up/login", {"text": "AAAA"})
        yield "a login by a text that is none"
        one.sends("/set-up/", {"address": box.url, "username": "admin", "key": box.keys["all_users"]})
        yield "folders are asked for"
        wrong: Fields = {**CHOSEN, "category": [], "person": "", "email": ""}
        one.sends("/set-up/folders", {"folder": "ailleurs", "posts": "..", **wrong})
        yield "no such folders"
        one.sends("/set-up/folders", {"folder": str(empty), "posts": "textes", **CHOSEN})
        yield "it is set up, and the first post begins"
        one.sees("/set-up/")
        yield "it is set up"
        one.sends("/set-up/keep-key", {"keep": "file"})
        yield "the key that is in use is kept"
        yield from icons(one)
        one.sends("/set-up/categories", {"more": "salon"})
        yield "a folder for one more category"
        one.sends("/set-up/categories", {"more": "annonces", "folder": ".."})
        yield "no folder for a category"
        yield from a_folder_less(one, empty / "textes/salon")
        one.sends("/set-up/", {"key": "fausse"})
        yield "another key is refused"
        one.sends("/set-up/", {"key": box.keys["all_users"], "keep": "file"})
        yield "another key is taken"
        yield from another_address(one, box)
        one.sees("/write/")
        yield "a new post where others may be chosen"
        one.sees("/preview/")
        yield "no post file yet"
        one.sees("/help/")
        yield "help"


def a_folder_less(one: Visit, folder: Path) -> Iterator[str]:
    """A folder stays in the settings while a post lies in it, and is taken out then."""
    folder.mkdir(exist_ok=True)
    (folder / "un.md").write_text("---\ntitle: Un sujet nommé un\n---\nUn texte.\n")
    one.sees("/set-up/")
    yield "posts lie in a folder"
    (folder / "un.md").unlink()
    one.sends("/set-up/categories", {f"category {folder.name}": ""})
    yield "a folder is taken out"


def another_address(one: Visit, box: Sandbox) -> Iterator[str]:
    """The forum moves, to what is no forum, to one that refuses the key, and to itself."""
    one.sends("/set-up/address", {"address": "forum"})
    yield "no forum at the new address"
    with served("2022") as other:
        other.state.keys.clear()
        one.sends("/set-up/address", {"address": other.url})
        yield "the forum at the new address refuses the key"
    one.sends("/set-up/address", {"address": box.url.replace("127.0.0.1", "localhost")})
    yield "the forum has another address"
    one.sends("/set-up/forget-key")
    yield "the key is forgotten"
    one.sends("/set-up/", {"key": box.keys["all_users"], "keep": "file"})


def a_private_post(scene: Scene) -> Iterator[str]:
    """The forum moves, and without the key nobody sees there what was published."""
    here = scene.repository()
    here.post("un", category="coulisses")
    here.commit()
    here.push()
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        one.sends("/set-up/address", {"address": scene.box.url.replace("127.0.0.1", "localhost")})
        yield "somebody has to say that it is their forum"


def icons(one: Visit) -> Iterator[str]:
    """An icon that opens the desk is put, and taken away; where its folder belongs is something else."""
    one.sends("/set-up/icon", {"put": "yes"})
    yield "an icon opens the desk"
    one.sends("/set-up/icon", {"remove": "yes"})
    (menu := trusted.data_folder().parent / "applications").rmdir()
    menu.touch()
    one.sends("/set-up/icon", {"put": "yes"})
    menu.unlink()
    yield "no icon can be put there"


def a_login(scene: Scene) -> Iterator[str]:
    """Logging in with a folder that is set up, and out again; the forum shows a text."""
    here = scene.repository()
    scene.patch.setenv("KOWEB_KAFE_API_KEY", "")
    here.configure(username="claire")
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        yield "no key is known"
        one.sees("/publish/")
        yield "nothing can be asked without a key"
        one.sees("/set-up/")
        yield "no key where it is set up"
        one.sends("/set-up/", {"how": "login", "keep": "file"})
        address = scene.judge.page.locator("a.k-first").get_attribute("href") or ""
        payload = Person(here, "bilal", str).agree(address).json()["payload"]
        one.sends("/set-up/login", {"text": payload})
        yield "logged in"
        one.sends("/set-up/logout")
        yield "logged out"


def a_code(scene: Scene) -> Iterator[str]:
    """Logging in by a code, and refusing it on the forum; a keyring keeps the key."""
    before = keyring.get_keyring()
    keyring.set_keyring(Held())  # type: ignore[no-untyped-call]
    empty = scene.top / "vide"
    empty.mkdir(parents=True)
    try:
        with served(GUESSED) as box, scene.opens(empty) as it:
            one = Visit(it, scene.judge)
            one.enters()
            yield "the forum is asked for, and a keyring is there"
            yield from codes(one, box, Person(Clone(empty, box), "bilal", str))
            one.sends("/set-up/", {"address": box.url, "username": "admin", "key": box.keys["all_users"]})
            yield "folders, and a keyring is there"
            one.sends("/set-up/folders", {"folder": str(empty), "posts": "textes", **CHOSEN})
            one.sees("/set-up/")
            yield "it is set up, and the key could be in the keyring"
            one.sends("/set-up/keep-key", {"keep": "yes"})
            yield "it is set up, and a keyring is there"
    finally:
        keyring.set_keyring(before)
        Held.held.clear()


def codes(one: Visit, box: Sandbox, person: Person) -> Iterator[str]:
    """The page of a code, and the way back where somebody says no."""
    page, known = one.judge.page, one.it.server.app.extensions
    one.sends("/set-up/", {"address": box.url, "how": "login"})
    yield "a login by a code"
    code = page.locator(".k-code").inner_text()
    asked = person.browse("POST", "/user-api-key/activate.json", json={"code": code}).json()
    given = {"approval_token": asked["approval_token"]}
    person.browse("POST", "/user-api-key/device/deny.json", json=given)
    known["login"].next = 0.0
    one.sees("/set-up/login")
    yield "somebody refused the login"


def no_versions(scene: Scene) -> Iterator[str]:
    """A folder with koweb.toml that no git keeps."""
    here = scene.repository()
    shutil.rmtree(Path(here.folder, ".git"))
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        yield "no versions are kept yet"


PAGES = (
    "set_up*.html",
    "_icon.html",
    "stranger.html",
    "_fields.html",
    "write_new.html",
    "_category_field.html",
    "help.html",
)
ROUTES = ("set_up", "icon", "help")
UNSEEN = frozenset(  # a forum without categories for somebody, or with many; a new post that was begun: see “writing”
    [
        *("This is what you began and did not go on with.", "Forget it"),
        "There is no category in which you may start a topic.",
        "to be said later",
        "Choose those in which you write most. Beside each stands the folder for its posts; you may leave it as it is.",
    ]
)
CHAPTERS = (an_empty_folder, a_private_post, a_login, a_code, no_versions)
