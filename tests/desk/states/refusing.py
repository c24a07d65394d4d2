"""Whatever refuses while one publishes, and what came of it."""

from collections.abc import Iterator
from threading import Event

from koweb_sync import trusted
from koweb_sync.sandbox import Fault
from tests.desk.states.scene import Scene, Visit
from tests.desk.test_refusals import TROUBLES, in_trouble
from tests.workspace import TEXT, Clone


def another_address(one: Visit, scene: Scene, here: Clone) -> Iterator[str]:
    """A key that was used elsewhere."""
    here.post("cinq")
    own = scene.box.key("propre-1", username=None)
    with scene.patch.context() as patch:
        patch.setenv("KOWEB_KAFE_API_KEY", own)
        trusted.bind(own, "https://ailleurs.example.org")
        one.publishes()
        yield "the key was used with another address"


def under_way(one: Visit, here: Clone) -> Iterator[str]:
    """Work: how far it is, and what else cannot be done meanwhile."""
    go_on = Event()
    here.post("encore")
    here.post("plus")
    one.it.run.work.start("publish", "Publication", "/publish/done/", lambda _work: go_on.wait(60))
    one.sees("/work/")
    yield "work whose end nobody knows"
    work = one.it.run.work.last
    assert work is not None
    work.advance(total=3)
    work.advance()
    work.say("posts/encore.md : publié")
    one.sees("/work/")
    yield "work, one of three"
    one.sends("/bring-back/look/")
    yield "something else is under way"
    go_on.set()
    work.over.wait(60)
    one.works("/publish/ask/")


def refusals(scene: Scene) -> Iterator[str]:
    """Whatever refuses while one publishes."""
    here, box = scene.repository(), scene.box
    scene.patch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    here.post("un")
    here.commit()
    here.push()
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        for name, (trouble, _words, _button) in TROUBLES.items():
            here.post("un", f"{TEXT} {name}")
            with in_trouble(box, here, trouble):
                one.publishes()
                yield f"refused: {name}"
                if name in ("a merge", "no answer"):
                    one.works("/bring-back/")
                    yield f"bringing back is refused: {name}"
                if name == "a merge":
                    one.sees("/preview/")
                    yield "the list: somebody changes versions by hand"
            one.it.post("/publish/branch/")
        here.post("un", f"{TEXT} Et un mot.")
        box.edit(box.by_id("un").id, f"{TEXT} Une phrase du forum.")
        one.publishes()
        yield "somebody changed it on the forum meanwhile"
        here.post("bref", "Court.")
        here.post("deux", title="Un texte à part")
        one.publishes()
        yield "another one goes, and two stay here"
        here.post("deux", f"{TEXT} Encore.", title="Un texte à part")
        here.post("trois", title="Un autre à part")
        box.fail(Fault("refuse", writes=True, nth=2, times=20))
        one.publishes()
        yield "the forum falls silent on the way"
        box.front.faults.waiting.clear()
        yield from under_way(one, here)
        yield from another_address(one, scene, here)


PAGES = ("published.html", "_help.html", "error.html", "work.html")
ROUTES = ("work",)
UNSEEN = frozenset(  # of other states
    [
        "Go on with the forum’s changes",
        "To your posts",
        "See what would be sent now",
        "Go on translating",
        "The forum had received “{titles}” already: it is finished.",
    ]
)
CHAPTERS = (refusals,)
