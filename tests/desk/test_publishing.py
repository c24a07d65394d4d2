"""The room Publish: what its page tells is what is sent, and whatever refuses is said with what to do."""

import re
import time
from contextlib import suppress
from queue import Empty

import pytest
import requests

from koweb_sync.bookmark import Lock, plain_bytes
from koweb_sync.desk.texts.publication import sending
from koweb_sync.git.repo import Repo
from koweb_sync.sandbox import Sandbox
from tests.desk.conftest import ServedPages, serving
from tests.workspace import PNG, TEXT, Clone


def mark(page: requests.Response) -> str:
    """What names the plan that a page shows."""
    found = re.search(r'name="mark" value="([^"]+)"', page.text)
    assert found
    return found[1]


def come_to_an_end(pages: ServedPages) -> requests.Response:
    """Wait until the work is done: the page that it leads to."""
    for _turn in range(600):
        page = pages.get("/work/")
        if not page.url.endswith("/work/") or 'role="alert"' in page.text:
            return page
        time.sleep(0.05)
    raise AssertionError(page.text)


def publish(pages: ServedPages, come_from: str = "", **data: str) -> requests.Response:
    """Look, press the button, and wait. `come_from`: a post."""
    shown = pages.get(f"/publish/?only={come_from}" if come_from else "/publish/")
    begun = pages.post(here(shown), mark=mark(shown), **{"message": "Des nouvelles", **data})
    assert begun.status_code == 200, begun.text
    return come_to_an_end(pages)


def here(shown: requests.Response) -> str:
    """Where the form of the page Publish goes."""
    found = re.search(r'id="k-publish" method="post" action="([^"]+)"', shown.text)
    return found[1] if found else "/publish/"


def told(pages: ServedPages) -> int:
    """How many requests the plan of the page takes, without what is left out."""
    folder = pages.folder
    run = pages.server.app.extensions["session"]
    return sending(folder.another(), folder.settings, run.left_out).plan.requests


def test_p320_what_the_page_tells_is_what_is_sent(box: Sandbox, here: Clone, pages: ServedPages) -> None:
    here.write("posts/img/photo.png", PNG)
    here.post("un", f"{TEXT} ![Une photo](img/photo.png)", tags=["accueil"])
    asked = pages.get("/publish/")
    assert "The forum is asked first" in asked.text
    assert here.writes() == []
    pages.post("/publish/ask/")
    come_to_an_end(pages)
    shown = pages.get("/publish/")
    for part in ("New topic", "Un sujet nommé un", "accueil", "Une photo", 'value="New: Un sujet nommé un"'):
        assert part in shown.text
    assert re.search(r"File that goes with it: <bdi>Une photo</bdi></p>", shown.text), "what it shows, and no path"
    before, requests = len(box.log), told(pages)
    assert "request" not in shown.text, "nobody waits for a few"
    done = publish(pages)
    assert len(box.log) - before == requests
    assert f'href="{box.url}/t/' in done.text
    assert (here.published(), here.git("log", "-1", "--format=%s")) == (["un"], "Des nouvelles")
    assert here.git("status", "--porcelain") == ""
    assert "Everything is published</h2>" in pages.get("/publish/").text
    here.post("un", f"{TEXT} ![Une photo](img/photo.png) Une phrase de plus.", tags=["accueil"])
    shown = pages.get("/publish/")
    assert re.search(r"<ins>[^<]*Une phrase de plus", shown.text)
    before, requests = len(box.log), told(pages)
    publish(pages)
    assert len(box.log) - before == requests
    assert "Une phrase de plus" in here.raw("un")


def test_p363_a_page_that_only_looks_is_no_news(here: Clone, pages: ServedPages) -> None:
    here.post("un")
    watcher = pages.folder.watcher
    with watcher.listening() as told:
        for number in range(100):  # until it watches
            here.write("note.txt", str(number))
            with suppress(Empty):
                told.get(timeout=0.2)
                break
        with suppress(Empty):
            while told.get(timeout=0.4):
                pass
        assert "New topic" in pages.get("/publish/").text
        with pytest.raises(Empty):
            told.get(timeout=0.6)
        here.commit()
        assert told.get(timeout=10)


def test_p327_topics_leave_the_forum_only_where_somebody_says_so(box: Sandbox, here: Clone) -> None:
    here.configure('withdraw = "unlist"')
    here.post("un")
    here.commit()
    here.push()
    here.git("rm", "--quiet", "posts/un.md")
    here.post("deux")
    with serving(here) as pages:
        shown = pages.get("/publish/")
        assert "k-withdraw" in shown.text
        refused = pages.post("/publish/", mark=mark(shown), message="Sans un")
        assert refused.status_code == 409
        assert "Tick the box to confirm this" in refused.text
        assert box.by_id("un").visible
        done = publish(pages, withdraw="on")
        assert "<h1>Published</h1>" in done.text, done.text
    assert not box.by_id("un").visible


def test_p321_a_plan_that_moved_is_shown_again_and_nothing_is_sent(here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.post("un")
    first = mark(pages.get("/publish/"))
    here.post("un", f"{TEXT} Et encore.")
    again = pages.post("/publish/", mark=first, message="Trop tôt")
    assert again.status_code == 409
    assert "Something moved since you looked" in again.text
    assert (here.writes(), here.git("log", "-1", "--format=%s")) == ([], "Begin")
    assert pages.post("/publish/", mark=mark(again), message=" ").status_code == 409
    publish(pages)
    assert "Et encore" in here.raw("un")


def test_p322_a_name_is_asked_for_where_git_knows_none(
    here: Clone, pages: ServedPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.run("doctor")
    here.post("un")
    for role in ("AUTHOR", "COMMITTER"):
        for part in ("NAME", "EMAIL"):
            monkeypatch.delenv(f"GIT_{role}_{part}")
    here.git("config", "user.useConfigOnly", "true")
    assert "In whose name?" in pages.get("/publish/").text
    asked = pages.get("/publish/").text
    assert 'value="admin@noreply.invalid"' in asked
    assert "It stands beside your name in the history of your texts" in asked
    assert "Write an e-mail address" in pages.post("/publish/name/", name="Aïssa", email="aissa").text
    shown = pages.post("/publish/name/", name="Aïssa", email="aissa@example.org")
    assert "What is new" in shown.text
    publish(pages)
    assert here.git("log", "-1", "--format=%an <%ae>") == "Aïssa <aissa@example.org>"


def test_p323_what_somebody_wrote_on_the_forum_is_brought_back_first(
    box: Sandbox, here: Clone, pages: ServedPages
) -> None:
    here.post("un")
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, f"{TEXT} Une phrase du forum.")
    here.post("un", f"Autre chose. {TEXT}")
    done = publish(pages)
    here.run("fetch")
    for text in (done.text, pages.get("/publish/").text):
        assert len(re.findall(r">Bring the changes back</(?:a|button)>", text[text.index("<main") :])) == 1, (
            "one way on, said once"
        )
        assert not re.search(r">https?://[^<]*/t/", text), "a topic is a link in words"
        assert "koweb pull" not in re.sub(r"<details.*?</details>", "", text, flags=re.DOTALL)  # a page leads there
    assert "Une phrase du forum" in here.raw("un")


def leave_lock(here: Clone, seconds: float) -> None:
    """A lock that another computer left so long ago."""
    repo = Repo.find(here.folder)
    lock = Lock("Amina", "portable", "ailleurs", 1, time.time() - seconds, "x")
    commit = repo.write_commit(repo.resolve("refs/koweb/kafe"), {"lock": plain_bytes(lock)}, "Lock", 0.0)
    here.git("push", "--quiet", "--force", "origin", f"{commit}:refs/koweb/kafe")


def test_p324_a_lock_is_broken_only_when_it_is_old_and_somebody_says_so(here: Clone, pages: ServedPages) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.post("deux")
    leave_lock(here, 600)
    done = publish(pages)
    assert "Amina" in done.text
    assert "Try again" in done.text
    assert "I have asked" not in pages.get("/publish/").text
    leave_lock(here, 7300)
    publish(pages)
    assert "I have asked" in pages.get("/publish/").text
    publish(pages)
    assert here.published() == ["un"]
    publish(pages, break_lock="on")
    assert here.published() == ["deux", "un"]


def test_p325_another_branch_is_named_and_left_by_a_button(here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.post("un")
    here.git("switch", "--quiet", "--create", "essai")
    shown = pages.get("/publish/")
    assert "Go to the version that publishes" in shown.text
    assert "k-publish" not in re.sub(r'form="k-publish"', "", shown.text)
    shown = pages.post("/publish/branch/")
    assert "What is new" in shown.text
    publish(pages)
    assert here.published() == ["un"]


def test_files_that_go_with_a_post_are_a_list_where_there_are_some(here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.write("posts/img/un.png", PNG)
    here.write("posts/img/deux.png", PNG + b" ")
    here.post("un", f"{TEXT} ![Une photo, le 8.](img/un.png) ![Combien ?](img/deux.png)")
    shown = pages.get("/publish/").text
    listed = "<ul><li><bdi>Une photo, le 8.</bdi></li><li><bdi>Combien ?</bdi></li></ul>"
    assert re.search(rf"Files that go with it:</p>\s*{re.escape(listed)}", shown)


def test_p366_who_comes_from_a_post_publishes_that_one_alone(here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    for ident in ("un", "deux"):
        here.post(ident)
    shown = pages.get("/publish/?only=posts/un.md")
    assert "Other posts to publish" in shown.text
    assert "Other posts to publish" not in pages.get("/publish/?only=posts/ailleurs.md").text, "nothing of it goes"
    assert "<h1>Published</h1>" in publish(pages, "posts/un.md").text
    assert here.published() == ["un"]
    assert "Other posts to publish" not in pages.get("/publish/").text, "what waits alone is shown as what is sent"


def test_p366_a_post_that_is_left_out_stays_and_all_else_is_sent_as_told(
    box: Sandbox, here: Clone, pages: ServedPages
) -> None:
    for ident in ("un", "deux"):
        here.post(ident)
    here.commit()
    here.push()
    here.post("un", f"{TEXT} Un de plus.")
    here.git("mv", "posts/deux.md", "posts/bases.md")
    here.post("deux", f"{TEXT} Deux de plus.", path="posts/bases.md")
    here.post("trois")
    shown = pages.get("/publish/")
    assert shown.text.count("Not this one") == 3
    assert "Publish 3 posts</button>" in shown.text
    shown = pages.post("/publish/leave/", leave="posts/bases.md", message="Une phrase", usual="Autre")
    shown = pages.post("/publish/leave/", leave="posts/trois.md", message="Une phrase", usual="Autre")
    assert ('value="Une phrase"' in shown.text, shown.text.count("Publish it, too")) == (True, 2)
    shown = pages.post("/publish/take/", take="posts/trois.md", message="Une", usual="Une")
    assert (shown.text.count("Publish it, too"), shown.text.count("Not this one")) == (1, 2)
    assert "on the forum can read this sentence" in shown.text
    before, requests = len(box.log), told(pages)
    done = publish(pages)
    assert "<h1>Published</h1>" in done.text
    assert len(box.log) - before == requests
    assert "Un de plus" in here.raw("un")
    assert "Deux de plus" not in box.first_post(box.by_id("deux").id).raw
    assert (box.by_id("trois").title, box.by_id("deux").visible) == ("Un sujet nommé trois", True)
    assert "posts/bases.md" in here.git("status", "--porcelain")
    assert "What you leave out" not in pages.get("/publish/").text  # it is offered again
    publish(pages)
    assert "Deux de plus" in box.first_post(box.by_id("deux").id).raw
    assert here.git("status", "--porcelain") == ""
