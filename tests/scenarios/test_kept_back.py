"""What another tool's key keeps from being shown does not reach the forum, and leaves it only as a draft does."""

import pytest

from koweb_sync.config import Settings
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
        earlier.setattr(document, "hiding_keys", lambda _said: ())  # as a koweb that did not know these keys
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


def test_p161_what_lies_in_a_folder_with_a_dot_is_never_published_and_named_once(here: Clone, box: Sandbox) -> None:
    here.post("jete", path="posts/.trash/jete.md")
    here.post("neuf", path="posts/outils/.cache/neuf.md")
    here.write("posts/.obsidian/aide.md", "# Une aide\n\nSans en-tête.\n")
    here.post("un")
    here.commit()
    here.push()
    assert here.published() == ["un"]
    named = here.run("check", "--format", "json").data
    assert [(one["path"], one["code"], one["error"]) for one in named] == [
        ("posts/.trash/jete.md", "hidden-folder", False)
    ]
    assert "2 post files" in named[0]["message"]


def test_p162_a_file_among_the_drafts_is_one_and_so_is_one_that_moves_there(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "unlist"')
    here.post("un", path="posts/outils/_Drafts/un.md")
    here.post("deux")
    here.commit()
    here.push()
    assert here.published() == ["deux"]
    (named,) = here.run("check", "--format", "json").data
    assert (named["path"], named["code"]) == ("posts/outils/_Drafts/un.md", "kept-back")
    assert "_Drafts/" in named["message"]
    (here.folder / "posts/_drafts").mkdir()
    here.git("mv", "posts/deux.md", "posts/_drafts/deux.md")
    here.git("mv", "posts/outils/_Drafts/un.md", "posts/un.md")
    here.commit()
    assert "in _drafts/ now" in here.run("status").out
    here.push()
    assert not box.by_id("deux").visible
    assert box.by_id("un").visible
    here.post("trois", path="posts/_drafts/trois.md", draft=False)
    here.commit()
    assert "_drafts/" in here.push(code=2).text
    assert here.published() == ["deux", "un"]


def test_p163_what_was_published_from_such_a_folder_is_not_withdrawn_unasked(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.configure('withdraw = "delete"')
    paths = {"a": "posts/.notes/a.md", "b": "posts/_drafts/b.md", "c": "posts/c.md", "d": "posts/d.md"}
    for name, path in paths.items():
        here.post(name, path=path)
    here.commit()
    with monkeypatch.context() as earlier:  # as a koweb that did not know these folders
        earlier.setattr(document, "among_drafts", lambda _path: ())
        earlier.setattr(Settings, "is_hidden", lambda _self, _path: False)
        here.push()
    shown = here.published()
    assert shown == ["a", "b", "c", "d"]
    assert "nothing to do" in here.push().err
    here.reword("a", "discuter", "parler", path=paths["a"])
    here.reword("b", "discuter", "parler", path=paths["b"])
    assert "Move it out" in here.run("check", "posts/.notes").out
    assert "_drafts/" in here.push(code=3).text  # b waits for a word, a goes on
    assert ("parler" in here.raw("a"), "parler" in here.raw("b")) == (True, False)
    box.edit(box.by_id("a").id, here.raw("a") + " Merci.")
    (here.folder / "posts/.trash").mkdir()
    here.git("mv", "posts/c.md", "posts/.trash/c.md")
    here.git("mv", "posts/d.md", "posts/.trash/autre.md")
    here.reword("d", "discuter", "parler", path="posts/.trash/autre.md")
    for told in (here.run("plan", "--yes", code=None), here.run("status", code=None), here.push("--yes", code=3)):
        assert ".trash/c.md" in told.text and ".trash/autre.md" in told.text
    assert [one["code"] for one in here.run("check", "posts/.trash", "--format", "json", code=2).data] == [
        "hidden-topic"
    ] * 2
    here.run("pull")
    assert "Merci." in here.read(paths["a"])
    assert here.published() == shown
    here.git("rm", "--quiet", "posts/.trash/c.md")
    here.git("mv", "posts/.notes/a.md", "posts/a.md")
    here.commit()
    here.push("--yes", code=3)
    assert here.published() == ["a", "b", "d"]
