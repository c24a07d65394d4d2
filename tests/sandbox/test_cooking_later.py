"""When a post is cooked: for the answer to its creation, when it is edited, and as it is read a moment later."""

import re
import struct
import zlib
from typing import Any

import pytest

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.cooking.context import Stage
from koweb_sync.sandbox.cooking.sizes import colour
from tests.sandbox.asking import Ask, Topic, new
from tests.sandbox.cooked import cooked

HEADING = "## Un titre\n\nDu texte en dessous, assez long pour un message."


def png(width: int, height: int) -> bytes:
    """A picture of one colour."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = (b"\0" + b"\xc8\x50\x28" * width) * height
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def read(ask: Ask, post: dict[str, Any]) -> str:
    """A post's HTML as it is read later."""
    html: str = ask("GET", f"/posts/{post['id']}.json").json()["cooked"]
    return html


# ---- what an answer shows


def test_a_creation_is_answered_without_the_posts_id(box: Sandbox, ask: Ask, topic: Topic) -> None:
    made = topic(raw=HEADING)
    later = f"p-{made['id']}-un-titre-1" if new(box) else "un-titre-1"
    assert 'name="un-titre-1"' in made["cooked"]
    assert f'name="{later}"' in read(ask, made)


def test_the_same_creation_again_is_answered_alike(topic: Topic) -> None:
    assert topic(raw=HEADING)["cooked"] == topic(raw=HEADING)["cooked"]


def test_an_edit_is_answered_with_the_posts_id(box: Sandbox, ask: Ask, topic: Topic) -> None:
    made = topic()
    answer = ask("PUT", f"/posts/{made['id']}.json", json={"post": {"raw": HEADING + " :tada:"}}).json()["post"]
    name = f"p-{made['id']}-un-titre-1" if new(box) else "un-titre-1"
    assert f'name="{name}"' in answer["cooked"]
    assert f'src="{box.at("/images/emoji/")}' in answer["cooked"]
    assert f'src="{box.url[5:]}/images/emoji/' in read(ask, made)


def test_footnotes_are_named_by_their_post_later(ask: Ask, topic: Topic) -> None:
    made = topic(raw="Une note[^1] assez longue.\n\n[^1]: Le texte.\n\nEncore[^1] la même.")
    assert '<a href="#fn1" id="fnref1">[1]</a>' in made["cooked"]
    assert '<a href="#fn1">[1:1]</a>' in made["cooked"]
    later = read(ask, made)
    number = made["id"]
    assert f'<a href="#footnote-{number}-1" id="footnote-ref-{number}-1">[1]</a>' in later
    assert f'<a href="#footnote-{number}-1" id="footnote-ref-{number}-0">[1:1]</a>' in later
    assert f'<li id="footnote-{number}-1"' in later


# ---- links to topics of the forum


def test_a_link_among_words_becomes_the_topics_title(box: Sandbox, ask: Ask, topic: Topic) -> None:
    other = topic(title="Le sujet vers lequel on renvoie")
    url = f"{box.url}/t/{other['topic_slug']}/{other['topic_id']}"
    made = topic(title="Un sujet qui renvoie vers l'autre", raw=f"Comme on l'a dit dans {url} hier.")
    assert f'<a href="{url}" class="inline-onebox-loading">{url}</a>' in made["cooked"]
    assert f'<a href="{url[5:]}" class="inline-onebox">Le sujet vers lequel on renvoie</a>' in read(ask, made)


def test_a_link_alone_becomes_a_box_with_the_beginning_of_the_post(box: Sandbox, ask: Ask, topic: Topic) -> None:
    other = topic(title="Le sujet vers lequel on renvoie", raw="Voilà *tout* ce que l'on y lit, avec :tada: aussi.")
    url = f"{box.url}/t/-/{other['topic_id']}"
    made = topic(title="Un sujet qui renvoie vers l'autre", raw=f"{url}\n\nEt la suite du texte.")
    later = read(ask, made)
    assert later.startswith(f'<aside class="quote" data-post="1" data-topic="{other["topic_id"]}">')
    assert f'<a href="{url[5:]}">Le sujet vers lequel on renvoie</a>' in later
    assert "Voilà tout ce que l’on y lit, avec <img width=" in later
    assert later.endswith("<p>Et la suite du texte.</p>")


def test_boxes_of_two_posts_that_show_each_other_end(box: Sandbox, ask: Ask, topic: Topic) -> None:
    first = topic(title="Le premier de deux sujets liés", raw="Du texte, puis une adresse plus tard.")
    there, back = (f"{box.url}/t/-/{first['topic_id'] + step}" for step in (1, 0))
    second = topic(title="Le second de deux sujets liés", raw=f"{back}\n\nIl renvoie vers le premier.")
    ask("PUT", f"/posts/{first['id']}.json", json={"post": {"raw": f"{there}\n\nIl renvoie vers le second."}})
    assert "<aside" in read(ask, first)
    assert "<aside" in read(ask, second)


def test_a_hidden_topic_is_not_shown_in_a_box(box: Sandbox, ask: Ask, topic: Topic) -> None:
    hidden = box.topic(3)  # of a category for staff alone
    made = topic(raw=f"{box.url}/t/-/{hidden.id}\n\nRien de plus que cette adresse.")
    assert hidden.title not in read(ask, made)


# ---- pictures


@pytest.mark.parametrize("label", ["plan", "plan|300x200", "plan|1000x500"])
def test_every_picture_has_a_size_that_fits(box: Sandbox, ask: Ask, topic: Topic, label: str) -> None:
    sent = {"file": ("plan.png", png(1380, 920), "image/png")}
    url = ask("POST", "/uploads.json", data={"upload_type": "composer"}, files=sent).json()["short_url"]
    later = read(ask, topic(raw=f"![{label}]({url})\n\nUn plan, avec assez de texte."))
    wanted = {"plan": (690, 460), "plan|300x200": (300, 200), "plan|1000x500": (690, 345)}[label]
    assert f'width="{wanted[0]}" height="{wanted[1]}"' in later
    assert '<div class="lightbox-wrapper"><a class="lightbox"' in re.sub(r"\n", "", later)
    assert "1380×920" in later
    assert ('data-dominant-color="C85028"' in later) == new(box)


def test_a_picture_that_nobody_can_measure_has_an_empty_size() -> None:
    for flavour in ("2022", "2025"):
        assert 'width="" height=""' in cooked("![a](https://a.fr/i.png)", flavour)
        assert "width" not in cooked("![a](https://a.fr/i.png)", flavour, stage=Stage.SAVED)


def test_the_colour_of_what_is_no_picture_is_grey() -> None:
    assert colour(png(2, 2)) == "C85028"
    for data in (b"", b"\x89PNG\r\n\x1a\n", png(2, 2)[:45], b"GIF89a"):
        assert colour(data) == "808080"


# ---- quotes


def test_a_quote_with_other_words_than_its_source_is_marked(ask: Ask, topic: Topic) -> None:
    source = topic(raw="On a *bien* lu cette phrase, et son auteur aussi.")
    for words, modified in (("bien lu cette phrase", False), ("mal lu cette phrase", True)):
        quote = f'[quote="admin, post:1, topic:{source["topic_id"]}"]\n{words}\n[/quote]\n\nUn avis là-dessus.'
        made = ask("POST", "/posts.json", json={"topic_id": source["topic_id"], "raw": quote}).json()
        assert "quote-modified" not in made["cooked"]
        assert ("quote-modified" in read(ask, made)) is modified


# ---- as the parser in JavaScript sees it


@pytest.mark.parametrize(
    ("raw", "bold"),
    [("**Bravo !**🎉", ""), ("**Bravo**🎉", "Bravo"), ("**Bravo !** 🎉", "Bravo !"), ("🎉**Bravo**", "Bravo")],
)
def test_emoji_beside_emphasis_count_as_letters(raw: str, bold: str) -> None:
    for flavour in ("2022", "2025"):
        assert (f"<strong>{bold}</strong>" in cooked(raw, flavour)) is bool(bold)


def test_symbols_are_punctuation_on_newer_servers() -> None:
    assert "<strong>" in cooked("**Bravo !**★ x", "2025")
    assert "<strong>" not in cooked("**Bravo !**★ x", "2022")


def test_tags_that_nobody_may_use_leave_their_words_in_place() -> None:
    for flavour in ("2022", "2025"):
        assert cooked("un <center>c</center> <q>q</q> mot", flavour) == "<p>un c q mot</p>"
        assert cooked("<style>a{}</style> <!-- rien --> <custom>x</custom>", flavour) == "a{}  x"


def test_a_french_forum_writes_french_quotation_marks_since_2025() -> None:
    assert cooked("\"a\" et 'b'", "2025") == "<p>«&nbsp;a&nbsp;» et ‹&nbsp;b&nbsp;›</p>"
    assert cooked("\"a\" et 'b'", "2022") == "<p>“a” et ‘b’</p>"


@pytest.mark.parametrize(
    ("raw", "html"),
    [
        ('[details="x" open]\na\n[/details]', '<details open="">\n<summary>\nx</summary>\n<p>a</p>\n</details>'),
        ('[wrap=b a="1"]\nc\n[/wrap]', '<div class="d-wrap" data-a="1" data-wrap="b">\n<p>c</p>\n</div>'),
        (
            "[date-range from=2026-12-24T10:00:00 to=2026-12-25]",
            '<p><span class="discourse-local-date" data-date="2026-12-24" '
            'data-email-preview="Thu, Dec 24, 2026 10:00 AM UTC" data-range="from" data-time="10:00:00">'
            '2026-12-24T10:00:00Z</span>→<span class="discourse-local-date" data-date="2026-12-25" '
            'data-email-preview="Fri, Dec 25, 2026 12:00 AM UTC" data-range="to">2026-12-25T00:00:00Z</span></p>',
        ),
    ],
)
def test_newer_servers_read_more(raw: str, html: str) -> None:
    assert cooked(raw, "2025") == html
