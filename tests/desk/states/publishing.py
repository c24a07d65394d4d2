"""Publishing: what will be sent, what stands in its way, how far it is, what came of it"""

from collections.abc import Iterator

from koweb_sync.sandbox import Fault
from tests.desk.states.scene import Scene, Visit
from tests.desk.test_ends import desk_process
from tests.desk.test_publishing import leave_lock, mark
from tests.desk.test_writing import sent
from tests.workspace import PNG, TEXT, Clone, translating

LONG = "\n\n".join(f"{TEXT} Paragraphe {n}, et [un lien](https://example.org)." for n in range(30))


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
        here.post("trois", author="bilal", title="Qui commence, et quand ?")
        here.post("bref", "Court.")
        here.post("quatre", author="nulle-part")
        it.post("/keep-sentence/", version="another", message="Une phrase pour d’autres textes")
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
    here.post("nouveau", title="Un tout nouveau texte")
    one.sees("/publish/")
    yield "changes, and a new topic"
    (here.folder / "posts/nouveau.md").unlink()
    here.commit("Gardé ailleurs")
    one.sees("/publish/")
    yield "changes that are kept already"
    (here.folder / "posts/bref.md").unlink()
    here.post("un", tags=["accueil"])
    (here.folder / "posts/deux.md").unlink()
    one.sees("/publish/")
    yield "a topic loses its file"
    one.sends("/publish/", {"mark": mark(one.it.get("/publish/")), "message": "Sans deux"})
    yield "a topic loses its file, and nobody said yes"
    one.publishes(withdraw="on")
    yield "published"
    here.write("koweb.toml", here.read("koweb.toml").replace('"." = "koweb-kafe"', '"." = "facilitation-numerique"'))
    here.commit()
    one.sees("/publish/")
    yield "only a category changes"


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
        here.post("brouillon", draft=True)
        one.sees("/publish/")
        yield "a deletion that only this computer knows, and a draft"
        one.publishes()
        yield "kept here"
        here.post("brouillon", f"{TEXT} Encore.", draft=True)
        one.sees("/publish/")
        yield "a draft"
        yield from coming_from_a_post(one, scene, here)
        (here.folder / "posts/bref.md").unlink()
        here.post("bel", title="Un message bien écrit")
        sent(it, "posts/bel.md", "write-preview", body="Pas enregistré.")
        one.sees("/publish/")
        yield "a text that is not saved is not among it"
        one.publishes()
        yield "all is published"
        here.post("vide", "")
        one.sees("/publish/")
        yield "all is published, and a text is still to be written"
        one.publishes()
        yield "a text that is still to be written is kept"
        (here.folder / "posts/vide.md").unlink()
        (here.folder / "posts/bel.md").unlink()
        one.sees("/publish/")
        yield "a topic that koweb lets go"
        here.post("seul", title="Un message tout seul")
        one.publishes()
        here.configure('withdraw = "unlist"')
        here.commit()
        (here.folder / "posts/seul.md").unlink()
        one.sees("/publish/")
        yield "nothing but a topic that loses its file"


def coming_from_a_post(one: Visit, scene: Scene, here: Clone) -> Iterator[str]:
    """Somebody comes from a post of which nothing goes, or beside which others wait."""
    one.sees("/publish/?only=posts/brouillon.md")
    yield "somebody comes from a draft, and nothing else waits"
    here.post("ailleurs", path="posts/_drafts/ailleurs.md")
    one.sees("/publish/?only=posts/_drafts/ailleurs.md")
    yield "a folder makes it a draft"
    (here.folder / "posts/_drafts/ailleurs.md").unlink()
    here.post("bref", "Court.")
    one.sees("/publish/")
    yield "nothing can be sent"
    here.post("cote", title="Un texte à part")
    one.sees("/publish/?only=posts/bref.md")
    yield "somebody comes from a text that cannot be sent"
    here.post("cote-2", title="Un autre à part")
    one.sees("/publish/?only=posts/cote.md")
    yield "others wait beside a post"
    one.sees("/publish/?only=posts/brouillon.md")
    yield "somebody comes from a draft"
    with scene.patch.context() as patch:
        patch.setenv("KOWEB_KAFE_API_KEY", "")
        one.sees("/publish/")
        yield "the key is known to nobody"
    one.publishes()
    one.sees("/publish/?only=posts/cote.md")
    yield "somebody comes from what is published"


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
        here.post("seul", title="Un texte bien seul")
        one.publishes()
        here.post("seul", f"{TEXT} Et un mot.", title="Un texte bien seul")
        scene.box.edit(scene.box.by_id("seul").id, f"{TEXT} Une phrase du forum.")
        here.run("fetch")
        one.sees("/publish/")
        yield "what the forum has comes first"


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
    with scene.patch.context() as patch:
        patch.setenv("KOWEB_KAFE_API_KEY", "")
        one.sees("/publish/")
        yield "publishing was cut off, and the key is known to nobody"
    here.git("switch", "--quiet", "essai")
    one.sees("/publish/")
    yield "publishing was cut off, and this is another branch"
    here.git("switch", "--quiet", "main")
    for _turn in range(2):
        one.publishes()


def none_taken(scene: Scene) -> Iterator[str]:
    """Somebody comes from a translation, and the forum takes none."""
    here = scene.repository()
    here.run("doctor")
    here.post("bancs")
    here.write("posts/bancs.en.md", "---\ntitle: Benches\n---\n\nA first text of some length.\n")
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        one.sees("/publish/?only=posts/bancs.en.md")
        yield "somebody comes from a translation that the forum does not take"
        one.publishes()
        yield "published, and a translation that the forum does not take stays"
        here.write("posts/bancs.en.md", "---\ntitle: Benches\n---\n\nA better text of some length.\n")
        here.write("posts/bancs.md", here.read("posts/bancs.md").replace("id:", "id: "))
        one.sees("/publish/")
        yield "only a translation that the forum does not take, and what changes nothing there"
        one.publishes()
        yield "a version is kept, and nothing is published"
        one.sees("/preview/")
        yield "the list, where the forum takes no translations"


def translations_too(scene: Scene) -> Iterator[str]:
    """Translations among what is sent, left out, waiting, not finished, and published."""
    here, english = scene.repository(), "posts/chaises.en.md"
    translating(scene.box)
    here.run("doctor")
    for name in ("chaises", "tables"):
        here.post(name, f"{TEXT} Et {name}.")
    here.write(english, "---\ntitle: Three\n---\n\nA first text of some length.\n")
    here.run("new", "--translation-of", "posts/tables.md", "--into", "es", "--no-edit")
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        yield "the list, with translations that are not on the forum yet"
        one.sees("/publish/")
        yield "a translation among what is sent, and one that is not finished"
        one.sends("/publish/leave/", {"leave": english})
        yield "a translation is left out"
        it.post("/publish/take/", take=english)
        one.sees("/publish/?only=posts/tables.md")
        yield "a message is published, and translations wait beside it"
        one.sees("/publish/?only=posts/tables.es.md")
        yield "somebody comes from a translation that is not finished"
        one.sees(f"/publish/?only={english}")
        one.publishes(come_from=english)
        yield "a translation was published"
        here.write(english, here.read(english).replace("first", "better"))
        one.sees("/preview/posts/chaises.md")
        yield "a message whose translation changed since it was published"
        one.sees("/publish/")
        yield "a translation that changed"
        one.publishes(come_from=english)
        one.sees("/publish/?only=posts/tables.md")
        one.publishes(come_from="posts/tables.md")
        yield "a message was published whose translation stays here"
        one.sees("/preview/")
        yield "the list, with a translation that is on the forum"


PAGES = ("publish.html", "_parts.html", "_sentence.html")
ROUTES = ("publish", "keeping")
UNSEEN = frozenset(  # a forum that answers slowly, a kill between its answer and what follows; states of other rooms
    [
        "A request is one question to the forum, which answers {n} a minute.",
        "Go on with the forum’s changes",
        "Publishing was cut off before. Nothing is lost: “{button}” brings it to its end.",
        "Put it back",
        "Taken out:",
        "Whether the forum received “{titles}”, as koweb noted before the interruption.",
    ]
)
CHAPTERS = (what_is_sent, only_here, in_the_way, none_taken, translations_too)
