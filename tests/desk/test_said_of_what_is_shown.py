"""Lists say what is true of each line: what is not saved is not called published, and no two versions have one time."""

from koweb_sync.desk.previews.post_list import counted
from koweb_sync.desk.previews.preview import PostState, PostSummary
from koweb_sync.desk.rooms.version import told_apart
from koweb_sync.desk.texts.earlier_texts import PostFileVersion
from koweb_sync.git.repo import Sha
from koweb_sync.times import MINUTE, SECOND


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
    found = [PostFileVersion(str(at), "Claire", "Claire", at, "", Sha("")) for at in times]
    said = [told_apart(at, found) for at in times]
    assert [one.endswith(" s") for one in said] == [True, True, False]
    assert len(set(said)) == 3
