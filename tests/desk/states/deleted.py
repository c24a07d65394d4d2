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


CHAPTERS = (deleted, deleting)
PAGES = ("deleted*.html", "delete.html")
ROUTES = ("deleted", "delete")
UNSEEN = frozenset(["Its pictures and files stay where they are."])  # of a message that shows some
