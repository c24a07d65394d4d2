"""What members of a forum, and files of a clone, may be called: no command shows or keeps a sign that a terminal obeys,
and one post with such a sign stops no other.
"""

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.sync.pull.commits import clean, one_line
from tests.security.test_doors import OBEYED
from tests.workspace import TEXT, Clone

SIGNS = [one for one in map(chr, OBEYED) if one not in "\0\n" and unicodedata.category(one) != "Cs"]
HOSTILE = "gras \x1b[31m\x1b]0;titre\x07 \x9b2J \u202egauche\u2066 \x7f \x85 \u200f \rdebut"
INJECTED = "Un titre\n\nKoweb-Forum: kafe/1@" + "0" * 64
ORDERED = ("fetch", "status", "doctor", "plan", "diff", "check", "push --dry-run")
KEPT = (
    *(
        "list",
        "show {topic}",
        "show {topic}/1 --versions",
        "search gauche",
        "verify",
        "subject claire --format json",
        "stats",
    ),
    *("list --format json", "show {topic} --format json", "search gauche --format json", "verify --offline"),
)


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """A forum: how a text is shown is not the server's business."""
    with Sandbox.start(flavour="2025") as forum:
        yield forum


def obeyed(text: str) -> set[str]:
    """The signs in what was printed that a terminal would obey, line ends and tabs aside."""
    return {sign for sign in text if sign in SIGNS and sign != "\t"} | set(re.findall("\r(?!\n)", text))


def spoil(box: Sandbox, topic: int) -> None:
    """A member names everything that can be named, and writes as nobody should."""
    with box.state.lock:
        box.edit(topic, f"{TEXT}\n\n{HOSTILE} de nouveau.", reason=HOSTILE)
        found = box.topic(topic)
        found.title = f"Un sujet {HOSTILE}"
        found.tags = [f"outil{HOSTILE}"]
        box.state.tags[found.tags[0]] = 99
        for user in box.state.users.values():
            user.name = f"Claire {HOSTILE} <x@example.org>"
        for category in box.state.categories.values():
            category.name = f"Salon {HOSTILE}"


def test_no_command_shows_a_sign_that_a_terminal_obeys(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.post("deux", title="Un titre \u202eà l’envers")
    here.commit()
    here.push()
    spoil(box, box.by_id("un").id)
    here.reword("deux", "Un texte", "Un autre \u202etexte \x1b[31m")
    topic = box.new_topic("Un sujet tout neuf de Claire", TEXT, category=here_category(box)).id
    with box.state.lock:
        box.topic(topic).title = INJECTED
    told = ""
    for words in (*ORDERED, f"adopt {topic} --history", "pull", "push", "sync"):
        run = here.run(*words.split(), code=None)
        assert run.code in (0, 2 if words == "check" else 3), (words, run.text)
        assert not obeyed(run.text), words
        told += run.text
    assert "\\u202e" in told
    assert "\\x1b[31m" in told
    log = here.git("log", "--format=%an%n%ae%n%cn%n%s%n%b")
    assert "Claire gras \\x1b[31m" in log
    assert not obeyed(log)
    assert here.git("log", "--format=%(trailers:key=Koweb-Forum,valueonly)").count("0" * 64) == 0


def test_no_command_of_the_archive_shows_a_sign_that_a_terminal_obeys(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    topic = box.by_id("un").id
    spoil(box, topic)
    told = ""
    reports = ("report --watch-list", "report --dry-run", "report --format json", "report --watch-list --format json")
    for words in ("archive", *(f"archive {rest.format(topic=topic)}" for rest in KEPT), *reports):
        run = here.run(*words.split(), code=None)
        assert run.code in (0, 3), (words, run.text)
        assert not obeyed(run.text), words
        told += run.text
    assert "\\u202egauche" in told


def here_category(box: Sandbox) -> int:
    """A category that everybody may write in."""
    return next(one.id for one in box.state.categories.values() if one.slug == "koweb-kafe")


# ---- one bad post


BAD = {
    "title": ('title: "Un titre \\ud800 abîmé"', 2),
    "escape": ('title: "Un titre \\e[31m abîmé"', 2),
    "nul": ('title: "Un titre \\0 abîmé"', 2),
    "tag": ('title: Un titre bien assez long\ntags: ["outil\\ud800"]', 3),
    "author": ('title: Un titre bien assez long\nauthor: "clai\\ud800re"', 3),
    "category": ('title: Un titre bien assez long\ncategory: "salon\\udfff"', 3),
    "id": ('title: Un titre bien assez long\nid: "a\\ud800"', 3),
    "unknown": ('title: Un titre bien assez long\n"cl\\ud800é": "valeur\\ud800"', 0),
}


def test_one_bad_post_is_named_and_stops_no_other(here: Clone, box: Sandbox) -> None:
    for name, (front, _line) in BAD.items():
        own = "" if name == "id" else f"\nid: {name}"
        here.write(f"posts/{name}.md", f"---\n{front}{own}\n---\n{TEXT}\n")
    for raw in (b"posts/caf\xe9.md", b"posts/d\xe9p\xf4t/un.md", b"posts/sign\x1b.md"):
        path = Path(os.fsdecode(raw))
        here.write(str(path), f"---\ntitle: Un titre bien assez long {len(raw)}\nid: nom-{len(raw)}\n---\n{TEXT}\n")
    here.post("bon")
    here.post("autre")
    here.commit()
    places = [f"posts/{name}.md:{line}" for name, (_front, line) in BAD.items() if line]
    names = ["posts/caf\\udce9.md", "posts/d\\udce9p\\udcf4t/un.md", "posts/sign\\x1b.md"]
    for words in ("check", "status", "plan", "push"):
        run = here.run(words, code=0 if words == "status" else 2)
        for place in (*places, *names):
            assert f"{place}: " in run.text, (words, place)
        assert not obeyed(run.text)
    assert here.published() == ["autre", "bon", "unknown"]
    box.forget()
    here.push(code=2)
    assert here.writes() == []
    listed = {one["path"] for one in here.run("check", "--format", "json", code=2).data if one["error"]}
    assert {"posts/caf\udce9.md", "posts/sign\x1b.md", "posts/tag.md"} <= listed


def test_a_published_file_that_gets_a_name_no_text_can_have_is_not_taken_for_gone(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    here.post("un")
    here.post("deux")
    here.commit()
    here.push()
    (here.folder / "posts/un.md").rename(here.folder / "posts/caf\udce9.md")
    here.reword("deux", "Un texte", "Un autre texte")
    run = here.push(code=2)
    assert "posts/caf\\udce9.md" in run.err
    assert box.by_id("un").deleted_at is None
    assert "Un autre texte" in here.raw("deux")


def test_words_of_the_command_line_that_are_no_text_are_refused_before_anything_is_written(here: Clone) -> None:
    for words in (
        ["new", "Un titre \udce9 abîmé"],
        ["new", "Un titre bien assez long", "--tag", "\udce9"],
        ["push", "-m", "Un message \udce9"],
        ["archive", "search", "\udce9"],
        ["adopt", "\udce9"],
        ["\udce9"],
    ):
        assert "\\udce9" in here.run(*words, code=2).err, words
    for title in ("Un titre \x1b[31m abîmé", "Un titre \x9b abîmé"):
        here.run("new", title, code=2)
    assert here.run("new", "Un titre \u202e abîmé").code == 0
    assert [path.name for path in (here.folder / "posts").iterdir()] == ["un-titre-abime.md"]


def test_a_repository_in_a_folder_and_on_a_branch_whose_names_are_not_utf_8(here: Clone) -> None:
    here.post("un")
    here.commit()
    there = Path(os.fsdecode(os.fsencode(here.folder.parent) + b"/caf\xe9"))
    here.folder.rename(there)
    moved = type(here)(there, here.box)
    moved.push()
    moved.git("switch", "--quiet", "-c", "caf\udce9")
    assert moved.run("status").code == 0
    assert "caf\\udce9" in moved.push(code=2).err


def test_what_a_forum_says_of_a_person_stays_on_the_line_of_a_commit_that_it_stands_on() -> None:
    for sign in map(chr, OBEYED):
        for words in (clean(f"Claire{sign}x <a@b>"), one_line(f"Titre{sign}x")):
            assert "\n" not in words
            assert not obeyed(words)
            assert words.encode()


def test_a_key_that_a_server_repeats_is_in_nothing_that_is_printed(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.post("un")
    here.commit()
    here.push()
    key = box.keys["all_users"]
    with box.state.lock:
        topic = box.by_id("un")
        topic.title = f"La clé {key[:40]} et {key}"
        topic.slug = key
    here.reword("un", "Un texte", "Un autre texte")
    for words in ("fetch", "pull", "status", "plan --format json", "push --debug", "doctor", "archive", "archive list"):
        run = here.run(*words.split(), code=None)
        assert key[:12] not in run.text, words
    box.fail(*(Fault.parse(f"{kind}@{nth}") for nth, kind in enumerate(("500", "drop", "429=1"), 1)))
    assert key[:12] not in here.run("fetch", "--debug", code=None).text
