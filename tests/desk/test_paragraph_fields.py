"""A translation's text as fields: what nobody typed in keeps its bytes, and what somebody typed is all there."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from koweb_sync.desk.texts.paragraph_fields import (
    FieldsSaid,
    as_typed,
    is_up_to_date,
    left_out,
    packed,
    paragraph_fields,
    said_of,
    text_of,
    to_check,
    to_translate,
    unpacked,
    untouched,
    with_descriptions,
)
from koweb_sync.posts.markdown import with_lf
from koweb_sync.posts.side_by_side import BEGIN, OUT, SAME, lacking, parts, published, side_by_side
from tests.posts.test_side_by_side import BODIES, lines

NOTES = st.sampled_from(
    [f"{BEGIN}\nUn.\n-->", f"{BEGIN}\nDeux\nlignes.\n-->", SAME, f"{BEGIN}\n![](a.png)\n-->", f"{OUT}\nUn.\n-->"]
)
FILES = BODIES.map(side_by_side) | st.lists(NOTES | BODIES, max_size=6).map("\n".join)
TYPED = st.text(st.sampled_from("ab -*é#\n"), max_size=20)


@given(body=FILES, original=BODIES, before=st.none() | BODIES, behind=st.booleans())
@example(body=f"\n\n{SAME}\n{SAME}", original="a", before=None, behind=True)
def test_any_file_in_which_nobody_typed_is_the_same(body: str, original: str, before: str | None, behind: bool) -> None:
    rows = paragraph_fields(body, original, before, behind=behind)
    if not rows:
        return
    assert unpacked(packed(rows)) == rows
    if any(row.state == "moved" for row in rows):
        assert sorted(lines(text_of(rows, said_of(rows)))) == sorted(lines(body)), "in another order"
        return
    assert text_of(rows, said_of(rows)) == with_lf(body)
    seen = {number: as_typed(row.text).replace("\n", "\r\n") for number, row in enumerate(rows)}
    assert text_of(rows, FieldsSaid(seen)) == with_lf(body), "as a browser sends it"
    assert behind or not any(row.state for row in rows)


@given(body=BODIES, typed=st.lists(TYPED, min_size=12, max_size=12))
def test_any_translation_that_is_typed_is_published_as_it_was_typed(body: str, typed: list[str]) -> None:
    rows = paragraph_fields(side_by_side(body), body, None, behind=False)
    said = FieldsSaid({number: one for number, one in enumerate(typed[: len(rows)]) if rows[number].note})
    made = text_of(rows, said)
    if not rows:
        return
    assert lacking(made) == to_translate(rows, FieldsSaid({**said_of(rows).texts, **said.texts}))
    notes = [(one.note, row.note) for one, row in zip(parts(made)[1:], rows[1:], strict=True)]
    assert all(one == row for one, row in notes if row != SAME)
    lines = [line.rstrip() for line in published(made).split("\n") if line.strip()]
    for one in said.texts.values():
        assert [line for line in one.split("\n") if line.strip() and line.rstrip() not in lines] == []
    again = paragraph_fields(made, body, None, behind=False)
    assert text_of(again, said_of(again)) == made
    assert [one.now for one in again[1:]] == [row.now for row in rows[1:]]


OLD = "Un.\n\nLe deuxième paragraphe dit une chose.\n\n![](a.png)\n\nTrois.\n\n```\ncode = 1\n```\n"
NOW = "Un.\n\nLe deuxième paragraphe dit une autre chose.\n\n![](a.png)\n\nQuatre est neuf.\n\n```\ncode = 2\n```\n"


def translated() -> str:
    """A translation of all of it."""
    rows = paragraph_fields(side_by_side(OLD), OLD, OLD, behind=False)
    return text_of(rows, FieldsSaid({1: "One.", 2: "The second paragraph says something.", 4: "Three."}))


@pytest.mark.parametrize("before", [OLD, None])
def test_what_changed_in_the_original_is_told_paragraph_by_paragraph(before: str | None) -> None:
    rows = paragraph_fields(translated(), NOW, before, behind=True)
    assert [(row.now.split("\n")[0], row.state) for row in rows[1:]] == [
        ("Un.", ""),
        ("Le deuxième paragraphe dit une autre chose.", "changed"),
        ("![](a.png)", ""),
        ("", "gone"),
        ("Quatre est neuf.", "new"),
        ("```", "changed"),
    ]
    assert rows[2].before == "Le deuxième paragraphe dit une chose."
    assert (to_translate(rows, said_of(rows)), to_check(rows, said_of(rows))) == (0, 4)


def test_what_is_decided_about_the_original_of_now_stands_in_the_file() -> None:
    rows = paragraph_fields(translated(), NOW, OLD, behind=True)
    typed = {2: "The second paragraph says something else.", 5: "Four is new.", 6: "```\ncode = 2\n```"}
    texts = {**said_of(rows).texts, **typed}
    said = FieldsSaid(texts, frozenset([2, 6]), frozenset([4]))
    assert (to_translate(rows, said), to_check(rows, said)) == (0, 0)
    made = text_of(rows, said)
    assert published(made) == (
        "One.\n\nThe second paragraph says something else.\n\n![](a.png)\n\nFour is new.\n\n```\ncode = 2\n```\n"
    )
    assert [row.state for row in paragraph_fields(made, NOW, OLD, behind=True)] == [""] * 6
    partly = text_of(rows, FieldsSaid({**texts, 5: ""}, frozenset(), frozenset([4])))
    assert "Quatre" not in partly, "a paragraph that nobody translated yet keeps the others from no publication"
    assert "dit une chose" in partly, "who did not say that it fits is asked again"


def test_a_paragraph_without_translation_may_be_left_out_and_one_with_a_text_not() -> None:
    rows = paragraph_fields(side_by_side("Un.\n\nDeux.\n"), "Un.\n\nDeux.\n", None, behind=False)
    made = text_of(rows, FieldsSaid({1: "One.", 2: ""}, out=frozenset([1, 2])))
    assert published(made).strip() == "One."
    assert lacking(made) == 0
    again = paragraph_fields(made, "Un.\n\nDeux.\n", None, behind=False)
    assert (left_out(again, said_of(again)), to_translate(again, said_of(again))) == (1, 0)
    back = text_of(again, replace(said_of(again), back=frozenset([2])))
    assert back == text_of(rows, FieldsSaid({1: "One."})), "it can be put back, to be translated later"
    written = text_of(again, FieldsSaid({1: "One.", 2: "Two."}))
    assert written == text_of(rows, FieldsSaid({1: "One.", 2: "Two."})), "what is written there is in it again"


def test_a_new_paragraph_may_be_left_out_and_one_that_is_left_out_needs_no_look_when_it_changes() -> None:
    rows = paragraph_fields(translated(), NOW, OLD, behind=True)
    made = text_of(rows, replace(said_of(rows), out=frozenset([2, 5])))
    assert published(made) == published(translated()), "one with a text stays"
    again = paragraph_fields(made, NOW.replace("Quatre est neuf", "Quatre est tout neuf"), OLD, behind=True)
    assert [row.now for row in again if row.out] == ["Quatre est tout neuf."]
    assert left_out(again, said_of(again)) == 1
    gone = paragraph_fields(made, OLD, OLD, behind=True)
    assert not any(row.shown for row in gone if row.out), "nothing is said of one that the original has no more"
    assert text_of(gone, said_of(gone)) == made


def test_a_translation_that_is_the_original_word_for_word_is_none_yet() -> None:
    original = "Un [mot](a.md).\n\nhttps://example.org\n\nDeux.\n"
    rows = paragraph_fields(side_by_side(original), original, None, behind=False)
    said = FieldsSaid({1: "Un [mot](a.md).\r\n", 2: "https://example.org", 3: "Two."})
    assert (untouched(rows, said), to_translate(rows, said)) == (1, 0)


PICTURES = "![Un plan|690x400](a.png)\n![](b.png) ![La salle](c.png) [a.pdf|attachment](a.pdf) (12 Ko)\n"


def test_what_pictures_show_is_translated_and_all_else_of_them_stays() -> None:
    (_head, row) = paragraph_fields(side_by_side(PICTURES), PICTURES, None, behind=False)
    assert row.descriptions == (("Un plan", True), ("", False), ("La salle", True))
    made = with_descriptions(row, row.text, {0: "A [map]", 2: "The room", 7: "?"})
    assert made == PICTURES.strip().replace("Un plan", "A (map)").replace("La salle", "The room")
    assert with_descriptions(row, row.text, {0: "Un plan", 1: "", 2: "La salle"}) == row.text
    assert with_descriptions(row, "![Autre](d.png)", {0: "A map"}) == "![Autre](d.png)"
    code = paragraph_fields(side_by_side(f"```\n{PICTURES}```\n"), "", None, behind=False)
    assert not any(one.descriptions for one in code)


@pytest.mark.parametrize("typed", ["x", "![Autre](d.png)", "", "print(2)"])
@pytest.mark.parametrize("block", ["![Un plan|690x400](a.png)", "```\nprint(1)\n```", "https://example.org/a"])
def test_what_stands_in_the_place_of_what_is_the_same_everywhere_stays_beside_the_original(
    block: str, typed: str
) -> None:
    original = f"Un.\n\n{block}\n\nDeux.\n"
    rows = paragraph_fields(side_by_side(original), original, None, behind=False)
    (number,) = (number for number, row in enumerate(rows) if row.now == block)
    file = text_of(rows, FieldsSaid({**said_of(rows).texts, number: typed}))
    again = paragraph_fields(file, original, None, behind=False)
    assert [one.now for one in again[1:]] == ["Un.", block, "Deux."]
    assert again[number].text == typed
    if typed:
        assert typed in published(file)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[["a"]]', '[["a", "b", "c", 1]]'])
def test_what_is_no_field_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        unpacked(text)


@given(
    order=st.lists(
        st.sampled_from(["Un mot.", "Un autre mot.", "Deux.", "![Un plan](a.png)", "> Trois."]), max_size=7
    ).flatmap(lambda texts: st.tuples(st.just(texts), st.permutations(texts))),
    known=st.booleans(),
)
@example(order=(["Un mot.", "Un autre mot.", "Deux."], ["Deux.", "Un autre mot.", "Un mot."]), known=True)
def test_any_order_of_the_original_keeps_each_translation_and_asks_for_nothing(
    order: tuple[list[str], list[str]], known: bool
) -> None:
    old, now = ("\n\n".join(texts) + "\n" for texts in order)
    first = paragraph_fields(side_by_side(old), old, None, behind=False)
    typed = {number: f"{row.before} ({number})" for number, row in enumerate(first) if row.note and not row.same}
    shows = {at: with_descriptions(row, row.text, {0: "A map"}) for at, row in enumerate(first) if row.same and known}
    made = text_of(first, FieldsSaid({**typed, **shows}))
    rows = paragraph_fields(made, now, old if known else None, behind=True)
    assert {row.state for row in rows} <= {"", "moved"}
    assert (to_check(rows, said_of(rows)), to_translate(rows, said_of(rows))) == (0, 0)
    assert is_up_to_date(rows, said_of(rows)) is any(row.state for row in rows)
    made = text_of(rows, said_of(rows))
    assert sorted(one for one in typed.values() if one in made) == sorted(typed.values()), "no translation is lost"
    told = [
        re.sub(r" \(\d+\)$", "", one).replace("A map", "Un plan") for one in re.split(r"\n\n+", published(made).strip())
    ]
    assert told == order[1] or not order[1], "each stands where its original does"
    again = paragraph_fields(made, now, now, behind=False)
    assert text_of(again, said_of(again)) == made


def test_a_paragraph_that_moved_and_one_that_changed_are_told_apart() -> None:
    now = "Trois.\n\nUn.\n\nLe deuxième paragraphe dit une autre chose.\n\n![](a.png)\n\n```\ncode = 1\n```\n"
    rows = paragraph_fields(translated(), now, OLD, behind=True)
    assert [(row.text[:6], row.state) for row in rows[1:]] == [
        ("Three.", "moved"),
        ("One.", ""),
        ("The se", "changed"),
        ("![](a.", ""),
        ("```\nco", ""),
    ]
    assert to_check(rows, said_of(rows)) == 1


def test_a_paragraph_that_is_repeated_in_the_original_is_new_where_it_stands_again() -> None:
    rows = paragraph_fields(translated(), f"{OLD}\nUn.\n", OLD, behind=True)
    assert [(row.now, row.state) for row in rows if row.state] == [("Un.", "new")]


def test_no_translation_is_taken_for_that_of_a_paragraph_that_has_its_own() -> None:
    old, now = "Maison débat.\n\nMaison lieu libre débat.\n", "Maison débat.\n\nMaison débat.\n"
    first = paragraph_fields(side_by_side(old), old, old, behind=False)
    made = text_of(first, FieldsSaid({1: "House.", 2: "House, place."}))
    rows = paragraph_fields(made, now, old, behind=True)
    assert [(row.text, row.state) for row in rows[1:]] == [("House.", ""), ("House, place.", "changed")]


MUTATIONS = ("move", "edit", "move and edit", "drop", "repeat", "add")


@given(
    st.lists(
        st.sampled_from(
            ["Un mot sur le lieu.", "Un mot sur les lieux.", "Oui.", "Deux idées libres.", "> Une voix.", "![](a.png)"]
        ),
        min_size=1,
        max_size=7,
    ),
    st.lists(st.tuples(st.sampled_from(MUTATIONS), st.integers(0, 9), st.integers(0, 9)), max_size=4),
    st.sets(st.integers(1, 7)),
)
def test_whatever_becomes_of_the_original_no_translation_is_lost_or_stands_below_another_paragraph_unmarked(
    texts: list[str], mutations: list[tuple[str, int, int]], without: set[int]
) -> None:
    old = "\n\n".join(texts) + "\n"
    first = paragraph_fields(side_by_side(old), old, None, behind=False)
    asked = [number for number, row in enumerate(first) if row.note and not row.same]
    of = {f"Translation {number}": first[number].before for number in asked if number not in without}
    typed = {number: f"Translation {number}" for number in asked if number not in without}
    made = text_of(first, FieldsSaid(typed, out=frozenset(without)))
    for how, which, to in mutations:
        at = which % len(texts) if texts else 0
        one = texts[at] if texts else "Rien."
        one = f"{one} Encore." if "edit" in how else one
        texts = [*texts[:at], *texts[at + (how not in ("repeat", "add")) :]]
        place = at if how == "edit" else to % (len(texts) + 1)
        texts = texts if how == "drop" else [*texts[:place], "Du neuf." if how == "add" else one, *texts[place:]]
    now = "\n\n".join(texts) + "\n"
    rows = paragraph_fields(made, now, old, behind=True)
    assert sorted(row.now for row in rows if row.now) == sorted(texts), "each paragraph has its place, and only one"
    for row in rows:
        if row.text in of:
            assert row.before == of[row.text]
            assert row.now == row.before or row.state == ("changed" if row.now else "gone")
    after = text_of(rows, said_of(rows))
    assert [after.split("\n").count(one) for one in of] == [1] * len(of)
    assert {row.text: row.before for row in paragraph_fields(after, now, now, behind=False) if row.text in of} == of
