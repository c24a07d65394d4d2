"""What the page Publish says first: why the text that one wrote does not go, or nothing at all; and what else waits."""

import re
from html import unescape

import pytest
import requests

from tests.desk.open_desk import desk
from tests.desk.test_publishing import mark
from tests.desk.test_writing import FILE, sent
from tests.workspace import TEXT, Clone

FIRST = re.compile(r"k-first[^>]*>([^<]*)")
NOTICE = re.compile(r'<(\w+) class="k-told ([^"]*)".*?</\1>', re.DOTALL)


def said(page: requests.Response) -> str:
    """A page without what is folded."""
    return unescape(re.sub(r"<details.*?</details>", "", page.text, flags=re.DOTALL))


def test_p490_a_draft_is_said_first_and_a_button_makes_it_a_post(here: Clone) -> None:
    here.run("doctor")
    here.post("un", draft=True)
    here.post("deux")
    with desk(here.folder) as it:
        page = sent(it, FILE, draft="on", then="publish", body=f"{TEXT} Encore.")
        shown = said(page)
        first, _then, rest = shown.partition("What else can be sent")
        assert "“Un sujet nommé un” is a draft: it does not go to the forum." in first
        assert "Un sujet nommé deux" not in first
        assert "Un sujet nommé deux" in rest
        assert FIRST.findall(shown) == ["It is no draft any more"], "nothing else stands out"
        shown = said(it.post("/publish/no-draft/", post=FILE))
        assert "draft" not in here.read(FILE)
        assert "Encore." in here.read(FILE)
        sends, _end, others = shown.partition("Other posts to publish")
        assert "Un sujet nommé un" in sends
        assert "Un sujet nommé deux" in others
        assert FIRST.findall(shown) == ["Publish"]


def test_p490_where_its_folder_makes_a_text_a_draft_no_button_offers_to_end_that(here: Clone) -> None:
    here.run("doctor")
    here.post("un", path="posts/_drafts/un.md", draft=True)
    with desk(here.folder) as it:
        shown = said(it.get("/publish/?only=posts/_drafts/un.md"))
        assert "is a draft" in shown
        assert "Its folder says so" in shown
        assert FIRST.findall(shown) == []


def test_p491_what_waits_beside_a_post_is_not_called_left_out_and_what_is_published_does_not_wait(
    here: Clone,
) -> None:
    here.run("doctor")
    for ident in ("un", "deux", "trois"):
        here.post(ident)
    here.commit()
    here.push()
    here.write("posts/trois.md", here.read("posts/trois.md").replace("id: trois", "id:  trois"))
    here.post("un", f"{TEXT} Un.")
    here.post("deux", f"{TEXT} Deux.")
    here.post("quatre")
    with desk(here.folder) as it:
        shown = said(it.get(f"/publish/?only={FILE}"))
        assert "What you leave out" not in shown
        _sends, _heading, others = shown.partition("Other posts to publish")
        assert ("nommé deux" in others, "nommé quatre" in others, "nommé trois" in shown) == (True, True, False)
        it.post(f"/publish/take/?of={FILE}", take="posts/deux.md")
        shown = said(it.post(f"/publish/leave/?of={FILE}", leave="posts/deux.md"))
        _sends, _heading, left = shown.partition("What you leave out")
        assert ("nommé deux" in left, "nommé quatre" in left) == (True, False)


def test_p491_the_menu_s_publish_begins_afresh_and_shows_what_an_earlier_visit_left_beside(here: Clone) -> None:
    here.run("doctor")
    for ident in ("un", "deux"):
        here.post(ident)
    here.commit()
    here.push()
    with desk(here.folder) as it:
        here.write(
            "koweb.toml", here.read("koweb.toml").replace('"." = "koweb-kafe"', '"." = "facilitation-numerique"')
        )
        here.post("un", f"{TEXT} Un.")
        here.commit("Ailleurs")
        here.post("un", f"{TEXT} Un de plus.")
        shown = said(it.get(f"/publish/?only={FILE}"))
        sends, _heading, others = shown.partition("Other posts to publish")
        assert ("nommé deux" in sends, sends.count("Not this one"), "Publish</button>" in sends) == (False, 1, True)
        assert re.search(r"nommé deux.*Publishing changes: category", others, re.DOTALL), "what changes is said"
        both = said(it.post(f"/publish/take/?of={FILE}", take="posts/deux.md"))
        assert (both.count("Not this one"), "Publish 2 posts</button>" in both) == (2, True)
        assert both == said(it.get(f"/publish/?of={FILE}")), "a page that is looked at again shows the same"
        again = said(it.post(f"/publish/leave/?of={FILE}", leave="posts/deux.md"))
        assert ("nommé deux" in again.partition("What you leave out")[2], "Publish</button>" in again) == (True, True)
        it.get(f"/publish/?only={FILE}")
        it.run.left_out = frozenset()
        shown = said(it.get("/publish/"))
        assert ("Other posts to publish" in shown, shown.count("Not this one")) == (False, 2)
        assert "Publish 2 posts</button>" in shown
        assert "A version will be kept of 1 text" in unescape(it.get("/publish/").text), (
            "the other text is kept already"
        )
        last = said(it.post("/publish/leave/", leave=FILE))
        assert ("nommé un" in last.partition("What you leave out")[2], last.count("Not this one")) == (True, 0)


def test_p491_who_leaves_out_the_post_from_which_they_come_sees_what_waits_beside_it(here: Clone) -> None:
    here.run("doctor")
    for ident in ("un", "deux"):
        here.post(ident)
    with desk(here.folder) as it:
        it.get(f"/publish/?only={FILE}")
        shown = said(it.post(f"/publish/leave/?of={FILE}", leave=FILE))
        sends, _heading, left = shown.partition("What you leave out")
        assert ("nommé deux" in sends, "nommé un" in left, "is on the forum as it is" in shown) == (True, True, False)
        it.get(f"/publish/?only={FILE}")
        it.get("/publish/")  # another page of this desk
        refused = said(it.post(f"/publish/?of={FILE}", mark="0", message="Un"))
        assert "Something moved since you looked" in refused
        assert "nommé deux" in refused.partition("Other posts to publish")[2], "it shows what it showed"


def test_p492_where_nothing_can_go_the_page_says_why_and_offers_no_button_for_it(here: Clone) -> None:
    here.run("doctor")
    here.post("un", "Court.")
    with desk(here.folder) as it:
        page = it.get("/publish/")
        shown = said(page)
        assert "Nothing can be published as it is. Mend the text below, then come back here." in shown
        assert shown.index("Nothing can be published") < shown.index("Un sujet nommé un")
        assert (FIRST.findall(page.text), "Keep this version</button>" in shown) == ([], False)
        assert "Keep this version</button>" in page.text, "folded"
        shown = said(it.get(f"/publish/?only={FILE}"))
        assert "Nothing can be published as it is." in shown
        here.post("deux")
        shown = said(it.get(f"/publish/?only={FILE}"))
        assert shown.index("“Un sujet nommé un” cannot be published as it is") < shown.index("What else can be sent")
        assert FIRST.findall(shown) == []


def test_p493_a_text_that_is_not_saved_is_named_with_the_way_to_it(here: Clone) -> None:
    here.run("doctor")
    here.post("un")
    with desk(here.folder) as it:
        sent(it, FILE, "write-preview", body="Pas encore enregistré.")
        page = it.get("/publish/")
        text = unescape(page.text)
        assert "Your text “Un sujet nommé un” is not saved yet: what you see here is without it." in text
        assert re.search(rf'href="/write/{FILE}">Open it to save it', text)
        assert [kind for _tag, kind in NOTICE.findall(page.text)] == ["k-warn"]


def test_p494_without_a_key_the_page_says_so_before_anything_is_pressed(
    here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.run("doctor")
    here.post("un")
    with desk(here.folder) as it:
        assert "your key" not in it.get("/publish/").text
        monkeypatch.setenv("KOWEB_KAFE_API_KEY", "")
        page = it.get("/publish/")
        assert "koweb does not have your key for “" in unescape(page.text)
        assert FIRST.findall(page.text) == ["Type the key"]
        assert "Un sujet nommé un" in page.text
        assert mark(page)


def test_p495_two_texts_of_one_title_are_said_where_the_second_begins_and_told_apart_where_both_stay(
    here: Clone,
) -> None:
    here.run("doctor")
    here.post("un", category="koweb-kafe")
    here.commit()
    here.push()
    with desk(here.folder) as it:
        begun = it.post("/write/", title="un  sujet nommé UN", place="0", tags="")
        assert begun.status_code == 409
        assert 'Another text of this folder has this title: <a href="/preview/posts/un.md">' in begun.text
        here.post("un", f"{TEXT} Un de plus.", category="koweb-kafe")
        here.post("deux", title="Un sujet nommé un")
        shown = said(it.get("/publish/"))
        rows = re.findall(r'<li class="k-error">(.*?)</li>', shown, re.DOTALL)
        assert [("— new" in row, "— on the forum already" in row) for row in rows] == [(True, False), (False, True)]
        assert 'Another text has this title: <a href="/preview/posts/deux.md">Un sujet nommé un</a>.' in rows[1]
        assert ".md" not in re.sub(r"<[^>]*>", "", shown[shown.index("<main") :])


def test_p496_publishing_tells_titles_as_it_goes_and_no_parameter_of_the_forum(here: Clone) -> None:
    here.run("doctor")
    here.post("un")
    here.post("bref", "Court.")
    with desk(here.folder) as it:
        shown = said(it.get("/publish/"))
        assert "wants at least 20" in shown
        assert "min_first_post_length" not in shown
        it.done(it.post("/publish/", mark=mark(it.get("/publish/")), message="Un"))
        work = it.run.work.last
        assert work is not None
        assert "“Un sujet nommé un”: published" in work.lines
        assert not any(".md" in line or "request" in line for line in work.lines), work.lines


def test_p497_a_new_text_whose_saved_version_is_empty_offers_no_way_to_lose_all(here: Clone) -> None:
    here.post("un", "")
    with desk(here.folder) as it:
        sent(it, FILE, "write-preview", body="Tout ce que j’ai écrit.")
        assert "/write-forget/" in it.get(f"/write/{FILE}").text
        assert "Back to the saved text" not in it.get(f"/write/{FILE}").text
        sent(it, FILE, body="Enregistré.")
        sent(it, FILE, "write-preview", body="Autre chose.")
        assert "Back to the saved text" in it.get(f"/write/{FILE}").text


def test_p518_where_the_forum_takes_no_translation_none_is_said_to_wait_for_it_or_offered_to_it(here: Clone) -> None:
    here.run("doctor")
    here.post("un")
    here.post("deux")
    here.write("posts/un.en.md", "---\ntitle: One\n---\n\nA text of some length, in another language.\n")
    here.run("new", "--translation-of", "posts/deux.md", "--into", "en", "--no-edit")
    with desk(here.folder) as it:
        for page in ("/preview/", f"/preview/{FILE}", f"/write/{FILE}"):
            told = it.get(page).text
            assert ("the forum takes no translations" in told, "not on the forum yet" in told) == (True, False)
        page = it.get("/write-translation/posts/deux.en.md").text
        assert ("is still to be translated" in page, "until then" in page) == (True, False)
        assert "prepare to publish" not in page
        page = it.get("/publish/?only=posts/un.en.md").text
        assert page.count("the forum takes no translations") == 1
        assert "stays in your folder" not in page
        assert "until every paragraph is translated" not in page
        page = it.get("/publish/?only=posts/deux.en.md").text
        assert "it stays on this computer, because the forum takes no translations." in page
        assert "is still to be translated" not in page
        assert "stays in your folder" in it.get("/publish/").text, "where nobody comes from one"
        here.post("trois")
        page = it.get("/publish/?only=posts/trois.md").text
        assert "takes no translations" not in page, "nothing is said of those of other texts"
        page = it.get(f"/publish/?only={FILE}").text
        assert page.count("it stays on this computer, because the forum takes no translations.") == 1
        assert "stays in your folder" not in page
        rows = it.get("/preview/").text.partition('id="k-translations"')[2]
        assert rows.count("the forum takes no translations") == 1, "beside “up to date with its original”"
