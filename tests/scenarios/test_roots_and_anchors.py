"""Links from the root, names that authors gave, dead links, and what to write instead."""

import re
from typing import Literal
from unicodedata import normalize

import pytest

from koweb_sync.posts.paths import External, Local, base_path, resolve
from koweb_sync.sandbox import Sandbox
from tests.scenarios.test_headings import whole
from tests.workspace import PNG, TEXT, Clone

pytestmark = pytest.mark.server("below")

Form = Literal["NFC", "NFD"]


def found(here: Clone) -> list[tuple[str, bool]]:
    """The codes that `check` gives, and whether each is an error."""
    return sorted((one["code"], one["error"]) for one in here.run("check", "--format", "json", code=None).data)


def quiet(here: Clone, box: Sandbox) -> None:
    """Nothing is left to send or to bring."""
    box.forget()
    here.push()
    assert box.log == []
    head = here.git("rev-parse", "HEAD")
    here.run("pull")
    assert here.git("rev-parse", "HEAD") == head


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/docs/b.md", "docs/b.md"),
        ("/t/a.md#b", "t/a.md"),
        ("/u/a.md", "u/a.md"),
        ("/uploads/2020/x.png", "uploads/2020/x.png"),
        ("/posts/données.json", "posts/données.json"),
        ("/img/r%C3%A9union.png", "img/réunion.png"),
        ("/search/./x.png?raw=1", "search/x.png"),
        *((f"/{way}", "") for way in ("", "t/17", "t/un-sujet/17/3", "t/-/17.rss", "c/slug/4", "c/a/b/4.json")),
        *(
            (f"/{way}", "")
            for way in ("u/jean.dupont", "tag/été", "tag/v1.2", "latest.rss", "search?q=a.md", "posts/12")
        ),
        *(
            (f"/{way}", "")
            for way in ("unseen", "read", "posted", "bookmarks", "pub/charte", "leaderboard/2", "cakeday")
        ),
        *((f"/{way}", "") for way in ("docs?topic=3", "uploads/default/original/1X/a.png", "uploads/short-url/a.pdf")),
    ],
)
def test_p112_the_forums_own_addresses_are_known_by_their_shape(url: str, path: str) -> None:
    where = resolve("posts/a.md", url)
    assert isinstance(where, Local if path else External)
    assert not path or (isinstance(where, Local) and where.path == path)
    there = resolve("posts/a.md", url, root="site")
    assert not path or (isinstance(there, Local) and there.path == f"site/{path}")


def test_p112_links_from_the_root_lead_there_or_are_named(here: Clone, box: Sandbox) -> None:
    here.configure('posts = "docs"')
    here.write("docs/img/x.png", PNG)
    here.post("b", path="docs/b.md")
    base = base_path(box.url)
    pages = f"[f]({base}/t/17) [g]({base}/new)"
    path = here.post("a", f"{TEXT}\n\n[b](/docs/b.md) ![x](/docs/img/x.png) {pages}", path="docs/a.md")
    here.commit()
    here.push()
    assert f"[b]({base}/t/-/{box.by_id('b').id}) ![x|3x2](upload://" in here.raw("a")
    assert pages in here.raw("a")
    quiet(here, box)
    here.configure('posts = "docs"\nroot = "docs"')
    here.write(path, here.read(path).replace("/docs/", "/"))
    here.commit()
    box.forget()
    here.push()
    assert here.writes() == []
    assert found(here) == []
    for wrong, code in (("/absent.md", "missing-link"), ("/docs/x", "bad-destination"), ("/b", "bad-destination")):
        here.write(path, f"{here.read(path).rstrip()} [x]({wrong})\n")
        assert (code, True) in found(here)


@pytest.mark.parametrize("root", ['"../x"', '"/abs"', '""', "3"])
def test_p112_a_root_lies_in_the_repository(here: Clone, root: str) -> None:
    here.configure(f"root = {root}")
    assert "root" in here.run("check", code=2).err


NAMES = f"""{TEXT}

<a name="ici"></a>

## Titre

<h2 id="heading--la">Là</h2>

<div id="perdu">x</div>

## Autre {{#autre}}

"""


def test_p113_names_that_an_author_gave_are_anchors(here: Clone, box: Sandbox) -> None:
    here.post("cible", f"{NAMES}[1](#ici) [2](#heading--la) [3](#autre) [4](#titre)")
    here.post("vers", f"{TEXT}\n\n[1](cible.md#ici) [2](cible.md#heading--la) [3](cible.md#autre)")
    here.commit()
    assert found(here) == [("heading-braces", False)]
    here.push()
    raw, topic = here.raw("vers"), box.by_id("cible").id
    there = f"{base_path(box.url)}/t/-/{topic}"
    assert f"({there}#ici) [2]({there}#heading--la)" in raw
    assert "[1](#ici) [2](#heading--la)" in here.raw("cible")
    shown = box.first_post(topic).cooked
    assert 'name="ici"' in shown
    assert 'id="heading--la"' in shown
    assert [one for one in whole(here, box) if one[1] not in ("ici", "heading--la")] == []
    quiet(here, box)
    assert found(here) == [("heading-braces", False)]
    here.reword("vers", "[3](cible.md#autre)", "[5](cible.md#perdu) [6](cible.md#nulle-part)")
    assert found(here) == [("anchor-dropped", False), ("heading-braces", False), ("missing-anchor", True)]


def test_p211_a_heading_is_found_without_its_accents(here: Clone, box: Sandbox) -> None:
    here.post("cible", f"[1](#lete-a-la-mer) {TEXT}\n\n## L’été à la mer\n\n## Où ça\n\n## Ou ca")
    here.post("vers", f"{TEXT}\n\n[1](cible.md#lete-a-la-mer) [2](cible.md#où-ça) [3](cible.md#ou-ca)")
    here.commit()
    assert found(here) == []
    here.push()
    ends = [one.rpartition("-")[2] for one in re.findall(r"#([^)]+)\)", here.raw("vers"))]
    assert ends == ["1", "2", "3"]
    assert "](#lete" not in here.raw("cible")
    whole(here, box)
    quiet(here, box)


DEAD = "Voir [le site](site.exemple/page), [Uploading: plan.png…]() et [là](#nulle-part)."


def test_p114_a_dead_link_of_the_forum_is_no_reason_to_refuse_an_edit(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    topic = box.new_topic("Un sujet avec des liens morts", f"{TEXT}\n\n{DEAD}", category=3).id
    box.edit(box.by_id("un").id, f"{here.raw('un')}\n\n{DEAD}")
    here.run("pull")
    here.run("adopt", str(topic), "--into", "posts/repris")
    path = next(name for name in here.git("ls-files", "posts").splitlines() if "repris" in name)
    told = [("bad-destination", False), ("missing-anchor", False), ("missing-link", False)]
    assert found(here) == sorted(told * 2)  # before any push noted it
    here.share()
    assert sum(error for _code, error in found(here.clone("fresh"))) == 3  # it knows no bookmark, but `topic:`
    here.reword("un", "Un texte", "Mon texte")
    here.reword("x", "Un texte", "Mon texte", path=path)
    here.push()
    assert here.raw("un").startswith("Mon texte")
    assert box.first_post(topic).raw == f"Mon texte{TEXT.removeprefix('Un texte')}\n\n{DEAD}"
    assert found(here) == sorted(told * 2)
    quiet(here, box)
    here.reword("un", "Mon texte", "[x](ailleurs.exemple) texte")
    assert ("missing-link", True) in found(here)
    here.push(code=2)


def test_p115_a_place_in_the_same_post_may_be_named_by_its_file(here: Clone, box: Sandbox) -> None:
    body = f"{TEXT}\n\n## Titre\n\n[a](%s#titre) <a name='ici'></a>[b](%s#ici)"
    here.post("soi", body % ("soi.md", "soi.md"))
    here.post("meme", body.replace("Titre", "Titre") % ("", ""))
    here.commit()
    here.push()
    own, same = here.raw("soi"), here.raw("meme")
    number = [str(box.first_post(box.by_id(one).id).id) for one in ("soi", "meme")]
    assert own.replace(f"p-{number[0]}-", "") == same.replace(f"p-{number[1]}-", "")
    assert "/t/-/" not in own
    assert len(box.requests("PUT")) == (0 if box.state.flavour.anchors == "plain" else 2)
    quiet(here, box)


@pytest.mark.parametrize(("form", "other"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_p116_a_name_is_found_however_its_accents_are_written(
    here: Clone, box: Sandbox, form: Form, other: Form
) -> None:
    here.write(normalize(form, "posts/réunion.png"), PNG)
    here.post("deux", path=normalize(form, "posts/été.md"))
    here.post("un", normalize(other, f"{TEXT}\n\n![x](réunion.png) [été](/posts/été.md)"))
    here.commit()
    assert found(here) == []
    here.push()
    assert f"](upload://{box.uploads()[0].short_url.removeprefix('upload://')})" in here.raw("un")
    assert f"]({base_path(box.url)}/t/-/{box.by_id('deux').id})" in here.raw("un")
    quiet(here, box)
    here.write(normalize(form, "posts/réunion.png"), PNG + b"neuf")
    here.commit()
    box.forget()
    here.push()
    assert len(box.requests("POST", "^/uploads")) == 1


INSTEAD = {
    "moi@exemple.org": "mailto:moi@exemple.org",
    "www.exemple.org": "https://www.exemple.org",
    "exemple.org/page?x=1": "https://exemple.org/page?x=1",
    "exemple.org:8080/page": "https://exemple.org:8080/page",
    "b": "b.md",
    "b.html#titre": "b.md#titre",
    "dossier/": "dossier/c.md",
    "/posts/b": "/posts/b.md",
    "x.png": "../img/x.png",
    "/x.png": "/img/x.png",
    "B.md": "posts/b.md",
}


def test_p117_what_leads_nowhere_is_told_with_what_to_write(here: Clone) -> None:
    here.write("img/x.png", PNG)
    here.post("b", f"{TEXT}\n\n## Titre")
    here.post("c", path="posts/dossier/c.md")
    for number, url in enumerate(INSTEAD):
        here.post(f"lien-{number}", f"{TEXT}\n\n[x]({url})")
    told = {one["path"]: one["message"] for one in here.run("check", "--format", "json", code=2).data}
    assert len(told) == len(INSTEAD)
    for number, word in enumerate(INSTEAD.values()):
        assert word in told[f"posts/lien-{number}.md"].replace("»", " ").replace("”", " ")
    here.post("racine", f"{TEXT}\n\n![x](/img/x.png)")
    assert len(here.run("check", "--format", "json", code=2).data) == len(INSTEAD)


def test_p118_links_of_a_wiki_are_told(here: Clone) -> None:
    here.post("un", f"{TEXT}\n\nVoir [[b]] et\n![[x.png|300]], `[[code]]`\n\n    [[code]]\n\n<b>[[c#Titre|d]]</b>")
    told = here.run("check", "--format", "json").data
    assert [(one["code"], one["line"], one["error"]) for one in told] == [("wiki-links", 7, False)]
    assert "3" in told[0]["message"]
    assert "koweb import" in told[0]["message"]


@pytest.mark.parametrize("box", ["2025"], indirect=True)
def test_p160_where_bbcode_makes_no_link_it_is_named_before(here: Clone, box: Sandbox) -> None:
    body = f"{TEXT}\n\n## Suite\n\n[url=#suite]a[/url]\n[url=/t/17]b[/url]\n[url]https://exemple.org[/url]\n[url=b.md]c[/url]"
    here.post("a", body)
    here.post("b")
    here.commit()
    here.push()
    assert box.first_post(box.by_id("a").id).cooked.count('data-bbcode="true"') == 2
    named = [one for one in here.run("check", "--format", "json").data if one["code"] == "bbcode-url"]
    assert [(one["line"], one["error"]) for one in named] == [(9, False), (10, False)]
    assert "[text](#suite)" in named[0]["message"]


@pytest.mark.parametrize("box", ["2025"], indirect=True)
def test_p170_html_that_the_forum_drops_is_named_with_what_readers_see(here: Clone, box: Sandbox) -> None:
    """What the check says of each element is what the forum shows of it."""
    kept = "".join(f"<{name}>dans {name}</{name}> " for name in ("kbd", "mark", "sub", "small", "abbr", "ins"))
    rest = "<center>au centre</center> et <u>dessous</u> et <center>encore</center>"
    map_ = "https://www.openstreetmap.org/export/embed.html?bbox=1"
    here.post(
        "a",
        f"{TEXT} {kept}\n\n<div>\n<script>lance()</script>\n<style>p {{}}</style>\n</div>\n\n{rest}\n<input>\n\n"
        f'<iframe src="https://carte.exemple.org/x"></iframe> <iframe src="{map_}"></iframe>\n\n`<form>` <!-- <q> -->',
    )
    here.commit()
    here.push()
    named = [one for one in here.run("check", "--format", "json").data if one["code"] == "html-dropped"]
    found = {one["message"].partition("<")[2].partition(">")[0]: (one["line"], one["message"]) for one in named}
    assert {name: line for name, (line, _words) in found.items()} == {
        "script": 8,
        "style": 9,
        "center": 12,
        "u": 12,
        "input": 13,
        "iframe": 15,
    }
    assert not any(one["error"] for one in named)
    assert "carte.exemple.org" in found["iframe"][1]
    cooked = box.first_post(box.by_id("a").id).cooked
    assert not any(f"<{name}" in cooked for name in found)
    assert all(f"<{name}" in cooked for name in ("kbd", "mark", "sub", "small", "abbr", "ins"))
    assert ("lance()" in cooked, "p {}" in cooked, "au centre" in cooked) == (False, True, True)
    assert ("all that is in it" in found["script"][1], "as ordinary text" in found["style"][1]) == (True, True)


SPACED = """\
![plan](img/plan du lieu.png) et **[le *rôle*](rôle de  l'animateur.md#posture)** ou [lui](<rôle de  l'animateur.md>)

[rien](perdu de vue.md), [1] (voir la page), [sic](en un mot), [x](http://exemple.org/a b.md), `[code](a b.md)`
[moi](perdu.md "en titre"), [img]img/plan du lieu.png[/img], [url=rôle de  l'animateur.md]lui[/url]
"""


WAYS = (
    *("](<img/plan du lieu.png>)", "](<rôle de  l'animateur.md#posture>)", "](<perdu de vue.md>)"),
    *("[img]img/plan%20du%20lieu.png[/img]", "[url=rôle%20de%20%20l'animateur.md]"),
)


def test_p210_a_path_with_blanks_is_no_link_and_is_named(here: Clone) -> None:
    here.write("posts/img/plan du lieu.png", PNG)
    here.post("role", f"## Posture\n\n{TEXT}", path="posts/rôle de  l'animateur.md")
    here.post("perdu", path="posts/perdu.md")
    here.post("un", f"{TEXT}\n\n{SPACED}")
    here.commit()
    named = here.run("check", "--format", "json").data
    assert [(one["code"], one["line"], one["error"]) for one in named] == [
        ("blank-in-path", line, False) for line in (7, 7, 9, 10, 10)
    ]
    for one, way in zip(named, WAYS, strict=True):
        assert way in one["message"]
