"""What readers see of a post: Discourse's Markdown, and nothing that runs."""

import re
import time
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.cooking.clean import clean
from koweb_sync.sandbox.cooking.cook import asked
from koweb_sync.sandbox.core.things import Post
from tests.sandbox.attacks import ATTACKS, dangers

Cook = Callable[..., str]


@pytest.fixture
def cook(box: Sandbox) -> Cook:
    """Cook a raw, as the post 7 of somebody whose links are not followed."""

    def cooked(raw: str, author: str = "amina") -> str:
        user = box.state.user(author)
        return box.state.cook(Post(7, 1, 1, user.id, raw, 0.0, 0.0, box.state.cook))

    return cooked


def plain(html: str) -> str:
    """Without spaces between tags."""
    return re.sub(r"\s*\n\s*", "", html)


# ---- people, places, emoji


def test_a_mention_leads_to_people_and_groups_that_there_are(cook: Cook) -> None:
    assert '<a class="mention" href="/u/amina">@Amina</a>' in cook("Merci @Amina !")
    assert '<a class="mention-group" href="/groups/staff">@staff</a>' in cook("Merci @staff !")
    assert '<span class="mention">@personne</span>' in cook("Merci @personne !")


@pytest.mark.parametrize("raw", ["`@amina`", "```\n@amina\n```", "a@amina.fr", "x@amina", "[@amina](https://a.fr)"])
def test_there_are_no_mentions_in_code_addresses_and_links(cook: Cook, raw: str) -> None:
    assert 'class="mention"' not in cook(raw)


def test_a_hashtag_leads_to_a_category_or_a_tag(cook: Cook, box: Sandbox) -> None:
    old = box.state.flavour.anchors == "plain"
    for raw, href, name, shown in [
        ("#annonces", "/c/annonces/5", "annonces", "Annonces"),
        ("#facilitation-numerique:outils-libres", "/c/facilitation-numerique/outils-libres/4", None, "Outils libres"),
        ("#accueil::tag", "/tag/accueil", "accueil", "accueil"),
    ]:
        html = cook(f"Voir {raw} pour la suite")
        assert f'href="{href}"' in html
        assert (f"#<span>{name or raw[1:]}</span>" if old else f"<span>{shown}</span>") in html
    assert '<span class="hashtag">#nulle-part</span>' in cook("Voir #nulle-part")
    assert "hashtag" not in cook("# Titre") + cook("n#annonces") + cook("`#annonces`")


def test_emoji_by_name_and_as_characters_look_alike(cook: Cook) -> None:
    image = '<img src="/images/emoji/twitter/tada.png?v=12" title=":tada:" class="emoji" alt=":tada:" loading="lazy"'
    assert cook("Bravo :tada: !").count(image) == 1
    assert cook("Bravo 🎉 !").count(image) == 1
    assert "<img" not in cook("`:tada:` et :inconnu: à 10:30:00, ©") + cook("```\n🎉\n```")


# ---- blocks


def test_a_quote_says_whose_words_these_are(cook: Cook) -> None:
    html = plain(cook('[quote="amina, post:2, topic:1"]\nDes mots **forts**\n[/quote]\n\nOui.'))
    assert '<aside class="quote no-group" data-username="amina" data-post="2" data-topic="1">' in html
    assert 'class="avatar"> amina:</div>' in html
    assert "<blockquote><p>Des mots <strong>forts</strong></p></blockquote></aside><p>Oui.</p>" in html


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('[details="Voir"]\ncaché\n[/details]', "<details><summary>Voir</summary><p>caché</p></details>"),
        ("[details]\ncaché\n[/details]", "<details><summary>…</summary><p>caché</p></details>"),
        ("[spoiler]\ncaché\n[/spoiler]", '<div class="spoiler"><p>caché</p></div>'),
        ("un [spoiler]mot[/spoiler]", '<p>un <span class="spoiler">mot</span></p>'),
        ("[wrap=note a=b]\nx\n[/wrap]", '<div class="d-wrap" data-wrap="note" data-a="b"><p>x</p></div>'),
        ("[grid]\nx\n[/grid]", '<div class="d-image-grid"><p>x</p></div>'),
        ("- a\n  [details=b]\n  c\n  [/details]", "<details><summary>b</summary><p>c</p></details>"),
        ("> [quote]\n> a\n> [/quote]", '<aside class="quote no-group"><blockquote><p>a</p></blockquote></aside>'),
        ("[b]a[/b] [i]b[/i] [u]c[/u] [s]d[/s]", "<strong>a</strong> <em>b</em> <ins>c</ins> <s>d</s>"),
        ("[B]a [i]b[/i][/B]", "<strong>a <em>b</em></strong>"),
        ("[code]a*b*[/code]", "<code>a*b*</code>"),
        ("[url=https://a.fr]ici[/url]", '<a href="https://a.fr" rel="noopener nofollow ugc">ici</a>'),
        ("[email]a@b.fr[/email]", '<a href="mailto:a@b.fr" rel="noopener nofollow ugc">a@b.fr</a>'),
        ("[img]https://a.fr/b.png[/img]", '<img src="https://a.fr/b.png" alt="">'),
        ("- [ ] à faire\n- [x] fait", '<span class="chcklst-box fa fa-square-o fa-fw"></span> à faire'),
        ("- [ ] à faire\n- [x] fait", '<span class="chcklst-box checked fa fa-check-square-o fa-fw"></span> fait'),
        ('[date=2026-11-24 timezone="Europe/Paris"]', ">2026-11-24 Europe/Paris</span>"),
        ("> [!note]\n> Ceci", "<blockquote><p>[!note]<br>Ceci</p></blockquote>"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", '<div class="md-table"><table><thead><tr><th>a</th>'),
        ("```python\nx<1\n```", '<pre><code class="lang-python">x&lt;1</code></pre>'),
        ("```\nx\n```", '<pre><code class="lang-auto">x</code></pre>'),
        ("une ligne\net l'autre", "<p>une ligne<br>et l’autre</p>"),
        ('Il dit "oui"...', "<p>Il dit “oui”…</p>"),
        ("<kbd>Ctrl</kbd> <mark>x</mark> <!-- non -->", "<kbd>Ctrl</kbd> <mark>x</mark>"),
        ("https://exemple.org/page", '<a href="https://exemple.org/page" class="onebox" rel="noopener nofollow ugc">'),
        ("voir https://exemple.org", '<p>voir <a href="https://exemple.org" rel="noopener nofollow ugc">'),
        ("[ici](/t/-/1)", '<a href="/t/-/1">ici</a>'),
    ],
)
def test_what_discourse_adds(cook: Cook, raw: str, expected: str) -> None:
    assert expected in plain(cook(raw))


@pytest.mark.parametrize(
    "raw", ["[quote]\nsans fin", "```\n[quote]\na\n[/quote]\n```", "[/quote]", "[b]sans fin", "    [spoiler]"]
)
def test_what_is_not_closed_or_stands_in_code_stays_text(cook: Cook, raw: str) -> None:
    html = cook(raw)
    assert "<aside" not in html
    assert "[" in html


def test_links_of_people_whom_everybody_trusts_are_followed(cook: Cook) -> None:
    assert "nofollow" in cook("[a](https://a.fr)", "amina")
    assert "nofollow" not in cook("[a](https://a.fr)", "claire") + cook("[a](/t/1)", "amina")


def test_footnotes_lead_there_and_back(cook: Cook) -> None:
    html = cook("Un mot[^1] et un autre^[en ligne].\n\n[^1]: La note.")
    for target in re.findall(r'href="#(footnote[^"]*)"', html):
        assert f'id="{target}"' in html
    assert html.count('class="footnote-item"') == 2
    assert "La note." in html


def test_headings_are_named_as_discourse_names_them(cook: Cook, box: Sandbox) -> None:
    prefix = "" if box.state.flavour.anchors == "plain" else "p-7-"
    html = cook("# Écouter, d'abord\n\n> ## Cité\n\n## 2 étapes\n\n## Écouter, d'abord\n\n## 🎉")
    names = re.findall(r'<a name="([^"]*)" class="anchor" href="#\1">', html)
    assert names == [f"{prefix}{name}" for name in ("couter-dabord-1", "h-2-tapes-2", "couter-dabord-3", "h-4")]


def test_images_and_files_of_the_forum(cook: Cook, box: Sandbox) -> None:
    with box.state.lock:
        picture = box.state.store("café.png", b"png", (64, 48), 1)
        paper = box.state.store("notes.pdf", b"pdf", None, 1)
    html = cook(f"![un café|64x48, 50%]({picture.short_url})")
    short = picture.short_url.removeprefix("upload://").removesuffix(".png")
    assert f'<img src="{picture.path}" alt="un café" data-base62-sha1="{short}" width="32" height="24">' in html
    link = cook(f"[notes.pdf|attachment]({paper.short_url})")
    assert f'<a href="/uploads/short-url/{paper.short_url[9:]}" class="attachment">notes.pdf</a>' in link
    assert 'data-orig-src="upload://perdu.png"' in cook("![x](upload://perdu.png)")
    assert "<video" in cook(f"![x|video]({picture.short_url})")
    assert "<audio" in cook(f"![x|audio]({picture.short_url})")


# ---- polls

POLL = """[poll name=jour type=multiple min=1 max=2 public=true results=on_vote]
# Quel *jour* ?
* lundi
* **mardi**
[/poll]"""


def test_a_poll_is_read_and_shown(cook: Cook, box: Sandbox) -> None:
    (poll,) = asked(box.state, f"Avant\n\n{POLL}\n\nAprès")
    assert (poll.name, poll.kind, poll.title) == ("jour", "multiple", "Quel <em>jour</em> ?")
    assert (poll.number("min"), poll.number("max"), poll.facts["results"]) == (1, 2, "on_vote")
    assert list(poll.options.values()) == ["lundi", "<strong>mardi</strong>"]
    assert next(iter(poll.options)) == "1f3b432218dd8b87fb6efdd4d8723ed9"  # the MD5 of ["lundi"]
    html = cook(POLL)
    assert 'data-poll-name="jour"' in html
    assert '<li data-poll-option-id="1f3b432218dd8b87fb6efdd4d8723ed9">lundi</li>' in html


@pytest.mark.parametrize(
    ("raw", "options"),
    [
        ("[poll type=number min=2 max=8 step=3]\n[/poll]", ["2", "5", "8"]),
        ("[poll type=number max=100]\n[/poll]", None),
        ("[poll]\n[/poll]", None),
        ("[poll type=autre]\n* a\n[/poll]", None),
        ("[poll]\n* a\n[/poll]\n\n[poll]\n* b\n[/poll]", ["a"]),
        ("```\n[poll]\n* a\n[/poll]\n```", None),
    ],
)
def test_a_poll_asks_something_and_has_a_name_of_its_own(box: Sandbox, raw: str, options: list[str] | None) -> None:
    found = [list(poll.options.values()) for poll in asked(box.state, raw)]
    assert found == ([options] if options else [])


# ---- nothing runs, nothing breaks


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_survives(cook: Cook, attack: str) -> None:
    for raw in (attack, f"a\n\n{attack}\n\nb", f"> {attack}", f"- {attack}", f"[details=x]\n{attack}\n[/details]"):
        html = cook(raw)
        assert not dangers(html), html
        assert clean(html, trusted=False) == html, "what was sanitised changes no more"


@cache
def forum(flavour: str) -> Sandbox:
    """One forum for all examples."""
    return Sandbox.start(flavour=flavour)


MARKS = (
    *("[quote]\n", "[/quote]\n", "[b]", "[/b]", "[poll]\n", "* a\n", "[/poll]\n", "@amina", "#annonces", ":tada:"),
    *("\n", "\n\n", "> ", "- ", "    ", "```\n", "`", "[^1]", "[^1]: ", "^[", "](", "![", "<", ">", '"', "'", "&#"),
    *("é", "🎉", "\0"),
)
PIECES = st.sampled_from([*ATTACKS, *MARKS])
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=14).map("".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(["2022", "2026"]))
def test_whatever_somebody_writes_is_cooked_and_harmless(raw: str, flavour: str) -> None:
    box = forum(flavour)
    html = box.state.cook(Post(7, 1, 1, 4, raw, 0.0, 0.0, box.state.cook))
    assert not dangers(html), html
    asked(box.state, raw)


HOSTILE = {
    "quotes": "[quote]\n" * 8_000,
    "closed quotes": "[quote]\n" * 4_000 + "[/quote]\n" * 4_000,
    "brackets": "[b]" * 30_000,
    "closed brackets": "[b]" * 12_000 + "[/b]" * 12_000,
    "mentions": "@a" * 50_000,
    "spaced mentions": "@amina " * 15_000,
    "colons": ":" * 100_000,
    "hashes": "#a" * 50_000,
    "quotes in quotes": "> " * 2_000 + "a",
    "lists": "".join("  " * n + "- a\n" for n in range(200)),
    "square": "[" * 50_000,
    "boxes": "[ ] " * 25_000,
    "emoji": "🎉" * 10_000,
    "accents": "é" * 100_000,
    "poll": "[poll]\n" + "* a\n" * 20_000 + "[/poll]",
    "headings": "> # a\n\n# b\n\n" * 3_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_end_soon(box: Sandbox, name: str) -> None:
    begun = time.process_time()
    html = box.state.cook(Post(7, 1, 1, 4, HOSTILE[name], 0.0, 0.0, box.state.cook))
    assert isinstance(html, str)
    assert time.process_time() - begun < 20, "this is no benchmark: what is quadratic takes minutes"
