"""Writing: the list of messages, a text with all that opens beside it, earlier versions, what changed meanwhile."""

import re
from collections.abc import Iterator

from playwright.sync_api import FilePayload, expect

from koweb_sync.desk.rooms import version as version_pages
from koweb_sync.sandbox import Fault, Sandbox
from tests.desk.states.memory import only_shown
from tests.desk.states.scene import Scene, Visit
from tests.desk.test_translations_shown import translated
from tests.desk.test_typed_meanwhile import to_choose
from tests.desk.test_writing import FILE, fields, sent
from tests.workspace import PNG, TEXT, Clone

RICH = f"""## Une partie

{TEXT} @inconnue, :tada: et ![Une photo](img/photo.png).

| a | b |
|:-:|--:|
| 1 | 2 |

- [ ] à faire

[details=Plus]
encore
[/details]

```python
x = 1
```

Voir [la suite](nulle-part.md) et ![](ailleurs.png).
"""
OTHER = "Comment saluer une tortue"


def a_new_post(scene: Scene) -> Iterator[str]:
    """From the form of a new post to a text that is saved, with a picture and a link."""
    here = scene.repository()
    scene.box.new_topic(OTHER, f"{TEXT} Une tortue.", category=2)
    with scene.opens(here.folder) as it:
        one, page = Visit(it, scene.judge), scene.judge.page
        page.on("dialog", lambda dialog: dialog.accept())
        one.enters()
        yield "no message yet"
        here.post("deux", path="posts/bases/deux.md", title="L’été à Paris, en août")
        one.sees("/write/")
        yield "a new post"
        page.locator("#k-title").fill("Un titre neuf")
        expect(page.locator("[data-kept]")).to_have_attribute("data-kept", "kept")
        yield "a new post is typed"
        one.sees("/preview/")
        yield "no message yet, but one that is begun"
        one.sees("/write/")
        yield "a new post that was typed before"
        one.sends("/write/", {"title": "Un titre neuf", "place": ""})
        yield "a new post without a category"
        one.sends("/write/", {"title": "Une chose neuve à dire", "place": "0", "tags": ""})
        yield "a text that is not begun"
        new = page.url.rpartition("/write/")[2]
        page.get_by_label("Texte", exact=True).fill("Bonjour à toutes et à tous.")
        expect(page.locator("[data-kept]")).to_have_attribute("data-kept", "kept")
        yield "a text that is typed"
        one.sees("/preview/")
        yield "the list, with a text that is typed"
        one.sees(f"/preview/{new}")
        yield "a text that is typed, as it will be read"
        one.sees(f"/write/{new}")
        yield "a text that was typed before"
        yield from links_and_pictures(one, new, scene.box)
        one.sends(f"/write/{new}", {**fields(it, new), "created": "hier"})
        yield "a date that is none"
        one.sends(f"/write/{new}", fields(it, new))
        yield "saved"
        one.sends(f"/write-link/{new}", {**fields(it, new), "link": "rien de tel"})
        yield "no link is found, without script"
        one.sends(f"/write-link/{new}", {**fields(it, new), "link": "rien de tel", "where": "live"})
        yield "no link is found on this computer"
        one.sends(f"/write-file/{new}", fields(it, new))
        yield "no file was chosen, without script"


def links_and_pictures(one: Visit, new: str, box: Sandbox) -> Iterator[str]:
    """What opens beside a text."""
    page = one.judge.page
    page.get_by_text("Mettre en forme : les signes").press("Enter")
    yield "the signs are explained"
    page.get_by_role("button", name="Lien", exact=True).press("Enter")
    page.locator("#k-link").fill("ete paris")
    expect(page.get_by_role("button", name="L’été à Paris, en août")).to_be_visible()
    yield "links are offered while one types"
    page.locator("#k-link").fill("saluer tortue")
    page.locator("#k-link").press("Enter")
    expect(page.get_by_role("button", name=re.compile(OTHER))).to_be_visible()
    yield "topics of the forum are offered"
    page.locator("#k-link").fill("hippopotame")
    page.locator("#k-link").press("Enter")
    expect(page.get_by_text("Rien ici ni sur le forum")).to_be_visible()
    yield "no link is found"
    box.fail(Fault("refuse", times=4))
    page.locator("#k-link").press("Enter")
    expect(page.get_by_text("Le forum ne répond pas")).to_be_visible()
    yield "the forum does not answer to a search"
    page.locator("#k-link").fill("https://example.org/page")
    page.locator("[data-found] button").first.wait_for()
    yield "an address is offered"
    given: list[FilePayload] = [
        {"name": name, "mimeType": "image/png", "buffer": PNG} for name in ("IMG_1.png", "IMG_2.png")
    ]
    page.locator("#k-files").set_input_files(given)
    yield "pictures wait for their words"
    page.locator("#k-width-0").fill("large")
    page.locator("#k-width-0").press("Enter")
    page.locator("#k-width-0-fault").wait_for()
    yield "pictures without words"


def the_list(scene: Scene) -> Iterator[str]:
    """All messages, with every state that one may have, and what others did on the forum."""
    here, box = scene.repository(), scene.box
    names = ("paru", "change", "edite", "retenu", "parti")
    for name in names:
        here.post(name, f"{TEXT} {TEXT}", **({"author": "bilal"} if name == "retenu" else {}))
    here.post("loin", path="posts/outils/loin.md")
    here.post("soir", path="posts/bases/soir.md", title="Qui vient jeudi soir ?", category="annonces")
    here.post("matin", path="posts/outils/matin.md", category="annonces")
    box.hold("bilal")
    here.commit()
    here.push(code=None)
    here.write("posts/img/photo.png", PNG)
    here.post("neuf", RICH, tags=["accueil", "C++"], author="claire")
    here.post("change", f"{TEXT} Et plus encore.")
    here.post("brouillon", draft=True)
    here.post("vide", "")
    here.write("posts/casse.md", "---\ntitle: [\n---\nrien")
    (here.folder / "posts/parti.md").unlink()
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        yield "the list before anybody looked at the forum"
        one.works("/bring-back/look/", list="on")
        box.edit(box.by_id("edite").id, f"{TEXT} Une phrase du forum.", username="claire", title="Un titre de Claire")
        for _turn in range(2):
            box.reply(box.by_id("paru").id, f"Merci beaucoup. {_turn} {TEXT}", username="claire")
        box.reply(box.by_id("change").id, f"Merci à vous. {TEXT}", username="bilal")
        one.works("/bring-back/look/", list="on")
        yield "the list with all that others did"
        for name in ("paru", "change", "edite", "retenu", "neuf", "brouillon", "vide", "casse", "bases/soir"):
            one.sees(f"/preview/posts/{name}.md")
            yield f"a message as it will be read: {name}"
        one.sees("/preview/?words=hippopotame")
        yield "no message is like that"
        one.sees("/write/posts/casse.md")
        yield "a file that cannot be read as a message"
        one.sees("/write/posts/neuf.md")
        yield "a text with things to mend"
        here.git("sparse-checkout", "set", "--no-cone", "/*", "!/posts/outils/")
        one.sees("/preview/")
        yield "the list with a file that is left out"
        one.sees("/write/posts/outils/loin.md")
        yield "a file that is left out cannot be written"
        one.sees("/preview/posts/nulle-part.md")
        yield "no such page"
        one.sends("/report/make", {"audience": "tous"})
        yield "what was sent means nothing"


def meanwhile(scene: Scene) -> Iterator[str]:
    """A file that changes or goes while somebody writes, earlier versions, deleting."""
    here = scene.repository()
    here.post("un", f"{TEXT}\n\nRendez-vous lundi.\n\nÀ bientôt.")
    for text in ("Voir", "Lire", "Relire"):
        here.post("trois", f"{text} [l’autre](un.md). {TEXT}")
        here.commit()
    here.push()
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        yield from changed_elsewhere(one, here)
        yield from versions(one, here)
        yield from gone(one, here)
        yield from on_two_pages(one)
        scene.patch.setattr(version_pages, "EACH", 1)
        one.sees("/versions/posts/trois.md?from=1")
        yield "earlier versions, page by page"


def changed_elsewhere(one: Visit, here: Clone) -> Iterator[str]:
    """Two versions of a text that is written here and elsewhere."""
    it = one.it
    form = fields(it, FILE)
    before = here.read(FILE)
    here.write(FILE, before.replace("lundi", "mardi").replace("sujet nommé", "sujet changé", 1))
    typed = {**form, "body": form["body"].replace("lundi", "jeudi")}
    it.post(f"/keep-choices/{FILE}", **{"place-0": "un autre lieu", "choice-0": "edit", "text-0": "Écrit avant."})
    one.sends(f"/write/{FILE}", typed)
    yield "two versions: choose"
    choice = to_choose(it.post(f"/write/{FILE}", **typed))
    choice["body"] = typed["body"]
    one.sends(f"/write-choose/{FILE}", choice)
    yield "two versions: nothing was chosen"
    one.sends(f"/write/{FILE}", {**typed, "title": "Un titre d’ici, bien à moi"})
    yield "two titles and two versions: choose"
    one.sends(f"/write-forget/{FILE}", typed)
    yield "go back to the saved version?"
    one.sends(f"/write-choose/{FILE}", {**choice, "choice-0": "both"})
    yield "two versions: chosen"
    form = fields(it, FILE)
    here.write(FILE, "---\ntitle: [\n---\nrien")
    one.sends(f"/write/{FILE}", {**form, "body": "Écrit ici."})
    yield "two versions: one cannot be read"
    here.write(FILE, before)
    one.sends(f"/write-forget/{FILE}", {"sure": "on"})


def versions(one: Visit, here: Clone) -> Iterator[str]:
    """What was written before."""
    it, page = one.it, one.judge.page
    here.reword("un", "À bientôt.", "À demain.")
    here.post("quatre")
    one.sees("/versions/posts/quatre.md")
    yield "no earlier version"
    (here.folder / "posts/quatre.md").unlink()
    sent(it, FILE, "write-preview", body="Pas enregistré.")
    one.sends(f"/write-forget/{FILE}", {"sure": "on"})
    yield "what was typed is set aside"
    one.sees(f"/versions/{FILE}")
    yield "earlier versions"
    links = page.locator("main .k-rows a")
    first, last = links.first.get_attribute("href") or "", links.last.get_attribute("href") or ""
    one.sees(f"/versions/{FILE}{last}")
    yield "an earlier version"
    one.sees(f"/versions/{FILE}{first}")
    yield "a text that was set aside"
    at = last.partition("=")[2]
    one.sends(f"/versions/{FILE}", {"at": at})
    yield "an earlier version is brought in"
    one.sees(f"/versions/{FILE}{first}")
    yield "a text that was set aside, while another one is not saved"
    one.sees(f"/write/{FILE}")
    yield "an earlier version was brought in before"
    one.sends(f"/write-forget/{FILE}")
    yield "leave the earlier version again?"
    one.sends(f"/write-forget/{FILE}", {"sure": "on"})
    now = page.locator("main .k-rows a").count()
    assert now == 0
    one.sees(f"/versions/{FILE}?{kept_now(it.get(f'/versions/{FILE}').text)}")
    yield "the version of now"
    here.write(FILE, here.read(FILE) + "\nPlus encore.\n")
    one.sees(f"/versions/{FILE}")
    yield "earlier versions, and changes that none has"
    one.sends(f"/versions/{FILE}", {"at": at})
    sent(it, FILE)
    one.sees(f"/versions/{FILE}")
    yield "earlier versions, and the text is one of them again"


def gone(one: Visit, here: Clone) -> Iterator[str]:
    """A file that goes while somebody writes."""
    form = fields(one.it, FILE)
    (here.folder / FILE).unlink()
    one.sends(f"/write/{FILE}", {**form, "body": "Écrit ici."})
    yield "the file is gone, the text is kept"
    one.sees("/preview/")
    yield "the list: a text without a file"
    one.sends(f"/write-forget/{FILE}")
    yield "forget this text for good?"
    one.sends(f"/write-forget/{FILE}", {"sure": "on"})


def on_two_pages(one: Visit) -> Iterator[str]:
    """A text that is saved on one page, while another one has another text."""
    path = "posts/trois.md"
    first, second = fields(one.it, path), fields(one.it, path)
    one.it.post(
        f"/write-preview/{path}", **{**first, "body": f"{first['body']}\r\n\r\nD’une autre page.", "typed": "1"}
    )
    one.sends(f"/write/{path}", {**second, "body": f"{second['body']}\r\n\r\nEnregistré."})
    yield "saved, and another text waits"
    one.sees("/preview/")
    yield "the list: a message of which another text waits"
    one.sees(f"/preview/{path}")
    yield "a message of which another text waits"
    one.judge.page.locator("a[href*='unsaved=']").click()
    yield "the text that waits"


def kept_now(page: str) -> str:
    """The key of the newest version."""
    return str(re.findall(r'href="\?(at=\w+)"', page)[0])


PAGES = (
    *("write.html", "write_[bfg]*.html", "base.html", "list.html", "preview.html", "version*.html"),
    *(
        "_acts.html",
        "_kept.html",
        "_found.html",
        "_head.html",
        "_signs.html",
        "_signs_told.html",
        "_tags_field.html",
        "_places.html",
        "_side.html",
        "_text.html",
        "_top.html",
    ),
    "_unsaved.html",
)
ROUTES = ("write", "begin", "saving", "forget", "adding", "versions", "preview")
UNSEEN = frozenset(  # where somebody has to choose, which the states of bringing back show; a folder without a category
    [
        *("(nothing)", "Choose what stays", "Finish your choice", "no category yet", "none yet"),
        "This text has two versions now, yours and the forum’s. Both are kept, and stand side by side where you choose "
        "what stays.",
    ]
)


def translations(scene: Scene) -> Iterator[str]:
    """A text with translations: of the text of now, of an earlier one, and such as cannot be published."""
    here = scene.repository()
    translated(here)
    with scene.opens(here.folder) as it:
        one = Visit(it, scene.judge)
        one.enters()
        one.sees(f"/preview/{FILE}")
        yield "a translation of the text of now"
        one.sees("/preview/")
        yield "the list: a translation of the text of now"
        here.post("un", f"{TEXT}\n\nUne seconde phrase.")
        here.write("posts/un.de.md", "---\ntitle: Ein Thema\nofen: 1\n---\n\nText\n")
        one.sees(f"/preview/{FILE}")
        scene.judge.page.get_by_text("Ce qui a changé depuis").first.press("Enter")
        yield "a translation of an earlier text, and one that is wrong"
        one.sees(f"/write/{FILE}")
        yield "a text that has a translation of an earlier one"
        one.sees("/preview/")
        yield "the list: a translation to bring up to date"
        (here.folder / FILE).unlink()
        one.sees("/preview/")
        yield "the list: translations without their original"


CHAPTERS = (a_new_post, the_list, meanwhile, translations, only_shown)
