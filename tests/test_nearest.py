"""What is mistyped is told its nearest; what git says stands behind our own words."""

import subprocess

import pytest

from koweb_sync.cli.archive.command import SUBCOMMANDS
from koweb_sync.cli.other_words import CALLED
from koweb_sync.cli.root import COMMANDS
from koweb_sync.git.words import failure
from koweb_sync.sandbox import Sandbox
from koweb_sync.spelling import latin
from tests.workspace import TEXT, Clone, forget_forum


def test_p294_a_mistyped_option_or_key_is_told_its_nearest(here: Clone) -> None:
    assert "--dry-run" in here.run("push", "--dry-rum", code=2).err
    assert here.run("push", "--mesage", "un", code=2).err.endswith("Did you mean “--message”?\n")  # and no other
    here.configure('widthraw = "keep"')
    assert "Did you mean “withdraw”?" in here.run("status", code=2).err
    here.configure()
    settings = here.read("koweb.toml")
    here.write("koweb.toml", settings.replace("[forum.kafe]", "[forums.kafe]"))
    assert "Did you mean “forum”?" in here.run("status", code=2).err
    here.write("koweb.toml", settings)
    here.write("posts/a.md", f"---\ntitle: Un sujet nommé a\nid: a\nTag: [un]\nlayout: post\n---\n{TEXT}\n")
    assert "Did you mean “posts/a.md”?" in here.run("check", "posts/aa.md", code=2).err
    out = here.run("check").out
    assert "“Tag” means nothing to koweb. It is kept, and not published. Did you mean “tags”?" in out
    assert out.count("Did you mean") == 1
    here.write("posts/a.md", f"---\ntitel: Un sujet nommé a\nid: a\n---\n{TEXT}\n")
    assert "Write “title:” instead of “titel:”." in here.run("check", code=2).out


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("pusch", "koweb push"),
        ("archive serch", "koweb archive search"),
        ("archive report", "koweb report"),
        ("search bonjour", "koweb archive search"),
        ("publier", "koweb push"),
        ("Récupérer", "koweb pull"),
        ("bureau", "koweb desk"),
        ("état", "koweb status"),
        ("aperçu posts/un.md", "koweb preview"),
        ("nouveau Titre", "koweb new"),
        ("rapport", "koweb report"),
        ("archiver", "koweb archive"),
        ("liste", "koweb archive list"),
        ("aide", "koweb --help"),
        ("help push", "koweb push --help"),
        ("aide publier", "koweb push --help"),
        ("archive chercher", "koweb archive search"),
        ("archive publier", "koweb push"),
        ("component installer", "koweb component install"),
    ],
)
def test_p506_a_command_that_is_sought_in_another_group_or_called_otherwise_is_named(
    here: Clone, typed: str, meant: str
) -> None:
    said = here.run(*typed.split(), code=2).err
    assert said.endswith(f"Did you mean “{meant}”?\n")
    assert said.count("Did you mean") == 1


def test_each_other_word_leads_to_one_command_that_there_is() -> None:
    words = [word for of_one in CALLED.values() for word in of_one.split()]
    assert sorted(words) == sorted(set(words))
    assert not set(words) & set(COMMANDS)
    assert [word for word in words if latin(word) != word] == []
    inner = {f"archive {name}" for name in SUBCOMMANDS}
    assert set(CALLED) <= {"--help", "--version", *COMMANDS, *inner}
    assert set(COMMANDS) <= set(CALLED)


def test_p295_check_knows_the_forums_categories_as_far_as_they_were_read(here: Clone, box: Sandbox) -> None:
    here.post("ici", category="Outils libres")
    here.post("la", category="outil-libre")
    here.post("rien", path="posts/ailleurs/rien.md", category="coulisses")
    here.post("brouillon", category="nulle-part", draft=True)
    here.commit()
    assert here.run("check").code == 0  # nobody asked the forum yet
    here.run("doctor")
    box.forget()
    run = here.run("check", code=2)
    assert "posts/la.md:4" in run.out
    assert "facilitation-numerique/outils-libres" in run.out
    assert "1 error" in run.err
    assert box.log == []
    forget_forum()


def test_p295_a_post_without_a_category_is_wrong_where_a_push_would_refuse_it(here: Clone) -> None:
    here.write("koweb.toml", here.read("koweb.toml").replace('"." = "koweb-kafe"\n', ""))
    here.write("posts/sans.md", f"---\ntitle: Un sujet sans catégorie\nid: sans\n---\n{TEXT}\n")
    here.commit()
    assert "warning: No category" in here.run("check").out  # nobody asked the forum yet
    here.run("doctor")
    assert "posts/sans.md:1: error: No category" in here.run("check", code=2).out


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ("fatal: Unable to create '/x/.git/index.lock': File exists.", "Another git command is at work"),
        ("fatal: unable to access 'https://x/': Could not resolve host: x", "cannot be reached"),
        ("git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.", "does not let you in"),
        ("fatal: '/nowhere' does not appear to be a git repository", "no repository at the address"),
        ("fatal: sha1 mismatch of something", "git cannot do what is needed here"),
    ],
)
def test_p296_gits_words_stand_behind_ours(said: str, ours: str) -> None:
    error = failure(("-c", "a=b", "push"), subprocess.CompletedProcess((), 1, b"", said.encode()))
    text = str(error)
    assert 0 <= text.index(ours) < text.index(f"git push says: {said.partition(':')[0]}")
