"""Requests are the currency: what a push may cost, at the size of a real community."""

from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox
from tests.forks import DeadlyGit, Forked
from tests.gate import fewer
from tests.workspace import PNG, TEXT, Clone

pytestmark = pytest.mark.server("2022")


def test_many_posts_with_images_cost_what_is_promised(here: Clone, box: Sandbox) -> None:
    posts, images = fewer(500), fewer(200)
    for number in range(images):
        here.write(f"posts/img/{number}.png", PNG + str(number).encode())
    for number in range(posts):
        image = f"![schéma](img/{number}.png)" if number < images else ""
        link = f"[avant](sujet-{number - 1}.md)" if number else "[en cercle](sujet-1.md)"
        here.post(f"sujet-{number}", f"{TEXT} {link} {image}", tags=["outils"])
    here.commit()
    here.push()
    creates, uploads = box.requests("POST", r"^/posts"), box.requests("POST", r"^/uploads")
    assert (len(creates), len(uploads), len(box.requests("PUT"))) == (posts, images, 1)
    assert len(box.log) - (posts + images + 1) <= 5
    assert len(here.published()) == posts

    def cost() -> int:
        box.forget()
        here.commit()
        here.push()
        return len(box.log)

    assert cost() == 0
    here.reword("sujet-7", "Un texte", "Mon texte")
    assert cost() == 1
    here.post("sujet-8", f"{TEXT} Autrement.", title="Un tout autre titre", tags=["outils"])
    assert cost() <= 2
    here.post("sujet-9", f"{TEXT} Autrement.", tags=["outils"], category="salon")
    assert cost() <= 4  # looked at, the text, the category, looked at again
    here.post("sujet-10", f"{TEXT} Autrement.", title="Encore un autre titre", tags=["choix"], category="salon")
    assert cost() <= 4
    here.post("sujet-11", f"{TEXT} [avant](sujet-10.md) ![schéma](img/11.png)", tags=["choix"], category="salon")
    assert cost() <= 3
    (here.folder / "posts" / "bases").mkdir()
    for number in range(images, images + 50):
        here.git("mv", f"posts/sujet-{number}.md", f"posts/renommé-{number}.md")
    assert cost() == 0
    assert cost() == 0


def test_p50_the_bookmark_of_many_posts_stays_small(here: Clone, box: Sandbox) -> None:
    """A part of 5,000 posts in that part of the room; the benchmark measures the whole and its time."""
    posts = fewer(500)
    body = TEXT + " Un paragraphe de plus, pour la longueur." * 40
    for number in range(posts):
        here.post(f"sujet-{number}", f"{body} {number}")
    here.commit()
    before = size(here)
    here.push()
    assert size(here) - before < 12 * posts
    journal = here.folder / ".git" / "koweb" / "kafe" / "journal"
    assert not journal.exists() or journal.stat().st_size < 1_000_000


def size(here: Clone) -> int:
    """The room that git objects take, in KiB."""
    counts = dict(line.split(": ") for line in here.git("count-objects", "-v").splitlines())
    return int(counts["size"]) + int(counts["size-pack"])


@pytest.mark.parametrize("flag", ["pinned", "closed"])
def test_a_status_costs_one_more_request(here: Clone, box: Sandbox, flag: str) -> None:
    here.post("un", pinned=flag == "pinned", closed=flag == "closed")
    here.post("deux", listed=False)
    here.commit()
    here.push()
    assert len(here.writes()) == 3
    topic = box.by_id("un")
    assert topic.closed if flag == "closed" else topic.pinned_at
    assert not box.by_id("deux").visible
    box.forget()
    here.push()
    assert box.log == []
    here.post("un", pinned=False, closed=False)
    here.commit()
    here.push()
    assert len(here.writes()) == 1
    topic = box.by_id("un")
    assert not (topic.closed if flag == "closed" else topic.pinned_at)


def test_a_sync_with_nothing_new_starts_git_a_few_times(here: Clone, box: Sandbox, tmp_path: Path) -> None:
    for number in range(50):
        here.post(f"sujet-{number}")
    here.commit()
    here.run("sync")
    git = DeadlyGit(tmp_path)
    never = git.env(0, "before")
    assert Forked(here.folder, "sync", env=never).run() == 0
    # None of them reads a tree, looks for what is unfinished, or for what a kill left: one answers, or git's files do.
    assert git.count() <= 9
