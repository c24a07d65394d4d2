"""Notes that lie in the folder of the post files, and become post files there."""

from pathlib import Path, PurePosixPath

import pytest

from koweb_sync.sandbox import Sandbox
from tests.importing.test_import import LONG, settle, write
from tests.workspace import PNG, Clone

pytestmark = pytest.mark.parametrize("box", ["2025"], indirect=True)


def test_p167_a_note_whose_ending_is_in_capitals_keeps_its_name(here: Clone, box: Sandbox) -> None:
    for name in ("B.MD", "c.MD", "c.md", "d.Markdown"):
        here.write(f"posts/{name}", f"# Une note nommée {name} ici\n\n{LONG} [b](B.MD)\n")
    here.commit()
    here.run("import", "posts", "--in-place", "--yes")
    assert sorted(path.name for path in (here.folder / "posts").iterdir()) == ["B.md", "c-2.md", "c.md", "d.md"]
    assert "[b](B.md)" in here.read("posts/d.md")
    settle(here)


def test_p169_what_import_takes_the_check_takes(here: Clone, box: Sandbox) -> None:
    """With the settings of koweb.toml: links from its root, and lengths of which nobody asked the forum yet."""
    here.configure('root = "site"')
    here.write("site/img/plan.png", PNG)
    long = f"# Une note bien trop longue\n\n{LONG} " + "mot " * 9_000
    for name, text in (("a", f"# Une note nommée ainsi\n\n{LONG} ![plan](/img/plan.png)\n"), ("long", long)):
        here.write(f"posts/notes/{name}.md", text)
    here.commit()
    here.run("import", "posts", "--in-place", "--yes")
    assert "![plan](/img/plan.png)" in here.read("posts/notes/a.md")
    checked = here.run("check", "--format", "json").data
    assert [(one["path"], one["code"], one["error"]) for one in checked] == [
        ("posts/notes/long.md", "body-too-long", False)
    ]


def test_p164_templates_are_those_that_the_vaults_settings_name(here: Clone, box: Sandbox, tmp_path: Path) -> None:
    vault = tmp_path / "coffre"
    note = f"# Une note bien nommée\n\n{LONG}\n"
    write(vault, ".obsidian/templates.json", '{"folder": "Modèles/"}')
    write(vault, ".obsidian/daily-notes.json", '{"folder": "Jours", "template": "Jours/gabarit"}')
    write(vault, ".obsidian/plugins/templater-obsidian/data.json", '{"templates_folder": "../.."}')
    for path in ("Modèles/réunion.md", "Jours/gabarit.md", "Jours/lundi.md"):
        write(vault, path, note.replace("bien", PurePosixPath(path).stem))
    write(vault, "dedans/.obsidian/templates.json", "{")
    run = here.run("import", str(vault), "--yes", "--format", "json")
    assert [one["source"] for one in run.data["notes"]] == ["Jours/lundi.md"]
    left = {one["path"]: one["reason"] for one in run.data["left"]}
    assert "template" in left["Modèles/"]
    assert "template" in left["Jours/gabarit.md"]
    assert "cannot be read" in left["dedans/.obsidian/templates.json"]


def test_p168_wiki_links_of_post_files_become_ordinary_ones_where_asked(here: Clone, box: Sandbox) -> None:
    body = f"{LONG}\r\n\r\n==Mot== [[B|la *note*]], [[b#Suite]] ![[p.png]] `[[b]]` [[nulle part]] [x](rien.md)"
    here.post("a", body)
    here.post("b", f"{LONG}\n\n## Suite\n", path="posts/outils/b.md")
    here.write("posts/p.png", PNG)
    before = here.read("posts/a.md")
    (told,) = (one for one in here.run("check", "--format", "json", code=2).data if one["code"] == "wiki-links")
    assert "koweb import posts --in-place --links" in told["message"]
    here.run("import", "posts", "--links", "--yes", code=2)
    here.run("import", "posts", "--in-place", "--links", "--yes", code=2)  # not committed
    here.commit()
    here.run("import", "posts", "--in-place", "--yes")
    assert here.read("posts/a.md") == before
    run = here.run("import", "posts", "--in-place", "--links", "--yes", "--format", "json")
    assert [(one["path"], one["count"]) for one in run.data["links"]] == [("posts/a.md", 3)]
    assert "[[nulle part]]" in run.data["links"][0]["problems"][0]["message"]
    assert here.read("posts/a.md") == before.replace(
        "[[B|la *note*]], [[b#Suite]] ![[p.png]]",
        "[la *note*](outils/b.md), [b > Suite](outils/b.md#suite) ![p](p.png)",
    )
    here.commit()
    assert here.run("import", "posts", "--in-place", "--links", "--format", "json").data["links"] == []
