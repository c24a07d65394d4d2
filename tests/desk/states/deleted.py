"""Deleted texts: where they are listed, read, brought back and forgotten."""

import re
from collections.abc import Iterator

from koweb_sync.desk.texts import deleted_texts
from tests.desk.states.scene import Scene, Visit
from tests.desk.test_losing_nothing import mark_of
from tests.desk.test_writing import FILE, sent
from tests.workspace import TEXT, Clone


def deleted(scene: Scene) -> Iterator[str]:
    """Texts that are gone, and their way back."""
    here = scene.repository()
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        one.sees("/deleted/")
        yield "no text was ever deleted"
        here.post("un")
        here.post("deux")
        here.commit()
        here.push()
        here.git("rm", "--quiet", "posts/deux.md")
        here.commit()
        here.write(FILE, here.read(FILE) + f"\nEncore. {TEXT}\n")
        it.post(f"/write-delete/{FILE}", mark=mark_of(it))
        one.sees("/deleted/")
        yield "deleted texts"
        (aside,) = re.findall(r"aside=(\d+)", it.get("/deleted/").text)
        one.sees("/deleted/posts/deux.md")
        yield "a deleted text"
        one.sees(f"/deleted/{FILE}?aside={aside}")
        yield "a text that is set aside"
        one.sends(f"/deleted-forget/{FILE}", {"aside": aside})
        yield "forget it: nobody said yes"
        here.write("posts/deux.md", "autre chose")
        one.sends("/deleted/posts/deux.md")
        yield "something lies at its place"
        one.sends(f"/deleted/{FILE}", {"aside": aside})
        yield "a text is back"
        (here.folder / "posts/deux.md").unlink()
        for _turn in range(2):
            here.commit()
        scene.patch.setattr(deleted_texts, "WALKED", 1)
        one.sees("/deleted/")
        yield "none in this part of the history"
        one.sees("/deleted/?after=99")
        yield "no older ones"


def deleting(scene: Scene) -> Iterator[str]:
    """Deleting a message, and what becomes of a text whose file is gone."""
    here = scene.repository()
    here.configure('withdraw = "delete"')
    here.post("un")
    here.post("trois", f"Voir [l’autre](un.md). {TEXT}")
    here.commit()
    here.push()
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        yield from deleting_one(one, here)


def deleting_one(one: Visit, here: Clone) -> Iterator[str]:
    """The same of one message that another one links to."""
    it = one.it
    one.sees(f"/write-delete/{FILE}")
    yield "delete this message?"
    one.sends(f"/write-delete/{FILE}", {"mark": "0"})
    yield "delete: the file is another one by now"
    sent(it, FILE, "write-preview", body="Pas enregistré.")
    here.write(FILE, here.read(FILE) + "\nEncore.\n")
    one.sees(f"/write-delete/{FILE}")
    yield "delete what is nowhere else?"
    one.sends(f"/write-delete/{FILE}", {"mark": mark_of(it)})
    yield "deleted"


def translations(scene: Scene) -> Iterator[str]:
    """A message that goes with its translation, and translations whose original is not there."""
    here = scene.repository()
    here.post("un")
    here.write("posts/un.en.md", f"---\ntitle: How we welcome people\n---\n\nWelcome. {TEXT}\n")
    here.commit()
    here.push()
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        one.sees("/write-delete/posts/un.en.md")
        yield "delete a translation?"
        one.sees(f"/write-delete/{FILE}")
        yield "delete a message with a translation?"
        one.sends(f"/write-delete/{FILE}", {"mark": mark_of(it)})
        yield "deleted with its translation"
        one.sees("/deleted/")
        yield "a deleted text with its translation"
        here.git("checkout", "HEAD", "--", "posts/un.en.md")
        one.sees("/preview/")
        yield "the list: a translation without its original"
        one.sees("/preview/posts/un.en.md")
        yield "a translation whose original was deleted"
        one.sees("/publish/")
        yield "publish: a translation without its original stays"
        it.post("/write-preview/posts/un.en.md", title="Typed", body="Typed.", mark="0")
        one.sees("/preview/posts/un.en.md")
        yield "a translation whose original was deleted while it was written"
        one.sends("/write-delete/posts/un.en.md", {"mark": "0"})
        yield "delete the translation: it is another one by now"
        here.git("mv", "posts/un.en.md", "posts/ailleurs.en.md")
        one.sees("/preview/posts/ailleurs.en.md")
        yield "a translation of nothing that is known"


CHAPTERS = (deleted, deleting, translations)
PAGES = ("deleted*.html", "delete.html", "lone_translation.html")
ROUTES = ("deleted", "delete")
UNSEEN = frozenset(["Its pictures and files stay where they are."])  # of a message that shows some
