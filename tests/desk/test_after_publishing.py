"""What the room Publish says once something was sent, or may have been: what comes next, and no more than is known."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest

from koweb_sync.sandbox import Fault, Sandbox
from tests.desk.conftest import ServedPages, serving
from tests.desk.test_ends import desk_process
from tests.desk.test_publishing import come_to_an_end, mark, publish
from tests.workspace import TEXT, Clone, translating

ENGLISH = "posts/un.en.md"


def main_of(page: str) -> str:
    """What a page says, without its menu."""
    return unescape(page[page.index("<main") :])


def translated(here: Clone, body: str = "A text of some length.") -> None:
    """A post, and its translation."""
    here.post("un")
    here.write(ENGLISH, f"---\ntitle: One topic\n---\n\n{body}\n")


def without_answer(box: Sandbox, pages: ServedPages, verb: str, path: str, **said: str) -> str:
    """What comes of a publication whose one write arrives, and after which the forum is gone."""
    gone = Fault("refuse", times=60)
    box.fail(Fault("drop", verb, path, after_work=lambda: box.fail(gone)))
    page = main_of(publish(pages, **said).text)
    box.front.faults.waiting.clear()
    return page


def test_p517_after_a_cut_one_checks_first_and_sees_what_may_have_gone(box: Sandbox, here: Clone) -> None:
    here.run("doctor")
    for name in ("un", "deux"):
        here.post(name)
    with desk_process(here) as it:
        box.fail(Fault("call", "POST", r"^/posts", nth=2, after_work=it.process.kill))
        it.post("/publish/", mark=mark(it.get("/publish/")), message="Deux messages")
        it.over()
    here.post("trois")
    with serving(here) as pages:
        page = main_of(pages.get("/publish/").text)
        assert re.findall(r"<button[^>]*>(Publish[^<]*|Check[^<]*)</button>", page) == ["Check and go on"]
        listed = page.partition("What may have gone already:")[2].partition("</ul>")[0]
        assert sorted(re.findall("Un sujet nommé (\\w+)", listed)) == ["deux", "un"]
        publish(pages)
        publish(pages)
        assert "What may have gone already:" not in pages.get("/publish/").text
    assert here.published() == ["deux", "trois", "un"]


def test_p517_what_is_published_is_seen_on_the_forum_next(box: Sandbox, here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.post("un")
    page = main_of(publish(pages).text)
    topic = f"{box.url}/t/-/{box.by_id('un').id}"
    assert re.findall(r'class="k-button k-first" href="([^"]+)"[^>]*>([^<]+)</a>', page) == [
        (topic, "See it on the forum")
    ]
    assert ("Back to publishing" in page, page.count(topic), ">To your posts</a>" in page) == (False, 1, True)
    here.post("deux")
    here.post("trois")
    page = main_of(publish(pages).text)
    assert (page.count("See it on the forum"), 'k-first" href="/preview/"' in page) == (2, True)
    here.post("bref", "Court.")
    assert "Back to publishing" in main_of(publish(pages).text), "what was refused is still there"


@pytest.mark.parametrize("why", ["lacking", "not taken", "sent"])
def test_p518_who_comes_from_a_translation_is_told_where_it_does_not_go(box: Sandbox, here: Clone, why: str) -> None:
    if why != "not taken":
        translating(box)
    here.run("doctor")
    translated(here)
    if why == "lacking":
        here.run("new", "--translation-of", "posts/un.md", "--into", "es", "--no-edit")
    here.post("deux")
    path = "posts/un.es.md" if why == "lacking" else ENGLISH
    with serving(here) as pages:
        page = main_of(pages.get(f"/publish/?only={path}").text)
        assert ("1 paragraph is still to be translated" in page) is (why == "lacking")
        assert ("the forum takes no translations" in page) is (why == "not taken")
        assert page.count("Go on translating</a>") == (why != "sent")
        assert page.count("paragraph to translate") == 0, "said once"
        sent = page.partition("Other texts to publish")[0].partition("Other posts to publish")[0]
        assert ("Un sujet nommé un" in sent, "Un sujet nommé deux" in sent) == (True, False)


def test_what_a_version_keeps_without_the_forum_getting_it_is_named_before_one_unfolds_anything(
    here: Clone, pages: ServedPages
) -> None:
    here.run("doctor")
    here.post("un")
    folds = re.findall(r"<summary>(.*?)</summary>", main_of(pages.get("/publish/").text))
    assert "A version will be kept of 1 text" in folds
    translated(here)
    folds = re.findall(r"<summary>(.*?)</summary>", main_of(pages.get("/publish/").text))
    told = "A version will be kept of 2 texts (stays here: Translation into en of “Un sujet nommé un”)"
    assert told in [re.sub("<[^>]+>", "", one) for one in folds]
    for n in range(3):
        here.post(f"brouillon-{n}", draft=True)
    folds = re.findall(r"<summary>(.*?)</summary>", main_of(pages.get("/publish/").text))
    assert "A version will be kept of 5 texts" in folds, "a long list is for who unfolds it"


def test_p518_what_is_kept_and_not_sent_is_named_with_why_and_nobody_is_told_that_the_forum_has_it(
    here: Clone, pages: ServedPages
) -> None:
    here.run("doctor")
    here.post("un")
    here.commit()
    here.push()
    translated(here)
    stays = "of “Un sujet nommé un” — it stays on this computer, because the forum takes no translations."
    page = main_of(pages.get("/publish/").text)
    offered = "You can keep this version of your texts, to come back to it later"
    assert re.findall(r"<summary>([^<]*)", page) == [offered]
    assert ENGLISH not in re.sub("<[^>]+>", "", page)
    assert page.count("the forum takes no translations") == 1
    for one in (page, main_of(publish(pages).text)):
        assert stays in re.sub("<[^>]+>", "", one)
        assert "your messages say the same" not in one
    here.post("deux")
    page = main_of(publish(pages).text)
    assert "<h1>Published</h1>" in page
    here.post("brouillon", draft=True)
    assert "Un sujet nommé brouillon — it stays on this computer, because it is a draft." in publish(pages).text
    (here.folder / "posts/brouillon.md").unlink()
    assert "your messages say the same" not in publish(pages).text, "the translation is not there"
    (here.folder / ENGLISH).unlink()
    here.write("posts/un.md", here.read("posts/un.md").replace("id:", "id: "))
    shown = main_of(pages.get("/publish/").text)
    assert "nothing changes on the forum." in shown, shown
    publish(pages)
    here.post("note", draft=True)
    here.commit()
    (here.folder / "posts/note.md").unlink()
    assert "Here and on the forum, your messages say the same." in publish(pages).text


def test_p518_the_author_of_new_topics_is_said_where_no_file_says_another(here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.post("un")
    told = "by everybody who may read their category"
    page = pages.get("/publish/").text
    assert f"{told}. Their author is Administration." in page
    here.post("deux", author="bilal")
    page = pages.get("/publish/").text
    assert (f"{told}." in page, "Their author is" in page) == (True, False)


@pytest.mark.parametrize(
    ("verb", "path"),
    [("POST", r"^/post_localizations"), ("POST", r"^/topic_localizations"), ("DELETE", r"localizations")],
)
def test_p350_a_translation_that_was_sent_without_an_answer_is_not_said_to_be_unpublished(
    box: Sandbox, here: Clone, verb: str, path: str
) -> None:
    translating(box)
    here.configure('withdraw = "delete"')
    here.run("doctor")
    here.post("un")
    here.commit()
    here.push()
    translated(here)
    if verb == "DELETE":
        here.commit()
        here.push()
        (here.folder / ENGLISH).unlink()
    with serving(here) as pages:
        page = without_answer(box, pages, verb, path, withdraw="on")
        assert "<h1>It is not known yet whether the forum has it</h1>" in page, page
        assert "nobody knows yet whether it arrived" in page
        assert "Nothing was published" not in page
        assert "Check and" in publish_button(pages)
        while publish_button(pages).startswith("Check"):
            publish(pages)
        found = box.first_post(box.by_id("un").id).translations
        assert list(found) == ([] if verb == "DELETE" else ["en"])


def publish_button(pages: ServedPages) -> str:
    """What the button says that publishes; "" for none."""
    found = re.findall(r"<button[^>]*>(Publish[^<]*|Check[^<]*)</button>", pages.get("/publish/").text)
    return str(found[0]) if found else ""


@pytest.mark.parametrize("how", ["delete", "unlist", "close"])
def test_p350_a_deletion_that_was_sent_without_an_answer_is_not_said_to_have_failed(
    box: Sandbox, here: Clone, how: str
) -> None:
    here.configure(f'withdraw = "{how}"')
    here.run("doctor")
    here.post("un")
    here.commit()
    here.push()
    (here.folder / "posts/un.md").unlink()
    with serving(here) as pages:
        verb = "DELETE" if how == "delete" else "PUT"
        page = without_answer(box, pages, verb, r"^/t/", withdraw="on", message="Sans lui")
        assert "<h1>It is not known yet whether the forum has it</h1>" in page, page
        assert "nobody knows yet whether it arrived" in page
        while publish_button(pages).startswith("Check"):
            publish(pages, withdraw="on")
        topic = next(one for one in box.topics() if one.external_id == "koweb-un")
        assert (topic.deleted_at is not None, not topic.visible, topic.closed) == tuple(
            how == one for one in ("delete", "unlist", "close")
        )
        assert len([one for one in box.log if one.verb == verb and one.path.startswith("/t/")]) == 1, TEXT


@pytest.mark.parametrize("late", [False, True])
def test_p519_a_button_that_is_pressed_twice_begins_once_and_nothing_is_refused(
    box: Sandbox, here: Clone, pages: ServedPages, *, late: bool
) -> None:
    here.run("doctor")
    here.post("un")
    box.fail(Fault("slow", "POST", r"^/posts", seconds=3))
    fields = {"mark": mark(pages.get("/publish/")), "message": "Un message"}
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(pages.post, "/publish/", **fields)
        if late:
            first.result()
        second = pool.submit(pages.post, "/publish/", **fields).result()
        assert (first.result().status_code, second.status_code) == (200, 200), second.text
        assert second.url.endswith("/work/")
        assert pages.post("/publish/ask/").status_code == 409, "another button waits for its turn"
    assert "<h1>Published</h1>" in come_to_an_end(pages).text
    assert here.published() == ["un"]


@pytest.mark.parametrize("how", ["came from it", "left out"])
def test_p525_what_nobody_chose_is_no_failure(here: Clone, pages: ServedPages, how: str) -> None:
    here.run("doctor")
    here.post("un")
    here.post("vide", "")
    if how == "left out":
        here.post("deux")
        here.post("trois", path="posts/trois.md")
        assert "Un sujet nommé vide" in main_of(pages.get("/publish/").text)
        pages.post("/publish/leave/", leave="posts/trois.md")
        here.post("trois", "", path="posts/trois.md")  # neither is one that cannot go any more
    shown = main_of(pages.get("/publish/?only=posts/un.md" if how == "came from it" else "/publish/").text)
    shown, _fold, _rest = shown.partition("A version will be kept of")
    assert ("nommé vide" in shown) is (how == "left out"), "told to who looks at everything"
    assert "nommé trois" not in shown
    page = main_of(publish(pages, "posts/un.md" if how == "came from it" else "").text)
    assert "<h1>Published</h1>" in page
    assert ("not published" in page, "Technical details" in page, "nommé trois" in page) == (False, False, False)
    assert ("vide — it stays on this computer until it is written." in page) is (how == "left out")
    assert here.published() == (["un"] if how == "came from it" else ["deux", "un"])
    again = main_of(pages.get("/publish/").text)
    assert "Un sujet nommé vide" in again, "where nothing else waits, it is told why"
    assert "Everything is published</h2>" in again
    assert "it stays on this computer until it is written." in again
    assert ("k-error" in again, "Mend the text" in again) == (False, False)
    assert "Whoever administers the forum" not in again


def test_p525_what_stays_here_stands_in_one_list_and_what_is_still_to_be_written_is_no_failure(
    here: Clone, pages: ServedPages
) -> None:
    here.run("doctor")
    here.post("un")
    here.post("vide", "")
    here.post("brouillon", draft=True)
    translated(here)
    stays = [
        "Un sujet nommé brouillon — it stays on this computer, because it is a draft.",
        "of “Un sujet nommé un” — it stays on this computer, because the forum takes no translations.",
        "Un sujet nommé vide — it stays on this computer until it is written.",
    ]
    shown = main_of(pages.get("/publish/").text)
    listed, fold, kept = re.sub("<[^>]+>", "", shown).partition("A version will be kept of 4 texts")
    assert (bool(fold), [kept.count(one) for one in stays]) == (True, [0, 0, 0]), "the version has them all, by name"
    assert [listed.partition("What stays here, and why")[2].count(one) for one in stays] == [1, 1, 1]
    assert ("k-error" in shown, "Nothing was sent" in shown) == (False, False)
    page = main_of(publish(pages).text)
    assert ("<h1>Published</h1>" in page, stays[2] in page, "1 post not published" in page) == (True, True, False)
    again = main_of(pages.get("/publish/").text)
    listed = re.sub("<[^>]+>", "", again).partition("What stays here, and why")[2]
    assert [listed.count(one) for one in stays] == [1, 1, 1], "where nothing is sent"
    asked = main_of(pages.get("/publish/?only=posts/vide.md").text)
    assert (stays[2] in asked, 'href="/write/posts/vide.md">Go on writing' in asked) == (True, True)
    assert ("Mend" in asked, "Keep this version" in asked) == (False, False)


@pytest.mark.parametrize("chosen", [ENGLISH, "posts/un.md"])
def test_p525_what_is_chosen_and_refused_stays_a_failure(box: Sandbox, here: Clone, chosen: str) -> None:
    translating(box)
    here.run("doctor")
    translated(here)
    with serving(here) as pages:
        publish(pages)
        if chosen == ENGLISH:
            here.post("un", "")
            here.write(ENGLISH, "---\ntitle: Another topic\n---\n\nA text of some length.\n")
        else:
            here.post("un", f"{TEXT} Encore.")
            here.write(ENGLISH, "---\ntitle: One topic\n---\n\n[Nowhere](nowhere.md), in a text of some length.\n")
        here.post("deux")
        assert "<h1>Published, with something to look at</h1>" in main_of(publish(pages, chosen).text)
