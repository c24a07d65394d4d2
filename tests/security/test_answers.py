"""Whatever a forum answers: no command ends in a traceback, writes what nobody wrote, or loses a sentence."""

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from koweb_sync.cli.archive.command import SUBCOMMANDS
from koweb_sync.cli.root import COMMANDS
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import archive_of, forum_of
from tests.security.hostile import Hostile, hostile
from tests.workspace import FLAVOURS, TEXT, Clone, forget_forum, new_workspace

IDS = ("un", "deux", "trois")
READING = (
    *(("fetch",), ("status",), ("diff",), ("plan",), ("push", "--dry-run"), ("push", "--check"), ("doctor",)),
    *(("component", "status"), ("component", "install", "--dry-run")),
    *(("adopt", "--dry-run", "1", "2"), ("adopt", "--dry-run", "--history", "--category", "facilitation-numerique")),
)
WRITING = (("push",), ("pull",), ("sync",))
ARCHIVE = (
    *(("archive", "--via", "rest"), ("archive", "--via", "data-explorer"), ("archive", "verify")),
    *(("archive", "--dry-run"), ("archive", "--messages", "--staff"), ("archive", "verify", "--offline")),
    ("archive", "close", "--to", "../kit", "--yes", "--contact", "Claire, claire@example.org"),
)
RESTORE = (("archive", "restore", "--yes"), ("archive", "restore", "--yes"), ("archive", "restore", "--dry-run"))
# They ask no forum, or none of their own; the desk asks as the other commands do; those of logins have a test of theirs
# beside the other ones of logins, and what listens beside those of listening.
ASIDE = frozenset({"login", "logout", "init", "new", "check", "import", "preview", "desk", "report", "demo", "sandbox"})
ASIDE |= {"letter", "feed", "listen"}

AT_HOME = frozenset(  # they ask no forum
    {"list", "show", "search", "stats", "export", "forget", "subject", "consent", "purge", "drop"}
)


def begun(top: Path, box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A repository with three published posts, and an archive."""
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    here = new_workspace(top / "work", box)
    for ident in IDS:
        here.post(ident, f"Début de {ident}.\n\n{TEXT}\n\nMilieu de {ident}, qui reste.\n\nFin de {ident}.")
    here.commit()
    here.share()
    here.push()
    box.set(data_explorer_enabled=True)
    here.run("doctor", "--save-query", code=None)
    return here


def others(box: Sandbox) -> dict[int, str]:
    """The texts of all posts that are not ours."""
    ours = {topic.id for topic in box.topics() if (topic.external_id or "").startswith("koweb-")}
    with box.state.lock:
        return {post.id: post.raw for post in box.state.posts.values() if post.topic_id not in ours}


def check_writes(here: Clone, since: int) -> None:
    """Every edit that the forum took is one of ours, under the text that it replaced; nothing is there twice."""
    box = here.box
    ours = {
        post.id for post in box.state.posts.values() if (box.topic(post.topic_id).external_id or "").startswith("k")
    }
    for one in box.log[since:]:
        if one.verb == "PUT" and one.path.startswith("/posts/") and one.status == 200:
            assert int(one.path.split("/")[2].removesuffix(".json")) in ours, one
            sent = parse_qs(one.body.decode())
            assert sent["post[raw_old]"][0].strip(), one
            assert "Milieu de" in sent["post[raw]"][0], one
    published = here.published()
    assert len(published) == len(set(published))


def play(here: Clone, enemy: Hostile, commands: Sequence[tuple[str, ...]], dice: random.Random, wanted: int) -> None:
    """Run commands until so many answers were mutated; people write on both sides meanwhile."""
    box, n = here.box, 0
    said: list[str] = []
    before = others(box)
    while len(enemy.done) < wanted:
        n += 1
        words = commands[n % len(commands)]
        ident = dice.choice(IDS)
        mine = box.by_id(ident).id if ident in here.published() else None
        if mine is not None and dice.random() < 0.3:
            said.append(f"Phrase {n} du forum.")
            box.edit(mine, box.first_post(mine).raw + f"\n\n{said[-1]}", username="claire")
        if dice.random() < 0.3 and not here.git("status", "--porcelain"):
            said.append(f"Phrase {n} de git.")
            here.reword(ident, f"Début de {ident}.", f"Début de {ident}. {said[-1]}")
        since, seen = len(box.log), len(enemy.done)
        try:
            run = here.run(*words, code=None)
            assert "Traceback" not in run.text
            assert run.code in (0, 1, 2, 3)
            assert isinstance(run.text.encode(), bytes)
            check_writes(here, since)
        except BaseException as error:
            error.add_note(f"{' '.join(words)} after {enemy.done[seen:]}")
            raise
    enemy.on = False
    forget_forum()
    settled(here, said)
    assert {post: raw for post, raw in others(box).items() if post in before} == before


def settled(here: Clone, said: list[str]) -> None:
    """With good answers again everything comes together: each sentence is on both sides.

    Where an answer was lost before somebody edited the same paragraph there may be a conflict: a person keeps both.
    """
    for _ in range(4):
        here.run("sync", code=None)
        for path in here.git("diff", "--name-only", "--diff-filter=U").splitlines():
            lines = here.read(path).splitlines(keepends=True)
            here.write(path, "".join(one for one in lines if not one.startswith(("<<<<<<<", "=======", ">>>>>>>"))))
            here.git("add", path)
        here.run("pull", "--continue", code=None)
    here.run("sync")
    for ident in IDS:
        raw, file = here.raw(ident), here.read(f"posts/{ident}.md")
        for one in said:
            assert (one in raw) == (one in file), (one, ident)
    everything = "".join(here.raw(ident) for ident in IDS)
    assert [one for one in said if one not in everything] == []


def test_every_command_that_asks_a_forum_meets_hostile_answers() -> None:
    met = {words[0] for words in (*READING, *WRITING, *ARCHIVE)}
    assert met == COMMANDS.keys() - ASIDE
    met = {words[1] for words in (*ARCHIVE, *RESTORE) if not words[1].startswith("-")}
    assert met == SUBCOMMANDS.keys() - AT_HOME


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_mutated_answers_to_a_restoration_write_nothing_twice(
    flavour: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored(flavour, tmp_path, monkeypatch, (7, 8))


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("seed", range(20))
def test_many_mutated_answers_to_a_restoration_write_nothing_twice(
    flavour: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored(flavour, tmp_path, monkeypatch, (seed, 20))


def restored(flavour: str, top: Path, monkeypatch: pytest.MonkeyPatch, how: tuple[int, int]) -> None:
    """Publish an archive on a forum whose answers are mutated, again and again; `how` is the seed, and how many are."""
    seed, wanted = how
    town = forum_of(4, 10, 6, people=4)
    with Sandbox.start(town, flavour=flavour) as box, archive_of(box, top) as kept:
        kept.run()
        texts = Counter(raw for raw, _cooked in kept.texts().values())
    empty = {**town, "topics": [], "posts": [], "likes": [], "categories": [], "tags": [], "next_ids": {}}
    with Sandbox.start(empty, flavour=flavour) as there:
        monkeypatch.setenv("KOWEB_KAFE_API_KEY", there.keys["all_users"])
        monkeypatch.setenv("KOWEB_ARCHIVE_STORE", str(top / "archive.sqlite"))
        here = new_workspace(top / "work", there)
        with hostile(there, seed, share=0.15, most=wanted) as enemy:
            for n in range(10 * wanted):
                seen = len(enemy.done)
                run = here.run(*RESTORE[n % len(RESTORE)], code=None)
                assert "Traceback" not in run.text
                assert run.code in (0, 1, 2, 3)
                assert twice(there, texts) <= refused(enemy), enemy.done[seen:]
                if len(enemy.done) >= wanted:
                    break
        assert len(enemy.done) == wanted
        forget_forum()
        here.run("archive", "restore", "--yes")
        assert texts <= sent(there)
        assert twice(there, texts) <= refused(enemy)


def twice(there: Sandbox, texts: Counter[str]) -> int:
    """How many texts are on a forum that should not be, or not again."""
    return (sent(there) - texts).total()


def refused(enemy: Hostile) -> int:
    """How often the forum took a post and said that it may not be: whoever believes that sends it in another name."""
    return sum(one.startswith("POST /posts: 4") for one in enemy.done)


def sent(there: Sandbox) -> Counter[str]:
    """The texts on a forum, each as often as it is there, without those that describe a category."""
    with there.state.lock:
        posts, definitions = list(there.state.posts.values()), there.state.definitions()
        return Counter(one.raw for one in posts if one.topic_id not in definitions)


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("part", ["texts", "archive"])
def test_mutated_answers_stop_nothing(flavour: str, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutated(flavour, part, tmp_path, monkeypatch, (7, 8))


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("part", ["texts", "archive"])
@pytest.mark.parametrize("seed", range(5))
def test_a_thousand_mutated_answers_stop_nothing(
    flavour: str, part: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutated(flavour, part, tmp_path, monkeypatch, (seed, 50))


def mutated(flavour: str, part: str, top: Path, monkeypatch: pytest.MonkeyPatch, how: tuple[int, int]) -> None:
    """Play with a forum of a flavour; `how` is the seed, and how many answers are mutated."""
    seed, wanted = how
    with Sandbox.start(flavour=flavour) as box:
        here = begun(top, box, monkeypatch)
        commands = ARCHIVE if part == "archive" else (*READING, *WRITING, *WRITING)
        with hostile(box, seed, share=0.05 if part == "archive" else 0.2) as enemy:
            play(here, enemy, commands, random.Random(seed), wanted)
