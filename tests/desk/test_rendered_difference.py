"""What changed between two texts, as people read them: every word is there, and those that differ are marked."""

import re

from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.desk.texts.rendered_difference import changed_blocks, without_names
from koweb_sync.desk.texts.text_difference import changed_paragraphs
from koweb_sync.sandbox.cooking.tree import tree

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


WORDS = st.lists(st.sampled_from(["un", "deux", "l&lt;i", "&amp;", "trois"]), min_size=1, max_size=5).map(" ".join)
BLOCK = st.tuples(st.sampled_from(["p", "h3", "blockquote"]), WORDS).map(lambda one: f"<{one[0]}>{one[1]}</{one[0]}>")
PAGE = st.lists(BLOCK | WORDS.map(lambda one: f"<ul><li>{one}</li><li>fin</li></ul>"), max_size=4).map("\n".join)


@given(PAGE, PAGE)
def test_no_word_is_lost_or_made_up(before: str, after: str) -> None:
    for one in changed_blocks(before, after):
        for side, whole, mark in ((one.before, before, "<ins>"), (one.after, after, "<del>")):
            assert mark not in side
            assert tree(_TAG.sub("", side)).words() in tree(whole).words()
    assert not changed_blocks(after, after)
    assert bool(changed_blocks(before, after)) == (before != after)
