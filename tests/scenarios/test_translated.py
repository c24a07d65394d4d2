"""Forums that show texts in the reader's language: what was said stays what was said, whoever reads it how."""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.answers import explore
from tests.workspace import FLAVOURS, GUESSED, TEXT, Clone, forget_forum, translating

on_translating = pytest.mark.parametrize("box", [*FLAVOURS[1:], GUESSED], indirect=True)
only_2026 = pytest.mark.parametrize("box", [GUESSED], indirect=True)
ENGLISH = "A text that is long enough in English, too."


def translated(here: Clone, ident: str = "un") -> None:
    """A topic that was published, and that somebody put into English since."""
    here.post(ident, tags=["posture"])
    here.commit()
    here.push()
    here.box.translate(here.box.by_id(ident).id, "en", "An English title for it", ENGLISH)


@on_translating
def test_p81_an_edit_after_a_look_keeps_the_translations(here: Clone, box: Sandbox) -> None:
    translating(box)
    translated(here)
    here.run("fetch")
    box.forget()
    here.reword("un", "Un texte", "Mon texte")
    here.push()
    assert here.writes() == [f"PUT /posts/{box.first_post(box.by_id('un').id).id}"]
    assert [one.verb for one in box.log if one.path.startswith(("/t/", "/posts/"))] == ["PUT"], "nothing more is asked"
    post = box.first_post(box.by_id("un").id)
    assert (post.locale, box.by_id("un").locale, list(post.translations)) == ("fr", "fr", ["en"])
    here.reword("un", "Mon texte", "Notre texte")
    here.push()
    assert box.first_post(box.by_id("un").id).locale == "fr", "the bookmark knows it by now"


@on_translating
def test_p82_another_clone_knows_the_language_that_a_push_learnt(here: Clone, box: Sandbox) -> None:
    translating(box)
    translated(here)
    here.run("fetch")
    here.reword("un", "Un texte", "Mon texte")
    here.push()
    here.share()
    other = here.clone("other")
    forget_forum()
    other.reword("un", "Mon texte", "Notre texte")
    other.push()
    assert box.first_post(box.by_id("un").id).locale == "fr"


@on_translating
def test_p83_a_title_is_sent_with_the_language_that_was_just_read(here: Clone, box: Sandbox) -> None:
    translating(box)
    translated(here)
    here.post("un", title="Un tout autre titre", tags=["posture"])
    here.commit()
    here.push()
    topic = box.by_id("un")
    assert (topic.title, topic.locale, box.first_post(topic.id).locale) == ("Un tout autre titre", "fr", "fr")


@on_translating
def test_p84_a_language_that_nobody_knew_is_told_once_it_is_gone(here: Clone, box: Sandbox) -> None:
    translating(box)
    translated(here)
    here.reword("un", "Un texte", "Mon texte")
    run = here.push()
    post = box.first_post(box.by_id("un").id)
    assert (post.locale, list(post.translations)) == (None, ["en"])
    assert "translations" in run.text
    assert box.url in run.text


@on_translating
def test_p85_a_language_that_the_forum_took_away_is_not_set_again(here: Clone, box: Sandbox) -> None:
    translating(box)
    translated(here)
    here.run("fetch")
    post = box.first_post(box.by_id("un").id)
    post.locale = None
    here.run("fetch")
    here.reword("un", "Un texte", "Mon texte")
    here.push()
    assert b"locale" not in box.requests("PUT", r"^/posts/")[-1].body
    assert post.locale is None


@on_translating
def test_p86_data_explorer_tells_the_language_of_many_topics(here: Clone, box: Sandbox) -> None:
    translating(box)
    translated(here)
    for name in "abcdef":
        here.post(name)
    here.commit()
    here.push()
    explore(box)
    box.forget()
    here.run("fetch")
    assert not box.requests("GET", r"^/t/"), "one query read them all"
    here.reword("un", "Un texte", "Mon texte")
    here.push()
    assert box.first_post(box.by_id("un").id).locale == "fr"


@only_2026
@pytest.mark.parametrize("closed", [False, True])
def test_p87_a_tag_in_another_language_is_no_edit_and_is_never_written(here: Clone, box: Sandbox, closed: bool) -> None:
    translating(box)
    box.set(login_required=closed)  # all is read with the key then, in the language of its user
    here.post("un", tags=["posture", "été"])
    here.commit()
    here.push()
    box.translate_names("en", tags={"posture": "stance", "été": "summer"}, categories={2: "The coffee"})
    box.state.user("admin").locale = "en"
    head = here.git("rev-parse", "HEAD")
    for known in (True, False):
        if not known:
            forget_forum()
        here.run("fetch")
        here.run("pull")
        assert here.git("rev-parse", "HEAD") == head
        box.forget()
        here.push()
        assert box.log == []
    tags = set(box.state.tags)
    here.post("un", tags=["posture", "été", "animation"])
    here.commit()
    here.push()
    assert sorted(box.by_id("un").tags) == ["animation", "posture", "été"]
    assert set(box.state.tags) == tags, "no tag was made"
    box.forget()
    here.push()
    assert box.log == []


@only_2026
def test_p87_a_first_push_where_names_are_translated_sends_what_it_tells(here: Clone, box: Sandbox) -> None:
    translating(box)
    box.translate_names("en", tags={"posture": "stance", "été": "summer"})
    box.state.user("admin").locale = "en"
    here.post("un", tags=["posture", "été"])
    here.commit()
    here.push()
    assert sorted(box.by_id("un").tags) == ["posture", "été"]


@only_2026
@pytest.mark.parametrize("closed", [False, True])
def test_p88_a_tag_and_a_category_of_an_adopted_topic_are_called_as_they_were_made(
    here: Clone, box: Sandbox, closed: bool
) -> None:
    translating(box)
    box.set(login_required=closed)
    topic = box.new_topic("Un sujet du forum à adopter", TEXT, category=5)
    box.edit(topic.id, tags=["posture"])
    box.translate_names("en", tags={"posture": "stance"}, categories={5: "Announcements"})
    box.state.user("admin").locale = "en"
    here.run("adopt", str(topic.id))
    (file,) = here.git("ls-files", "posts").splitlines()
    assert "tags: [posture]" in here.read(file)
    assert "stance" not in here.read(file)
    assert "nnouncements" not in file + here.read(file)
    box.forget()
    here.push()
    assert here.writes() == []


def test_where_nothing_is_translated_no_edit_says_a_language(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.reword("un", "Un texte", "Mon texte")
    here.push()
    assert b"locale" not in box.requests("PUT", r"^/posts/")[-1].body
    assert TEXT.replace("Un texte", "Mon texte") == here.raw("un")
