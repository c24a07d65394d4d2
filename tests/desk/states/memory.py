"""Who waits, the memory and the report; and the pages of `koweb preview`, which only shows."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from threading import Event

from koweb_sync.archive.store.schema import RUNS
from koweb_sync.archive.store.store import Store
from koweb_sync.desk.rooms.preview import PREVIEWS
from koweb_sync.errors import KowebError
from tests.desk.open_desk import desk
from tests.desk.states.scene import Scene, Visit
from tests.logging_in import Person
from tests.report.forums import DAY
from tests.report.living import month
from tests.workspace import PNG, TEXT, Clone, forget_forum

MEMORY = "koweb-archive.sqlite"


def what_was_said(scene: Scene) -> Iterator[str]:
    """The archive: read, searched, compared with the forum."""
    here, box = scene.repository(), scene.box
    here.write("posts/photo.png", PNG)
    here.post("un", f"{TEXT} ![Une photo](photo.png)", tags=["accueil"])
    here.commit()
    here.push()
    topic = box.by_id("un").id
    for number in range(2, 50):
        box.reply(topic, f"Une réponse numéro {number} de mémoire.")
    claire = Person(here, "claire", str)
    answer = {"topic_id": topic, "raw": f"Une réponse à une réponse. {TEXT}", "reply_to_post_number": 2}
    claire.browse("POST", "/posts.json", json=answer)
    for number in range(51, 56):
        box.reply(topic, f"Une réponse numéro {number} de mémoire.")
    with scene.opens(here.folder) as it:
        one, page = Visit(it, scene.judge), scene.judge.page
        one.enters()
        for path in ("/memory/", "/who-waits/", "/report/"):
            one.sees(path)
            yield f"nothing is kept yet: {path.strip('/')}"
        one.works("/memory/run")
        yield "what is kept"
        box.reply(topic, f"Une réponse de plus. {TEXT}")
        one.works("/memory/verify")
        yield "what is missing"
        one.sees("/memory/")
        yield "the newest topics"
        one.sees("/memory/?q=réponse&page=2")
        yield "what was found, the second page"
        one.sees("/memory/?q=hippopotame")
        yield "nothing was found"
        one.sees("/memory/?q=réponse+hippopotame")
        yield "what is found of some words alone"
        one.sees("/memory/?q=yack+hippopotame")
        yield "nothing was found of any word"
        one.sees(f"/memory/topic/{topic}?page=2&q=réponse&from=2")
        yield "a topic, its second page"
        one.sees(f"/memory/topic/{topic}")
        yield "a topic"
        one.sees("/who-waits/")
        yield "nobody waits"
        yield from reports(one)
        page.goto("about:blank")
        one.it.run.work.start("memory", "Le forum est lu", "/memory/state", fails)
        one.it.run.work.last.over.wait(60)  # type: ignore[union-attr]
        one.sees("/memory/")
        yield "another page, when work failed"
        one.sees("/work/")
        yield "work that failed"
        yield from elsewhere(one)
        yield from less_and_more(one, here)


def less_and_more(one: Visit, here: Clone) -> Iterator[str]:
    """A memory of what is public alone, and one of which another copy holds less."""
    here.run("archive", "--public-only")
    one.sees("/memory/state")
    yield "what is kept of what is public"
    shutil.copy(here.folder / MEMORY, here.folder / "copie.sqlite")
    here.run("archive", "forget", "claire", "--yes", "--store", "copie.sqlite", code=None)
    one.sees("/report/")
    yield "the report: somebody was forgotten in another copy of the memory"


def elsewhere(one: Visit) -> Iterator[str]:
    """Pages of somebody who left that of the work."""
    work, go_on = one.it.run.work, Event()
    begun = work.start("memory", "Le forum est lu", "/memory/state", lambda _work: go_on.wait(60))
    begun.reach(3, 12)
    one.sees("/who-waits/")
    yield "another page, while work runs"
    one.sees("/memory/state")
    yield "what is kept, while it is read"
    begun.reach(30, 0)
    one.sees("/who-waits/")
    yield "another page, while work runs of which nobody knows how long it takes"
    one.judge.page.goto("about:blank")
    go_on.set()
    begun.over.wait(60)
    one.sees("/who-waits/")
    yield "another page, when work is done"


def fails(_work: object) -> None:
    """Work that comes to nothing."""
    raise KowebError("Le disque est plein.", remedy="Faites de la place.")


def reports(one: Visit) -> Iterator[str]:
    """Reports: made, for whom, as a message."""
    one.sees("/report/")
    yield "no report yet"
    one.works("/report/make", period="365d", audience="facilitators")
    one.works("/report/make", period="own", since="2020-01-01", until="2020-10-31", audience="community")
    yield "reports are made"
    one.sends("/report/post", {"place": ""})
    yield "a message without a category"
    one.works("/report/post", place="0")
    yield "a report is a message"
    (file,) = one.it.run.start.rglob("*2020-01-01*.md")
    file.write_text(f"{file.read_text(encoding='utf-8')}\nUne phrase de plus.\n", encoding="utf-8")
    one.works("/report/post", place="0")
    yield "there is a message about these days"
    for since, until in (("2026-10-40", ""), ("2026-10-02", "2026-10-01"), ("2126-10-01", "2126-10-02")):
        one.sends("/report/make", {"period": "own", "since": since, "until": until})
        yield f"days that are none: {since} {until}"
    one.sends("/report/delete", {"audience": "facilitators"})
    yield "a report is deleted"


def who_waits(scene: Scene) -> Iterator[str]:
    """An archive of a living forum, which was read long ago and not to its end."""
    here = scene.repository()
    with Store.open(str(here.folder / "koweb-archive.sqlite")) as store:
        forum = month()
        forum.topic("amélie_00x", 20 * DAY)
        forum.rows["topics"][-1] |= {"closed": 1, "title": "Une question qui fut fermée"}
        forum.save(store, here.box.url)
        number = store.enter(here.box.url, "kafe", 1)
        with store.begin() as connection:
            connection.execute(RUNS.insert().values(forum=number, n=99, started=1, via="rest", keyed=3))
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        yield "the list: reading was cut off"
        one.sees("/who-waits/")
        yield "who waits"
        inside = re.findall(r'href="(/memory/topic/[^"#]*)', one.it.get("/who-waits/").text)
        one.sees(unescape(inside[0]))
        yield "a topic that waits, in the memory"
        one.sees("/memory/state")
        yield "what is kept, of a reading that was cut off"


def only_shown(scene: Scene) -> Iterator[str]:
    """`koweb preview`."""
    here = scene.repository()
    forget_forum()
    with desk(here.folder, (PREVIEWS,)) as it:
        one, page = Visit(it, scene.judge), scene.judge.page
        one.enters()
        yield "preview: no post file yet"
        here.post("un", f"{TEXT} @inconnue")
        here.post("deux", "Court.")
        one.sees("/preview/")
        yield "preview: all post files"
        one.sees("/preview/posts/deux.md")
        yield "preview: a post with a problem"
        one.sees("/preview/posts/un.md")
        yield "preview: a post"
        one.sees("/nulle-part")
        yield "preview: no such page"
        one.sees("/preview/posts/un.md")
        it.run.watcher.stop()
        it.server.server.shutdown()
        it.server.server.server_close()
        page.locator("[data-away]").wait_for()
        yield "preview: koweb no longer answers"


PAGES = (
    "_erasure.html",
    "_work_line.html",
    "_reading.html",
    "memory*.html",
    "no_archive.html",
    "who_waits.html",
    "report.html",
)
ROUTES = ("memory", "waiting", "report")
UNSEEN = frozenset(  # an archive that lost files, names or posts, is empty, or has chat; what was edited days later;
    # an erasure that was begun
    [
        "Chat",
        "An erasure in the memory was begun, and is not finished: what was to go may still be in files made of it,"
        " such as copies and exports.",
        "Pass none of them on, and ask whoever looks after this folder to finish it.",
        "edited on",
        "The memory holds no topic yet.",
        "The memory holds no post of this topic.",
        "somebody",
        "{n} topic may not be whole",
        "{n} missing here",
    ]
)
CHAPTERS = (what_was_said, who_waits)
