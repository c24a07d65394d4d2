"""The list of the posts, a post's page and Publish say the same of what waits to be published."""

from collections.abc import Callable
from html import unescape

import pytest

from koweb_sync.desk.previews.local_html import LocalPlaces
from koweb_sync.desk.previews.post_list import TO_PUBLISH
from koweb_sync.desk.previews.preview import PostState
from koweb_sync.desk.texts.leaving_out import sends
from koweb_sync.desk.texts.publication import sending
from koweb_sync.sync.publish import show
from koweb_sync.sync.publish.actions import Edit
from tests.desk.conftest import ServedPages, opened
from tests.workspace import PNG, TEXT, Clone

PLACES = LocalPlaces(lambda path: f"/preview/{path}", lambda path: f"/file/{path}")
TOML = "koweb.toml"
UN = f"{TEXT} Voir [deux](deux.md), [trois](trois.md), ![Une photo](img/photo.png) et [le plan](img/plan.pdf)."


def published(here: Clone) -> None:
    """A post that leads to a picture, a file, a published post and a draft; and one in a folder of its own."""
    here.write("posts/img/photo.png", PNG)
    here.write("posts/img/plan.pdf", b"%PDF-1.4 un plan")
    here.post("un", UN)
    here.post("deux", f"{TEXT} Encore.")
    here.post("trois", f"{TEXT} Un brouillon.", draft=True)
    here.post("quatre", f"{TEXT} Dans un dossier.", path="posts/bases/quatre.md")
    here.commit()
    here.push()
    here.push()


def setting(old: str, new: str) -> Callable[[Clone], object]:
    return lambda here: here.write(TOML, here.read(TOML).replace(old, new))


def category_and_text(here: Clone) -> None:
    setting('"." = "koweb-kafe"', '"." = "salon"')(here)
    here.reword("un", "assez", "bien assez")


CHANGES: dict[str, Callable[[Clone], object]] = {
    "nothing": lambda _here: None,
    "category of the posts' own folder": setting('"." = "koweb-kafe"', '"." = "salon"'),
    "category of a folder": setting('"bases" = "facilitation-numerique"', '"bases" = "salon"'),
    "a folder out of the settings": setting('"bases" = "facilitation-numerique"\n', ""),
    "a folder into the settings": setting('"bases" =', '"autres" = "salon"\n"bases" ='),
    "the same category, otherwise written": setting('"." = "koweb-kafe"', '"." = "Koweb Kafé"'),
    "category of a folder and a text": category_and_text,
    "category in the file": lambda here: here.post("deux", f"{TEXT} Encore.", category="salon"),
    "the folder's own category in the file": lambda here: here.post("deux", f"{TEXT} Encore.", category="koweb-kafe"),
    "tags": lambda here: here.post("deux", f"{TEXT} Encore.", tags="[outils]"),
    "a closed topic": lambda here: here.post("deux", f"{TEXT} Encore.", closed=True),
    "moved to a folder of another category": lambda here: here.git("mv", "posts/deux.md", "posts/outils/deux.md"),
    "another picture": lambda here: here.write("posts/img/photo.png", PNG + b"\0"),
    "another file": lambda here: here.write("posts/img/plan.pdf", b"%PDF-1.4 un autre plan"),
    "a draft that becomes a post": lambda here: here.post("trois", f"{TEXT} Un brouillon."),
    "a new post": lambda here: here.post("cinq", f"{TEXT} Nouveau."),
    "a draft again": lambda here: here.post("deux", f"{TEXT} Autre.", draft=True),
    "a text": lambda here: here.reword("un", "assez", "bien assez"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_list_page_and_publishing_say_the_same_of_every_change(here: Clone, change: Callable[[Clone], object]) -> None:
    published(here)
    (here.folder / "posts/outils").mkdir(exist_ok=True)
    change(here)
    folder = opened(here)
    goes = [one for one in sending(folder.repo, folder.settings).plan.actions if sends(one)]
    now = folder.current()
    rows = {one.path: one.state for one in now.summaries()}
    assert sorted(path for path, state in rows.items() if state in TO_PUBLISH) == sorted(
        show.row(one)[1] for one in goes
    )
    edits = {show.row(one)[1]: {*one.fields, *(("body",) if one.body else ())} for one in goes if isinstance(one, Edit)}
    for path, state in rows.items():
        page = now.preview(path, PLACES)
        assert (page.state, set(page.changed)) == (state, edits.get(path, set())), path


def test_a_topic_that_stayed_while_its_file_was_away_is_published(here: Clone) -> None:
    published(here)
    text = here.read("posts/deux.md")
    (here.folder / "posts/deux.md").unlink()
    here.commit()
    here.push("--yes")
    here.write("posts/deux.md", text)
    now = opened(here).current()
    assert {one.path: one.state for one in now.summaries()}["posts/deux.md"] is PostState.SAME


def test_the_list_tells_what_waits_where_a_folder_has_another_category(here: Clone, pages: ServedPages) -> None:
    published(here)
    page = unescape(pages.post("/set-up/categories", **{"category .": "salon"}).text)
    assert "2 of them are on the forum in another category. Nothing has moved there yet" in page
    page = unescape(pages.get("/preview/").text)
    assert page.count("Publishing changes: category") == 2
    assert '<a class="k-button" href="/publish/">Prepare to publish</a>' in page
    assert page.count(f'href="{pages.folder.settings.url}/t/-/') == 3, "each can be looked at there"
    page = unescape(pages.get("/preview/posts/deux.md").text)
    assert "What changed here is not on the forum yet." in page
    assert "What publishing changes</h2>\n<p>category</p>" in page
    page = unescape(pages.post("/set-up/categories", **{"category .": "koweb-kafe"}).text)
    assert "Nothing moves on the forum: the posts are in this category already." in page
    assert "Publishing changes" not in pages.get("/preview/").text
    assert "Everything is published" in pages.get("/publish/").text
