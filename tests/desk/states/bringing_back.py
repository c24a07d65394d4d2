"""Bringing back: what there is, what stands in its way, choosing place by place, and what came of it."""

import re
from collections.abc import Iterator

from koweb_sync.config import load
from koweb_sync.git.repo import Repo
from koweb_sync.sandbox import Fault
from koweb_sync.sync.world import pull_note
from tests.desk.states.scene import Scene, Visit
from tests.desk.test_bringing_back import both_change
from tests.desk.test_writing import sent
from tests.workspace import TEXT, Clone


def coming(scene: Scene) -> Iterator[str]:
    """What others changed, and keeping one's own texts first."""
    here, box = scene.repository(), scene.box
    for name in ("un", "deux", "trois", "parti"):
        here.post(name, f"{TEXT}\n\nUne phrase commune.\n\nLa fin.")
    here.commit()
    here.push()
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        one.sees("/bring-back/")
        yield "nobody looked yet"
        one.works("/bring-back/")
        yield "nothing new on the forum"
        one.sees("/bring-back/")
        yield "nothing new, as of a while ago"
        it.run.edited_there = True
        one.sees("/bring-back/")
        yield "a publication met something"
        box.fail(Fault("refuse", times=20))
        one.works("/bring-back/")
        yield "the forum does not answer"
        box.front.faults.waiting.clear()
        raw = here.raw("deux")
        topic = box.by_id("deux").id
        box.edit(topic, f"{raw} Un mot.", username="claire")
        box.edit(topic, f"{raw} Un mot. Et un autre.", username="admin", title="Un titre de Claire", tags=["outils"])
        box.edit(box.by_id("trois").id, here.raw("trois").replace("commune", "du forum"), username="claire")
        box.delete(box.by_id("parti").id)
        one.works("/bring-back/look/")
        yield "what a look brought"
        one.sees("/bring-back/")
        yield "what others changed"
        one.works("/bring-back/")
        yield "brought back, with news"
        both_change(box, here)
        box.edit(box.by_id("un").id, here.raw("un"), username="claire", title="Un titre de plus, de Claire")
        one.works("/bring-back/")
        yield "keep your own texts first"
        one.sends("/bring-back/keep/", {"message": " "})
        yield "keep them, and nothing is said"
        sent(it, "posts/un.md", "write-preview", body="Pas enregistré.")
        box.edit(box.by_id("trois").id, f"{here.raw('trois')} Encore.", username="claire")
        one.works("/bring-back/keep/", message="Ma version")
        yield "something is left to decide"
        yield from deciding(one, here)


def deciding(one: Visit, here: Clone) -> Iterator[str]:
    """Two versions, place by place."""
    it, page = one.it, one.judge.page
    one.sees("/preview/")
    yield "the list: two versions"
    one.sees("/preview/posts/un.md")
    yield "a message with two versions"
    one.sees("/publish/")
    yield "nothing is published before somebody chooses"
    one.sees("/bring-back/")
    yield "two versions of a place"
    key = re.findall(r'name="mark" value="(\w+)"', it.get("/bring-back/").text)[0]
    one.sends("/bring-back/file/posts/un.md", {"mark": key})
    yield "nothing was chosen"
    text = here.read("posts/un.md")
    here.write("posts/un.md", text.replace("=======", "====== ="))
    one.sees("/bring-back/")
    yield "the places cannot be told apart"
    here.write("posts/un.md", text)
    it.post("/bring-back/file/posts/un.md", mark=key, **{"choice-0": "both", "text-0": ""})
    one.sees("/bring-back/")
    yield "everything is decided"
    one.sees("/preview/posts/un.md")
    yield "a message of which everything is decided"
    one.sees("/preview/")
    yield "the list: everything is decided"
    one.works("/bring-back/finish/")
    yield "finished"
    page.goto("about:blank")
    both_again(one, here)
    one.sees("/bring-back/")
    yield "two titles, and two versions of a place"
    one.works("/bring-back/undo/")
    yield "undone"


def both_again(one: Visit, here: Clone) -> None:
    """Another conflict, of a title, too."""
    here.push(code=None)
    box = here.box
    raw = here.raw("trois")
    box.edit(box.by_id("trois").id, raw.replace("La fin.", "La fin du forum."), title="Un titre venu du forum")
    here.reword("trois", "La fin.", "Ma fin.")
    here.reword("trois", "Un sujet nommé trois", "Un titre d’ici, bien à moi")
    one.it.done(one.it.post("/bring-back/"))


def cut_off(scene: Scene) -> Iterator[str]:
    """Bringing back that was killed before it began to change anything."""
    here, box = scene.repository(), scene.box
    here.post("coupe", title="Un titre coupé en deux")
    here.commit()
    here.push()
    box.edit(box.by_id("coupe").id, f"{TEXT} Du forum.")
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        repo, settings = Repo.find(here.folder), load(here.folder)
        pull_note.begin(repo, settings, (repo.head(), repo.head()), [], [])
        one.sees("/preview/")
        yield "the list: bringing back was cut off"
        one.sees("/bring-back/")
        yield "bringing back was cut off"


PAGES = ("bring_back.html", "brought_back.html", "conflicts.html")
ROUTES = ("bring_back",)
UNSEEN = frozenset(  # hundreds of messages
    ["Looking takes about {n} request, and one or two more for every change."]
)
CHAPTERS = (coming, cut_off)
