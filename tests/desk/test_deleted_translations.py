"""Translations go with the text that is deleted and come back with it; one that is left says what it lacks."""

import re
from collections.abc import Callable
from html import unescape
from random import Random
from typing import Any

import pytest

from koweb_sync import safe_files
from koweb_sync.desk.texts import deleted_texts
from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_deleted_texts import key_of, rows
from tests.desk.test_losing_nothing import mark_of, waiting
from tests.desk.test_writing import FILE, as_sent
from tests.workspace import TEXT, Clone, translating

ENGLISH, GERMAN = "posts/un.en.md", "posts/un.de.md"
LONE = "✗</span> without its original"


def translated(here: Clone, *, agreed: bool = True) -> dict[str, str]:
    """A message with two translations; all that the folder says."""
    here.post("un")
    here.write(ENGLISH, f"---\ntitle: How we welcome people\n---\n\nWelcome. {TEXT}\n")
    here.write(GERMAN, f"---\ntitle: Wie wir begrüßen\n---\n\nWillkommen. {TEXT}\n")
    if agreed:
        here.commit()
        here.push()
    return {path: here.read(path) for path in (FILE, ENGLISH, GERMAN)}


def texts(here: Clone) -> dict[str, str]:
    return {str(one.relative_to(here.folder)): here.read(str(one)) for one in here.folder.glob("posts/*.md")}


def main_of(page: str) -> str:
    """What a page says, without its signs of HTML."""
    return unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :]))


@pytest.mark.parametrize("kept", ["all", "nothing", "an older translation"])
@pytest.mark.parametrize("way", ["deleted texts", "list"])
def test_translations_are_named_go_with_their_original_and_come_back_with_it(here: Clone, kept: str, way: str) -> None:
    before = translated(here, agreed=kept != "nothing")
    if kept == "an older translation":
        here.write(ENGLISH, before[ENGLISH] + "\nOne more sentence.\n")
        before = texts(here)
    with desk(here.folder) as it:
        asked = main_of(it.get(f"/write-delete/{FILE}").text)
        assert "Its translations go with it, and come back with it:" in asked
        assert "How we welcome people" in asked
        it.post(f"/write-delete/{FILE}", mark=mark_of(it))
        assert texts(here) == {}
        listed = it.get("/preview/").text
        assert LONE not in listed
        assert listed.count("Put it back<") == (kept != "nothing"), "one message, one way back"
        ((href, title, when),) = rows(it)
        assert title == "Un sujet nommé un"
        assert "Its translations come back with it." in when
        if way == "list" and kept != "nothing":
            it.post(f"/write-again/{FILE}")
        else:
            it.post(href.partition("?")[0], **key_of(href))
        assert texts(here) == before
        assert rows(it) == []
        assert waiting(it) == []


@pytest.mark.parametrize("withdraw", ["keep", "delete"])
def test_a_translation_is_deleted_from_its_own_page_and_its_original_stays(
    here: Clone, box: Sandbox, withdraw: str
) -> None:
    here.configure(f'withdraw = "{withdraw}"')
    translating(box)
    here.run("doctor")
    before = translated(here)
    gone = "taken from its topic" if withdraw == "delete" else "This translation stays on the forum as it is"
    with desk(here.folder) as it:
        assert f"/write-delete/{ENGLISH}" in it.get(f"/write-translation/{ENGLISH}").text
        page = it.get(f"/write-delete/{ENGLISH}").text
        asked = main_of(page)
        assert "Delete “How we welcome people”?" in asked
        assert "Translation into en of “Un sujet nommé un”" in " ".join(asked.split())
        assert gone in asked
        (mark,) = re.findall(r'name="mark" value="(\w+)"', page)
        here.write(ENGLISH, before[ENGLISH] + "\nOne more sentence.\n")
        late = it.post(f"/write-delete/{ENGLISH}", mark=mark)
        assert late.status_code == 409
        assert "Nothing was deleted" in late.text
        here.write(ENGLISH, before[ENGLISH])
        listed = it.post(f"/write-delete/{ENGLISH}", mark=mark).text
        assert texts(here) == {path: before[path] for path in (FILE, GERMAN)}
        assert "How we welcome people" in listed
        assert gone in unescape(listed)
        assert "The forum does not have it" not in listed
        ((href, title, when),) = rows(it)
        assert title == "How we welcome people"
        assert gone in when
        assert "Translation deleted here" in it.get("/publish/").text
        it.post(href.partition("?")[0], **key_of(href))
        assert texts(here) == before


def test_a_page_that_asked_about_other_texts_deletes_nothing_though_they_say_the_same(here: Clone) -> None:
    translated(here, agreed=False)
    with desk(here.folder) as it:
        mark = mark_of(it)
        (here.folder / ENGLISH).rename(here.folder / "posts/un.fr.md")
        before = texts(here)
        assert it.post(f"/write-delete/{FILE}", mark=mark).status_code == 409
        assert texts(here) == before


def test_what_was_deleted_in_one_version_comes_back_together_and_what_went_before_stays_away(here: Clone) -> None:
    before = translated(here)
    here.git("rm", "--quiet", GERMAN)
    here.commit()
    here.git("rm", "--quiet", FILE, ENGLISH)
    here.commit()
    with desk(here.folder) as it:
        first, second = rows(it)
        assert "Its translation comes back with it." in first[2]
        assert second[1] == "Wie wir begrüßen"
        it.post(first[0])
    assert texts(here) == {path: before[path] for path in (FILE, ENGLISH)}


def test_a_translation_whose_original_is_not_there_says_so_everywhere_and_offers_both_ways(
    here: Clone, box: Sandbox
) -> None:
    before = translated(here)
    (here.folder / FILE).unlink()
    (here.folder / GERMAN).unlink()
    with desk(here.folder) as it:
        listed, shown = it.get("/preview/").text, it.get(f"/preview/{ENGLISH}").text
        assert LONE in listed
        assert "to mend" not in listed
        for address in (f"/write/{ENGLISH}", f"/write-translation/{ENGLISH}"):
            assert it.get(address).text == shown
        said = main_of(shown)
        assert "Translation into en of “Un sujet nommé un”" in " ".join(said.split())
        assert "this original was deleted here" in said
        assert "Put the original back" in said
        assert "Delete the translation, too" in said
        asked = main_of(it.get("/publish/").text)
        assert "Its original is not there. Open the translation" in " ".join(asked.split())
        for page in (listed, shown, asked):
            assert "id is missing" not in page
            assert "cannot be read" not in unescape(page)
        it.post(f"/deleted/{FILE}")
        assert texts(here) == before
        (here.folder / FILE).unlink()
        mark = re.findall(r'name="mark" value="(\w+)"', it.get(f"/preview/{ENGLISH}").text)[0]
        assert it.post(f"/write-delete/{ENGLISH}", mark="another").status_code == 409
        it.post(f"/write-delete/{ENGLISH}", mark=mark)
        assert set(texts(here)) == {GERMAN}
        it.post(f"/deleted/{FILE}")
    assert texts(here) == before


def test_what_was_typed_for_a_translation_while_its_original_went_is_kept(here: Clone) -> None:
    before = translated(here)
    with desk(here.folder) as it:
        form = {**as_sent(it.get(f"/write-translation/{ENGLISH}").text), "title": "Typed meanwhile"}
        (here.folder / FILE).unlink()
        assert it.post(f"/write-preview/{ENGLISH}", **form).status_code == 200
        said = it.post(f"/write-translation/{ENGLISH}", **form).text
        assert "What you typed and did not save is kept" in said
        assert texts(here)[ENGLISH] == before[ENGLISH]
        it.post(f"/deleted/{FILE}")
        assert "Typed meanwhile" in it.get(f"/write-translation/{ENGLISH}").text


def test_one_whose_original_is_known_to_nobody_says_so_and_can_be_deleted(here: Clone) -> None:
    here.write("posts/ailleurs.en.md", f"---\ntitle: Elsewhere\n---\n\n{TEXT}\n")
    with desk(here.folder) as it:
        said = main_of(it.get("/preview/posts/ailleurs.en.md").text)
        assert "this original is not in this folder" in said
        assert "Put the original back" not in said
        mark = re.findall(r'name="mark" value="(\w+)"', it.get("/preview/posts/ailleurs.en.md").text)[0]
        it.post("/write-delete/posts/ailleurs.en.md", mark=mark)
        assert texts(here) == {}
        assert [title for _href, title, _when in rows(it)] == ["Elsewhere"]


def test_the_commands_say_it_so_too_and_the_topic_of_the_original_goes(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "unlist"')
    here.post("autre")
    here.post("encore")
    translated(here)
    (here.folder / FILE).unlink()
    for words in (("check",), ("plan",), ("push",)):
        if words != ("check",):
            here.commit() if here.git("status", "--porcelain") else None
        said = here.run(*words, code=None)
        told = " ".join((said.out + said.err).split())
        assert "This is named as a translation of posts/un.md, which is not there." in told
        assert "Put the original back" in told
        assert "other post files cannot be read" not in told
    assert not box.by_id("un").visible


def test_a_post_that_lost_its_id_is_still_no_reason_to_take_a_topic_away(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "unlist"')
    for ident in ("un", "deux", "trois"):
        here.post(ident)
    here.post("autre", path="posts/autre.en.md")
    here.commit()
    here.push()
    (here.folder / "posts/deux.md").unlink()
    here.write("posts/autre.en.md", re.sub(r"(?m)^id:.*\n", "", here.read("posts/autre.en.md")))
    here.commit()
    assert "other post files cannot be read" in " ".join(here.push(code=None).err.split())
    assert box.by_id("autre").visible
    assert box.by_id("deux").visible


class Cut(Exception):
    """The process ends here."""


@pytest.mark.parametrize("seed", range(3))
def test_deletions_and_returns_that_are_cut_off_lose_nothing_and_say_what_is_left(
    here: Clone, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    before = translated(here, agreed=seed != 1)
    if seed == 2:
        here.write(GERMAN, before[GERMAN] + "\nNoch ein Satz.\n")
        before = texts(here)
    random, remove, write = Random(seed), safe_files.remove, safe_files.write
    left = [0]

    def counted(do: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*args: Any, **more: Any) -> Any:
            if left[0] == 0:
                raise Cut
            left[0] -= 1
            return do(*args, **more)

        return instead

    for _turn in range(12):
        left[0] = random.randrange(9)
        with monkeypatch.context() as cut, desk(here.folder) as it:
            cut.setattr(safe_files, "remove", counted(remove))
            cut.setattr(safe_files, "write", counted(write))
            press(it, here, random)
        left[0] = -1
        with desk(here.folder) as it:
            reachable = texts(here) | {
                each.path: each.data.decode() for one in deleted_listed(it) for each in (*one.beside, one)
            }
            assert {path: reachable.get(path) for path in before} == before
            listed = it.get("/preview/").text
            alone = FILE not in texts(here) and bool(texts(here))
            assert (LONE in listed) is alone
            if alone:
                (path, *_more) = texts(here)
                assert "Put the original back" in it.get(f"/preview/{path}").text
    with desk(here.folder) as it:
        for href, _title, _when in rows(it):
            it.post(href.partition("?")[0], **key_of(href))
    assert texts(here) == before


def press(it: OpenDesk, here: Clone, random: Random) -> None:
    """Delete, or put back, what can be: it may be cut off."""
    try:
        if FILE in texts(here):
            it.post(f"/write-delete/{FILE}", mark=mark_of(it))
        else:
            href = random.choice(rows(it))[0]
            it.post(href.partition("?")[0], **key_of(href))
    except Cut:
        pass


def deleted_listed(it: OpenDesk) -> tuple[deleted_texts.DeletedText, ...]:
    """What the page of deleted texts lists."""
    assert it.run.folder is not None
    folder = it.run.folder
    return deleted_texts.listed(folder.another(), folder.settings, folder.current().now, 0).texts
