"""The paragraphs of an original beside those of its translation: whole, counted, and in no text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from koweb_sync.posts.document import FrontMatter, PostFile
from koweb_sync.posts.markdown import with_lf
from koweb_sync.posts.side_by_side import (
    BEGIN,
    SAME,
    EndlessNote,
    blocks,
    has_notes,
    in_place,
    is_spoken,
    lacking,
    parts,
    published,
    side_by_side,
    trimmed,
    with_notes,
)
from koweb_sync.posts.translation import begun, mark_of, parse

PIECES = st.sampled_from(
    [
        *(
            "Un texte.",
            "deux lignes\net demie",
            "# Titre\nsous le titre",
            "- un\n\n  suite\n- deux",
            "> cité\n>\n> plus",
        ),
        *("```py\ncode = 1\n\n-->\n```", "    code", "~~~\n<!-- koweb: original\n~~~", "---", "| a |\n|---|\n| b |"),
        *(
            "<!-- caché -->",
            "<!-- deux\n\n-->",
            "<!-->",
            "--\\>",
            "<!\\--",
            BEGIN,
            SAME,
            "-->",
            "<b>gras</b>",
            "<div>\n\n</div>",
        ),
        *(
            "[x]: a.md",
            "[^1]: Une note.",
            "Texte[^1] et [x].",
            "[details=a]\nb\n[/details]",
            "![](a.png)",
            "![Un plan|690x400](a.png)\n![](b.png) [a.pdf|attachment](a.pdf) (12 Ko)",
            "\u00a0",
            "  ",
        ),
        *("```\nsans fin", "<div", "1. un\n2. deux", "Titre\n===", "fin  ", "\\", "\x0b", "\u2028"),
    ]
)
GAPS = st.sampled_from(["\n", "\n\n", "\n\n\n", "\n  \n", "\r\n\r\n"])
BODIES = st.lists(st.tuples(PIECES, GAPS), min_size=1, max_size=6).map(
    lambda several: "".join(piece + gap for piece, gap in several)
) | st.text(st.sampled_from("ab -<>!\\`#\n\r\t[]:*|é"), max_size=60)


def lines(text: str) -> list[str]:
    """The lines of a text that are not blank."""
    return [one.rstrip() for one in with_lf(text).split("\n") if one.strip()]


@given(body=BODIES)
@example(body="Un\n\n```\na\n\n-->\n```\n\nDeux")
def test_any_original_is_whole_beside_nothing(body: str) -> None:
    made = side_by_side(body)
    original = [line for one in parts(made) for text in (one.original, one.text) for line in lines(text)]
    assert original == lines(body)
    spoken = [is_spoken(block, kind) or has_notes(block) for kind, block in blocks(with_lf(body).strip("\n"))]
    assert lacking(made) == sum(spoken)
    silent = [line for one in parts(made) for line in lines(one.text)]
    assert lines(published(made)) == silent
    assert len(in_place(made).split("\n")) == len(made.split("\n"))
    assert lines(in_place(made)) == silent


@given(body=BODIES)
def test_any_original_translated_is_its_translation_alone(body: str) -> None:
    found = list(parts(side_by_side(body)))
    texts = [f"Paragraph {number}.\n{trimmed(one.text)}".strip() for number, one in enumerate(found)]
    made = "\n\n".join(f"{one.note}\n\n{text}" if one.note else text for one, text in zip(found, texts, strict=True))
    assert lacking(made) == 0
    assert published(made).strip() == "\n\n".join(texts) or len(found) == 1


@given(body=BODIES)
def test_any_file_that_is_begun_can_be_read(body: str) -> None:
    post = PostFile("a.md", b"", FrontMatter("a", {"title": "Un titre"}), body, 1, (), {})
    if not lines(body):
        return
    one = parse("a.en.md", begun(post, ""), "a")
    assert (one.title, one.of) == ("Un titre", mark_of(body))
    assert one.lacking or one.post.body.strip()


@given(before=BODIES, after=BODIES, number=st.integers(0, 3))
def test_any_other_text_goes_between_the_comments(before: str, after: str, number: int) -> None:
    body = f"First.\n\n{BEGIN}\nUn.\n-->\n\n{before}\n\n{BEGIN}\nDeux.\n-->\n\nLast."
    if has_notes(before + after):
        return
    text = f"{after}\n\nLast." if number else published(body)
    made = with_notes(body, text)
    assert trimmed(published(made)) == trimmed(with_lf(text)) or made == text
    if not number:
        assert [one.original for one in parts(made)] == ["", "Un.", "Deux."]


def test_what_is_the_same_in_every_language_stands_there() -> None:
    made = side_by_side("# Un\n\nTexte.\n\n```\ncode\n```\n\n---\n\n- a\n- b\n\n[x]: a.md\n")
    assert made == (
        "<!-- koweb: original\n# Un\n-->\n\n\n<!-- koweb: original\nTexte.\n-->\n\n\n"
        f"{SAME}\n```\ncode\n```\n\n{SAME}\n---\n\n"
        f"<!-- koweb: original\n- a\n- b\n-->\n\n\n{SAME}\n[x]: a.md\n"
    )
    assert lacking(made) == 3


@pytest.mark.parametrize(
    ("paragraph", "lacks"),
    [
        ("![Un plan|690x400](plan.png)", 0),
        ("![](a.png) ![](b.png)\n[a.pdf|attachment](a.pdf) (1.5 MB)", 0),
        ("![](a.png) et du texte", 1),
        ("[le plan](plan.pdf)", 1),
        ("# ![](a.png)", 1),
        ("\\\\![un](a.png)", 1),
    ],
)
def test_pictures_and_attachments_alone_are_taken_over_as_they_are(paragraph: str, lacks: int) -> None:
    made = side_by_side(f"Un.\n\n{paragraph}\n")
    assert lacking(made) == 1 + lacks
    assert (trimmed(published(made)) == paragraph) is (lacks == 0)


def test_a_picture_in_a_comment_of_a_translation_begun_before_is_taken_over() -> None:
    body = f"{BEGIN}\nUn.\n-->\n\nOne.\n\n{BEGIN}\n![Un plan](plan.png)\n-->\n\n\n{BEGIN}\nDeux.\n-->\n\n"
    assert lacking(body) == 1
    assert lacking(body + "Two.\n") == 0
    assert published(body + "Two.\n") == "One.\n\n![Un plan](plan.png)\n\nTwo.\n"
    assert in_place(body).split("\n")[body.split("\n").index("![Un plan](plan.png)")] == "![Un plan](plan.png)"
    brought = with_notes(body + "Two.\n", "One.\n\n![Un plan](plan.png)\n\nTwo, mended.\n")
    assert [one.original for one in parts(brought)][1:] == ["Un.", "![Un plan](plan.png)", "Deux."]
    assert published(brought) == "One.\n\n![Un plan](plan.png)\n\nTwo, mended.\n"
    own = body.replace("plan.png)\n-->\n", "plan.png)\n-->\n\n![A plan](plan.en.png)\n")
    assert published(own + "Two.\n") == "One.\n\n![A plan](plan.en.png)\n\nTwo.\n", "another picture stands below it"


def test_a_comment_without_an_end_is_told() -> None:
    with pytest.raises(EndlessNote) as told:
        published(f"Text.\n\n{BEGIN}\nUn.\n\nOne.\n")
    assert told.value.line == 2
    with pytest.raises(EndlessNote):
        lacking(f"{BEGIN}\nUn.\n\n{BEGIN}\nDeux.\n-->\n")
