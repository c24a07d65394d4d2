"""A published post that becomes a draft: each page says what becomes of its topic, and none counts it as sent."""

import re
from html import unescape

import pytest

from koweb_sync.sandbox import Sandbox
from tests.desk.conftest import serving
from tests.desk.open_desk import desk
from tests.desk.test_before_publishing import said
from tests.desk.test_publishing import mark
from tests.desk.test_writing import FILE, sent
from tests.workspace import TEXT, Clone, translating

STAYS = "Its topic stays on the forum as it is."
LEAVES = "its topic leaves the forum's lists"


def published(here: Clone) -> None:
    """One post that the forum has, kept."""
    here.post("un")
    here.commit()
    here.push()


@pytest.mark.parametrize(("withdraw", "effect"), [("keep", STAYS), ("unlist", LEAVES)])
def test_p521_each_page_says_what_becomes_of_the_topic_of_a_draft(here: Clone, withdraw: str, effect: str) -> None:
    here.configure(f'withdraw = "{withdraw}"')
    published(here)
    with desk(here.folder) as it:
        assert effect in unescape(it.get(f"/write/{FILE}").text).partition("A draft: it stays here for now")[2]
        sent(it, FILE, draft="on", body=f"{TEXT} Encore.")
        here.post("deux")
        listed = said(it.get("/preview/"))
        assert "draft, its topic is on the forum" in listed
        assert "1 is a draft, and its topic is on the forum" in listed
        seen = said(it.get(f"/preview/{FILE}"))
        assert (effect in seen, "See the topic as it is on the forum" in seen) == (True, True)
        assert effect in said(it.get(f"/publish/?only={FILE}"))


def test_p521_a_draft_without_a_topic_says_nothing_of_one(here: Clone) -> None:
    here.run("doctor")
    here.post("un", draft=True)
    with desk(here.folder) as it:
        pages = [said(it.get(place)) for place in ("/preview/", f"/preview/{FILE}", f"/write/{FILE}")]
        assert not any("topic is on" in page or "Its topic" in page for page in pages)


def test_p521_a_draft_whose_topic_stays_is_not_counted_as_sent_and_hides_no_other_post(here: Clone) -> None:
    published(here)
    with desk(here.folder) as it:
        for ident in ("deux", "trois"):
            here.post(ident)
        page = sent(it, FILE, draft="on", then="publish", body=f"{TEXT} Encore.")
        shown = said(page)
        assert "Other posts to publish" not in shown
        assert "Publish 2 posts</button>" in shown
        assert shown.count(STAYS) == 1, "beside the way to end the draft"
        shown = said(it.get("/publish/"))
        goes, _heading, rest = shown.partition("What changes nothing on the forum")
        assert ("nommé deux" in goes, "nommé trois" in goes, "Un sujet nommé un" in goes) == (True, True, False)
        assert re.search(rf"A draft again.*Un sujet nommé un.*{STAYS}", rest, re.DOTALL)
        shown = said(it.get("/publish/?only=posts/deux.md"))
        _goes, _heading, others = shown.partition("Other posts to publish")
        assert ("nommé trois" in others, "Un sujet nommé un" in shown) == (True, False)
        assert "Publish</button>" in shown
        it.done(it.post("/publish/", mark=mark(it.get("/publish/")), message="Deux de plus"))
        assert here.published() == ["deux", "trois", "un"]
        assert STAYS in said(it.get(f"/preview/{FILE}")), "that it was noted changes nothing there"


def test_p521_a_draft_alone_sends_nothing_and_says_so_once(here: Clone) -> None:
    published(here)
    here.post("un", draft=True)
    with serving(here) as pages:
        shown = said(pages.get("/publish/"))
        assert ("Nothing is sent to the forum" in shown, shown.count(STAYS)) == (True, 1)
        assert "What will be sent" not in shown
        assert "Nothing else waits" not in shown


def test_p521_the_list_leads_to_publishing_once_where_something_is_to_be_published(here: Clone) -> None:
    published(here)
    way = '<a class="k-button" href="/publish/">Prepare to publish</a>'
    with desk(here.folder) as it:
        assert way not in it.get("/preview/").text
        here.post("deux")
        here.post("trois")
        assert it.get("/preview/").text.count(way) == 1


def test_p521_a_translation_alone_is_something_to_publish_where_the_forum_takes_it(box: Sandbox, here: Clone) -> None:
    published(here)
    here.write("posts/un.en.md", "---\ntitle: One\n---\n\nA text of some length, in another language.\n")
    way = 'href="/publish/">Prepare to publish</a>'
    here.run("doctor")
    with desk(here.folder) as it:
        assert way not in it.get("/preview/").text
    translating(box)
    here.run("doctor")
    with desk(here.folder) as it:
        assert it.get("/preview/").text.count(way) == 1


def test_p521_what_waits_for_a_moderator_is_asked_for_and_not_sent(here: Clone) -> None:
    here.box.hold("bilal")
    here.post("un", author="bilal")
    here.commit()
    here.push(code=None)
    with serving(here) as pages:
        shown = said(pages.get("/publish/"))
        assert "With a moderator" in shown
        assert ("What will be sent" in shown, "Ask the forum</button>" in shown) == (False, True)
