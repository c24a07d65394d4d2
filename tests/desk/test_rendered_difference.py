"""What changed between two texts, as people read them: every word is there, and those that differ are marked."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.desk.texts.rendered_difference import changed_blocks, without_names
from koweb_sync.desk.texts.text_difference import changed_paragraphs, phrases
from koweb_sync.sandbox.cooking.tree import tree

_MARKED = re.compile(r"<(ins|del)>.*?</\1>", re.DOTALL)
_TAG = re.compile(r"</?(?:ins|del)>")


def shown(before: str, after: str) -> list[tuple[str, str]]:
    return [(one.before, one.after) for one in changed_blocks(before, after)]


def test_words_are_marked_where_they_stand() -> None:
    same = "<p>Le début.</p>\n"
    found = shown(
        f"{same}<p>Une phrase <strong>commune</strong> à nous.</p>",
        f"{same}<p>Une phrase <strong>partagée</strong> à nous.</p>",
    )
    assert found == [
        (
            "<p>Une phrase <strong><del>commune</del></strong> à nous.</p>",
            "<p>Une phrase <strong><ins>partagée</ins></strong> à nous.</p>",
        )
    ]


def test_points_of_a_list_are_told_one_by_one() -> None:
    found = shown("<ol>\n<li>un</li>\n<li>deux</li>\n</ol>", "<ol>\n<li>un</li>\n<li>deux points</li>\n</ol>")
    assert found == [('<ol start="2"><li>deux</li></ol>', '<ol start="2"><li>deux<ins> points</ins></li></ol>')]


def test_what_stands_in_a_block_that_somebody_wrote_on_is_not_told_as_gone_and_come() -> None:
    more = " Et tout ce qui vient derrière, bien plus long que ce qui était là." * 3
    before, after = "<ul><li>présenter les autres</li></ul>", f"<ul><li>présenter les autres{more}</li></ul>"
    ((gone, came),) = shown(before, after)
    assert gone == before
    assert "<li>présenter les autres<ins>" in came
    (paragraph,) = changed_paragraphs("présenter les autres", f"présenter les autres{more}")
    assert [run.kind for run in paragraph.before] == ["same"]


def test_a_picture_and_a_link_are_words_too() -> None:
    gone = shown(
        '<p>Voir <a href="/un">ici</a>.</p><p><img src="/a" alt="A"></p>', '<p>Voir <a href="/deux">ici</a>.</p>'
    )
    assert gone == [
        ('<p>Voir <a href="/un"><del>ici</del></a>.</p>', '<p>Voir <a href="/deux"><ins>ici</ins></a>.</p>'),
        ('<p><del><img src="/a" alt="A"></del></p>', ""),
    ]
    assert without_names('<h2 id="a"><a name="b" class="anchor" href="#b"></a>Titre</h2>') == "<h2>Titre</h2>"


BEFORE = "Le matin, chacun prépare un café pour son voisin. Puis on commence par un tour de table."
AFTER = "Le soir, tout le monde se salue et parle un peu de sa journée. Puis on commence par un tour de table."


def test_a_sentence_of_which_few_words_stay_is_told_as_another_one_wherever_it_is_shown() -> None:
    went, came = (text.partition(" Puis")[0] for text in (BEFORE, AFTER))
    ((before, after),) = shown(f"<p>{BEFORE}</p>", f"<p>{AFTER}</p>")
    assert (before.count("<del>"), after.count("<ins>")) == (1, 1)
    assert f"<del>{went}" in before
    assert f"<ins>{came}" in after
    (paragraph,) = changed_paragraphs(BEFORE, AFTER)
    for runs, kind, sentence in ((paragraph.before, "gone", went), (paragraph.after, "new", came)):
        assert [run.kind for run in runs] == [kind, "same"]
        assert runs[0].text.strip() == sentence


def test_a_short_word_between_two_that_differ_is_part_of_their_phrase() -> None:
    ((before, after),) = shown(
        "<p>Nous nous retrouvons dans la salle de réunion bleue.</p>",
        "<p>Nous nous retrouvons dans la cour de récréation bleue.</p>",
    )
    assert before == "<p>Nous nous retrouvons dans la <del>salle de réunion</del> bleue.</p>"
    assert after == "<p>Nous nous retrouvons dans la <ins>cour de récréation</ins> bleue.</p>"


SENTENCES = st.lists(st.sampled_from(["un", "deux", "facilitation", ".", "\n", " ", "l’été", "!"])).map(" ".join)


@given(SENTENCES, SENTENCES)
def test_without_what_is_marked_both_texts_are_the_same_and_with_it_each_is_whole(before: str, after: str) -> None:
    old, new = phrases(before, after)
    assert "".join(run.text for run in old) == before
    assert "".join(run.text for run in new) == after
    stayed = ["".join(run.text for run in side if run.kind == "same") for side in (old, new)]
    assert stayed[0] == stayed[1]
    for side in (old, new):
        assert all(one.kind != other.kind for one, other in pairwise(side)), "runs are as long as they can be"
    assert all(run.kind == "same" for run in phrases(after, after)[0])


WORDS = st.lists(st.sampled_from(["un", "deux", "l&lt;i", "&amp;", "trois"]), min_size=1, max_size=5).map(" ".join)
BLOCK = st.tuples(st.sampled_from(["p", "h3", "blockquote"]), WORDS).map(lambda one: f"<{one[0]}>{one[1]}</{one[0]}>")
PAGE = st.lists(BLOCK | WORDS.map(lambda one: f"<ul><li>{one}</li><li>fin</li></ul>"), max_size=4).map("\n".join)


@given(PAGE, PAGE)
def test_no_word_is_lost_or_made_up(before: str, after: str) -> None:
    for one in changed_blocks(before, after):
        for side, whole, mark in ((one.before, before, "<ins>"), (one.after, after, "<del>")):
            assert mark not in side
            assert tree(_TAG.sub("", side)).words() in tree(whole).words()
        if one.before and one.after:
            stayed = [tree(_MARKED.sub("", side)).words().split() for side in (one.before, one.after)]
            assert stayed[0] == stayed[1]
    assert not changed_blocks(after, after)
    assert bool(changed_blocks(before, after)) == (before != after)
