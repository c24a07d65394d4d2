"""The desk looks at the forum by itself, beside the pages: the first page tells what others changed and replied."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from koweb_sync.desk.serving import looking
from koweb_sync.desk.texts import new_replies
from koweb_sync.desk.texts.new_replies import HeardReplies, NewReply, heard
from koweb_sync.forum.recent_replies import LastReply
from koweb_sync.sandbox import Fault, Sandbox
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_bringing_back import published
from tests.workspace import Clone

__all__ = ["published"]


@contextmanager
def looking_desk(here: Clone) -> Iterator[OpenDesk]:
    """A desk that looks by itself, as the command starts it."""
    with desk(here.folder) as it:
        it.run.looks_alone = True
        yield it


def looked(it: OpenDesk) -> requests.Response:
    """The first page, once the look that it began is over."""
    assert it.get("/preview/").status_code == 200
    if it.run.work.quiet is not None:
        assert it.run.work.quiet.over.wait(60)
    return it.get("/preview/")


def test_p390_the_first_page_tells_what_was_changed_and_replied_meanwhile(box: Sandbox, published: Clone) -> None:
    topic = box.by_id("un").id
    with looking_desk(published) as it:
        assert "New on the forum" not in looked(it).text
    box.edit(topic, published.raw("un").replace("commune", "du forum"), username="claire")
    box.reply(topic, "Bravo pour ce texte, il est vraiment très utile.", username="claire")
    box.reply(topic, "Et moi aussi, je trouve ce texte très utile.", username="bilal")
    with looking_desk(published) as it:
        box.forget()
        page = looked(it)
        asked = [one.path for one in box.log]
        assert len(asked) <= 5, asked  # the topic, once more with the key, its last edit…
        assert (
            sum(path.endswith("/latest.json") and "revisions" not in path for path in asked) == 1
        )  # … and who replied, for all topics at once
        assert re.search(
            r"Looked at the forum at \d+:\d\d(: no change of your messages, and no reply, that is new to you)?\.",
            page.text,
        )
        told = page.text[page.text.index('id="k-new"') :]
        assert re.search(r"Claire[^<]* changed “Un sujet nommé un” today at", told)
        assert re.search(r"2 new replies to “Un sujet nommé un”, the last one by Bilal", told)
        assert f"/t/-/{topic}/3" in told
        assert 'href="/bring-back/">See the changes' in told
        post = it.get("/preview/posts/un.md").text
        top = post[post.index("<main") : post.index("<h1")]
        assert re.search(r"Claire[^<]* changed it on the forum today at", top)
        assert 'class="k-button k-first" href="/bring-back/"' in top
        box.forget()
        assert looked(it).text.count("2 new replies") == 1
        assert not box.log, "it looked a moment ago"
        it.post("/replies/read/", topic=topic)
        assert "new replies" not in it.get("/preview/").text


def test_p391_a_look_of_its_own_stays_away_and_says_so(
    box: Sandbox, published: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.forget()
    with desk(published.folder) as it:
        looked(it)
        assert not box.log, "a preview looks at nothing"
    with monkeypatch.context() as m, looking_desk(published) as it:
        m.delenv("KOWEB_KAFE_API_KEY")
        assert "koweb needs your key" in looked(it).text
        assert not box.log
    with monkeypatch.context() as m, looking_desk(published) as it:
        m.setattr(looking, "MOST", 5)
        assert "has not looked at the forum yet" in looked(it).text
        assert not box.log, "a dear look waits for somebody who asks for it"
    box.stop()
    with looking_desk(published) as it:
        assert re.search(r"The forum did not answer at \d+:\d\d", looked(it).text)


def test_p394_who_types_the_key_goes_on_where_they_were_and_the_forum_is_looked_at_at_once(
    box: Sandbox, published: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, key = published.folder / ".git/koweb/kafe/looked", os.environ["KOWEB_KAFE_API_KEY"]
    with monkeypatch.context() as m, looking_desk(published) as it:
        m.setenv("KOWEB_KAFE_API_KEY", "")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("2020-01-01T00:00:00.000000Z", "utf-8")
        box.edit(box.by_id("un").id, published.raw("un").replace("commune", "du forum"), username="claire")
        assert re.search(r"koweb last looked at the forum [^<]*2020[^<]*not known here", it.get("/preview/").text)
        for path in ("/preview/", "/preview/posts/un.md"):
            assert "published today at" in it.get(path).text, path
        told = it.get("/preview/posts/un.md").text
        assert re.search(r"published so today at [^;<]*; koweb has not looked at the forum since", told)
        form = it.browser.get(f"{it.home}/set-up/", headers={"Referer": f"{it.home}/preview/"}, timeout=20).text
        assert 'name="back" value="/preview/"' in form
        first = it.post("/set-up/", key=key, back="/preview/")
        assert first.url.endswith("/preview/?key")
        assert "The forum takes this key. koweb knows it until you close these pages" in first.text
        assert it.run.work.quiet is not None
        assert it.run.work.quiet.over.wait(60)
        now = it.get("/preview/").text
        assert "koweb last looked" not in now
        assert "; looked at" not in now
        assert "New on the forum" in now
        assert it.post("/set-up/", key=key, back="https://ailleurs.example.org/").url.endswith("/set-up/?now=key")


def test_p392_no_page_and_no_work_is_refused_while_it_looks(box: Sandbox, published: Clone) -> None:
    goes_on = threading.Event()
    box.fail(Fault("call", "GET", before=lambda: goes_on.wait(30)))
    with looking_desk(published) as it:
        assert "koweb is looking at the forum…" in it.get("/preview/").text + it.get("/preview/").text
        it.post("/bring-back/")
        goes_on.set()
        page = it.done(it.get("/work/"))
        assert "Nothing new on the forum" in page.text, page.text


def told(number: int, who: str, topic: int = 1, at: int = 50) -> LastReply:
    return LastReply(topic, number, at, who, "")


def test_what_is_new_is_told_until_it_is_read_and_nothing_else_is() -> None:
    first = heard(HeardReplies(10), [told(3, "amina", at=5), told(2, "amina", topic=7)], [1], "Sylvie", 60)
    assert (first.numbers, first.news) == ({1: 3}, ()), "an old reply, and a topic of somebody else"
    second = heard(first, [told(5, "amina")], [1], "Sylvie", 70)
    assert second.news == (NewReply(1, 5, 50, "amina", 2),)
    assert heard(second, [told(6, "bilal")], [1], "Sylvie", 80).news == (NewReply(1, 6, 50, "bilal", 3),)
    assert heard(second, [told(5, "amina")], [1], "Sylvie", 80).news == second.news
    assert heard(second, [told(6, "sylvie")], [1], "Sylvie", 80).news == (), "who answers has read it"
    assert heard(second, [], [2], "Sylvie", 80).news == (), "it is not a topic of this folder any more"
    unknown = heard(HeardReplies(10), [told(4, "amina")], [1], "Sylvie", 60)
    assert unknown.news == (NewReply(1, 4, 50, "amina", 0),), "how many are new nobody knows"
    assert new_replies.VERSION == 1


def test_when_the_memory_is_read_the_list_is_not_older_than_it(box: Sandbox, published: Clone) -> None:
    topic = box.by_id("un").id
    with looking_desk(published) as it:
        assert "no reply, that is new to you" in looked(it).text
        box.reply(topic, "Bravo pour ce texte, il est vraiment très utile.", username="claire")
        it.done(it.post("/memory/run"))
        page = looked(it).text
        assert re.search("Claire[^<]* replied to “Un sujet nommé un” today", page), "it looked once more by itself"
        assert "before the memory was updated" not in page


def test_no_reply_is_denied_where_nobody_asked_for_replies(box: Sandbox, published: Clone) -> None:
    box.reply(box.by_id("un").id, "Bravo pour ce texte, il est vraiment très utile.", username="claire")
    published.run("fetch")  # which asks for edits alone
    with desk(published.folder) as it:
        page = it.get("/preview/").text
        assert re.search(r"Looked at the forum at \d+:\d\d\.<", page)
        assert "no reply" not in page
