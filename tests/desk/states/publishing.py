"""Publishing: what will be sent, what stands in its way, how far it is, what came of it, and whatever refuses."""

from collections.abc import Iterator
from threading import Event

from koweb_sync import trusted
from koweb_sync.sandbox import Fault
from tests.desk.states.scene import Scene, Visit
from tests.desk.test_ends import desk_process
from tests.desk.test_publishing import leave_lock, mark
from tests.desk.test_refusals import TROUBLES, in_trouble
from tests.desk.test_writing import sent
from tests.workspace import PNG, TEXT, Clone

LONG = "\n\n".join(f"{TEXT} Paragraphe {n}." for n in range(30))


def what_is_sent(scene: Scene) -> Iterator[str]:
    """What the page tells before, and what came of it."""
    here, box = scene.repository(), scene.box
    here.configure('withdraw = "unlist"')
    here.commit()
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        one.sees("/publish/")
        yield "the forum is asked first"
        one.works("/publish/ask/")
        one.sees("/publish/")
        yield "nothing to publish"
        here.write("posts/img/photo.png", PNG)
        here.post("un", f"{TEXT} ![Une photo](img/photo.png)", tags=["accueil"], category="koweb-kafe")
        here.post("deux", LONG)
        here.post("trois", author="bilal")
        here.post("bref", "Court.")
        here.post("quatre", author="nulle-part")
        one.sees("/publish/")
        yield "new topics, and what stays here"
        one.sends("/publish/", {"mark": "0", "message": ""})
        yield "something moved, and nothing is said"
        one.sends("/publish/leave/", {"leave": "posts/deux.md", "message": "", "usual": ""})
        yield "one is left out"
        box.hold("bilal")
        one.publishes()
        yield "published, and something is held"
        one.sees("/publish/")
        yield "what waits for a moderator"
        it.run.left_out = frozenset()
        one.publishes()
        (here.folder / "posts/bref.md").unlink()
        (here.folder / "posts/quatre.md").unlink()
        yield from what_changes(one, here)
        yield from under_way(one, here)


def what_changes(one: Visit, here: Clone) -> Iterator[str]:
    """Changes, and topics that lose their file."""
    here.post(
        "un",
        f"{TEXT} ![Une photo](img/photo.png) Encore.",
        title="Un autre titre, plus long",
        category="facilitation-numerique",
    )
    here.post("deux", LONG.replace("Paragraphe", "Partie"))
    here.post("bref", "")
    one.sees("/publish/")
    yield "changes"
    (here.folder / "posts/bref.md").unlink()
    here.post("un", tags=["accueil"])
    (here.folder / "posts/deux.md").unlink()
    one.sees("/publish/")
    yield "a topic loses its file"
    one.sends("/publish/", {"mark": mark(one.it.get("/publish/")), "message": "Sans deux"})
    yield "a topic loses its file, and nobody said yes"
    one.publishes(withdraw="on")
    yield "published"


def only_here(scene: Scene) -> Iterator[str]:
    """What only this computer knows, or cannot be sent."""
    here = scene.repository()
    here.run("doctor")
    here.post("neuf")
    here.commit()
    (here.folder / "posts/neuf.md").unlink()
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        one.sees("/publish/")
        yield "a deletion that only this computer knows"
        one.publishes()
        yield "kept here"
        here.post("brouillon", draft=True)
        one.sees("/publish/")
        yield "a draft"
        one.sees("/publish/?only=posts/brouillon.md")
        yield "somebody comes from a draft, and nothing else waits"
        here.post("bref", "Court.")
        one.sees("/publish/")
        yield "nothing can be sent"
        here.post("deux", title="Un texte à part")
        one.sees("/publish/?only=posts/bref.md")
        yield "somebody comes from a text that cannot be sent"
        here.post("trois", title="Un autre à part")
        one.sees("/publish/?only=posts/deux.md")
        yield "others wait beside a post"
        one.sees("/publish/?only=posts/brouillon.md")
        yield "somebody comes from a draft"
        with scene.patch.context() as patch:
            patch.setenv("KOWEB_KAFE_API_KEY", "")
            one.sees("/publish/")
            yield "the key is known to nobody"
        one.publishes()
        one.sees("/publish/?only=posts/deux.md")
        yield "somebody comes from what is published"
        it.run.beside = frozenset()
        (here.folder / "posts/bref.md").unlink()
        here.post("bel", title="Un message bien écrit")
        sent(it, "posts/bel.md", "write-preview", body="Pas enregistré.")
        one.sees("/publish/")
        yield "a text that is not saved is not among it"
        one.publishes()
        yield "all is published"
        (here.folder / "posts/bel.md").unlink()
        one.sees("/publish/")
        yield "a topic that koweb lets go"


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


def in_the_way(scene: Scene) -> Iterator[str]:
    """What has to be done before anything is sent."""
    here = scene.repository()
    here.post("un")
    here.commit()
    here.push()
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        here.post("deux")
        here.git("switch", "--quiet", "--create", "essai")
        one.sees("/publish/")
        yield "another branch"
        here.git("switch", "--quiet", "main")
        leave_lock(here, 600)
        one.publishes()
        yield "somebody publishes now"
        leave_lock(here, 7300)
        one.publishes()
        one.sees("/publish/")
        yield "somebody seems to have published for hours"
        one.publishes(break_lock="on")
        with scene.patch.context() as patch:
            for role in ("AUTHOR", "COMMITTER"):
                for part in ("NAME", "EMAIL"):
                    patch.delenv(f"GIT_{role}_{part}")
            here.git("config", "user.useConfigOnly", "true")
            one.sees("/publish/")
            yield "a name is asked for"
            one.sends("/publish/name/", {"name": "", "email": "aissa"})
            yield "a name is asked for again"
        yield from cut_off(one, scene, here)
        yield from another_address(one, scene, here)


def cut_off(one: Visit, scene: Scene, here: Clone) -> Iterator[str]:
    """A publication that was killed."""
    here.post("trois")
    here.post("quatre")
    with desk_process(here) as killed:
        scene.box.fail(Fault("call", "POST", r"^/posts", nth=2, after_work=killed.process.kill))
        killed.post("/publish/", mark=mark(killed.get("/publish/")), message="Deux messages")
        killed.over()
    one.sees("/preview/")
    yield "the list: publishing was cut off"
    one.sees("/publish/")
    yield "publishing was cut off"
    for _turn in range(2):
        one.publishes()


def another_address(one: Visit, scene: Scene, here: Clone) -> Iterator[str]:
    """A key that was used elsewhere."""
    here.post("cinq")
    own = scene.box.key("propre-1", username=None)
    with scene.patch.context() as patch:
        patch.setenv("KOWEB_KAFE_API_KEY", own)
        trusted.bind(own, "https://ailleurs.example.org")
        one.publishes()
        yield "the key was used with another address"


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
        one.sees("/publish/")
        yield "what the forum has comes first"


PAGES = ("publish.html", "published.html", "_help.html", "_parts.html", "error.html", "work.html")
ROUTES = ("publish", "work")
UNSEEN = (
    frozenset(  # a forum that answers slowly; what the states of bringing back show; a plan that moved within seconds
        [
            "A request is one question to the forum, which answers {n} a minute.",
            "Choose what stays",
            "See what would be sent now",
        ]
    )
)
CHAPTERS = (what_is_sent, only_here, in_the_way, refusals)
