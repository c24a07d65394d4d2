"""What names people leaves neither by a report for everybody nor by git."""

from dataclasses import replace

import pytest

from koweb_sync.report.audience.community import shared_behind
from koweb_sync.report.engine.figure import Figure, Words
from koweb_sync.report.engine.posts_behind import PostsBehind
from koweb_sync.report.engine.responses import topics_with_answers
from koweb_sync.report.figures import figures
from tests.workspace import Clone

# Figures behind which a list of posts points at single people: written down twice, so that nobody changes one lightly.
# A figure that is added says it itself, and need not stand here.
POINTING = {
    *("unanswered", "unheard-voices", "unheard-posts", "fell-silent", "cohort-size", "cohort-stayed"),
    *("newcomers", "newcomers-answered", "newcomers-answered-by-facilitators", "newcomers-answered-by-others"),
    *("second-post", "second-post-difference", "second-post-answered", "second-post-unanswered"),
    *("top-tenth", "lower-half", "absence-posts", "absence-answers", "across-categories"),
    *("facilitator-answers", "facilitator-ties", "topics-by-newcomers"),
}


def test_each_figure_says_whether_its_posts_may_be_linked() -> None:
    assert {key for key in POINTING if figures()[key].may_link} == set()
    given = {"key": "new", "words": Words, "unit": "post", "kind": "count", "table": topics_with_answers}
    with pytest.raises(TypeError, match="may_link"):
        Figure(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["unanswered", "a-figure-that-somebody-adds"])
def test_a_figure_that_does_not_say_so_is_not_linked(key: str) -> None:
    found = PostsBehind(("topics", key), "", "topic", 9, None, None, (), (), "https://kafe.example.org/search", "")
    assert shared_behind(found, set()).search == ""
    assert shared_behind(found, set()).reason == "people"
    assert shared_behind(replace(found, keys=("topics",)), set()).reason != "people"


@pytest.mark.parametrize("box", ["2022"], indirect=True)
def test_what_names_people_is_kept_out_of_git(here: Clone) -> None:
    here.run("archive", "--no-images")
    for path, words in {
        "out/claire.html": ("archive", "subject", "claire", "--output", "out/claire.html"),
        "export": ("archive", "export", "--format", "jsonl", "--to", "export"),
        "who.json": ("report", "--audience", "facilitators", "--format", "json", "--output", "who.json"),
    }.items():
        assert ".gitignore" in here.run(*words).err
        assert here.git("check-ignore", path) == path
        assert ".gitignore" not in here.run(*words).err
    assert here.git("status", "--porcelain") == "?? .gitignore"
    here.git("add", "--force", "out/claire.html", "koweb-archive.sqlite")
    assert (
        "git tracks out/claire.html"
        in here.run(*("archive", "subject", "claire", "--output", "out/claire.html"), code=2).err
    )
    here.run("archive", "subject", "claire", "--output", "out/claire.html", "--force")
    assert "git tracks koweb-archive.sqlite" in here.run("archive", code=2).err
