"""No post takes long to archive, to show, to restore or to make anonymous: its work grows as its text does.

`python -m tests.benchmarks.archived_texts` measures every command over many more of them.
"""

import re
from collections.abc import Callable

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from koweb_sync.archive.exports.site_search import plain, singulars
from koweb_sync.archive.ingest import references
from koweb_sync.archive.ingest.references import PostReference, read
from koweb_sync.archive.names.aliases import Alias, ReplacedNames
from koweb_sync.archive.names.redact import asides, quotes, redact, redact_unquoted, title
from koweb_sync.archive.names.running_text import names_in_text, renamed
from koweb_sync.archive.restore.rewrite import Ways, translate
from koweb_sync.archive.store.post_words import words
from koweb_sync.archive.store.readable_html import MOST, readable
from koweb_sync.archive.store.word_forms import singular
from koweb_sync.posts.markdown import find
from koweb_sync.posts.reader import read as parsed

LENGTH = 32_000
BASE = "https://kafe.example.org"
WAYS = Ways(BASE, "https://autre.example.org", {1: 234_567}, {(1, 1): (234_567, 1)}, {1: 5})
SAID = re.compile(r"([>\n])(\s*)([^<>\s][^<>]{0,300}?)(\s*:\s*</div>)")
LUCIE = Alias("lucie", "Lucie")


# ---- short ways: what is passed over could not have changed anything

MARKUP = (
    *("<aside class=quote data-post=2>", "</aside>", "<ASIDE\nclass='QUOTE'>", "<asides class=quote>", "<a href=/t/7>"),
    *("<A class=mention href=/u/ana>", "</a>", "<image src=/a.png>", "<IMG/src=/b.png>", "<video><source src=/c.mp4>"),
    *("</video>", "<script>", "</script>", "<Style>", "</style>", "<!--", "-->", "<svg>", "<textarea>", "&lt;a>", "<"),
    *("<p>", "<b>", "un mot ", "\N{NO-BREAK SPACE}deux\x1f", "<a\0href=/t/8>", "< a href=/t/9>", "<a", '"', ">"),
)
EVERY_TAG = frozenset(("a", "aside", "audio", "image", "img", "script", "style", "video"))


@given(st.lists(st.sampled_from(MARKUP), max_size=12).map("".join))
def test_a128_a_post_is_searched_only_for_elements_that_it_may_have(html: str) -> None:
    short = read(html, 1, 2, BASE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(references, "written", lambda _cooked: EVERY_TAG)
        assert short == read(html, 1, 2, BASE)
    assert words(html) == " ".join(short.words)


PLAIN = (
    *(
        "<p>",
        "</p>",
        "<p>un</p>",
        "<ul>\n<li>",
        "</li>\n<li>",
        "</li></ul>",
        "<b>",
        "</b>",
        "<em>",
        "</em>",
        "<br>",
        "<ol>",
    ),
    *(
        "mot",
        " ",
        "\n",
        "\x0c",
        "\x85",
        "\ufeff",
        "&lt;",
        "&amp;lt;",
        "&nbsp;",
        "&#39;",
        "&hellip;",
        "&#1;",
        "]]>",
        "🙂",
        "\0",
    ),
)
LINKS = (
    *('<a href="/u/ana">', '<a class="mention" href="/u/Ana%20B/">', '<a class="mention-group" href="/groups/é">'),
    *('<a href="https://autre.org/t?a=1&amp;b=2#c" rel="noopener nofollow ugc">', '<a href="#ici">', '<a href="">'),
    *('<a href="https://kafe.example.org/t/un/12/3" class="inline-onebox">', '<a class="mention" href="">'),
    *('<a href="//autre.org/é">', '<a href="mailto:a@b.org">', '<a class="attachment" href="/a.pdf">', "<a>"),
    *('<a href="/t/un/5?u=a&amp;page=2">', '<a name="p-1" class="anchor" href="#p-1">', '<a href="/a.png" rel="">'),
)
WITHIN = (*(f"{one}mot &amp; é</a>" for one in LINKS), *LINKS, "un", " ", "attachment", "<b>x</b>", "<br>", "</p><p>")
PARAGRAPH = st.lists(st.sampled_from(WITHIN), max_size=8).map(lambda parts: f"<p>{''.join(parts)}</p>")


@given(st.lists(st.sampled_from(PLAIN), max_size=12).map("".join) | PARAGRAPH)
def test_a128_plain_html_says_the_same_without_a_parser(html: str) -> None:
    parsed_for_a_comment = read(f"{html}<!---->", 1, 2, BASE)
    assert read(html, 1, 2, BASE) == parsed_for_a_comment
    assert words(html) == " ".join(parsed_for_a_comment.words)


@given(st.text(max_size=60) | st.text("aé\u0301\u00a0½ﬁς’ \u1e9b\u0323\u2003İ", max_size=20))
def test_a129_words_are_folded_one_by_one_as_in_the_whole_text(text: str) -> None:
    assert singulars(text) == set(map(singular, plain(text.lower())))


# ---- HTML


REOPENED = (
    *("<b id=%d><p>", "<font color=%d><p>", "<table><b id=%d>", "<b id=%d><table>", "<b id=%d><li>", "<i\tid=%d><hr>"),
    *("<B id=%d><p>", '<b id=">%d"><p>', "<b id='%d'><p>", "<b\n%d><p>", "<b/%d><p>", "<!--</b>--><b id=%d><p>"),
    *("<b title='</b>' id=%d><p>", "<code id=%d><p>", "<object><b id=%d><p>", '<nobr id="%d"><p>', "<tt id=\f%d><p>"),
)


@pytest.mark.parametrize("unit", REOPENED)
def test_no_formatting_becomes_more_elements_than_a_page_has(unit: str) -> None:
    text = "".join(unit % n for n in range(LENGTH // len(unit)))
    plain = readable(text)
    assert plain.count("<") == text.count("<")
    assert len(LexborHTMLParser(plain).css("*")) <= MOST + text.count("<")
    assert nh3.clean(plain).count("<") <= MOST + 2 * text.count("<")


@pytest.mark.parametrize(
    "unit",
    [
        "<p><strong>a</strong> <em>b</em></p>\n",
        '<pre><code class="lang-auto">a</code></pre>\n',
        '<p><a href="/t/1">a</a> <b>b</b></p>\n',
        "<ul><li><s>a</s></li></ul>\n",
        "<p>a</p>\n",
        "<b>",
    ],
)
def test_what_people_write_keeps_its_formatting(unit: str) -> None:
    text = unit * (LENGTH // len(unit))
    assert readable(text) == text


@given(st.lists(st.sampled_from(["<a href=/t/5>", "</a>", "<aside class=quote>", "</aside>", "<p>", "<b>", "mot "])))
def test_a_link_within_a_quote_is_none_of_the_post(parts: list[str]) -> None:
    text = "".join(parts)
    tree = LexborHTMLParser(text)
    wanted = any("aside" not in around(node) for node in tree.css("a[href]"))
    found = read(text, 1, None, BASE)
    assert (PostReference("link", 5, None, url=f"{BASE}/t/5") in found.pointers) == wanted


def around(node: LexborNode | None) -> list[str | None]:
    """The names of all elements around one."""
    found = []
    while node is not None and (node := node.parent) is not None:
        found.append(node.tag)
    return found


@pytest.mark.parametrize("digits", [19, 5_000])
def test_a_number_that_no_topic_has_leads_to_none(digits: int) -> None:
    number = "9" * digits
    (found,) = read(f'<a href="/t/{number}/{number}">a</a>', 1, None, BASE).pointers
    assert (found.topic, found.number) == (None, None)
    text = (
        f'[a](/t/{number}) [a](/p/{number}) {BASE}/t/{number}/{number}\n\n[quote="a, post:1, topic:{number}"]\n[/quote]'
    )
    assert translate(text, 1, WAYS).raw == text


# ---- names


@given(
    st.lists(
        st.sampled_from(
            [">", "\n", " ", ":", "a", "</div>", ": </div>", ":\n</div>", "<", "b c", "x" * 150, "\t", "\n" * 40]
        ),
        max_size=14,
    )
)
def test_the_name_in_a_quotes_title_is_what_stands_before_its_colon(parts: list[str]) -> None:
    head = "".join(parts)
    assert title(head, LUCIE) == SAID.sub(lambda found: f"{found[1]}{found[2]}Lucie{found[4]}", head)


PARTS = (
    *(
        "Claire",
        "moreau",
        "zoé",
        "zoe",
        "k",
        "39",
        "former-member-1",
        "personne-partie-1",
        "e\u0301",
        "\u0301",
        "%C3%A9",
        "字",
        "mot",
        "ﷺ",
    ),
    *(" ", "-", "\n", "%20", "&nbsp;", "&#39;", "&", "/", "=", '"', "@claire", "%40claire", " " * 13),
    *(
        "<",
        "<p>",
        "</p>",
        '<a href="/u/claire">',
        '<img class="avatar" alt="claire">',
        'img class=avatar alt="claire">',
    ),
    *('<aside class="quote" data-username="claire">', "<blockquote>", "</aside>", '[quote="claire"]', "[/quote]"),
)
ALIASES = {"claire": LUCIE, "claire moreau": LUCIE, "zoe k": Alias("u-1", "Une Autre"), "39 mot": Alias("u-2", "Mot 2")}
FIRST = {name.partition(" ")[0] for name in ALIASES}
PEOPLE = ReplacedNames(ALIASES.get, ALIASES.get, ALIASES.get, longest=2, begins=FIRST.__contains__)


@given(st.lists(st.sampled_from(PARTS), max_size=20))
def test_names_are_found_in_the_parts_of_a_text_as_in_the_whole(parts: list[str]) -> None:
    text = "".join(parts)
    assert names_in_text(text, PEOPLE) == renamed(text, PEOPLE)
    whole = quotes(text, PEOPLE)
    assert redact(text, PEOPLE) == redact_unquoted(asides(whole, PEOPLE) if "<" in whole else whole, PEOPLE)


def test_what_a_post_says_over_and_over_is_looked_at_once() -> None:
    asked: list[str] = []

    def begins(word: str) -> bool:
        asked.append(word)
        return word == "mot"

    names = ReplacedNames(account=asked.append, longest=1, begins=begins)
    redact('<img src="/user_avatar/a/b/1.png" class="emoji" alt=":tada:">mot @claire' * 30_000, names)
    assert len(asked) < 60


def test_each_word_is_read_once_in_however_many_names_it_may_stand() -> None:
    asked = 0

    def free(name: str) -> Alias | None:
        nonlocal asked
        asked += 1
        return LUCIE if name == " ".join("a" * 100) else None

    text = ("a " * 99 + "b ") * 160 + "a " * 99 + "a"
    assert redact(text, ReplacedNames(free=free, longest=100)).removesuffix("Lucie") == text[:-199]
    assert asked <= 100 * len(text.split())


# ---- another forum


def counted(action: Callable[[], object]) -> int:
    """How many texts are read."""
    parsed.cache_clear()
    find.cache_clear()
    action()
    return parsed.cache_info().misses


@pytest.mark.parametrize(
    "unit",
    [
        '[quote="claire, post:1, topic:1"]\n',
        '[quote="claire, post:1, topic:1"]a[/quote]',
        f"{BASE}/t/1 ",
        f"`{BASE}/t/1` ",
        f"`{BASE}/t/1` {BASE}/t/1\n",
        f"    {BASE}/t/1\n",
        f"[a]({BASE}/t/1) ",
    ],
)
def test_a_text_is_read_a_few_times_however_much_it_points_at(unit: str) -> None:
    text = unit * (4_000 // len(unit))
    assert counted(lambda: translate(text, 1, WAYS)) <= 8


def test_addresses_and_quotes_change_together_and_what_stands_in_code_stays() -> None:
    text = f'{BASE}/t/1 et `{BASE}/t/1`\n\n[quote="claire, post:1, topic:1"]\nMot\n[/quote]\n\n{BASE}/t/1\n'
    new = text.replace("topic:1", "topic:234567").replace(f"{BASE}/t/1", f"{WAYS.there}/t/234567")
    assert translate(text, 1, WAYS).raw == new.replace(f"`{WAYS.there}/t/234567`", f"`{BASE}/t/1`")
