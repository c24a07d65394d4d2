"""The room Forum changes: who changed what, and both versions of a place side by side. No sentence is lost."""

import re
from html import unescape

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.desk.conflicts.pieces import Choice, pieces, resolved
from koweb_sync.posts.merge_files import Marks, both
from koweb_sync.sandbox import Fault, Sandbox
from tests.desk.conftest import ServedPages
from tests.desk.open_desk import desk
from tests.desk.test_differences import captions
from tests.desk.test_publishing import come_to_an_end, mark
from tests.desk.test_writing import sent
from tests.workspace import TEXT, Clone

MINE, THEIRS = "Ma phrase à moi.", "La phrase du forum."


def after(pages: ServedPages, path: str, **fields: str) -> requests.Response:
    """Press a button that begins work, and wait for its end."""
    assert pages.post(path, **fields).status_code == 200
    return come_to_an_end(pages)


@pytest.fixture
def published(here: Clone) -> Clone:
    """A repository with one published post."""
    here.post("un", f"{TEXT}\n\nUne phrase commune.\n\nLa fin.")
    here.commit()
    here.push()
    return here


def both_change(box: Sandbox, here: Clone) -> None:
    """The same sentence, changed on both sides."""
    raw = here.raw("un")
    box.edit(box.by_id("un").id, raw.replace("Une phrase commune.", THEIRS))
    here.write("posts/un.md", here.read("posts/un.md").replace("Une phrase commune.", MINE))


def test_p328_edits_are_told_before_and_brought_by_a_button(box: Sandbox, published: Clone, pages: ServedPages) -> None:
    raw = published.raw("un")
    box.edit(box.by_id("un").id, raw.replace("commune", "du forum"))
    shown = after(pages, "/bring-back/look/")
    assert re.search(r"<del>commune</del>.*<ins>du forum</ins>", shown.text, re.DOTALL)
    assert "commune" in published.read("posts/un.md")
    done = after(pages, "/bring-back/")
    assert "Brought back" in done.text
    assert 'k-first" href="/preview/"' in done.text, "nothing is to be published"
    assert 'href="/publish/">Check' not in done.text
    assert "phrase du forum" in published.read("posts/un.md")
    who = re.search(r"changed by ([^<>]+), today at \d+:\d\d<", done.text)
    assert who
    assert f"by {who[1]}, brought here by Frédéric" in unescape(pages.get("/versions/posts/un.md").text)
    asked = pages.get("/bring-back/").text
    assert "Nothing that koweb knows of: it last looked at the forum today at" in asked
    assert "Here you fetch what others changed" in asked, "it does not happen by itself"


def test_p370_the_list_says_when_koweb_last_looked_whoever_asked_it_to(published: Clone, pages: ServedPages) -> None:
    unseen = pages.get("/preview/").text
    assert "koweb has not looked at the forum yet." in unseen
    assert re.search(r"published today at \d+:\d\d<", unseen)
    shown = after(pages, "/bring-back/look/", list="on")
    assert shown.url.endswith("/preview/?looked")
    assert re.search(
        r"Looked at the forum at \d+:\d\d(: no change of your messages, and no reply, that is new to you)?\.",
        shown.text,
    )
    place = published.folder / ".git/koweb/kafe/looked"
    place.write_text("2020-01-01T00:00:00.000000Z", "utf-8")
    assert re.search(r"koweb last looked at the forum [^<]*2020[^<]*not known here", pages.get("/preview/").text)
    published.run("fetch")
    assert re.search(
        r"Looked at the forum at \d+:\d\d(: no change of your messages, and no reply, that is new to you)?\.",
        pages.get("/preview/").text,
    )
    place.write_text("?", "utf-8")
    assert "has not looked" in pages.get("/preview/").text


def test_p329_what_came_of_a_choice_is_shown_and_not_what_is_typed_beside_it(box: Sandbox, published: Clone) -> None:
    both_change(box, published)
    published.commit("Ma version")
    with desk(published.folder) as it:
        sent(it, "posts/un.md", "write-preview", body="Pas enregistré.")
        it.done(it.post("/bring-back/"))
        assert "changed “Un sujet nommé un”" not in unescape(it.get("/preview/").text), "it is being brought back"
        mark = re.findall(r'name="mark" value="(\w+)"', it.get("/bring-back/").text)[0]
        it.post("/bring-back/file/posts/un.md", mark=mark, **{"choice-0": "both", "text-0": ""})
        result = it.get("/preview/posts/un.md").text
        assert "this is the text that came of it" in result
        assert all(one in result for one in (MINE, THEIRS))
        assert "is not saved, kept on" in result, "and of the other text it is told"
        assert "Everything is decided" in it.get("/preview/").text


def test_p329_publishing_waits_for_the_choice_and_its_page_says_nothing_else(
    box: Sandbox, published: Clone, pages: ServedPages
) -> None:
    both_change(box, published)
    published.commit("Ma version")
    met = unescape(after(pages, "/publish/", mark=mark(pages.get("/publish/")), message="Ma version").text)
    assert "Nothing was published" in met
    assert "your text was not sent" not in met, "it is said once"
    assert "post not published" not in met
    assert "the forum shows what it did before" not in met
    assert "Claire Moreau changed this post on the forum" in met
    after(pages, "/bring-back/")
    page = unescape(pages.get("/publish/").text)
    main = page[page.index("<main") : page.index("</main")]
    assert re.findall(r"<p[^>]*>(.*?)</p>", main) == [
        "Choose between the two versions first.",
        '<a class="k-button k-first" href="/bring-back/">Choose</a>',
    ]
    found = mark(pages.get("/bring-back/"))
    pages.post("/bring-back/file/posts/un.md", mark=found, **{"choice-0": "ours", "text-0": ""})
    assert "Finish your choice</a>" in pages.get("/publish/").text


@pytest.mark.parametrize("button", ["/bring-back/", "/bring-back/look/"])
def test_p350_a_forum_that_is_down_is_tried_again_by_one_button(
    box: Sandbox, published: Clone, pages: ServedPages, button: str
) -> None:
    box.edit(box.by_id("un").id, published.raw("un").replace("commune", "du forum"))
    box.fail(Fault("refuse", times=20))
    failed = after(pages, button).text
    assert "Nothing changed here." in failed
    assert f'href="{box.url}" target="_blank"' in failed
    assert '<a href="/set-up/#k-move">See or change the forum' in failed, "its address stands there"
    main = failed[failed.index("<main") :]
    assert f'<form method="post" action="{button}"><button class="k-button">Try again</button>' in main
    assert main.count('"/bring-back/') == 1, main
    box.front.faults.waiting.clear()
    after(pages, button)
    assert "du forum" in pages.get("/preview/posts/un.md" if button == "/bring-back/" else "/bring-back/").text


def test_p350_where_nothing_changed_nothing_is_said_to_be_done(
    box: Sandbox, published: Clone, pages: ServedPages
) -> None:
    box.fail(Fault("status", status=500, times=20))
    failed = after(pages, "/bring-back/").text
    assert "has a problem of its own" in failed
    assert ("Nothing changed here." in failed, "what was done" in failed) == (True, False)


def test_p510_whoever_tries_again_gets_the_pictures_that_they_wished_for(
    box: Sandbox, published: Clone, pages: ServedPages
) -> None:
    box.fail(Fault("refuse", times=20))
    failed = after(pages, "/bring-back/", download="on").text
    assert '<input type="hidden" name="download" value="on"><button class="k-button">Try again' in failed
    asked = pages.get("/bring-back/").text
    assert re.search(r'name="download"[^>]* checked', asked)
    assert "They are copied into your folder then." in asked
    after(pages, "/bring-back/")
    assert not re.search(r'name="download"[^>]* checked', pages.get("/bring-back/").text)
    box.front.faults.waiting.clear()
    both_change(box, published)
    assert (
        "Keep your own texts first" in after(pages, "/bring-back/", download="on").text + pages.get("/bring-back/").text
    )
    assert re.search(r'name="download"[^>]* checked', pages.get("/bring-back/").text), "also beside one's own texts"


def test_p510_what_was_looked_at_before_a_publication_is_said_to_be_older_than_it(
    published: Clone, pages: ServedPages
) -> None:
    after(pages, "/bring-back/look/", list="on")
    published.post("un", f"{TEXT} Encore.")
    published.commit()
    published.push()
    page = pages.get("/preview/").text
    assert re.search(r"Looked at the forum at \d+:\d\d, before the last publication\.", page)
    after(pages, "/bring-back/look/", list="on")
    assert "no reply, that is new to you" in pages.get("/preview/").text


def test_p510_what_is_new_to_the_memory_is_not_said_to_be_read(published: Clone, pages: ServedPages) -> None:
    after(pages, "/bring-back/look/", list="on")
    assert "no reply, that is new to you" in pages.get("/preview/").text
    published.run("archive")
    page = pages.get("/preview/").text
    assert re.search(r"Looked at the forum at \d+:\d\d, before the memory was updated\.", page)
    assert "no reply, that is new to you" not in page


@pytest.mark.parametrize("met", [True, False])
def test_p370_nobody_is_told_that_nothing_waits_beside_what_does(
    box: Sandbox, published: Clone, pages: ServedPages, *, met: bool
) -> None:
    after(pages, "/bring-back/look/", list="on")
    assert "no change of your messages, and no reply, that is new to you" in pages.get("/preview/").text
    both_change(box, published)
    published.commit("Ma version")
    if met:  # a publication did
        after(pages, "/publish/", mark=mark(pages.get("/publish/")), message="Ma version")
        assert "A publication met a change on the forum" in pages.get("/preview/").text
    else:
        after(pages, "/bring-back/")
    assert "nothing that you have not" not in pages.get("/preview/").text


def test_p328_files_are_offered_where_an_edit_adds_some_and_where_nobody_knows(
    box: Sandbox, published: Clone, pages: ServedPages
) -> None:
    offered = "Save pictures and attachments that people added, too"
    assert offered in pages.get("/bring-back/").text, "nobody looked yet"
    box.edit(box.by_id("un").id, published.raw("un").replace("commune", "du forum"))
    assert offered not in after(pages, "/bring-back/look/").text
    box.edit(box.by_id("un").id, f"{published.raw('un')}\n\n![Une salle|100x80](upload://abcdefghij.png)")
    assert offered in after(pages, "/bring-back/look/").text


def test_p328_nothing_is_said_to_have_come_where_nothing_did(box: Sandbox, published: Clone) -> None:
    with desk(published.folder) as it:
        sent(it, "posts/un.md", "write-preview", body="Pas enregistré.")
        box.fail(Fault("refuse", times=20))
        failed = it.done(it.post("/bring-back/")).text
        assert "That did not work" in failed
        assert "what came" not in failed
        box.front.faults.waiting.clear()
        assert "what came" not in it.done(it.post("/bring-back/")).text
        box.edit(box.by_id("un").id, published.raw("un").replace("commune", "du forum"))
        assert "put together with what came" in it.done(it.post("/bring-back/")).text


def test_who_chose_goes_on_to_publishing_with_one_button(box: Sandbox, published: Clone, pages: ServedPages) -> None:
    both_change(box, published)
    after(pages, "/bring-back/look/")
    pages.post("/bring-back/keep/", message="Ma version")
    shown = come_to_an_end(pages)
    mark = re.search(r'name="mark" value="(\w+)"', shown.text)
    assert mark
    pages.post("/bring-back/file/posts/un.md", mark=mark[1], **{"choice-0": "ours"})
    done = after(pages, "/bring-back/finish/", then="publish")
    assert (done.url.endswith("/publish/"), "What will be sent" in done.text) == (True, True)


COMES_OF: dict[Choice, str] = {  # what the list of versions says of each
    "ours": "here by Frédéric",
    "theirs": "the text of the forum, changed by [^<]+, chosen here by Frédéric",
    "both": "put together here by Frédéric, from both texts",
    "edit": "written here by Frédéric, from both texts",
}


WANTED = {"ours": (MINE,), "theirs": (THEIRS,), "both": (MINE, THEIRS), "edit": ("Une autre phrase.",)}


def shows_the_whole_text(decided: str, choice: Choice) -> None:
    """A page on which all is decided: it shows what was chosen with what is around it, and what leads on."""
    whole = re.sub(r"<[^>]+>", "", unescape(decided).partition("The whole text, as you chose it:")[2])
    assert all(one in whole for one in ("Un texte assez long", *WANTED[choice], "La fin."))
    assert "Finish" in decided
    assert ("Finish, and prepare to publish" in decided) == (choice != "theirs"), "the forum has that text"


@pytest.mark.parametrize("choice", ["ours", "theirs", "both", "edit"])
def test_p329_a_conflict_is_resolved_by_each_choice(
    box: Sandbox, published: Clone, pages: ServedPages, choice: Choice
) -> None:
    both_change(box, published)
    before = published.read("posts/un.md")
    shown = after(pages, "/bring-back/look/")
    assert "Keep your own texts first" in shown.text
    seen = after(pages, "/bring-back/").text
    assert "Keep your own texts first" in seen, seen[seen.index("<main") :]
    pages.post("/bring-back/keep/", message="Ma version")
    shown = come_to_an_end(pages)
    assert shown.url.endswith("/bring-back/"), "one chooses at once"
    seen = pages.get("/preview/posts/un.md").text + pages.get("/preview-parts/posts/un.md").text
    assert "stand side by side where you choose" in seen
    assert not re.search("(&lt;){4}|={4}|<{4}", seen), "nor beside it"
    assert pages.get("/write/posts/un.md").url.endswith("/bring-back/"), "nobody meets git's marks in their text"
    mark = re.search(r'name="mark" value="(\w+)"', shown.text)
    assert mark
    form = {"choice-0": choice, "text-0": "Une autre phrase." if choice == "edit" else ""}
    stale = pages.post("/bring-back/file/posts/un.md", mark="0", **form)
    assert stale.status_code == 409
    assert "This text changed since you looked" in stale.text
    place = dict(re.findall(r'name="(place-0)" value="([^"]+)"', shown.text))
    said = {**place, "choice-0": "theirs", "text-0": "À moi."}
    own = pages.post("/bring-back/file/posts/un.md", mark=mark[1], **said)
    assert ("À moi." in own.text, "chose another one" in own.text) == (True, True)
    decided = pages.post("/bring-back/file/posts/un.md", mark=mark[1], **form)
    shows_the_whole_text(decided.text, choice)
    assert "Two versions" not in decided.text, "nothing is left to choose"
    result = pages.get("/preview/posts/un.md").text
    assert "this is the text that came of it" in result
    assert "Choose what stays" not in result + pages.get("/preview/").text, "somebody chose"
    done = after(pages, "/bring-back/finish/")
    told = re.findall(r'<p class="k-told k-good" role="status">(.*?)</p>', unescape(done.text))
    same = choice == "theirs"
    assert told == [
        "Your choice is kept: "
        + ("here and on the forum, “Un sujet nommé un” says the same now." * same)
        + ("publish “Un sujet nommé un”, so that the forum shows it, too." * (not same))
    ]
    assert ("Prepare to publish</a>" in done.text) == (not same)
    assert published.read("posts/un.md") == before.replace(MINE, "\n\n".join(WANTED[choice]))
    assert published.git("status", "--porcelain") == ""
    kept = pages.get("/versions/posts/un.md").text
    told = re.findall(COMES_OF[choice], kept)
    assert len(told) == (choice != "ours"), "it is nobody else's; who keeps their own makes no version"
    assert kept.count('<p class="facts"><bdi>') == kept.count("<q "), "a choice is called as where it is published"
    names_the_forums_text(pages, kept)
    both_texts = [
        pages.get(f"/versions/posts/un.md{one}").text for one in versions_of(pages.get("/versions/posts/un.md").text)
    ]
    assert all(any(text in one for one in both_texts) for text in (MINE, THEIRS)), (
        "whatever was chosen, neither is lost"
    )
    sentence = "Choice between two versions" if told else "Ma version"  # as that version is called here
    assert (f"has one already, “{sentence}”" in pages.get("/publish/").text) == (choice != "theirs")
    published.push()
    assert "\n\n".join(WANTED[choice]) in published.raw("un")
    if choice != "theirs":
        assert (box.first_post(box.by_id("un").id).edit_reason or "").startswith(f"{sentence} (")


def names_the_forums_text(pages: ServedPages, kept: str) -> None:
    """In the list of versions (`kept`), and on its own page; a choice by the name under which it is published."""
    assert ("both texts" in kept or "chosen here" in kept) == ("Choice between two versions</q>" in kept)
    ((key, who),) = re.findall(r'href="([?]aside=\d+)">Text of the forum, by ([^<]+)\. Set aside on', unescape(kept))
    said = unescape(pages.get(f"/versions/posts/un.md{key}").text)
    assert f"“Un sujet nommé un”, as {who} changed it on the forum</h1>" in said
    assert "when you chose between two versions" in said
    button = rf"Write on from the text of {who} \(set aside today at \d+:\d\d\)"
    same = "This is the same as your saved text." in said
    assert bool(re.search(button, said)) != same, "the forum may have another text by now"
    assert same or set(captions(said)) - {f"The text of {who}"} == {"The saved text"}, "neither is the older one"


def test_p329_who_changed_the_same_words_is_named_with_the_time(
    box: Sandbox, published: Clone, pages: ServedPages
) -> None:
    both_change(box, published)
    published.commit("Ma version")
    after(pages, "/bring-back/")
    said = unescape(pages.get("/bring-back/").text)
    (who,) = re.findall(r"You and ([^<]+?) changed the same words", said)
    assert who != "somebody on the forum"
    assert re.search(rf"Changed on the forum by {who}, today at \d", said)


def versions_of(page: str) -> list[str]:
    """The versions that a page offers."""
    return re.findall(r'<li><a href="([?](?:at|aside)=\w+)"', page)


def test_p329_undoing_leaves_everything_as_it_was(box: Sandbox, published: Clone, pages: ServedPages) -> None:
    both_change(box, published)
    published.commit("Ma version")
    before = (published.git("rev-parse", "HEAD"), published.read("posts/un.md"))
    after(pages, "/bring-back/")
    assert "<<<<<<<" in published.read("posts/un.md")
    assert 'href="/bring-back/"' in pages.get("/publish/").text
    done = after(pages, "/bring-back/undo/")
    assert "Undone" in done.text
    assert (published.git("rev-parse", "HEAD"), published.read("posts/un.md")) == before


def test_p365_what_comes_beside_a_choice_is_shown(box: Sandbox, published: Clone, pages: ServedPages) -> None:
    raw = published.raw("un")
    box.edit(
        box.by_id("un").id, raw.replace("Une phrase commune.", THEIRS), title="Un titre de Claire", tags=["outils"]
    )
    published.write("posts/un.md", published.read("posts/un.md").replace("Une phrase commune.", MINE))
    published.commit("Ma version")
    after(pages, "/bring-back/")
    for decided in (False, True):
        shown = pages.get("/bring-back/").text
        assert re.search(r"<dt>title</dt>.*Un sujet nommé un.*<ins>.*Un titre de Claire", shown), shown
        assert re.search(r"<dt>tags</dt>.*<ins>.*outils", shown)
        mark = re.search(r'name="mark" value="(\w+)"', shown)
        if not decided:
            assert mark
            pages.post("/bring-back/file/posts/un.md", mark=mark[1], **{"choice-0": "ours", "text-0": ""})


def test_p480_a_conflict_of_fields_is_shown_by_their_names_and_decided_apart_from_the_text(
    box: Sandbox, here: Clone, pages: ServedPages
) -> None:
    here.post("un", f"{TEXT}\n\nUne phrase commune.\n\n---\n\nLa fin.", category="koweb-kafe")
    here.commit()
    here.push()
    ids = {one.slug: one.id for one in box.state.categories.values()}
    raw = here.raw("un").replace("Une phrase commune.", THEIRS)
    box.edit(box.by_id("un").id, raw, title="Un titre de Claire", category=ids["outils-libres"])
    here.post("un", f"{TEXT}\n\n{MINE}\n\n---\n\nLa fin.", category="facilitation-numerique", title="Un titre à moi")
    here.commit("Ma version")
    after(pages, "/bring-back/")
    shown = pages.get("/bring-back/").text
    seen = shown[shown.index("<main") :]
    sides = [
        re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r'class="k-change">(.*?)</div>', seen, re.DOTALL)
    ]
    assert sides == [
        *("titleUn titre à moi", "titleUn titre de Claire"),
        *("categoryFacilitation numérique", "categoryFacilitation numérique › Outils libres"),
        *(MINE, THEIRS),
    ]
    around = re.findall(r"<summary>(What stays as it is[^<]*)<", seen)
    assert around == ["What stays as it is, after place 2", "What stays as it is, after place 3"]
    assert re.search(r"<h2[^>]*><a[^>]*><bdi>Un titre à moi</bdi>", seen)
    assert "title:" not in seen
    assert "category:" not in seen
    assert seen.count('value="both"') == seen.count('value="edit"') == 1, "of the text alone"
    assert set(re.findall(r"> (Your text|The forum’s text|Both: your text, then the forum’s)</label>", seen)) == {
        *("Your text", "The forum’s text", "Both: your text, then the forum’s"),
    }
    (key,) = re.findall(r'name="mark" value="(\w+)"', seen)
    wrong = {"mark": key, "choice-0": "both", "choice-1": "ours", "choice-2": "both"}
    assert pages.post("/bring-back/file/posts/un.md", **wrong).status_code == 409
    pages.post("/bring-back/file/posts/un.md", **{**wrong, "choice-0": "theirs"})
    now = here.read("posts/un.md")
    assert re.search(r"title: .?Un titre de Claire", now)
    assert 'category: "facilitation-numerique"' in now
    assert f"{MINE}\n\n{THEIRS}" in now


LINE = st.sampled_from(["Une phrase.\n", "=======\n", "- un point\n", "\n", "Titre\n", "Autre chose.\r\n"])
LINES = st.lists(LINE, max_size=4).map("".join)


@given(LINES, LINES, LINES, LINES, st.sampled_from(["ours", "theirs", "both"]))
def test_p329_no_choice_loses_a_line_or_leaves_a_mark(
    above: str, ours: str, theirs: str, below: str, choice: Choice
) -> None:
    if ours == theirs or not ours or not theirs:
        return
    marked = above + both(ours.encode(), theirs.encode(), Marks()).decode() + below
    mine, other = above + ours + below, above + theirs + below
    found = pieces(marked, mine, other)
    if found is None:
        assert "=======" in ours + theirs
        return
    made = resolved(found, {0: (choice, "")})
    if choice != "both":
        assert made == (mine if choice == "ours" else other)
    else:
        assert made.startswith(above)
        assert made.endswith(below)
        assert set(made.split()) == set((mine + other).split())
    assert "<<<<<<<" not in made
