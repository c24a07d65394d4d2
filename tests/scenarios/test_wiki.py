"""`wiki: true|false`: everybody may edit the text on the forum. Written, read, adopted, kept and made again. See
legend.md.
"""

from pathlib import Path

import pytest

from koweb_sync.posts.fields import KEYS
from koweb_sync.posts.fields.wiki import WikiField
from koweb_sync.sandbox import Sandbox
from tests.answers import explore
from tests.workspace import TEXT, Clone


def is_wiki(box: Sandbox, ident: str = "un") -> bool:
    """Whether the first post of a file's topic is a wiki."""
    return box.first_post(box.by_id(ident).id).wiki


def turn(box: Sandbox, ident: str, *, on: bool) -> None:
    """What a moderator does on the forum."""
    box.services.moderation.turn_wiki(box.state.user("claire"), box.first_post(box.by_id(ident).id), on=on)


def test_p200_a_wiki_is_published_and_taken_back_with_one_request_each(here: Clone, box: Sandbox) -> None:
    here.post("un", wiki=True)
    here.post("deux", wiki=False)
    here.post("trois")
    here.commit()
    here.push()
    assert (is_wiki(box), is_wiki(box, "deux"), is_wiki(box, "trois")) == (True, False, False)
    assert len([line for line in here.writes() if "/wiki" in line]) == 1
    box.forget()
    here.push()
    assert box.log == []
    here.post("un", wiki=False)
    here.post("trois", wiki=True)
    here.commit()
    assert "wiki" in here.run("plan").text
    here.push()
    assert (is_wiki(box), is_wiki(box, "trois")) == (False, True)
    here.post("trois")  # what the file does not say stays as it is
    here.commit()
    box.forget()
    here.push()
    assert box.log == []
    assert is_wiki(box, "trois")


@pytest.mark.parametrize("explorer", [False, True])
def test_p201_what_the_forum_made_a_wiki_comes_back_where_the_file_says_something(
    here: Clone, box: Sandbox, explorer: bool
) -> None:
    if explorer:
        explore(box)
    for number in range(6):
        front: dict[str, object] = {"wiki": False} if number < 2 else {}
        here.post(f"post-{number}", TEXT, path="", **front)
    here.commit()
    here.push()
    turn(box, "post-1", on=True)
    turn(box, "post-3", on=True)
    here.run("pull")
    said = [name for name in range(6) if "wiki: true" in here.read(f"posts/post-{name}.md")]
    assert said == [1]
    box.forget()
    here.push()
    assert here.writes() == []
    assert is_wiki(box, "post-1")


def test_p202_an_adopted_wiki_says_so(here: Clone, box: Sandbox) -> None:
    topic = box.new_topic("Une page que tout le monde écrit", TEXT, category=3)
    box.services.moderation.turn_wiki(box.state.user("claire"), box.first_post(topic.id), on=True)
    here.run("adopt", str(topic.id))
    file = next((here.folder / "posts").rglob("*.md"))
    assert "\nwiki: true\n" in file.read_text()
    box.forget()
    here.push()
    assert here.writes() == []


def test_p203_a_key_that_may_not_says_so(here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discourse has no scope for it, and members may not: the topic is there all the same, and the next push tries."""
    scopes = ("topics:write", "topics:read", "topics:read_lists", "posts:edit", "global:read")
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.key("few", *scopes, username="admin"))
    here.post("un", wiki=True)
    here.commit()
    run = here.push(code=None)
    assert run.code in (1, 2, 3)
    assert "key without scopes" in run.err
    assert not is_wiki(box)
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    here.push()
    assert is_wiki(box)


def test_p204_what_waited_for_a_moderator_becomes_a_wiki_afterwards(here: Clone, box: Sandbox) -> None:
    here.post("un", f"{TEXT} Et encore.", author="bilal", wiki=True)
    here.commit()
    box.hold("bilal")
    here.push(code=3)
    topic = box.approve()
    here.push()
    here.push()
    assert box.first_post(topic.id).wiki
    box.forget()
    here.push()
    assert here.writes() == []


def test_p205_a_wiki_that_changed_on_both_sides_is_one_wiki(here: Clone, box: Sandbox) -> None:
    here.post("un", wiki=False)
    here.commit()
    here.push()
    turn(box, "un", on=True)
    here.post("un", f"{TEXT} Frédéric.", wiki=True)
    here.commit()
    here.run("sync")
    assert is_wiki(box)
    assert "Frédéric" in here.raw("un")
    assert here.git("status", "--porcelain") == ""


def test_p206_every_key_stands_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "post-files.md").read_text()
    assert [name for name in KEYS if f"`{name}`" not in text] == [], "`uv run poe reference` writes them there"


def test_a_key_that_names_a_state_is_told_by_a_pull_and_respected_by_a_push(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No list of states beside the keys themselves: `wiki` is made such a key here."""
    for name, value in {"state": "wiki", "shuts": True, "state_words": lambda _key: "Topic {topic} is a wiki."}.items():
        monkeypatch.setattr(WikiField, name, value)
    here.post("un")
    here.commit()
    here.push()
    turn(box, "un", on=True)
    told = here.run("fetch", "--format", "json").data["reports"]
    assert [(one["state"], one["message"]) for one in told] == [("wiki", f"Topic {box.by_id('un').id} is a wiki.")]
    here.post("un", title="Un autre titre pour ce sujet")
    here.commit()
    here.push(code=3)
    assert box.by_id("un").title != "Un autre titre pour ce sujet"
