"""A folder of somebody else's notes, from the first look to the forum and back."""

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from koweb_sync import safe_files
from tests.test_progress import BAR, seen
from tests.workspace import PNG, Clone

LONG = "Une phrase entière, assez longue pour que le forum en fasse un message."


def write(folder: Path, path: str, content: str | bytes) -> None:
    """A file of the folder."""
    full = folder / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(content.encode() if isinstance(content, str) else content)


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder beside the repository."""
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


def settle(here: Clone) -> None:
    """Check, push, push, pull: published, and nothing to do any more."""
    here.commit("Import")
    assert "0 errors" in here.run("check").err
    here.run("push")
    before = len(here.box.log)
    assert "nothing to do" in here.run("push").err
    assert len(here.box.log) == before
    head = here.git("rev-parse", "HEAD")
    here.run("pull")
    assert here.git("rev-parse", "HEAD") == head
    assert here.git("status", "--porcelain") == ""


def test_p130_a_folder_of_plain_markdown_is_imported_published_and_stays_as_it_is(here: Clone, notes: Path) -> None:
    write(
        notes,
        "README.md",
        f"# Bienvenue dans nos notes\n\n{LONG} Voir [le tour](méthodes/Tour%20de%20table.md#déroulé).\n",
    )
    write(
        notes,
        "méthodes/Tour de table.md",
        f"{LONG}\n\n## Déroulé\n\n![plan](../img/Plan%20A.PNG) [retour](../README.md)\n",
    )
    write(notes, "coffre.md", f"# Une note d’un coffre\n\n{LONG} ![[Plan A.PNG|30]]\n")
    write(notes, "img/Plan A.PNG", PNG)
    write(notes, "img/autre.png", PNG)
    write(notes, "vide.md", "")
    before = content(notes)
    run = here.run("import", str(notes), "--dry-run", code=3)
    assert "3 notes to import" in run.err
    assert not (here.folder / "posts").exists()
    run = here.run("import", str(notes), "--yes", "--format", "json", code=3)
    assert {one["source"]: one["path"] for one in run.data["notes"]} == {
        "README.md": "posts/bienvenue-dans-nos-notes.md",
        "coffre.md": "posts/coffre.md",
        "méthodes/Tour de table.md": "posts/methodes/tour-de-table.md",
    }
    assert "|30x20](img/plan-a.png)" in here.read("posts/coffre.md")
    assert {one["path"] for one in run.data["left"]} == {"vide.md", "img/autre.png"}
    assert content(notes) == before
    first = here.read("posts/bienvenue-dans-nos-notes.md")
    assert "title: Bienvenue dans nos notes\n" in first
    assert "# Bienvenue" not in first.split("---")[2]
    assert "(methodes/tour-de-table.md#déroulé)" in first
    assert "(../img/plan-a.png)" in here.read("posts/methodes/tour-de-table.md")
    settle(here)
    again = here.run("import", str(notes), "--yes", code=3)
    assert "0 notes imported. 3 were imported before." in again.err
    assert here.git("status", "--porcelain") == ""


def test_p133_what_leads_to_nothing_is_named_and_only_its_words_stay(here: Clone, notes: Path) -> None:
    write(
        notes,
        "Une note à relire.md",
        f"{LONG}\n\n[absente](rien.md) ![plan](rien.png) [![vue](rien.png)](rien.md) [dehors](../../etc/passwd)\n"
        "[réf][r] et [haut](#nulle-part) [court](court.md)\n\n[r]: rien.md\n",
    )
    write(notes, "court.md", "Bref.")
    run = here.run("import", str(notes), "--yes", "--format", "json", code=3)
    assert {one["line"] for one in run.data["notes"][0]["problems"]} == {3, 4, 6}
    assert [one["path"] for one in run.data["left"]] == ["court.md"]
    body = here.read("posts/une-note-a-relire.md").partition("\n---\n")[2]
    assert "absente plan vue dehors\nréf et [haut](#) court\n" in body
    settle(here)


def test_p139_links_as_sites_have_them_lead_to_the_posts(here: Clone, notes: Path) -> None:
    write(notes, "guide/index.md", f"# Le guide de la maison {{#accueil}}\n\n{LONG}\n\n## Les clés\n\nChez Maud.\n")
    write(notes, "guide/suite.md", f"# La suite du guide\n\n{LONG}\n")
    write(notes, "guide/tiers.md", f"---\ntitle: Le tiers du guide\n---\n## Une part {{#une}} ##\n\n{LONG}\n")
    write(
        notes,
        "tout/au fond.md",
        f"# Tout au fond des notes\n\n{LONG}\n[a](/guide/) [b](../guide/suite.html) [c](/guide/#les-clés) "
        "[d](../guide/index.md#accueil) [e](/latest) [f](/guide/suite/#rien) [g](/guide/tiers/#une)\n",
    )
    run = here.run("import", str(notes), "--yes", "--format", "json")
    body = here.read("posts/tout/au-fond.md")
    assert (
        "[a](../guide/index.md) [b](../guide/suite.md) [c](../guide/index.md#les-clés) "
        "[d](../guide/index.md) e [f](../guide/suite.md) [g](../guide/tiers.md#une)\n"
    ) in body
    assert len(next(one for one in run.data["notes"] if one["path"].endswith("fond.md"))["problems"]) == 2
    assert "{#" not in here.read("posts/guide/index.md") + here.read("posts/guide/tiers.md")
    settle(here)


HOSTILE = {
    "lien.md": "a link",
    "ailleurs/": "a link",
    "tube.md": "no file",
    "vide.md": "empty",
    "binaire.md": "binary",
    "court.md": "short",
    "long.md": "long",
    "énorme.md": "huge",
    "carte.canvas": "a canvas",
    "pointeur.png": "a pointer of Git LFS",
    "plan.excalidraw.md": "a drawing",
    "dessin.md": "a drawing",
    ".obsidian/": "settings",
    "nom\x1b[31m.md": "a name that a terminal obeys",
    "conflit.md": "conflict marks",
}


def test_p134_what_cannot_be_a_post_is_named_and_nothing_is_written_elsewhere(here: Clone, notes: Path) -> None:
    secret = notes.parent / "secret.md"
    secret.write_text(LONG, encoding="utf-8")
    (notes / "lien.md").symlink_to(secret)
    (notes / "ailleurs").symlink_to(notes.parent)
    os.mkfifo(notes / "tube.md")
    files: dict[str, str | bytes] = {
        "vide.md": " \n",
        "binaire.md": b"\x7fELF\0\1\2",
        "court.md": "Bref.",
        "long.md": LONG * 600,
        "énorme.md": "x" * (1024 * 1024 + 1),
        "carte.canvas": "{}",
        "pointeur.png": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
        "plan.excalidraw.md": LONG,
        "dessin.md": f"---\nexcalidraw-plugin: parsed\n---\n{LONG}",
        ".obsidian/app.json": "{}",
        "nom\x1b[31m.md": LONG,
        "conflit.md": f"{LONG}\n<<<<<<< HEAD\nun\n=======\ndeux\n>>>>>>> autre\n",
        "CON.md": LONG,
        "-rf.md": f'---\ntitle: "../../x\\e[31m un titre"\nid: ../../../x\ntopic: 1\npinned: true\n---\n{LONG}',
        "latin.md": "Une dernière note, écrite ailleurs, à relire entièrement.".encode("cp1252"),
    }
    for path, text in files.items():
        write(notes, path, text)
    here.commit()
    here.run("doctor")  # how long a text may be the forum says
    run = here.run("import", str(notes), "--yes", "--format", "json", code=3)
    left = {one["path"].rstrip("/") for one in run.data["left"]}
    assert left == {path.rstrip("/") for path in HOSTILE}
    changed = here.git("status", "--porcelain", "--untracked-files=all", "-z").split("\0")
    assert {row[3:] for row in changed if row} == {"posts/con.md", "posts/rf.md", "posts/latin.md"}
    odd = here.read("posts/rf.md")
    assert "\x1b" not in odd
    assert "\ntopic:" not in odd
    assert "\npinned:" not in odd
    assert "dernière note" in here.read("posts/latin.md")
    assert "\x1b" not in here.run("import", str(notes), code=3).text
    settle(here)


def test_p135_an_import_that_was_cut_off_anywhere_is_finished_by_running_it_again(
    here: Clone, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("un", "deux", "trois"):
        write(
            notes,
            f"{folder}/Introduction.md",
            f"# Introduction\n\n{LONG} [l'autre](../un/Introduction.md) ![p](p.png)\n",
        )
        write(notes, f"{folder}/p.png", PNG + folder.encode())
    here.run("import", str(notes), "--yes")
    whole = content(here.folder / "posts")
    assert len(whole) == 6
    real, left = safe_files.write, [0]

    def cut(*place: Any, **how: Any) -> None:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        real(*place, **how)

    for last in range(6):
        shutil.rmtree(here.folder / "posts")
        left[0] = last
        with monkeypatch.context() as patched:
            patched.setattr(safe_files, "write", cut)
            here.run("import", str(notes), "--yes", code=1)
        assert len(content(here.folder / "posts") if (here.folder / "posts").exists() else {}) == last
        here.run("import", str(notes), "--yes")
        assert content(here.folder / "posts") == whole


def test_p136_notes_in_the_folder_of_the_post_files_get_their_front_matter_there(here: Clone) -> None:
    here.post("deja-la", "Un message [vers la note](notes/Une%20note.md) qui est déjà là.")
    here.write(
        "posts/notes/Une note.md", f"# Une note bien nommée\n\n{LONG} [suite](suite.markdown) [là](../deja-la.md)\n"
    )
    here.write(
        "posts/notes/suite.markdown", f"# La suite de cette note\n\n{LONG} ![p](p.png) [retour](<Une note.md>)\n"
    )
    here.write("posts/notes/p.png", PNG)
    here.write("posts/notes/README.md", "Ce dossier contient des notes.")
    run = here.run("import", "posts/notes", "--in-place", "--yes", code=2)
    assert "not committed" in run.err
    here.commit()
    here.run("import", "posts/notes", code=2)
    here.run("import", "posts/notes", "--in-place", "--yes", code=3)
    assert sorted(path.name for path in (here.folder / "posts/notes").iterdir()) == [
        "README.md",
        "Une note.md",
        "p.png",
        "suite.md",
    ]
    assert "[suite](suite.md) [là](../deja-la.md)" in here.read("posts/notes/Une note.md")
    settle(here)
    here.write("posts/notes/suite.markdown", here.git("show", "HEAD~1:posts/notes/suite.markdown") + "\n")
    here.run("import", "posts/notes", "--in-place", "--yes", code=2)
    here.commit("The note is there again")
    run = here.run("import", "posts/notes", "--in-place", "--yes", code=3)
    assert "remove" in run.out
    assert here.git("status", "--porcelain") == " D posts/notes/suite.markdown"
    again = here.run("import", "posts/notes", "--in-place", "--yes", code=3)
    assert "0 notes imported. 2 were imported before." in again.err


def test_in_place_nothing_is_lost_that_only_lies_in_the_work_tree(here: Clone, tmp_path: Path) -> None:
    """A post file that claims to be made of a note takes no note away; nor is one of a submodule written over."""
    note = f"# Une note bien nommée\n\n{LONG}\n"
    claim = f"# koweb import: posts/note.txt {sha256(note.encode()).hexdigest()[:16]}"
    here.write("posts/autre.md", f"---\ntitle: Un message d'ailleurs\nid: autre\n{claim}\n---\n{LONG}\n")
    here.commit()
    here.write("posts/note.txt", note)
    assert "not committed" in here.run("import", "posts", "--in-place", "--yes", code=2).err
    assert here.read("posts/note.txt") == note
    (here.folder / "posts/note.txt").unlink()
    other = tmp_path / "other"
    write(other, "note.md", note)
    for args in (("init", str(other)), ("-C", str(other), "add", "."), ("-C", str(other), "commit", "-m", "Notes")):
        here.git(*args)
    here.git("-c", "protocol.file.allow=always", "submodule", "add", str(other), "posts/sub")
    here.commit("A folder of others")
    here.write("posts/sub/note.md", f"{note}Pas encore dans git.\n")
    assert "not committed" in here.run("import", "posts", "--in-place", "--yes", code=2).err
    assert here.read("posts/sub/note.md").endswith("dans git.\n")


def test_no_folder_and_no_front_matter_is_too_deep(here: Clone, notes: Path) -> None:
    write(
        notes, "fond.md", '{"title": "Une note sans fond", "a": ' + '{"b": ' * 700 + "1" + "}" * 701 + f"\n\n{LONG}\n"
    )
    for root in (notes, here.folder / "posts"):
        root.mkdir(exist_ok=True)
        here_below = os.open(root, os.O_RDONLY)
        for _level in range(1100):
            os.mkdir("d", dir_fd=here_below)
            above, here_below = here_below, os.open("d", os.O_RDONLY, dir_fd=here_below)
            os.close(above)
        os.close(here_below)
    run = here.run("import", str(notes), "--yes", "--format", "json", code=3)
    assert [one["source"] for one in run.data["notes"]] == ["fond.md"]
    assert [one["note"] for one in run.data["left"]] == [True]
    for root in (notes, here.folder / "posts"):
        subprocess.run(["rm", "-r", "--", str(root)], check=True)


def test_p137_categories_are_those_of_the_forum_and_others_become_tags(here: Clone, notes: Path) -> None:
    said = {
        "a.md": ("category: Outils libres", "facilitation-numerique/outils-libres", []),
        "b.md": ("categories: [Recettes, outils-libres]", "facilitation-numerique/outils-libres", ["recettes"]),
        "Facilitation numérique/c.md": ("categories: pain levain", "facilitation-numerique", ["pain", "levain"]),
        "outils/d.md": ("tags: [a, b, c, d, e, f]", None, ["a", "b", "c", "d", "e"]),
        "e.md": ("x: y", "annonces", []),
    }
    for path, (front, _category, _tags) in said.items():
        write(notes, path, f"---\ntitle: Une note nommée {path}\n{front}\n---\n{LONG}\n")
    here.run("import", str(notes), "--category", "nulle-part", "--dry-run")
    here.run("doctor")
    here.run("import", str(notes), "--category", "nulle-part", "--dry-run", code=2)
    run = here.run("import", str(notes), "--category", "annonces", "--yes", "--format", "json")
    found = {one["source"]: (one["category"], one["tags"]) for one in run.data["notes"]}
    assert found == {path: (category, tags) for path, (_front, category, tags) in said.items()}
    assert '# x: "y"\n' in here.read("posts/e.md")
    assert '# tags: ["f"]\n' in here.read("posts/outils/d.md")
    settle(here)


def test_p138_a_note_that_changed_since_is_named_and_its_post_file_stays(here: Clone, notes: Path) -> None:
    write(notes, "Une note à relire.md", f"{LONG}\n")
    here.run("import", str(notes), "--yes")
    here.commit()
    here.git("mv", "posts/une-note-a-relire.md", "posts/ailleurs.md")
    before = here.read("posts/ailleurs.md")
    write(notes, "Une autre à relire.md", f"{LONG} [la première](<Une note à relire.md>)\n")
    assert "1 note imported. 1 was imported before." in here.run("import", str(notes), "--yes").err
    assert "(ailleurs.md)" in here.read("posts/une-autre-a-relire.md")
    write(notes, "Une note à relire.md", f"{LONG} Et plus.\n")
    assert "changed since it was imported" in here.run("import", str(notes), "--yes", code=3).text
    assert here.read("posts/ailleurs.md") == before


def test_an_import_asks_first_and_refuses_places_that_are_none(here: Clone, notes: Path) -> None:
    write(notes, "Une note à relire.md", f"{LONG}\n")
    for answer in ("n\n", ""):
        here.run("import", str(notes), code=1, text=answer)
        assert not (here.folder / "posts").exists()
    here.run("import", str(notes), "--into", "ailleurs", "--yes", code=2)
    here.run("import", str(notes), "--into", "../dehors", "--yes", code=2)
    here.run("import", str(notes), "--in-place", "--yes", code=2)
    here.run("import", str(notes), "--into", "posts/outils", text="y\n")
    assert (here.folder / "posts/outils/une-note-a-relire.md").is_file()


def test_a_long_import_shows_how_far_it_is_and_says_what_nobody_asked(here: Clone, notes: Path) -> None:
    for number in range(60):
        write(notes, f"Une note à relire {number}.md", f"{LONG}\n")
    shown = seen(here.folder, "", "import", str(notes), "--yes")
    assert BAR.search(shown), shown
    assert "koweb doctor" in shown
    here.write("koweb.toml", here.read("koweb.toml").replace('"." =', '"bases/x" ='))
    write(notes, "Encore une note à relire.md", f"{LONG}\n")
    assert "1 note has no category" in here.run("import", str(notes), "--yes").err


def test_p133_each_link_that_leads_nowhere_is_said_once_and_truly(here: Clone, notes: Path) -> None:
    write(
        notes,
        "Une note à relire.md",
        f"{LONG}\n\n[absente](rien.md) [[comptes.xlsx]] [[Nulle part]] [[Carte.canvas]]\n",
    )
    write(notes, "sous/comptes.xlsx", b"PK\x03\x04")
    write(notes, "Carte.canvas", "{}")
    here.run("doctor", code=None)
    run = here.run("import", str(notes), "--yes", "--format", "json", code=None)
    said = [one["message"] for one in run.data["notes"][0]["problems"]]
    assert sorted(said) == [
        "“[[Carte.canvas]]” leads to Carte.canvas, which is not imported. It is left as it is.",
        "“[[Nulle part]]” leads to no file of the folder. It is left as it is.",
        "“[[comptes.xlsx]]” leads to sous/comptes.xlsx, which is not imported. It is left as it is.",
        "“rien.md” leads to nothing that is imported: only its words stay.",
    ]


def test_p134_what_is_set_apart_or_waits_to_be_filled_in_becomes_a_draft(here: Clone, notes: Path) -> None:
    aside = {
        "Privé/Une note du soir.md": LONG,
        "Brouillons/Une idée à creuser.md": LONG,
        "Une note à part.md": f"---\ntags: [statut/privé]\n---\n{LONG}\n",
        "Une note entre nous.md": f"{LONG} #private\n",
        "Modèles/Compte rendu.md": f"---\ndate: {{{{date}}}}\n---\n# {{{{title}}}}\n\n{LONG}\n",
        "Modèles/Une journée.md": f"# Journée du <% tp.date.now() %>\n\n{LONG}\n",
    }
    shown = {
        "Vie privée/Une note sur la vie privée.md": f"{LONG} #vie-privée\n",
        "Une note pour tout le monde.md": LONG,
        "Bilan du 13 mai.md": f"# Bilan\n\n{LONG}\n",
        "Bilan du 17 mai.md": f"# Bilan\n\n{LONG}\n",
    }
    for path, text in (aside | shown).items():
        write(notes, path, text)
    run = here.run("import", str(notes), "--yes", "--format", "json")
    drafts = {one["source"]: any("draft" in other["message"] for other in one["problems"]) for one in run.data["notes"]}
    assert {path for path, said in drafts.items() if said} == set(aside)
    assert {one["source"] for one in run.data["notes"] if one["draft"]} == set(aside)
    titles = {one["title"] for one in run.data["notes"] if one["source"].startswith("Bilan")}
    assert titles == {"Bilan du 13 mai", "Bilan du 17 mai"}
    settle(here)
    assert len(here.published()) == len(shown)
