"""Names that look alike find each other, and what is no post file yet is said once, with the way in."""

from unicodedata import normalize

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.parametrize("box", ["2025"], indirect=True)


def apart(text: str) -> str:
    """A text with its accents apart from the letters, as macOS writes names."""
    return normalize("NFD", text)


NAMES = ("été", "Été", apart("été"), "%C3%A9t%C3%A9", "Saison  chaude", "facilitation-numerique/été")


def test_p125_a_category_is_found_by_whatever_people_call_it(here: Clone, box: Sandbox) -> None:
    category = next(one for one in box.state.categories.values() if one.slug == "outils-libres")
    category.slug, category.name = "%C3%A9t%C3%A9", "Saison chaude"
    for number, name in enumerate(NAMES):
        here.post(f"p{number}", category=name)
    here.commit()
    here.push()
    assert {box.by_id(f"p{number}").category_id for number, _name in enumerate(NAMES)} == {category.id}
    before = len(box.log)
    here.push()
    for number, _name in enumerate(NAMES):
        here.post(f"p{number}", category=category.id)
    here.commit()
    here.push()
    assert len(box.log) == before


def test_a_name_that_several_categories_have_is_asked_about(here: Clone, box: Sandbox) -> None:
    first, second = [one for one in box.state.categories.values() if one.parent_id is None][:2]
    second.name = first.name
    here.post("un", category=first.name)
    here.commit()
    assert first.slug in here.push(code=2).text
    assert here.published() == []


def test_p126_folders_tags_and_paths_with_accents_in_either_form_find_each_other(here: Clone, box: Sandbox) -> None:
    here.configure()
    here.write("koweb.toml", here.read("koweb.toml").replace('"bases" =', f'"{apart("été")}" ='))
    here.post("un", path="posts/été/un.md", tags=[apart("réunion")])
    here.post("deux", path="posts/été/deux.md", tags=["réunion"])
    here.commit()
    here.push("--only", apart("posts/été"))
    assert here.published() == ["deux", "un"]
    places = {box.state.categories[box.by_id(one).category_id or 0].slug for one in ("un", "deux")}
    assert places == {"facilitation-numerique"}
    assert box.by_id("un").tags == box.by_id("deux").tags == ["réunion"]


def test_p127_other_endings_are_named_once_and_are_no_error(here: Clone, box: Sandbox) -> None:
    for name in ("a.markdown", "B.MD", "c.mdx", "d.qmd", "README.MD"):
        here.write(f"posts/{name}", f"---\ntitle: Un titre assez long\nid: {name[0]}\n---\n{TEXT}\n")
    here.post("un")
    here.commit()
    checked = here.run("check", "--format", "json").data
    assert [(one["path"], one["code"], one["error"]) for one in checked] == [("posts/B.MD", "other-ending", False)]
    assert "4 " in checked[0]["message"]
    for command in ("plan", "push"):
        assert here.run(command).text.count("posts/B.MD") == 1
    assert here.published() == ["un"]


def test_p128_notes_without_front_matter_are_one_line_with_the_way_in(here: Clone, box: Sandbox) -> None:
    for number in range(5):
        here.write(f"posts/notes/{number}.md", f"# Une note\n\n{TEXT}\n")
    here.write("posts/notes/suite/toml.md", f'+++\ntitle = "Un titre assez long"\n+++\n{TEXT}\n')
    here.post("un")
    here.commit()
    checked = here.run("check", "--format", "json", code=2).data
    assert [(one["path"], one["line"], one["code"]) for one in checked] == [("posts/notes", 0, "no-front-matter")]
    assert "koweb import posts/notes --in-place" in checked[0]["message"]
    assert "6 " in checked[0]["message"]
    assert "TOML" in checked[0]["message"]
    pushed = here.push(code=2).text
    assert pushed.count("koweb import") == 1
    assert "1 post created, 6 files without front matter." in pushed
    assert here.published() == ["un"]
    assert "1 post file, 6 files without front matter, 6 errors." in here.run("check", code=2).err
    assert "6 files without front matter: 0 requests." in here.run("plan", code=2).err
    alone = here.run("check", "posts/notes/suite", "--format", "json", code=2).data
    assert [(one["path"], one["line"]) for one in alone] == [("posts/notes/suite/toml.md", 1)]
    assert "TOML" in alone[0]["message"]


def test_another_form_of_front_matter_is_named(here: Clone, box: Sandbox) -> None:
    forms = {
        "JSON": '{ "title": "Un titre" }\n',
        "MultiMarkdown": "title: Un titre\nid: un\n\n",
        "TOML": "+++\na = 1\n+++\n",
    }
    for form, text in forms.items():
        here.write(f"posts/{form}.md", f"{text}{TEXT}\n")
    for form in forms:
        assert here.run("check", f"posts/{form}.md", "--format", "json", code=2).data[0]["message"].count(form) == 1


LIST = """---
title: Une page avec des étiquettes
id: un
tags:
  - outils   # les nôtres
  # à trier
  - "c’est libre"
  - a/b
...
"""


def test_p129_a_tag_of_the_forum_comes_as_one_line_into_a_list_that_keeps_its_form(here: Clone, box: Sandbox) -> None:
    here.write("posts/un.md", f"{LIST}{TEXT}\n")
    here.commit()
    here.push()
    head = here.git("rev-parse", "HEAD")
    here.run("pull")
    assert here.git("rev-parse", "HEAD") == head
    box.edit(box.by_id("un").id, box.first_post(box.by_id("un").id).raw, tags=["outils", "ab", "c’est-libre", "neuf"])
    here.run("pull")
    assert here.read("posts/un.md") == f"{LIST}{TEXT}\n".replace("  - a/b\n", "  - a/b\n  - neuf\n")
    before = here.writes()
    here.push()
    here.run("pull")
    assert here.writes() == before
    assert here.git("rev-parse", "HEAD~1") == head


def test_p165_one_character_is_one(here: Clone, box: Sandbox) -> None:
    here.post("un", "x")
    assert "The text has 1 character; the forum" in here.run("check", code=2).out
    assert "Le texte a 1 caractère ;" in here.alone("--lang", "fr", "check", code=2).out.replace("\u00a0", " ")
