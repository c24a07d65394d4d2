"""Every page and state of the desk and of the preview, in French: everybody can use it, by eye, ear and keyboard.

Each module of chapters says which templates and rooms are its own. A page, a route or a text of a template that no
state shows makes these tests fail: whoever adds one reaches it in a chapter.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.exceptions import HTTPException

from koweb_sync import i18n
from koweb_sync.desk.rooms.menu import ROOMS
from koweb_sync.desk.run.session import DeskSession
from koweb_sync.desk.run.watcher import ChangeWatcher
from koweb_sync.desk.serving.access import AccessRules
from koweb_sync.desk.serving.app import FILES, make_app
from koweb_sync.sandbox import Sandbox
from tests.browsing import needs_chromium
from tests.desk.states import bringing_back, deleted, memory, publishing, refusing, setting_up, translating, writing
from tests.desk.states.judge import PageJudge
from tests.desk.states.scene import Scene
from tests.desk.test_desk_words import SAID

TABLE = (setting_up, writing, translating, deleted, publishing, refusing, bringing_back, memory)
NO_PAGES = {  # what is no page: scripts, data, files; and what only leads on
    *("common.style", "common.script", "common.events", "write.script", "preview.post_parts", "preview.file"),
    *("memory.file", "preview.home", "work.line", "sandbox", "pictures"),
    "report.look",  # judged with the report's own tests
}
FIELD = re.compile(r"\{[^{}]*\}")


@pytest.fixture
def french() -> Iterator[None]:
    """The desk speaks French."""
    with i18n.speaking("fr"):
        yield


def own_texts(module: ModuleType) -> set[tuple[str, ...]]:
    """The texts of a module's templates: singular and plural, or one."""
    found: set[tuple[str, ...]] = set()
    for path in FILES.glob("*.html"):
        if any(fnmatch(path.name, one) for one in module.PAGES):
            found |= {tuple(filter(None, one)) for one in SAID.findall(path.read_text(encoding="utf-8"))}
    return found


def looks_like(text: tuple[str, ...]) -> re.Pattern[str]:
    """A text in French, whatever stands in its fields."""
    known = i18n.catalog("fr")
    text = tuple(one.replace('\\"', '"') for one in text)
    forms = [known.gettext(text[0])] if len(text) == 1 else [known.ngettext(text[0], text[1], n) for n in (1, 2)]
    return re.compile(
        "|".join(".{0,400}?".join(map(re.escape, filter(None, FIELD.split(one)))) for one in forms), re.DOTALL
    )


def unseen(module: ModuleType, judge: PageJudge) -> set[str]:
    """The texts of a module's templates that no state shows."""
    return {one[0] for one in own_texts(module) if not any(looks_like(one).search(page) for page in judge.seen)}


def unvisited(app: Flask, module: ModuleType, judge: PageJudge) -> set[str]:
    """The routes of a module's rooms that no state is the page of."""
    there, visited = app.url_map.bind("127.0.0.1"), set()
    for path in judge.paths:
        try:
            visited.add(there.match(path, method="GET")[0])
        except HTTPException:
            continue
    own = {one.endpoint for one in app.url_map.iter_rules() if "GET" in (one.methods or ())}
    return {one for one in own - visited - NO_PAGES if one.partition(".")[0] in module.ROUTES}


@needs_chromium
@pytest.mark.timeout(900)  # a module has dozens of states, each looked at in four ways
@pytest.mark.usefixtures("french")
@pytest.mark.parametrize("module", TABLE, ids=lambda one: one.__name__.rpartition(".")[2])
def test_p449_everybody_can_use_every_page_in_every_state(
    module: ModuleType, box: Sandbox, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: PageJudge | None = None
    for chapter in module.CHAPTERS:
        with browser.new_context() as context, monkeypatch.context() as patch:
            patch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
            page = context.new_page()
            page.set_default_timeout(20_000)
            judged = PageJudge(page, *(judged.found if judged else ()))
            for name in chapter(Scene(box, judged, tmp_path / chapter.__name__, patch)):
                judged.look(name)
    assert judged is not None
    assert judged.wrong == []
    assert unseen(module, judged) == module.UNSEEN
    folder = tmp_path / "no-desk"
    app = make_app(AccessRules(0), DeskSession(folder, ChangeWatcher(folder)), ROOMS)
    assert unvisited(app, module, judged) == set()


def test_p449_every_template_and_every_room_belongs_to_one_module_of_states() -> None:
    for path in FILES.glob("*.html"):
        assert sum(fnmatch(path.name, one) for module in TABLE for one in module.PAGES) == 1, path.name
    rooms = {room.routes.name for room in ROOMS}
    assert rooms == {name for module in TABLE for name in module.ROUTES}
    assert len(rooms) == sum(len(module.ROUTES) for module in TABLE)
