"""Forums that keep no translations: each is a topic of its own, with links to and fro (`translations = "topic"`)."""

import pytest
from hypothesis import HealthCheck, given, settings

from koweb_sync.sandbox import Sandbox
from tests.scenarios.test_translations import BODIES, ENGLISH
from tests.workspace import FLAVOURS, TEXT, Clone, new_workspace, translating

pytestmark = pytest.mark.server("2022")
on_any = pytest.mark.parametrize("box", FLAVOURS, indirect=True)
PATH, TITLE = "posts/un.en.md", "A topic called un"


@pytest.fixture
def apart(here: Clone) -> Clone:
    """A repository that publishes translations as topics of their own, with a post and its translation."""
    here.configure('translations = "topic"')
    toml = here.read("koweb.toml").replace(
        "[forum.kafe.categories]\n", '[forum.kafe.categories]\n"*.en" = "annonces"\n'
    )
    here.write("koweb.toml", toml)
    here.commit()
    here.run("doctor", code=None)  # what the forum keeps is known now
    here.post("un")
    return here


def english(here: Clone, body: str = ENGLISH, title: str = TITLE, ident: str = "un-en") -> None:
    """The translation, with the id that it got."""
    here.write(PATH, f"---\ntitle: {title}\nid: {ident}\n---\n\n{body}\n")


def published(here: Clone) -> None:
    """Both, published."""
    english(here)
    here.commit()
    here.push()
    assert here.published() == ["un", "un-en"]


def quiet(here: Clone) -> None:
    """Neither a push nor a pull changes anything."""
    head = here.git("rev-parse", "HEAD")
    here.box.forget()
    here.push()
    assert not here.box.log
    here.run("pull", "--all")
    assert (here.git("rev-parse", "HEAD"), here.git("status", "--porcelain")) == (head, "")
    here.push()
    assert not here.writes()


def linked(here: Clone, ident: str, other: str, language: str) -> bool:
    """Whether a topic links to the other one below its text."""
    raw = here.raw(ident)
    address = f"/t/-/{here.box.by_id(other).id}"
    return raw.endswith("<!-- /koweb:footer -->") and f"[{language}]({here.box.at(address)})" in raw


@on_any
def test_each_is_a_topic_with_links_to_and_fro(apart: Clone, box: Sandbox) -> None:
    apart.write(PATH, f"---\ntitle: {TITLE}\n---\n\n{ENGLISH}\n")
    apart.git("add", ".")
    apart.commit()
    assert "--fix" in apart.push(code=2).text
    apart.run("check", "--fix")
    assert "id: a-topic-called-un\n" in apart.read(PATH)
    apart.commit()
    box.forget()
    apart.push()
    assert len(apart.writes()) == 2, "the new one, and the link to it"
    assert linked(apart, "un", "a-topic-called-un", "English")
    assert linked(apart, "a-topic-called-un", "un", "Français")
    topic = box.by_id("a-topic-called-un")
    assert (topic.title, topic.category_id, box.by_id("un").category_id) == (TITLE, 5, 2)
    quiet(apart)


@on_any
def test_a_push_with_a_message_writes_the_id(apart: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("koweb_sync.cli.sync.commit_first.can_ask", lambda: True)
    apart.write(PATH, f"---\ntitle: {TITLE}\n---\n\n{ENGLISH}\n")
    apart.run("push", "-m", "Translate", "--yes")
    assert apart.published() == ["a-topic-called-un", "un"]
    assert linked(apart, "un", "a-topic-called-un", "English")
    quiet(apart)


@on_any
def test_first_push_costs_three_requests_for_both(apart: Clone, box: Sandbox) -> None:
    english(apart)
    apart.commit()
    box.forget()
    apart.push()
    assert len(apart.writes()) == 3
    apart.reword("un-en", "long enough", "short", path=PATH)
    box.forget()
    apart.push()
    assert [one.verb for one in box.log] == ["PUT"]
    assert linked(apart, "un-en", "un", "Français")


@on_any
def test_what_somebody_writes_on_the_forum_comes_back_and_is_guarded(apart: Clone, box: Sandbox) -> None:
    published(apart)
    raw = apart.raw("un-en")
    box.edit(box.by_id("un-en").id, raw=raw.replace("long enough", "as long as claire wants"), username="claire")
    apart.reword("un-en", "in English", "in plain English", path=PATH)
    assert "koweb pull" in apart.push(code=3).text
    apart.run("pull", code=None)
    assert "koweb:footer" not in apart.read(PATH)
    assert "Français" not in apart.read(PATH)
    apart.write(PATH, apart.read(PATH).partition("<<<<<<<")[0].rstrip() + "\n\nA text that both agree on.\n")
    apart.git("add", PATH)
    apart.run("pull", "--continue", code=None)
    apart.push()
    assert "A text that both agree on." in apart.raw("un-en")
    assert linked(apart, "un-en", "un", "Français")
    quiet(apart)


@on_any
@pytest.mark.parametrize("withdraw", ["keep", "unlist", "delete"])
def test_one_without_its_file_is_withdrawn_like_a_post(apart: Clone, box: Sandbox, withdraw: str) -> None:
    apart.write(
        "koweb.toml", apart.read("koweb.toml").replace("[forum.kafe.cat", f'withdraw = "{withdraw}"\n[forum.kafe.cat')
    )
    published(apart)
    number = box.by_id("un-en").id
    apart.git("rm", "-q", PATH)
    apart.commit()
    apart.push("--yes")
    topic = box.state.topics[number]
    assert (topic.visible, topic.deleted_at is None) == (withdraw != "unlist", withdraw != "delete")
    assert "English" not in apart.raw("un"), "no link leads to what is no translation any more"
    quiet(apart)


@on_any
def test_one_that_is_not_finished_waits(apart: Clone, box: Sandbox) -> None:
    apart.commit()
    apart.push()
    apart.run("new", "--translation-of", "posts/un.md", "--into", "en", TITLE, "--no-edit")
    apart.run("check", "--fix")
    apart.commit()
    for command in ("status", "check"):
        assert "1 paragraph still lacks" in apart.run(command).text, command
    apart.push()
    assert apart.published() == ["un"]
    apart.reword("un", "-->\n", f"-->\n\n{ENGLISH}\n", path=PATH)
    apart.push()
    (other,) = set(apart.published()) - {"un"}
    assert apart.raw(other).startswith(f"{ENGLISH}\n")
    assert "koweb: original" not in apart.raw(other)
    assert linked(apart, "un", other, "English")
    quiet(apart)
    box.edit(box.by_id(other).id, raw=apart.raw(other).replace("long enough", "short"), username="claire")
    apart.run("pull")
    assert f"<!-- koweb: original\n{TEXT}\n-->\n\nA text that is short in English, too.\n" in apart.read(PATH)
    quiet(apart)
    apart.reword("un", "Un texte", "Mon texte")
    for command in ("status", "check"):
        assert "another text by now" in apart.run(command).text, command
    apart.write(PATH, apart.read(PATH).replace("A text that is short in English, too.\n", ""))
    apart.commit()
    assert "still lacks" in apart.push(code=None).text
    assert "short in English" in apart.raw(other), "what is published stays"


@on_any
def test_the_policy_can_be_given_up(apart: Clone, box: Sandbox) -> None:
    published(apart)
    apart.write("koweb.toml", apart.read("koweb.toml").replace('"topic"', '"human"'))
    apart.commit()
    apart.push()
    assert apart.raw("un") == TEXT
    assert apart.raw("un-en") == ENGLISH
    quiet(apart)


@pytest.mark.parametrize("box", FLAVOURS[1:], indirect=True)
@pytest.mark.server("2025")
def test_a_forum_that_keeps_translations_gets_them_as_such(apart: Clone, box: Sandbox) -> None:
    translating(box)
    apart.run("doctor", code=None)
    apart.write(PATH, f"---\ntitle: {TITLE}\n---\n\n{ENGLISH}\n")
    apart.commit()
    apart.push()
    assert apart.published() == ["un"]
    assert box.first_post(box.by_id("un").id).translations["en"].raw == ENGLISH
    quiet(apart)


@pytest.mark.parametrize("box", FLAVOURS[:1], indirect=True)
def test_for_any_texts_nothing_moves_by_itself(apart: Clone, box: Sandbox) -> None:
    """push; pull changes nothing in git, and adopt; push nothing on the forum."""
    turn = 0

    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(original=BODIES, other=BODIES)
    def law(original: str, other: str) -> None:
        nonlocal turn
        turn += 1
        apart.post("un", f"{TEXT} {turn}\n\n{original}")
        english(apart, f"{ENGLISH} {turn}\n\n{other}")
        apart.commit()
        apart.push()
        assert linked(apart, "un", "un-en", "English")
        quiet(apart)
        other_place = new_workspace(apart.folder.parent.parent / f"other-{turn}", box)
        other_place.run("adopt", *(str(box.by_id(ident).id) for ident in ("un", "un-en")))
        box.forget()
        other_place.push()
        assert not other_place.writes()

    law()
