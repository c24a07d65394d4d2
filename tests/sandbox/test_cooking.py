"""What readers see of a post: the forum's Markdown, as a real Discourse cooks it."""

import hashlib
import json
import re
import time

import pytest

from koweb_sync.sandbox.cooking.context import Stage
from koweb_sync.sandbox.cooking.cook import polls
from koweb_sync.sandbox.cooking.emoji import svg
from koweb_sync.sandbox.cooking.headings import slug
from koweb_sync.sandbox.cooking.voting import PollMarkup
from tests.sandbox.cooked import PICTURE, cooked

AVATAR = '<img loading="lazy" alt="" width="20" height="20" src="/letter_avatar/claire/40/5.png" class="avatar">'
SQUARE = (
    '<span class="hashtag-icon-placeholder"><svg class="fa d-icon d-icon-square-full svg-icon svg-node">'
    '<use href="#square-full"></use></svg></span>'
)
LINK = 'rel="noopener nofollow ugc"'


def picture(name: str, more: str = "", version: int = 12) -> str:
    """The HTML of an emoji."""
    src = f"/images/emoji/twitter/{name.replace(':t', '/')}.png?v={version}"
    colons = f":{name}:"
    return (
        f'<img src="{src}" title="{colons}" class="emoji{more}" alt="{colons}" loading="lazy" width="20" height="20">'
    )


@pytest.mark.parametrize(
    ("raw", "html"),
    [
        ("une ligne\npuis une autre", "<p>une ligne<br>\npuis une autre</p>"),
        ('l\'outil "libre"...', "<p>l’outil “libre”…</p>"),
        ("un -- deux (c) (tm) a --> b", "<p>un – deux (c) ™ a → b</p>"),
        ("avant <!-- rien --> après", "<p>avant  après</p>"),
        ("un\u00a0mot", "<p>un\u00a0mot</p>"),
        ("Salut @Claire !", '<p>Salut <a class="mention" href="/u/claire">@Claire</a> !</p>'),
        ("@personne", '<p><span class="mention">@personne</span></p>'),
        ("@staff", '<p><a class="mention-group" href="/groups/staff">@staff</a></p>'),
        ("`@claire` [@claire](/a)", '<p><code>@claire</code> <a href="/a">@claire</a></p>'),
        ("a@claire.fr", '<p><a href="mailto:a@claire.fr">a@claire.fr</a></p>'),
        ("#koweb-kafe", '<p><a class="hashtag" href="/c/koweb-kafe/2">#<span>koweb-kafe</span></a></p>'),
        ("#posture", '<p><a class="hashtag" href="/tag/posture">#<span>posture</span></a></p>'),
        ("#rien #coulisses", '<p><span class="hashtag">#rien</span> <span class="hashtag">#coulisses</span></p>'),
        ("[b]a [i]b[/i][/b]", '<p><span class="bbcode-b">a <span class="bbcode-i">b</span></span></p>'),
        ("[b]jamais fermé", "<p>[b]jamais fermé</p>"),
        ("[code]<b>[/code]", '<pre><code class="lang-auto">&lt;b&gt;</code></pre>'),
        ("un [code]<b>[/code]", "<p>un <code>&lt;b&gt;</code></p>"),
        ("[url]https://a.fr[/url]", f'<p><a href="https://a.fr" data-bbcode="true" {LINK}>https://a.fr</a></p>'),
        ("[url=https://a.fr]là[/url]", f'<p><a href="https://a.fr" data-bbcode="true" {LINK}>là</a></p>'),
        ("[url=javascript:a]là[/url]", "<p>là</p>"),
        ("un [spoiler]secret[/spoiler]", '<p>un <span class="spoiler">secret</span></p>'),
        ("[spoiler]secret[/spoiler]", '<div class="spoiler">\n<p>secret</p>\n</div>'),
        ("[a](/b) [c](d.md)", '<p><a href="/b">a</a> <a>c</a></p>'),
        ("<https://a.fr>", f'<p><a href="https://a.fr" {LINK}>https://a.fr</a></p>'),
        (
            "https://a.fr/b",
            f'<p><a href="https://a.fr/b" class="onebox" target="_blank" {LINK}>https://a.fr/b</a></p>',
        ),
        (
            "ici https://a.fr/b",
            f'<p>ici <a href="https://a.fr/b" {LINK}>https://a.fr/b</a></p>',
        ),
        ("- https://a.fr", f'<ul>\n<li><a href="https://a.fr" {LINK}>https://a.fr</a></li>\n</ul>'),
        ("```\na\n```", '<pre><code class="lang-auto">a\n</code></pre>'),
        ("```python\na\n```", '<pre><code class="lang-python">a\n</code></pre>'),
        ("```patois\na\n```", '<pre data-code-wrap="patois"><code class="lang-nohighlight">a\n</code></pre>'),
        ("> [!note]\n> mot", "<blockquote>\n<p>[!note]<br>\nmot</p>\n</blockquote>"),
        (
            "- [ ] un\n- [x] deux",
            '<ul>\n<li>\n<span class="chcklst-box fa fa-square-o"></span> un</li>\n'
            '<li>\n<span class="chcklst-box checked fa fa-check-square-o"></span> deux</li>\n</ul>',
        ),
        ("fini :tada:", f"<p>fini {picture('tada')}</p>"),
        (":coffee: 😀", f"<p>{picture('coffee', ' only-emoji')} {picture('grinning', ' only-emoji')}</p>"),
        ("bien :) et 👋🏽 !", f"<p>bien {picture('slight_smile')} et {picture('wave:t4')} !</p>"),
        ("10:30:00 :rien: ->a", "<p>10:30:00 :rien: -&gt;a</p>"),
        ("```\n:tada: [quote]\n```", '<pre><code class="lang-auto">:tada: [quote]\n</code></pre>'),
        (
            '[wrap=idée niveau=2 motLong="a b"]\nx\n[/wrap]',
            '<div class="d-wrap" data-wrap="idée" data-niveau="2" data-mot-long="a b">\n<p>x</p>\n</div>',
        ),
        (
            '[date=2026-03-02 time=10:00:00 timezone="Europe/Paris"]',
            '<p><span data-date="2026-03-02" data-time="10:00:00" class="discourse-local-date" '
            'data-timezone="Europe/Paris" data-email-preview="2026-03-02T09:00:00Z UTC">'
            "2026-03-02T09:00:00Z</span></p>",
        ),
        ("[date=demain]", "<p>[date=demain]</p>"),
        (
            "| a |\n|--:|\n| 1 |\n\nfin",
            '<div class="md-table">\n<table>\n<thead>\n<tr>\n<th style="text-align:right">a</th>\n</tr>\n</thead>\n'
            '<tbody>\n<tr>\n<td style="text-align:right">1</td>\n</tr>\n</tbody>\n</table>\n</div><p>fin</p>',
        ),
        (
            "[details=Voir plus]\n- un\n[/details]",
            "<details>\n<summary>\nVoir plus</summary>\n<ul>\n<li>un</li>\n</ul>\n</details>",
        ),
        ("[details=jamais fermé]\nun", "<p>[details=jamais fermé]<br>\nun</p>"),
        ("[grid]\nx\n[/grid]", "<p>[grid]<br>\nx<br>\n[/grid]</p>"),
    ],
)
def test_a_server_of_2022_cooks(raw: str, html: str) -> None:
    assert cooked(raw) == html


@pytest.mark.parametrize(
    ("raw", "html"),
    [
        ("# Été", '<h1><a name="p-50-t-1" class="anchor" href="#p-50-t-1"></a>Été</h1>'),
        ("fini :tada:", f"<p>fini {picture('tada', version=15)}</p>"),
        ("ici 😀 !", f"<p>ici {picture('grinning_face', version=15)} !</p>"),
        ("```python\na\n```", '<pre data-code-wrap="python"><code class="lang-python">a\n</code></pre>'),
        ("[grid]\nx\n[/grid]", '<div class="d-image-grid">\n<p>x</p>\n</div>'),
        ("#rien", '<p><span class="hashtag-raw">#rien</span></p>'),
        (
            "#facilitation-numerique:outils-libres",
            '<p><a class="hashtag-cooked" href="/c/facilitation-numerique/outils-libres/4" data-type="category" '
            'data-slug="outils-libres" data-id="4" data-style-type="square" '
            f'data-ref="facilitation-numerique:outils-libres">{SQUARE}'
            "<span>Facilitation numérique &gt; Outils libres</span></a></p>",
        ),
        (
            "- [x] a *b*",
            '<ul>\n<li><span class="chcklst-box checked fa fa-square-check-o fa-fw"></span> a <em>b</em></li>\n</ul>',
        ),
    ],
)
def test_a_server_of_2025_cooks(raw: str, html: str) -> None:
    assert cooked(raw, "2025") == html


# ---- quotes


def test_a_quote_names_its_source() -> None:
    html = cooked('[quote="claire, post:2, topic:1, full:true"]\n# Oui\n[/quote]', stage=Stage.SAVED)
    assert html == (
        '<aside class="quote no-group" data-username="claire" data-post="2" data-topic="1" data-full="true">\n'
        f'<div class="title">\n<div class="quote-controls"></div>\n{AVATAR} claire:</div>\n'
        "<blockquote>\n<h1>Oui</h1>\n</blockquote>\n</aside>"
    )


def test_a_quote_from_another_topic_links_there() -> None:
    html = cooked('[quote="claire, post:2, topic:2"]\nOui\n[/quote]')
    assert '<a href="/t/quel-outil-pour-prendre-des-notes-a-plusieurs/2/2">Quel outil pour' in html
    assert " claire:" not in html


@pytest.mark.parametrize("topic", [3, 99])
def test_a_quote_does_not_tell_the_title_of_a_hidden_topic(topic: int) -> None:
    assert " claire:</div>" in cooked(f'[quote="claire, post:1, topic:{topic}"]\nOui\n[/quote]', author="admin")


def test_a_quote_may_show_a_full_name() -> None:
    raw = '[quote="Moreau, Claire, post:2, topic:1, username:claire"]\nOui\n[/quote]'
    assert 'data-username="claire" data-post' in cooked(raw, "2025")
    assert "> Moreau, Claire:</div>" in cooked(raw)


def test_quotes_stand_in_each_other_and_in_lists() -> None:
    inner = "[quote]\nb\n[/quote]"
    assert cooked(f"[quote]\na\n\n{inner}\n\nc\n[/quote]").count("<aside") == 2
    assert cooked("> [quote]\n> a\n> [/quote]\n> b").count("<blockquote>") == 2
    assert re.search(r"<li>a\s+<aside.*</aside>\s*</li>", cooked("- a\n  [quote]\n  b\n  [/quote]\n- c"), re.DOTALL)
    assert cooked("texte\n[quote]\na\n[/quote]").startswith("<p>texte</p>\n<aside")


def test_code_keeps_bbcode() -> None:
    assert "<aside" not in cooked("```\n[quote]\na\n[/quote]\n```\n\n    [quote]\n    a\n    [/quote]\n\n`[b]a[/b]`")


# ---- headings


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ordre du jour", "ordre-du-jour"),
        ("Été à la plage", "t-la-plage"),
        ("1. Début", "h-1-dbut"),
        ("[Un lien](/ici)", "un-lienici"),
        ("Qu'est-ce ?", "quest-ce"),
        ("_a_", "h-_a_"),
        ("日本", "h"),
        ("a  --  b", "a-b"),
    ],
)
def test_anchors_are_named_as_discourse_names_them(text: str, name: str) -> None:
    assert slug(text) == name
    assert cooked(f"# {text}").startswith(f'<h1>\n<a name="{name}-1" class="anchor" href="#{name}-1"></a>')


def test_anchors_count_the_headings_outside_of_quotes() -> None:
    html = cooked("# A\n\n> # B\n\n[quote]\n# C\n[/quote]\n\n[details=x]\n# D\n[/details]")
    assert re.findall(r'name="([^"]*)"', html) == ["a-1", "d-2"]


# ---- images


@pytest.mark.parametrize(
    ("label", "attributes"),
    [
        ("plan", 'alt="plan" data-base62-sha1="47"'),
        ("plan|320x200", 'alt="plan" data-base62-sha1="47" width="320" height="200"'),
        ("plan|320x200, 50%", 'alt="plan" data-base62-sha1="47" width="160" height="100"'),
        ("plan|320x200,160x", 'alt="plan" data-base62-sha1="47" width="160" height="100"'),
        ("plan|320x200,x100", 'alt="plan" data-base62-sha1="47" width="160" height="100"'),
        ("plan|thumbnail", 'alt="plan" data-base62-sha1="47" data-thumbnail="true"'),
        ("a|b|0x0", 'alt="a|b|0x0" data-base62-sha1="47"'),
    ],
)
def test_uploaded_images(label: str, attributes: str) -> None:
    src = "/uploads/default/original/1X/00000000000000000000000000000000000000ff.png"
    assert cooked(f"![{label}]({PICTURE})", stage=Stage.SAVED) == f'<p><img src="{src}" {attributes}></p>'
    assert f'src="{src}" data-base62-sha1="47"' in cooked(f'<img src="{PICTURE}">', "2025")
    assert cooked(f'<img src="{PICTURE}">', "2022") == "<p><img></p>"


def test_missing_uploads_keep_their_address() -> None:
    lost = 'data-orig-src="upload://zz.png"'
    html = cooked("![a](upload://zz.png)", stage=Stage.SAVED)
    assert html == f'<p><img src="/images/transparent.png" alt="a" {lost}></p>'
    assert cooked("[a|attachment](upload://zz.pdf)") == (
        '<p><a class="attachment" href="/404" data-orig-href="upload://zz.pdf">a</a></p>'
    )


def test_attachments_films_and_sounds() -> None:
    assert cooked(f"[plan.png|attachment]({PICTURE}) (2 Ko)") == (
        '<p><a class="attachment" href="/uploads/short-url/47.png">plan.png</a> (2 Ko)</p>'
    )
    assert "<video" in cooked(f"![a|video]({PICTURE})")
    assert "<audio" in cooked(f"![a|audio]({PICTURE})")


# ---- links, notes


def test_links_of_trusted_people_are_followed() -> None:
    assert "nofollow" in cooked("[a](https://a.fr)", author="bilal")
    for author in ("frederic", "claire", "admin"):
        assert "rel=" not in cooked("[a](https://a.fr)", author=author)
        assert 'rel="noopener"' in cooked("https://a.fr/b", author=author)


def test_footnotes_are_named_by_their_post() -> None:
    html = cooked("Un[^1] et ^[deux].\n\n[^1]: La *note*.")
    assert '<sup class="footnote-ref"><a href="#footnote-50-1" id="footnote-ref-50-1">[1]</a></sup>' in html
    assert '<hr class="footnotes-sep">\n\n<ol class="footnotes-list">' in html
    assert re.search(r'<li id="footnote-50-2" class="footnote-item">\s*<p>deux <a href="#footnote-ref-50-2"', html)


# ---- polls


def test_a_poll_is_shown_and_can_be_read() -> None:
    said = "type=multiple name=jour min=1 max=2 public=true results=on_vote chartType=pie"
    raw = f"[poll {said}]\n# Quand ?\n* **lundi**\n* mardi\n[/poll]"
    texts = (json.dumps([one]).encode() for one in ("**lundi**", "mardi"))
    ids = [hashlib.md5(text, usedforsecurity=False).hexdigest() for text in texts]
    assert cooked(raw) == (
        '<div class="poll" data-poll-status="open" data-poll-max="2" data-poll-min="1" data-poll-name="jour" '
        'data-poll-public="true" data-poll-results="on_vote" data-poll-charttype="pie" data-poll-type="multiple">\n'
        '<div>\n<div class="poll-container">\n<div class="poll-title">Quand ?</div>\n<ul>\n'
        f'<li data-poll-option-id="{ids[0]}"><strong>lundi</strong></li>\n'
        f'<li data-poll-option-id="{ids[1]}">mardi</li>\n'
        '</ul>\n</div>\n<div class="poll-info">\n<p>\n<span class="info-number">0</span>\n'
        f'<span class="info-label">{voters()}</span>\n</p>\n</div>\n</div>\n</div>'
    )
    (poll,) = polls(raw)
    assert isinstance(poll, PollMarkup)
    assert (poll.name, poll.type, poll.min, poll.max, poll.step) == ("jour", "multiple", 1, 2, None)
    assert (poll.public, poll.results, poll.status, poll.title, poll.chart_type) == (
        True,
        "on_vote",
        "open",
        "Quand ?",
        "pie",
    )
    assert [(one.id, one.html) for one in poll.options] == [(ids[0], "<strong>lundi</strong>"), (ids[1], "mardi")]


def voters() -> str:
    """The word for people who vote, nobody having voted."""
    found = re.search(r'info-label">([^<]*)<', cooked("[poll]\n- a\n[/poll]"))
    assert found
    return found[1]


def test_a_poll_may_ask_for_a_number() -> None:
    (poll,) = polls("[poll type=number min=2 max=8 step=3]\n[/poll]")
    assert [one.html for one in poll.options] == ["2", "5", "8"]
    assert len(polls("[poll type=number max=999999999]\n[/poll]")[0].options) == 100


@pytest.mark.parametrize(
    "raw",
    [
        "[poll]\npas une liste\n[/poll]",
        "> [poll]\n> - a\n> [/poll]",
        "[quote]\n[poll]\n- a\n[/poll]\n[/quote]",
        "```\n[poll]\n- a\n[/poll]\n```",
        "[poll]\n- a",
        "[poll type=number]\n- a\n[/poll]",
    ],
)
def test_what_is_no_poll_stays_text(raw: str) -> None:
    assert polls(raw) == ()
    assert 'class="poll"' not in cooked(raw)
    assert "[poll" in cooked(raw)


def test_a_post_may_hold_several_polls() -> None:
    assert [one.name for one in polls("[poll]\n- a\n[/poll]\n\n[poll name=b]\n1. c\n1. d\n[/poll]")] == ["poll", "b"]


# ---- pictures of emoji


def test_emoji_are_drawn_without_any_other_host() -> None:
    drawn = svg("tada")
    assert drawn is not None
    assert "🎉" in drawn.decode()
    assert "👋🏽" in (svg("wave/4") or b"").decode()
    assert svg("rien") is svg("wave/9") is svg("../x") is None


@pytest.mark.parametrize("flavour", ["2022", "2025"])
def test_every_picture_that_a_post_shows_can_be_drawn(flavour: str) -> None:
    html = cooked("😀 👍 ❤️ 👋🏽 🇫🇷 👩‍💻 ✅ :+1: :smile: :) :warning: 1️⃣", flavour)
    names = re.findall(r"/images/emoji/twitter/([^.]*)\.png", html)
    assert len(names) == 12
    assert all(svg(name) for name in names)


# ---- speed


def test_an_ordinary_post_is_cooked_quickly() -> None:
    raw = "Un **paragraphe** avec @claire, un [lien](https://a.fr) et :tada: pour finir.\n\n- un\n- deux\n\n" * 20
    cooked(raw)
    times = []
    for _ in range(10):
        started = time.thread_time()
        cooked(raw)
        times.append(time.thread_time() - started)
    assert len(raw) > 1_800
    assert min(times) < 0.3, "this is no benchmark: an ordinary post takes a hundredth of that"
