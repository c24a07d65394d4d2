"""A push without news costs the same whatever the number of posts, and whatever could be news makes it look again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import PNG, Clone


def elsewhere(here: Clone) -> None:
    """Another clone publishes, and this one does not hold that yet."""
    here.git("rm", "-q", "posts/mauvais.md")
    here.commit()
    here.share()
    other = here.clone("elsewhere")
    other.reword("un", "Un texte", "Mon texte")
    other.push()
    other.share()


def edited(here: Clone) -> None:
    """Somebody edits on the forum, and a fetch sees it."""
    here.git("pull", "--quiet", "origin", "main")
    here.push()
    here.box.edit(here.box.by_id("un").id, raw="Un tout autre texte, assez long pour le forum.", username="admin")
    here.run("fetch")


def lost(here: Clone) -> None:
    """The bookmark is gone, here and on the git remote."""
    here.git("update-ref", "-d", "refs/koweb/kafe")
    here.git("push", "--quiet", "origin", ":refs/koweb/kafe")


CONFIG = "koweb.toml"
NEWS: dict[str, Callable[[Clone], object]] = {
    "a post": lambda here: here.reword("un", "assez long", "bien long"),
    "a picture": lambda here: (here.write("img/un.png", PNG + b"x"), here.commit()),
    "an earlier commit": lambda here: here.git("reset", "--hard", "--quiet", "HEAD~1"),
    "a file that goes": lambda here: (here.git("rm", "-q", "posts/deux.md"), here.commit()),
    "a setting": lambda here: here.write(CONFIG, here.read(CONFIG).replace("koweb-kafe", "facilitation-numerique")),
    "a post that cannot be read": lambda here: (here.write("posts/mauvais.md", "sans titre"), here.commit()),
    "another clone": elsewhere,
    "an edit that was seen": edited,
    "a bookmark that is lost": lost,
}


@pytest.fixture
def traced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[str]]]:
    """What git was asked since the last time."""
    trace = tmp_path / "trace"
    monkeypatch.setenv("GIT_TRACE", str(trace))

    def asked() -> list[str]:
        lines = trace.read_text().splitlines() if trace.exists() else []
        trace.unlink(missing_ok=True)
        return [line.partition("built-in: git ")[2] for line in lines if "built-in: git " in line]

    yield asked


def test_p250_a_push_without_news_reads_neither_posts_nor_bookmark(
    here: Clone, box: Sandbox, traced: Callable[[], list[str]]
) -> None:
    here.write("img/un.png", PNG)
    here.post("un", "Un texte assez long, avec ![un dessin](../img/un.png).")
    here.commit()
    here.push()
    costs = []
    for number in (1, 9):
        for nth in range(number):
            here.post(f"sujet-{nth}")
        here.commit()
        here.push()
        box.forget()
        traced()
        assert here.push().err.strip() == "The forum shows what git says: nothing to do."
        costs.append(traced())
        assert not box.log
    assert not [one for one in costs[1] if one.startswith(("ls-tree", "cat-file --batch ", "log", "rev-list"))]
    assert len(costs[0]) == len(costs[1]) <= 8
    here.write("posts/neuf.md", "Pas encore.")
    assert "Not committed, so not published: posts/neuf.md" in here.push().err


def test_p251_whatever_could_be_news_makes_a_push_look_again(here: Clone, box: Sandbox) -> None:
    here.write("img/un.png", PNG)
    here.post("un", "Un texte assez long, avec ![un dessin](../img/un.png).")
    here.post("deux")
    here.commit()
    here.push()
    for what, happens in NEWS.items():
        happens(here)
        told = here.run("plan", "--format", "json", code=None).data
        expected = {one["path"] for one in (*told["actions"], *told["refused"])}
        done = here.push("--format", "json", code=None).data
        came = {one["path"] for one in (*done["outcomes"], *done["refused"])}
        assert expected, what
        assert came >= expected, what
        if done["exit_code"]:  # what is refused is said again
            assert here.push(code=None).code == done["exit_code"], what
