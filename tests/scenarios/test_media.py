"""Films, sounds and files in HTML and BBCode are files as pictures are: published, brought back, adopted."""

import re

import pytest

from koweb_sync.posts.paths import base_path
from koweb_sync.sandbox import Sandbox
from tests.workspace import PNG, TEXT, Clone

pytestmark = pytest.mark.server("below")

FILM, SOUND, SHEET = b"film" * 9, b"son" * 9, b"%PDF fiche"
FILES = {"img/a.png": PNG, "film.mp4": FILM, "son.mp3": SOUND, "fiche.pdf": SHEET, "img/b.png": PNG + b"."}
BODY = f"""{TEXT}

![un film|video](film.mp4) et ![un son|audio](son.mp3)

<video controls poster="img/a.png">
<source src="film.mp4" type="video/mp4">
</video>

<audio controls><source src='son.mp3'></audio> <a href="fiche.pdf">la fiche</a> <img src=img/b.png>

[img]img/a.png[/img] [url=autre.md]un autre[/url] [url="fiche.pdf"]la fiche[/url] [url]autre.md[/url]

`[img]img/a.png[/img]` <!-- <source src="film.mp4"> -->"""
KINDS = "png|mp4|mp3|pdf"


def ours(raw: str) -> list[str]:
    """What a raw still says as the repository does, outside of code and comments."""
    plain = re.sub(r"`[^`]*`|<!--.*?-->", "", raw)
    return [name for name in [*FILES, "autre.md"] if name in plain]


def codes(here: Clone) -> list[str]:
    """What `check` says."""
    found = here.run("check", "--format", "json", code=None).data
    return sorted(one["code"] for one in found if one["code"] != "picture-in-html")


def test_p110_media_of_every_kind_reach_the_forum_and_come_back(here: Clone, box: Sandbox) -> None:
    box.set(authorized_extensions=KINDS)
    for path, data in FILES.items():
        here.write(f"posts/{path}", data)
    here.post("autre")
    path = here.post("un", BODY)
    here.commit()
    here.push()
    raw, before = here.raw("un"), here.read(path)
    assert ours(raw) == []
    assert len(box.uploads()) == len(FILES)
    topic = box.by_id("autre").id
    assert raw.count(f"{box.url}/t/-/{topic}") == 2
    shown = box.first_post(box.by_id("un").id).cooked
    lost = re.findall(r'<(?:source|a)\b(?! name)(?![^>]*(?:src|href)="[^"]+")[^>]*>|<video[^>]*poster=""', shown)
    assert lost == []
    box.forget()
    here.push()
    assert box.log == []
    box.edit(box.by_id("un").id, raw.replace("Un texte", "Le texte") + "\n\nUne phrase de Claire.")
    here.run("pull")
    after = here.read(path)
    assert after == before.replace("Un texte", "Le texte").rstrip() + "\n\nUne phrase de Claire.\n"
    assert codes(here) == []
    box.forget()
    here.push()
    assert here.writes() == []


def test_p111_what_adopt_writes_passes_the_check(here: Clone, box: Sandbox) -> None:
    """The forum holds kinds of files that it takes no more, and a film under a link of HTML."""
    with box.state.lock:
        for name, data in FILES.items():
            box.state.store(name, data, (3, 2) if name.endswith("png") else None, 1)
    there = {one.extension: one.short_url for one in box.uploads()}
    whole = {kind: url.replace("upload://", f"{box.url}/uploads/short-url/") for kind, url in there.items()}
    short = {kind: f"{base_path(box.url)}{url.removeprefix(box.url)}" for kind, url in whole.items()}
    raw = f"""{TEXT}

![un film|video]({there["mp4"]}) ![un son|audio]({there["mp3"]}) [la fiche|attachment]({there["pdf"]}) (9 octets)

<video poster="{short["png"]}"><source src="{short["mp4"]}"></video>

<a href="{short["pdf"]}">encore</a> <img src="{there["png"]}"> [img]{there["png"]}[/img]
[url={whole["pdf"]}]et encore[/url] <audio src="son-perdu.mp3"></audio> [x](site.exemple) [Uploading…]()"""
    topic = box.new_topic("Un sujet avec tout ce qui se montre", raw, category=3).id
    here.run("adopt", str(topic))
    assert "upload" not in here.git("show", "HEAD")
    assert [one for one in codes(here) if one not in ("bad-destination", "missing-link", "not-kept")] == []
    assert here.run("check").code == 0
    box.forget()
    here.push()
    assert box.log == []
    assert here.run("check").code == 0
    head = here.git("rev-parse", "HEAD")
    here.run("pull")
    assert here.git("rev-parse", "HEAD") == head
    assert here.writes() == []
    assert box.first_post(topic).raw == raw


@pytest.mark.parametrize(
    ("body", "code", "word"),
    [
        ("![x](film.mp4)", "not-an-image", "![text|video](film.mp4)"),
        ("![x|audio](film.mp4)", "not-a-film", "mp3"),
        ("![x|video](img/a.png)", "not-a-film", "mp4"),
        ('<video src="film.mp4"></video>', "not-kept", "![text|video](film.mp4)"),
        ('<audio src="son.mp3"></audio>', "not-kept", "![text|audio](son.mp3)"),
        ('<img src="https://example.org/a.png" srcset="img/a.png 2x">', "not-kept", "img/a.png"),
        ('<picture><source srcset="img/b.png 1x,img/a.png 2x"></picture>', "not-kept", "img/b.png"),
        ('<source src="absent.mp4">', "missing-link", "absent.mp4"),
        ('<iframe src="fiche.pdf"></iframe>', "not-kept", " [text](fiche.pdf)"),
        ('<object data="img/a.png"></object> <embed src="https://example.org/x">', "not-kept", "![text](img/a.png)"),
        ('<embed src="film.mp4">', "not-kept", "![text|video](film.mp4)"),
        ("[img]absent.png[/img]", "missing-image", "absent.png"),
        ("[url=absent.md]x[/url]", "missing-link", "absent.md"),
    ],
)
def test_p110_what_the_forum_would_not_show_is_named(
    here: Clone, box: Sandbox, body: str, code: str, word: str
) -> None:
    for path, data in FILES.items():
        here.write(f"posts/{path}", data)
    here.post("un", f"{TEXT}\n\n{body}")
    here.commit()
    box.set(authorized_extensions=KINDS)
    found = here.run("check", "--format", "json", code=None).data
    named = [one for one in found if one["code"] == code]
    assert named
    assert word in named[0]["message"]
    assert named[0]["line"] == 7


def test_p110_a_file_may_be_played_here_and_linked_to_there(here: Clone, box: Sandbox) -> None:
    box.set(authorized_extensions=KINDS)
    here.write("posts/film.mp4", FILM)
    lines = ["![un|video](film.mp4)", "[à garder](film.mp4)", "![deux](film.mp4)", "![trois|audio][f]", "[f]: film.mp4"]
    here.post("un", "\n\n".join([TEXT, *lines[:2], "[![quatre|video](film.mp4)](film.mp4)"]))
    here.post("deux", "\n\n".join([TEXT, *lines]))
    found = here.run("check", "--format", "json", code=None).data
    errors = [(one["path"], one["line"], one["code"]) for one in found if one["error"]]
    assert errors == [("posts/deux.md", 11, "not-an-image"), ("posts/deux.md", 15, "not-a-film")]
