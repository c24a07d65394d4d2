"""A preview shows what the forum will show, and says how a post stands."""

import re
from html import unescape
from pathlib import Path

import pytest
import requests

from koweb_sync.desk.previews.local_html import LocalPlaces
from koweb_sync.desk.previews.post_list import ListFilter, choices
from koweb_sync.desk.previews.preview import PostState, Preview
from koweb_sync.desk.previews.shown_titles import unbroken
from koweb_sync.sandbox import Sandbox
from tests.desk.conftest import previewer
from tests.desk.open_desk import desk
from tests.workspace import PNG, TEXT, Clone

GUIDE = Path(__file__).parents[2] / "posts"
PLACES = LocalPlaces(lambda path: f"/preview/{path}", lambda path: f"/file/{path}")


def preview(clone: Clone, ident: str) -> Preview:
    return previewer(clone).preview(f"posts/{ident}.md", PLACES)


def cooked_here(clone: Clone, path: str) -> str:
    """What the preview's forum makes of a file, before the page leads its links to this computer."""
    made = previewer(clone)
    key = made.forum.keys[path]
    return made.cooked(path, made.raw(made.now.shown[path].post, made.forum.agreed.get(key)))


def test_p300_the_guide_looks_as_the_forum_shows_it(box: Sandbox, here: Clone) -> None:
    for file in sorted(GUIDE.rglob("*")):
        if file.is_file():
            here.write(f"posts/{file.relative_to(GUIDE).as_posix()}", file.read_bytes())
    here.commit()
    here.push()
    here.push()
    made = previewer(here)
    paths = [path for path in made.now.shown if made.forum.keys[path] in made.forum.agreed]
    assert len(paths) > 5
    for path in paths:
        agreed = made.forum.agreed[made.forum.keys[path]]
        assert cooked_here(here, path) == box.post(int(agreed.post)).cooked, path


@pytest.mark.parametrize(
    "body",
    [
        f"# Un titre\n\n{TEXT} @claire et @personne.\n\n- [ ] à faire\n- :tada: fait\n",
        f"{TEXT}\n\n| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n[spoiler]caché[/spoiler]\n\n[details=Plus]encore[/details]\n",
        f"{TEXT} « guillemets » -- et... \"citations\" ^[une note]\n\n```python\nx = '<b>'\n```\n",
    ],
)
def test_p300_a_text_looks_the_same_before_and_after_it_is_published(box: Sandbox, here: Clone, body: str) -> None:
    here.post("un", body)
    here.commit()
    before = cooked_here(here, "posts/un.md")
    here.push()
    shown = box.first_post(box.by_id("un").id)
    number = str(previewer(here).forum.topics["un"][1])
    strangers = before.replace("1000000000", number)
    assert strangers.replace(
        '<span class="mention">@claire</span>', '<a class="mention" href="/u/claire">@claire</a>'
    ) == shown.cooked.replace(f'href="{box.state.base_path}/u/', 'href="/u/')


def test_p302_links_between_files_lead_to_previews_and_pictures_come_from_here(here: Clone) -> None:
    here.write("posts/img/photo.png", PNG)
    here.post("deux", f"# Une partie\n\n{TEXT}")
    here.post("un", f"{TEXT} [voir](deux.md#une-partie) et ![Une photo](img/photo.png)")
    made = preview(here, "un")
    assert 'href="/preview/posts/deux.md#p-' in made.html
    assert 'src="/file/posts/img/photo.png"' in made.html
    assert 'width="3" height="2"' in made.html


def test_p302_what_lies_elsewhere_is_named_and_not_loaded(here: Clone) -> None:
    here.post("un", f"{TEXT} ![Une carte](https://ailleurs.example/carte.png)")
    made = preview(here, "un")
    assert "<img" not in made.html
    assert 'href="https://ailleurs.example/carte.png"' in made.html


def test_p303_a_post_says_how_it_stands(box: Sandbox, here: Clone) -> None:
    here.post("un")
    assert preview(here, "un").state is PostState.NEW
    here.commit()
    here.push()
    assert preview(here, "un").state is PostState.SAME
    here.post("un", f"{TEXT} Et encore une phrase.")
    changed = preview(here, "un")
    assert (changed.state, changed.changed) == (PostState.CHANGED, ("body",))
    words = [run for one in changed.paragraphs for run in one.after if run.kind == "new"]
    assert "encore" in "".join(run.text for run in words)
    here.git("checkout", "posts/un.md")
    box.edit(box.by_id("un").id, f"{TEXT} Une phrase du forum.")
    here.run("fetch", code=None)
    assert preview(here, "un").state is PostState.EDITED
    here.post("deux", draft=True)
    assert preview(here, "deux").state is PostState.DRAFT


GENERAL = "The forum writes titles in its own way."


@pytest.mark.parametrize(
    ("title", "note"),
    [
        ("Et si on se voyait à distance ?", "The forum takes the space before “?” away."),
        ("une question pour vous", "The forum begins each title with a capital letter."),
        ("Voici un sujet pour vous.", "The forum takes the full stop at the end away."),
        ("La parole est à vous !!", GENERAL),
        ("Voici  le vôtre\u00a0! Et le mien", ""),
    ],
)
def test_a_preview_writes_the_title_as_the_forum_will(box: Sandbox, here: Clone, title: str, note: str) -> None:
    here.post("un", title=title)
    before = preview(here, "un").shown_title
    with desk(here.folder) as it:
        sent = it.get("/publish/").text
        found = re.search(
            rf">{re.escape(unbroken(before))}</a></h3>\s*(?:<p class=\"k-hint\">(The forum [^<]*)<)?", sent
        )
        assert found and (found[1] or "") == note
    here.commit()
    here.push()
    assert before == preview(here, "un").shown_title == box.by_id("un").title != title
    with desk(here.folder) as it:
        page = it.get("/preview/posts/un.md").text
        assert re.findall(r'<p class="k-hint">(The forum (?:takes the|begins|writes)[^<]*)</p>', page) == [note] * bool(
            note
        )


SHOWN = {"enable_names": True, "display_name_on_posts": True, "prioritize_username_in_ux": False}


def test_two_people_of_one_name_are_two_in_the_list(box: Sandbox, here: Clone) -> None:
    box.set(**SHOWN)
    for path, author in (("un", "bilal"), ("deux", "claire"), ("trois", "bilal")):
        here.post(path, author=author)
    here.commit()
    made = previewer(here)
    for one in ("bilal", "claire"):
        made.forum.state.names[one].name = "Camille Durand"
    rows = made.summaries()
    told = {"posts/un.md": "bilal", "posts/deux.md": "claire", "posts/trois.md": "bilal"}
    assert {row.path: row.author for row in rows} == {
        path: f"Camille Durand (@{author})" for path, author in told.items()
    }
    assert choices(rows, ListFilter()).author == ("Camille Durand (@bilal)", "Camille Durand (@claire)")


@pytest.mark.parametrize("but", [*({name: not value} for name, value in SHOWN.items()), {}], ids=str)
def test_people_are_called_as_the_forum_calls_them(box: Sandbox, here: Clone, but: dict[str, bool]) -> None:
    box.set(**{**SHOWN, **but})
    here.post("un")
    here.post("deux", author="bilal")
    here.commit()
    here.push()
    box.edit(box.by_id("deux").id, f"{TEXT} Une phrase.", username="claire")
    here.run("fetch", code=None)
    asked = len(box.log)
    me, other, editor = ("admin", "bilal", "claire") if but else ("Administration", "Bilal Meziane", "Claire Moreau")
    made = previewer(here)
    found = {row.path: row.author for row in made.summaries()}
    assert found == {"posts/un.md": me, "posts/deux.md": other}
    assert preview(here, "un").account == "admin"
    with desk(here.folder) as it:
        assert f"{editor} changed it on the forum" in unescape(it.get("/preview/posts/deux.md").text)
        assert f"<bdi>{me if but else 'Administration (@admin)'}</bdi>" in it.get("/set-up/").text
        page = it.get("/write/posts/deux.md").text
        assert 'name="author" value="bilal"' in page, "what is written stays"
        assert but or "On the forum: Bilal Meziane." in page
        here.post("trois", author="bilal")
        assert re.search(rf"author</\w+>.{{0,60}}{other}", it.get("/publish/").text, re.DOTALL)
    assert len(box.log) == asked, "what answers told is enough"
    seen = requests.get(f"{box.url}/t/-/{box.by_id('deux').id}", headers={"Accept": "text/html"}, timeout=30).text
    assert (">bilal</a>" in seen, ">Bilal Meziane</a>" in seen) == (bool(but), not but)


def test_a_post_is_deleted_from_its_preview_too(here: Clone) -> None:
    here.post("un")
    with desk(here.folder) as it:
        page = it.get("/preview/posts/un.md").text
        assert 'href="/write-delete/posts/un.md">Delete this post…' in page


def test_p304_what_is_not_finished_is_shown_as_far_as_it_can_be_read(here: Clone) -> None:
    cases = {
        "sans-titre": f"---\nid: sans-titre\ncategory: koweb-kafe\n---\n{TEXT}\n",
        "ouvert": f"---\ntitle: Un sujet\nid: [\n---\n{TEXT}\n",
        "nu": f"{TEXT}\n",
        "vide": "",
        "jamais-ferme": f"---\ntitle: Un sujet\n{TEXT}\n",
    }
    for name, text in cases.items():
        here.write(f"posts/{name}.md", text)
        made = preview(here, name)
        assert made.state is PostState.BROKEN, name
        assert made.problems, name
        assert not text or "assez long" in made.html, name


def test_p304_problems_name_their_line(here: Clone) -> None:
    here.post("un", f"{TEXT}\n\nVoir [la suite](nulle-part.md).\n\nEt la fin.")
    made = preview(here, "un")
    (found,) = made.problems
    assert made.html.index("Voir") < made.html.index("k-note") < made.html.index("Et la fin")
    assert found.line == here.read("posts/un.md").splitlines().index("Voir [la suite](nulle-part.md).") + 1


def test_p302_who_is_not_known_here_is_named(here: Clone) -> None:
    here.post("un", f"{TEXT} Merci @inconnue et @admin.")
    assert preview(here, "un").unknown == ("@inconnue",)


def test_p304_a_preview_names_what_the_check_names(box: Sandbox, here: Clone) -> None:
    here.write("posts/img/photo.png", PNG)
    here.write("posts/img/trop.xyz", b"x")
    here.post(
        "un",
        f"{TEXT} ![](img/photo.png) [a](nulle-part.md) [b](deux.md#nulle-part)",
        tags=["a", "b", "c", "d", "e", "f"],
    )
    here.post("deux", f"{TEXT} [c](img/trop.xyz) <video src='img/photo.png'></video>", category="inconnue")
    here.post("trois", "court", title="Court")
    here.post("quatre", TEXT, path="posts/bases/quatre.md", title="Un sujet nommé un")
    here.write("posts/cinq.md", "---\ntitle: [\n---\n")
    for asked in (False, True):
        if asked:
            here.run("doctor", code=None)
        found = here.run("check", "--format", "json", code=None).data
        made = previewer(here)
        for path in made.now.shown:
            wanted = [(one["line"], one["code"], one["error"]) for one in found if one["path"] == path]
            shown = [(one.line, one.code, one.error) for one in made.problems(path)]
            assert sorted(shown) == sorted(wanted), (path, asked)


def test_p303_what_was_brought_back_is_not_to_be_brought_back_or_published_again(box: Sandbox, here: Clone) -> None:
    for name in ("un", "deux"):
        here.post(name, f"{TEXT}\n\nUne phrase commune.")
    here.commit()
    here.push()
    for name in ("un", "deux"):
        box.edit(box.by_id(name).id, here.raw(name).replace("Une phrase commune.", "La phrase du forum."))
    here.reword("deux", "Une phrase commune.", "Ma phrase à moi.")
    here.commit()
    here.run("pull", code=3)
    here.post("deux", f"{TEXT}\n\nLes deux phrases.")
    here.git("add", "posts")
    here.run("pull", "--continue")
    assert (preview(here, "un").state, preview(here, "un").changed) == (PostState.SAME, ())
    assert preview(here, "deux").state is PostState.CHANGED
    here.push()
    assert {preview(here, name).state for name in ("un", "deux")} == {PostState.SAME}
