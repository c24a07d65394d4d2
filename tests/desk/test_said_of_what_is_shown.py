"""Lists say what is true of each line: what is not saved is not called published, and no two versions have one time."""

from koweb_sync.desk.previews.post_list import counted
from koweb_sync.desk.previews.preview import PostState, PostSummary
from koweb_sync.desk.texts.changed_sentences import changed_sentences
from koweb_sync.desk.texts.earlier_texts import told_apart
from koweb_sync.times import MINUTE, SECOND
from tests.desk.open_desk import desk
from tests.desk.test_writing import FILE
from tests.workspace import Clone


def test_p388_a_post_with_words_that_are_not_saved_is_counted_apart() -> None:
    rows = [PostSummary(f"posts/{n}.md", f"Post {n}", None, "claire", PostState.SAME) for n in range(3)]
    assert counted(rows, 3) == "3 posts, all published."
    assert counted(rows, 3, {"posts/1.md"}) == (
        "3 posts: 2 are published as they are, 1 is published and has words here that are not saved."
    )
    assert counted(rows[:2], 2, {"posts/0.md", "posts/1.md"}) == (
        "2 posts: 2 are published and have words here that are not saved."
    )


def test_p369_versions_of_one_minute_are_told_apart() -> None:
    times = [2 * MINUTE + 5 * SECOND, 2 * MINUTE + 40 * SECOND, 9 * MINUTE]
    said = [told_apart(at, times) for at in times]
    assert [one.endswith(" s") for one in said] == [True, True, False]
    assert len(set(said)) == 3


def test_p512_an_extract_is_not_cut_where_no_line_breaks() -> None:
    was = "Rendez-vous samedi à 18 h 30, à la médiathèque."
    for space in (" ", "\u00a0", "\u202f"):
        text = was.replace("18 h 30", f"18{space}h{space}30")
        (one,) = changed_sentences(text, text.replace("médiathèque", "mairie"))
        assert one.after == "…à la mairie."
        (one,) = changed_sentences(text, text.replace(" à la", " dans la"))
        assert one.after == f"…à 18{space}h{space}30, dans la médiathèque."
    assert changed_sentences(was, was.replace("18 h", "18\u00a0h")) == []


def test_a_page_about_one_post_is_marked_in_the_menu(here: Clone) -> None:
    here.post("un")
    here.commit()
    with desk(here.folder) as it:
        for place in ("preview", "versions", "write-delete", "translate"):
            assert 'aria-current="page">Your posts<' in it.get(f"/{place}/{FILE}").text, place
        assert 'aria-current="page">Your posts<' in it.get("/deleted/").text
        assert 'aria-current="page">Write<' in it.get(f"/write/{FILE}").text
