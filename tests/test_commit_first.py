"""`koweb push -m` and `koweb new` at a terminal: what is asked, what is committed, and what stays as it was."""

import os
import stat
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import PNG, TEXT, Clone


@pytest.fixture
def person(here: Clone, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository, and somebody at its terminal."""
    for place in ("sync.commit_first", "posts.new"):
        monkeypatch.setattr(f"koweb_sync.cli.{place}.can_ask", lambda: True)
    return here


def nobody(here: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    """git does not know who commits."""
    for role in ("AUTHOR", "COMMITTER"):
        for name in ("NAME", "EMAIL"):
            monkeypatch.delenv(f"GIT_{role}_{name}")
    here.git("config", "user.useConfigOnly", "true")


def test_p287_a_message_publishes_also_where_nothing_is_left_to_commit(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    assert "Nothing to commit" in here.push("-m", "Déjà fait").err
    assert here.published() == ["un"]
    head = here.git("rev-parse", "HEAD")
    box.forget()
    here.push("-m", "Encore")
    assert (box.log, here.git("rev-parse", "HEAD")) == ([], head)


def test_p287_only_post_files_are_committed_and_what_else_is_staged_stays_so(here: Clone) -> None:
    here.write("posts/img/a.png", PNG)
    here.post("un", f"{TEXT} ![une image](img/a.png)")
    here.post("deux")
    here.write("posts/.obsidian/workspace.json", "{}")
    here.write("notes.txt", "un")
    here.git("add", "notes.txt")
    run = here.push("-m", "Premier", "--only", "posts/un.md")
    assert "notes.txt" in run.err
    assert here.git("show", "--name-only", "--format=%s", "HEAD").split() == [
        "Premier",
        "posts/img/a.png",
        "posts/un.md",
    ]
    assert here.git("status", "--porcelain").split("\n") == ["A  notes.txt", "?? posts/.obsidian/", "?? posts/deux.md"]
    assert here.published() == ["un"]


def test_p288_an_unknown_identity_becomes_the_two_commands_and_leaves_nothing_staged(
    here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.post("un")
    before = here.git("status", "--porcelain"), here.git("rev-parse", "HEAD")
    nobody(here, monkeypatch)
    here.git("config", "user.name", "Amina Cherif")
    run = here.push("-m", "Premier", code=2)
    assert "git config --global user.email you@example.org" in run.err
    assert "git config --global user.name 'Amina Cherif'" in run.err
    assert (here.git("status", "--porcelain"), here.git("rev-parse", "HEAD")) == before
    assert here.published() == []


def test_p288_what_a_hook_refuses_leaves_the_index_as_it_was(here: Clone) -> None:
    here.post("un")
    here.post("deux")
    here.git("add", "posts/un.md")
    here.write("posts/un.md", here.read("posts/un.md") + "Plus.\n")
    hook = Path(here.git("rev-parse", "--absolute-git-dir")) / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho pas aujourd\\'hui >&2\nexit 1\n")
    hook.chmod(hook.stat().st_mode | stat.S_IEXEC)
    before = here.git("status", "--porcelain"), here.git("diff", "--cached")
    assert "pas aujourd'hui" in here.push("-m", "Premier", code=1).err
    assert (here.git("status", "--porcelain"), here.git("diff", "--cached")) == before


def test_p289_without_a_terminal_nothing_is_asked_and_what_is_missing_is_said(here: Clone) -> None:
    here.write("posts/sans.md", f"---\nid: sans\n---\n{TEXT}\n")
    assert "The title is missing" in here.push("-m", "Premier", code=2).err
    here.post("un")
    assert "-m" in here.push("-m", code=2).err
    assert "Not committed, so not published: posts/un.md" in here.push(code=2).err
    assert here.published() == []


def test_p290_a_person_is_asked_for_what_is_missing(person: Clone) -> None:
    person.write("koweb.toml", person.read("koweb.toml").replace('"." = "koweb-kafe"\n', ""))
    person.run("doctor")
    person.write("posts/nu.md", f"# Des notes\r\n\r\n{TEXT}\r\n")
    person.write("posts/plus-tard.md", "Une idée.\n")
    person.write("posts/sans.md", f"---\nid: sans\n---\n{TEXT} Encore.\n")
    titles = "Court", "Un sujet qui a un titre", "Un autre titre assez long"
    answers = ["Pourquoi pas", *titles[:2], "koweb kafé", "", titles[2], "koweb-kafe"]
    run = person.run("push", text="\n".join(answers) + "\n")
    assert "posts/plus-tard.md" in person.git("status", "--porcelain")
    assert len(person.published()) == 2
    assert person.git("log", "-1", "--format=%s") == "Pourquoi pas"
    assert person.read("posts/nu.md").endswith(f"# Des notes\r\n\r\n{TEXT}\r\n")
    assert "category: koweb-kafe" in person.read("posts/sans.md")
    assert "the forum wants at least" in run.err


def test_p290_enter_leaves_out_what_is_not_committed(person: Clone, box: Sandbox) -> None:
    person.post("un")
    box.forget()
    run = person.run("push", text="\n")
    assert "Not committed, so not published: posts/un.md" in run.err
    assert person.writes() == []


def test_p291_new_asks_for_a_title_and_a_category_and_opens_the_editor(
    person: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.run("doctor")
    editor = tmp_path / "editeur"
    editor.write_text(f"#!/bin/sh\nenv >{tmp_path}/env\nprintf '%s' 'Un texte' >>\"$1\"\n")
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(editor))
    monkeypatch.setenv("KOWEB_API_KEY", "une-cle-secrete")
    run = person.run("new", "--edit", text="Court\nUn titre assez long\nOutils libres\n")
    path = run.out.strip()
    assert path == "posts/outils/un-titre-assez-long.md"
    assert person.read(path).endswith("---\n\nUn texte")
    assert "KOWEB" not in (tmp_path / "env").read_text()
    other = person.run("new", "Un titre pour le salon", "--no-edit", text="salon\n").out.strip()
    assert "category: salon" in person.read(other)
    person.run("new", "Un titre pour personne", text="\n")
    assert os.environ["KOWEB_API_KEY"]


def test_p291_new_without_a_terminal_asks_nothing(here: Clone) -> None:
    assert "title" in here.run("new", code=2).err
    assert "Write below" not in here.run("new", "Un titre assez long").err
    path = here.run("new", "Un autre titre assez long", "--category", "outils LIBRES").out.strip()
    assert "outils LIBRES" in here.read(path)  # the forum's categories are not known here yet
    here.run("doctor")
    path = here.run("new", "Un titre encore plus long", "--category", "outils LIBRES").out.strip()
    assert "facilitation-numerique/outils-libres" in here.read(path)
    assert "Perhaps" in here.run("new", "Un titre qui se trompe", "--category", "outil libre", code=2).err
    path = here.run("new", "Un titre sans ses accents", "--category", "facilitation numerique").out.strip()
    assert "category: facilitation-numerique" in here.read(path)


def test_p292_a_plan_says_which_version_counts_and_shows_what_is_not_committed_on_request(
    here: Clone, box: Sandbox
) -> None:
    here.post("un")
    here.post("parti")
    here.commit()
    here.push()
    here.reword("un", "Un texte", "Mon texte")
    here.write("posts/un.md", here.read("posts/un.md").replace("Mon texte", "Leur texte"))
    here.post("deux")
    (here.folder / "posts" / "parti.md").unlink()
    before = here.git("status", "--porcelain"), here.git("rev-parse", "HEAD")
    plain = here.run("plan")
    assert "the last commit, “Reword un”" in plain.err
    assert "Leur texte" not in here.run("diff").out
    whole = here.run("plan", "--uncommitted")
    assert "posts/deux.md" in whole.out
    assert "posts/parti.md" in whole.out
    assert "As if this were committed: posts/parti.md, posts/un.md, posts/deux.md" in whole.err
    assert "+Leur texte assez long" in here.run("diff", "--uncommitted").out
    assert (here.git("status", "--porcelain"), here.git("rev-parse", "HEAD")) == before
    here.run("plan", "--uncommitted", "-o", "plan.json", code=2)
    here.push()
    assert here.raw("un").startswith("Mon texte")


def test_p292_uncommitted_text_is_shown_before_there_is_any_commit(here: Clone) -> None:
    here.git("update-ref", "-d", "HEAD")
    here.post("un")
    assert "koweb push -m" in here.run("plan", code=2).err
    assert "posts/un.md" in here.run("plan", "--uncommitted").out


@pytest.mark.parametrize("words", [("push", "--dry-run"), ("push", "--check"), ("sync", "--dry-run")], ids=" ".join)
@pytest.mark.parametrize("first", [True, False])
def test_p292_a_dry_run_with_a_message_shows_what_that_message_would_publish(
    here: Clone, box: Sandbox, words: tuple[str, ...], first: bool
) -> None:
    here.post("un")
    if not first:
        here.commit()
        here.push()
        here.post("deux")
    else:
        here.git("update-ref", "-d", "HEAD")
    box.forget()
    run = here.run(*words, "-m", "Adieu", code=3 if "--check" in words else 0)
    assert f"posts/{'un' if first else 'deux'}.md" in run.text
    assert "koweb push -m" not in run.text
    assert [one for one in box.log if one.verb != "GET"] == []
    assert here.git("status", "--porcelain"), "nothing is committed"


def test_p293_a_push_names_the_pull_that_waits(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, TEXT.replace("Un texte", "Leur texte"))
    here.reword("un", "Un texte", "Mon texte")
    here.run("pull", code=3)
    assert "A pull waits for you" in here.push(code=None).err
    here.post("deux")
    refused = here.push("-m", "Deux", code=3)
    assert "pull --continue" in refused.err
    assert "posts/deux.md" in here.git("status", "--porcelain")


def test_a_translation_without_its_original_is_given_no_id(person: Clone) -> None:
    person.post("un")
    person.commit()
    person.push()
    text = f"---\ntitle: A topic called one\n---\n{TEXT}\n"
    person.write("posts/parti.en.md", text)
    told = person.run("push", "-m", "Traduire", text="\n" * 5, code=None)
    assert "translation of posts/parti.md, which is not there" in told.text
    assert person.read("posts/parti.en.md") == text
    assert person.published() == ["un"]


def test_p290_a_no_leaves_out_what_is_not_committed_and_a_yes_is_no_reason(person: Clone) -> None:
    person.post("un")
    before = person.git("rev-parse", "HEAD")
    run = person.run("push", text="Non\n")
    assert "Not committed, so not published: posts/un.md" in run.err
    assert person.git("rev-parse", "HEAD") == before
    run = person.run("push", text="oui\nPour essayer\n")
    assert "Say in a few words why" in run.err
    assert person.git("log", "-1", "--format=%s") == "Pour essayer"


def test_p287_what_is_staged_is_published_by_the_command_that_a_pull_names(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.post("deux")
    here.commit()
    here.push()
    here.write("notes.txt", "un")
    here.git("add", "notes.txt")
    assert "git commit" in here.run("pull", code=2).err
    here.git("rm", "--quiet", "--cached", "notes.txt")
    box.edit(box.by_id("deux").id, f"{TEXT} Et une phrase de Claire.", username="claire")
    here.write("posts/un.md", here.read("posts/un.md").replace(TEXT, f"{TEXT} Et une des nôtres."))
    here.git("add", "posts/un.md")
    said = here.run("pull", code=2).err
    assert 'koweb sync -m "Why"' in said
    assert "git commit" not in said
    here.run("sync", "-m", "Why")
    assert "une des nôtres" in here.raw("un")
    assert "une phrase de Claire" in here.read("posts/deux.md")
