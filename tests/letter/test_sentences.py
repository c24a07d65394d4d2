"""Sentences that can be quoted: as they stand in their post, and nothing but words."""

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.letter.sentences import LONGEST, SHORTEST, best, quotable
from tests.letter.talking import SENTENCE, text_of

GOOD = "Une phrase entière, qui dit quelque chose et qui se comprend sans le reste."
MEANS = re.compile(r"[@#<>\[\]{}|\\`*_~^$«»“”\"]|://")
PLAIN = (GOOD, "Et alors ?", "M. Durand", "p. 12", "etc.", " ", "\n", "«", "»", "…", "!", "。", "\u202e", "\u200b")
SIGNS = (
    "@claire",
    "#sujet",
    ":smile:",
    "https://example.org/a",
    "exemple.org",
    "06 12 34 56 78",
    "a@b.example",
    "&amp;",
)
MARKUP = (
    *("<br>", "<b>gras</b>", "<code>x</code>", "&lt;b&gt;", "<em>", "</em>", "<p>", "</p>", "<!-- x -->"),
    *('<a class="mention" href="/u/claire">@claire</a>', '<img src="x" alt="y">', '<span class="spoiler">caché</span>'),
)
PIECES = st.one_of(
    st.sampled_from((*PLAIN, *SIGNS, *MARKUP)),
    st.text(max_size=30).map(escape),
    st.text(alphabet="abc éÀ.!?«»“”()\u00a0\n", max_size=60),
)
BLOCKS = st.sampled_from(("p", "blockquote", "li", "pre", "aside"))
POSTS = st.lists(
    st.builds("<{0}>{1}</{0}>".format, BLOCKS, st.lists(PIECES, max_size=9).map(" ".join)), max_size=4
).map("\n".join)


@given(POSTS)
def test_every_sentence_stands_word_for_word_in_its_post_and_is_nothing_but_words(cooked: str) -> None:
    text = text_of(cooked)
    for one in quotable(cooked):
        assert one in text
        assert SHORTEST <= len(one) <= LONGEST
        assert not MEANS.search(one)
        assert one.isprintable()


@given(st.lists(st.sampled_from((GOOD, SENTENCE, "Non.", "Cela tient en quarante lettres à peine, oui.")), min_size=1))
def test_sentences_are_found_in_their_order_each_of_them(said: list[str]) -> None:
    cooked = f"<p>{' '.join(said)}</p>"
    assert list(quotable(cooked)) == [one for one in said if len(one) >= SHORTEST]


@pytest.mark.parametrize(
    "cooked",
    [
        f'<aside class="quote"><blockquote><p>{GOOD}</p></blockquote></aside>',
        f"<blockquote><p>{GOOD}</p></blockquote>",
        f"<ul><li>{GOOD}</li></ul>",
        f"<details><summary>x</summary><p>{GOOD}</p></details>",
        f"<pre><code>{GOOD}</code></pre>",
        f'<p><span class="spoiler">{GOOD}</span></p>',
        f"<p><code>{GOOD}</code></p>",
        f'<p><a href="https://example.org">{GOOD}</a></p>',
        f"<p>@claire {GOOD}</p>",
        f"<p><del>{GOOD}</del></p>",
        "<p>une phrase qui commence au milieu, et qui finit pourtant par un point.</p>",
        "<p>Une phrase assez longue pour compter, mais qui ne finit jamais vraiment</p>",
        "<p>Appelez-moi donc au 06 12 34 56 78, je réponds tous les soirs après huit heures.</p>",
        "<p>Tout est expliqué sur exemple.org, allez-y voir quand vous aurez un moment.</p>",
        "<p>Elle a dit « nous ne reviendrons plus jamais ici », et nous en parlons encore.</p>",
        f"<p>Elle a dit : «\u00a0Venez\u202f! {GOOD} Merci.\u00a0»</p>",
        f"<p>Elle a dit : “Venez ! {GOOD} Merci.”</p>",
        f'<p>Elle a dit : "Venez ! {GOOD} Merci."</p>',
        f"<p>Elle a dit : « Venez !<br>{GOOD} Merci. »</p>",
        f"<p>Elle a dit : « Venez ! {GOOD}</p>",
        "<p>Une phrase avec un ![dessin](x) dedans, qui deviendrait une image ailleurs.</p>",
    ],
)
def test_what_is_more_than_words_or_somebody_elses_is_not_quoted(cooked: str) -> None:
    assert list(quotable(cooked)) == []


def test_a_short_form_ends_no_sentence() -> None:
    told = "Je remercie M. Durand, Mme Roux, etc. pour ce qui a été dit ce jour-là devant tout le monde."
    assert list(quotable(f"<p>{told}</p>")) == [told]


def test_a_sentence_that_is_understood_alone_is_quoted_before_a_short_one() -> None:
    short = "Cela tient en quarante lettres à peine, oui."
    assert best([short, GOOD, SENTENCE]) == GOOD
    assert best([short]) == short
    assert best([]) == ""


@pytest.mark.parametrize("said", ["“Venez ! Merci.”", '"Venez ! Merci."'])
def test_what_stands_beside_a_quotation_is_quoted(said: str) -> None:
    assert list(quotable(f"<p>{GOOD} Elle a dit : {said} {SENTENCE}</p>")) == [GOOD, SENTENCE]
