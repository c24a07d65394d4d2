"""What another tool's key keeps from being shown does not reach the forum, and leaves it only as a draft does."""

import pytest

from koweb_sync.posts import document
from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.parametrize("box", ["2025"], indirect=True)


def test_p121_a_key_of_another_tool_keeps_a_file_from_the_forum(here: Clone, box: Sandbox) -> None:
    here.post("jekyll", published=False)
    here.post("obsidian", publish=False)
    here.post("cache", hidden=True)
    here.post("plus-tard", publishDate="2099-01-01")
    here.post("ouvert", publish=True)
    here.commit()
    told = here.push(code=2).text
    assert here.published() == ["ouvert"]
    assert "posts/cache.md:4" in told and "posts/plus-tard.md:4" in told and "draft: true" in told
    checked = here.run("check", "--format", "json", code=2).data
    assert {(one["path"], one["code"]) for one in checked if one["line"] == 4} == {
        ("posts/jekyll.md", "kept-back"),
        ("posts/obsidian.md", "kept-back"),
        ("posts/cache.md", "visibility-unclear"),
        ("posts/plus-tard.md", "date-to-come"),
        ("posts/ouvert.md", "unknown-key"),
    }


def test_p122_such_a_key_on_a_published_file_takes_it_off_as_a_draft_does(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "unlist"')
    here.post("un")
    here.post("deux")
    here.commit()
    here.push()
    here.post("un", publish=False)
    here.commit()
    assert "publish: false" in here.run("plan").out
    here.push()
    assert not box.by_id("un").visible
    assert box.by_id("deux").visible
    here.post("un")
    here.commit()
    here.push()
    assert box.by_id("un").visible


def test_p123_what_was_published_in_spite_of_such_a_key_is_not_taken_off_unasked(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.configure('withdraw = "delete"')
    here.post("autre")
    here.post("un", publish=False)
    here.commit()
    with monkeypatch.context() as earlier:
        earlier.setattr(document, "signs", lambda _said: ())  # as a koweb that did not know these keys
        here.push()
    here.push()
    assert here.published() == ["autre", "un"]
    here.post("un", TEXT + " Et un ajout.", publish=False)
    here.commit()
    assert "publish: false" in here.push(code=3).text
    assert here.published() == ["autre", "un"]
    here.post("un", TEXT + " Et un ajout.")
    here.commit()
    here.push()
    assert here.raw("un").endswith("ajout.")
    here.post("un", draft=True)
    here.commit()
    here.push()
    assert here.published() == ["autre"]
