"""The pages of `koweb preview` as a browser gets them."""

import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from queue import Empty

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.desk.rooms.menu import ROOMS
from koweb_sync.desk.rooms.preview import PREVIEWS
from koweb_sync.desk.serving.app import forum_colours
from koweb_sync.forum import parse_site
from koweb_sync.forum.site import ColourScheme, Limits, Site
from koweb_sync.sandbox import Sandbox
from tests.desk.conftest import ServedPages, opened, previewer
from tests.desk.open_desk import desk
from tests.workspace import PNG, TEXT, Clone


def test_p305_a_save_is_told_to_open_pages(here: Clone, pages: ServedPages) -> None:
    here.post("un")
    assert "assez long" in pages.get("/preview/posts/un.md").text
    with pages.browser.get(f"{pages.home}/events", stream=True, timeout=20) as stream:
        lines = stream.iter_lines(chunk_size=1)
        assert next(lines).startswith(b":")
        here.post("un", f"{TEXT} Une phrase de plus.")
        assert any(line.startswith(b"data:") for line in lines)
    assert "Une phrase de plus" in pages.get("/preview-parts/posts/un.md", Accept="application/json").json()["text"]


def test_p305_a_page_holds_title_text_state_and_problems(here: Clone, pages: ServedPages) -> None:
    here.post("un", f"{TEXT} [perdu](nulle-part.md)", tags=["accueil"])
    text = pages.get("/preview/posts/un.md").text
    for part in ("Un sujet nommé un", "accueil", "assez long", "to mend", "nulle-part.md"):
        assert part in text
    assert not re.search(r"\sstyle=", text)


def shown_in(text: str) -> list[str]:
    """The posts of a list, in its order."""
    return re.findall(r'class="title" dir="auto" href="/preview/posts/([^"]+)\.md"', text)


def test_p341_what_needs_a_person_stands_first(here: Clone, pages: ServedPages) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.post("neuf")
    here.post("brouillon", "[perdu](rien.md)", draft=True)
    here.post("lien", f"{TEXT} [perdu](rien.md)")
    here.write("posts/zut.md", "sans rien")
    text = pages.get("/preview/").text
    assert shown_in(text) == ["lien", "zut", "neuf", "brouillon", "un"]
    assert "5 posts: 2 have to be mended, 1 is a draft, 1 is not published yet, 1 is published as it is." in text


def test_p341_filters_show_a_part_and_can_be_taken_away(here: Clone, pages: ServedPages) -> None:
    here.post("ete", title="Un sujet d’été, en août", author="claire")
    here.post("deux", path="posts/bases/deux.md", title="Une autre chose à dire")
    text = pages.get("/preview/").text
    assert "(posts" not in text, "a category is called by its name"
    assert re.findall(r'<option value="(\w+)">(?:not|to mend|published)', text) == ["new"]
    assert "<p>2 posts, none of them published yet.</p>" in re.sub(r" (role|class|id)=\"[^\"]*\"", "", text)
    assert shown_in(pages.get("/preview/?words=ETE+sujet").text) == ["ete"]
    assert shown_in(pages.get("/preview/?folder=posts/bases").text) == ["bases/deux"]
    assert shown_in(pages.get("/preview/?author=claire&folder=posts").text) == ["ete"]
    assert "1 of 2 posts.</p>" in pages.get("/preview/?author=claire").text
    none = pages.get("/preview/?state=same").text
    assert "No post fits all of this." in none
    assert '<a href="/preview/">Show all</a>' in none


def test_p341_where_each_category_has_one_folder_one_filter_is_enough(here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.post("un")
    here.post("deux", path="posts/bases/deux.md")
    text = pages.get("/preview/").text
    assert 'id="k-folder"' not in text
    for name in ("Facilitation numérique", "Koweb Kafé"):
        assert f">{name}</option>" in text
    assert 'id="k-folder"' in pages.get("/preview/?folder=posts").text, "what was chosen can be taken back"
    here.post("trois", path="posts/autres/trois.md")
    text = pages.get("/preview/").text
    assert 'id="k-folder"' in text, "one category has two folders"
    assert text.index('id="k-category"') < text.index('id="k-folder"')


def test_p341_the_filter_of_categories_stays_where_they_become_one(here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.post("un")
    here.post("deux", path="posts/autres/deux.md")
    text = pages.get("/preview/").text
    assert ">Koweb Kafé</option>" in text
    assert text.index('id="k-category"') < text.index('id="k-folder"')


def test_p305_pictures_are_sent_as_they_are(here: Clone, pages: ServedPages) -> None:
    here.write("posts/img/photo.png", PNG)
    here.write("posts/notes.html", "<script>alert(1)</script>")
    answer = pages.get("/file/posts/img/photo.png")
    assert (answer.content, answer.headers["Content-Type"]) == (PNG, "image/png")
    page = pages.get("/file/posts/notes.html")
    assert page.headers["Content-Type"] == "application/octet-stream"
    assert page.headers["Content-Disposition"] == "attachment"


def test_p361_pages_that_lost_koweb_say_how_to_open_it_again(here: Clone) -> None:
    for rooms, told in (((PREVIEWS,), "start “koweb preview” again"), (ROOMS, "Open koweb again as you opened it")):
        with desk(here.folder, rooms) as served:
            assert told in served.get("/preview/").text


def test_p305_what_is_not_there_is_said(pages: ServedPages) -> None:
    for path in ("/preview/posts/rien.md", "/file/rien.png", "/nulle-part"):
        answer = pages.get(path)
        assert answer.status_code == 404
        assert "This page does not exist." in answer.text


def test_p305_what_nobody_foresaw_is_said_in_words(
    here: Clone, pages: ServedPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.post("un")
    monkeypatch.setattr("koweb_sync.desk.previews.preview.compose", None)
    answer = pages.get("/preview/posts/un.md")
    assert answer.status_code == 500
    assert "koweb met something that it did not expect." in answer.text
    assert "Traceback" not in answer.text


def test_p304_files_with_odd_names_and_contents_are_listed(here: Clone, pages: ServedPages) -> None:
    here.post("un")
    text = here.read("posts/un.md").encode()
    (here.folder / os.fsdecode(b"posts/\xff\xfe.md")).write_bytes(text)
    for name in ("a\u202eb.md", 'q?x#y&z".md', "binaire.md", "zéro.md"):
        here.write(f"posts/{name}", text)
    here.write("posts/binaire.md", bytes(range(256)))
    listed = pages.get("/preview/")
    assert listed.status_code == 200
    links = re.findall(r'class="title" dir="auto" href="([^"]+)"', listed.text)
    assert len(links) == 6
    assert sorted(pages.get(one).status_code for one in links) == [200] * 5 + [404]


def test_p349_settings_that_change_meanwhile_count_at_once(here: Clone, pages: ServedPages) -> None:
    here.post("un")
    assert "Un sujet nommé un" in pages.get("/preview/").text
    before = here.read("koweb.toml")
    here.write("koweb.toml", before + "\nposts\nx = 1\n")
    broken = pages.get("/preview/")
    assert (broken.status_code, "koweb.toml:" in broken.text) == (409, True), broken.text
    here.write("koweb.toml", before)
    here.configure('posts = "textes"')
    here.write("textes/deux.md", here.read("posts/un.md").replace("nommé un", "nommé deux"))
    seen = pages.get("/preview/").text
    assert ("Un sujet nommé deux" in seen, "Un sujet nommé un<" in seen) == (True, False)


def test_p304_a_text_that_no_forum_takes_is_not_cooked(here: Clone, pages: ServedPages) -> None:
    here.post("long", "mot **gras** [x](long.md) " * 20_000)
    text = pages.get("/preview/posts/long.md").text
    assert "This text is too long to be shown" in text
    assert len(text) < 10_000


def test_p304_a_folder_that_is_none_is_said_before_any_page(here: Clone) -> None:
    here.post("un", path="there/un.md")
    (here.folder / "posts").symlink_to("there")
    done = here.alone("preview", "--no-browser", code=2)
    assert "posts is no folder" in done.err


def test_p338_a_text_stands_in_the_colours_of_its_forum(box: Sandbox, here: Clone, pages: ServedPages) -> None:
    assert ".k-forum { color-scheme" not in pages.get("/style.css").text
    here.post("un")
    here.commit()
    here.push()
    told = parse_site.schemes(requests.get(f"{box.url}/site.json", timeout=20).json())
    style = pages.get("/style.css").text
    for mode, scheme in zip(("light", "dark"), told, strict=True):
        rule = re.search(rf"scheme: {mode}\) {{ \.k-forum {{([^}}]*)}}", style)
        found = dict(re.findall(r"--(\w+): #([0-9a-f]{6});", rule[1])) if rule else None
        assert found == (scheme and {"ink": scheme.primary, "paper": scheme.secondary, "link": scheme.tertiary})
    assert (told[1] is not None) == box.state.newer


def colour_rows(hexes: st.SearchStrategy[object]) -> st.SearchStrategy[list[dict[str, object]]]:
    """Colours as a server may tell them."""
    names = st.sampled_from(["primary", "secondary", "tertiary"])
    return st.lists(st.fixed_dictionaries({"name": names, "hex": hexes}), min_size=3, max_size=6)


@given(colour_rows(st.sampled_from(["FFF", "09d", "222222", "dddddd"]) | st.text() | st.integers()) | st.text())
def test_p338_what_is_no_colour_reaches_no_style(told: object) -> None:
    light, dark = parse_site.schemes(
        {"default_light_color_scheme": told, "default_dark_color_scheme": {"colors": told}}
    )
    site = Site("", "", (), Limits(), True, True, frozenset(), "", False, datetime.now(UTC), light=light, dark=dark)
    one = r"\{(?: [\w-]+: [#\w(), %-]+;)+ \}"
    plain = rf"(?:@media \(prefers-color-scheme: dark\) \{{ \.k-forum {one} \.k-colours {one} \}}\n)?"
    assert re.fullmatch(plain, forum_colours(site), re.ASCII)


def test_p340_what_git_does_in_a_linked_work_tree_is_told(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.git("worktree", "add", "--quiet", "--detach", "../autre", "main")
    other = Clone(here.folder.parent / "autre", here.box)
    with desk(other.folder) as it, it.run.watcher.listening() as told:
        for number in range(100):
            other.write("note.txt", str(number))
            with suppress(Empty):
                told.get(timeout=0.2)
                break
        for git in (other, here):  # its own HEAD, and a ref that all work trees share
            with suppress(Empty):
                while told.get(timeout=0.4):
                    pass
            git.git("commit", "--quiet", "--allow-empty", "--message", "Rien")
            assert told.get(timeout=10)


def test_p340_files_that_are_not_here_are_shown_as_git_has_them(here: Clone) -> None:
    here.post("un", f"{TEXT} [deux](bases/deux.md)")
    here.post("deux", path="posts/bases/deux.md")
    here.write("posts/img/photo.png", "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n")
    here.commit()
    here.write("posts/trois.md", "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n")
    here.git("sparse-checkout", "set", "--no-cone", "/*", "!/posts/bases/")
    pages = opened(here)
    now = pages.current().now
    assert now.left_out == {"posts/bases/deux.md"}
    assert now.posts["posts/bases/deux.md"].front.title == "Un sujet nommé deux"
    assert "Git LFS pointer" in now.broken["posts/trois.md"].message
    assert now.entries["posts/img/photo.png"].lfs
    assert previewer(here).problems("posts/un.md") == ()
    assert pages.current().now is now
    (here.folder / "posts/un.md").unlink()
    assert pages.current().now.gone == ("posts/un.md",)


def test_p338_what_is_no_colour_is_not_believed_when_it_was_remembered() -> None:
    for wrong in ("red", "fff", "222222; }", "222222\n", ""):
        with pytest.raises(ValueError, match="tertiary"):
            ColourScheme("222222", "ffffff", wrong)
