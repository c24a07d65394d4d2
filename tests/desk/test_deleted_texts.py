"""Deleted texts at the desk: whatever was written is within reach, and comes back byte for byte."""

import re
from html import unescape

import pytest

from koweb_sync.desk.texts import deleted_texts
from koweb_sync.desk.texts.deleted_texts import WALKED
from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import OpenDesk, desk
from tests.desk.test_losing_nothing import mark_of, waiting
from tests.desk.test_writing import FILE, sent
from tests.workspace import PNG, TEXT, Clone


def rows(it: OpenDesk, more: str = "") -> list[tuple[str, str, str]]:
    """The texts that the page lists: address, title, when and by whom."""
    found = re.findall(
        r'<li><a dir="auto" href="([^"]+)">(.*?)</a>\s*<p[^>]*>(.*?)</p>', it.get(f"/deleted/{more}").text
    )
    return [(unescape(href), unescape(title), unescape(when)) for href, title, when in found]


def key_of(href: str) -> dict[str, str]:
    """What the form of a text sends along."""
    return {"aside": href.partition("aside=")[2]} if "aside=" in href else {}


@pytest.mark.parametrize("body", ["![Une photo](photo.png) ", "[Un message](deux.md) ", ""])
def test_files_are_said_to_stay_where_a_text_that_is_deleted_shows_some(here: Clone, body: str) -> None:
    here.write("posts/photo.png", PNG)
    here.post("un", body + TEXT)
    here.post("deux")
    with desk(here.folder) as it:
        page = it.get(f"/write-delete/{FILE}").text
    assert ("Its pictures and files stay where they are." in page) is ("photo" in body)


def deleted(it: OpenDesk) -> None:
    """Delete the post file of these tests."""
    it.post(f"/write-delete/{FILE}", mark=mark_of(it))


@pytest.mark.parametrize("withdraw", ["keep", "unlist", "close", "delete"])
def test_p442_a_published_text_that_was_deleted_comes_back_byte_for_byte_and_so_does_its_topic(
    here: Clone, box: Sandbox, withdraw: str
) -> None:
    here.configure(f'withdraw = "{withdraw}"')
    here.post("un", f"{TEXT}\r\n\r\nLa fin. \r\n", autre="12")
    here.post("deux")
    here.commit()
    here.push()
    before, topic = here.read(FILE), box.by_id("un").id
    with desk(here.folder) as it:
        assert rows(it) == []
        deleted(it)
        ((_href, title, when),) = rows(it)
        assert title == "Un sujet nommé un"
        assert re.match(r"Deleted here, as it was kept on .*\d\. ", when), when
        effect = {
            "keep": "Its topic stays on the forum as it is.",
            "unlist": "its topic leaves the forum's lists",
            "close": "its topic is closed on the forum",
            "delete": "its topic is deleted on the forum",
        }[withdraw]
        assert effect in when
        listed, seen = unescape(it.get("/preview/").text), f'<a href="{box.url}/t/-/{topic}"'
        assert effect in listed
        assert seen in listed
        assert seen in it.get("/deleted/").text
        asks = unescape(it.get("/publish/").text)
        assert ("Why it is deleted, in a few words" in asks) is (withdraw != "keep"), "asked where something goes"
        assert "What is new" not in asks
        here.commit("Plus besoin")
        here.push()
        ((href, title, when),) = rows(it)
        assert title == "Un sujet nommé un"
        assert re.fullmatch(r"Deleted on .* by Frédéric\.", when)
        shown = unescape(it.get(href).text)
        assert "La fin." in shown
        assert shown.count("Put it back") == unescape(it.get("/deleted/").text).count("Put it back") == 1
        assert {
            "keep": "koweb does not look after it any more",
            "unlist": "is in the forum's lists again",
            "close": "is open again",
            "delete": "is back on the forum",
        }[withdraw] in shown
        assert it.post(href).url.endswith("?returned")
        assert here.read(FILE) == before
        assert rows(it) == []
        assert it.post(href).status_code == 200, "a second click changes nothing"
        assert here.read(FILE) == before
    here.commit("Revenu")
    here.push()
    again = box.state.topics[topic]
    assert (again.visible, again.closed, again.deleted_at) == (True, False, None)


def test_p442_a_text_that_goes_and_comes_back_is_told_of_in_one_way(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.push()
    with desk(here.folder) as it:
        asked = unescape(it.get(f"/write-delete/{FILE}").text)
        deleted(it)
        ((href, _title, _when),) = rows(it)
        page = it.get(href).text
        told = re.search(r'<div class="k-told[^>]*>(.*?)</div>', page, re.DOTALL)
        words = re.sub(r"<[^>]+>", " ", told[1] if told else "")
        assert "Its topic is on the forum, with this text." in words
        assert words.count("opic") == 1, "it is said once what becomes of it"
        assert "publish" not in words, "there is nothing to publish"
        assert '<button class="k-button k-first">Put it back</button>' in page
        assert "“Put it back”" in asked, "it is called so where one deletes"
        for name in ("Deleted texts", "Your posts"):
            assert f">{name}</a>" in it.get("/preview/").text
            assert f"“{name}”" in asked
        back = it.post(href).text
        assert "The text is back in this folder." in back
        assert re.search(r"k-state k-same.*</span> published", back)
        assert "is published before" not in back


def test_p442_one_that_was_changed_before_it_was_deleted_says_what_becomes_of_its_topic_too(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.write(FILE, here.read(FILE) + f"\nEncore. {TEXT}\n")
    with desk(here.folder) as it:
        deleted(it)
        ((_href, _title, when),) = rows(it)
    assert "as it was then. Its topic stays on the forum as it is." in when
    assert "See it on the forum" in when


@pytest.mark.parametrize("how", ["never kept", "changed since", "typed"])
def test_p344_a_text_that_no_version_has_is_set_aside_when_it_is_deleted(here: Clone, how: str) -> None:
    here.post("un")
    if how != "never kept":
        here.commit()
    with desk(here.folder) as it:
        if how == "changed since":
            here.post("un", f"{TEXT} Encore. \r\n", autre="12")
        if how == "typed":
            sent(it, FILE, "write-preview", body="Pas enregistré.")
        before = here.read(FILE)
        asked = it.get(f"/write-delete/{FILE}").text
        assert ("What you typed and did not save comes back with it." in asked) is (how == "typed")
        deleted(it)
        assert not (here.folder / FILE).exists()
        href = rows(it)[0][0]
        assert ("aside=" in href) == (how != "typed")
        it.post(href.partition("?")[0], **key_of(href))
        assert here.read(FILE) == before
        assert rows(it) == []
        if how == "typed":
            (kept,) = re.findall(r'href="(\?aside=\d+)"', it.get(f"/versions/{FILE}").text)
            assert "Pas enregistré." in it.get(f"/versions/{FILE}{kept}").text


def test_p443_nothing_is_written_over_what_lies_at_the_place_of_a_deleted_text(here: Clone) -> None:
    here.post("un", f"{TEXT} Jamais gardé.")
    with desk(here.folder) as it:
        deleted(it)
        ((href, _title, _when),) = rows(it)
        here.post("un", f"{TEXT} Une autre.")
        (again,) = rows(it)
        assert again[0] == href, "it is still within reach"
        refused = it.post(href.partition("?")[0], **key_of(href))
        assert refused.status_code == 409
        assert "Something lies at its place" in refused.text
        assert "Jamais gardé." in refused.text
        assert "Une autre." in here.read(FILE)
        gone = it.post("/deleted-forget/" + FILE, **key_of(href))
        assert gone.status_code == 409
        assert "Forgotten." in it.post("/deleted-forget/" + FILE, **key_of(href), sure="on").text
        assert rows(it) == []
        assert it.get(href).status_code == 404
        assert it.get("/deleted/koweb.toml").status_code == 404
    assert not any((here.folder / ".git/koweb/deleted").iterdir())


def test_p443_a_text_that_lives_on_under_another_name_is_not_called_deleted(here: Clone) -> None:
    here.post("un")
    here.post("deux", path="posts/deux été.md", title="Un <b>autre</b> titre")
    here.post("trois", path="posts/a/trois.md")
    here.write("posts/note.txt", "rien")
    here.commit()
    here.git("mv", FILE, "posts/ailleurs.md")
    here.commit("Même texte ailleurs")
    here.git("mv", "posts/a/trois.md", "posts/trois.md")
    here.post("trois", "Un tout autre texte, plus long que l’ancien.\n" * 9)
    here.git("rm", "--quiet", "posts/note.txt", "posts/deux été.md")
    here.commit("Tout change")
    here.git("checkout", "--quiet", "-b", "ailleurs", "HEAD~1")
    here.post("quatre")
    here.commit()
    here.git("checkout", "--quiet", "main")
    here.git("merge", "--quiet", "ailleurs")
    here.git("rm", "--quiet", "posts/quatre.md")
    with desk(here.folder) as it:
        assert [(title, "as it was kept" in when) for _href, title, when in rows(it)] == [
            ("Un sujet nommé quatre", True),
            ("Un <b>autre</b> titre", False),
        ]
        it.post(rows(it)[1][0])
        it.post(rows(it)[0][0])
        assert rows(it) == []
        assert waiting(it) == []
    assert here.read("posts/deux été.md") == here.git("show", "HEAD~1^:posts/deux été.md") + "\n"


def test_p444_a_long_history_is_walked_piece_by_piece(here: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    assert WALKED >= 1_000
    monkeypatch.setattr(deleted_texts, "WALKED", 3)
    for ident in ("un", "deux"):
        here.post(ident)
        here.commit()
        (here.folder / f"posts/{ident}.md").unlink()
        here.commit()
        here.post("autre", f"{TEXT} {ident}")
        here.commit()
    with desk(here.folder) as it:
        found, more = [], ""
        for _piece in range(9):
            found += [title for _href, title, _when in rows(it, more)]
            page = it.get(f"/deleted/{more}").text
            onward = re.search(r'rel="next" href="(\?after=\d+)"', page)
            if onward is None:
                break
            more = onward[1]
        assert found == ["Un sujet nommé deux", "Un sujet nommé un"]
        assert "To the newest ones" in page


def test_p442_each_row_of_the_deleted_texts_has_its_way_back_and_a_deletion_asks_for_nothing(here: Clone) -> None:
    here.run("doctor")
    here.post("un")
    here.commit()
    with desk(here.folder) as it:
        deleted(it)
        asks = it.get("/publish/").text
        assert ('id="k-publish"' in asks, 'name="message"' in asks, "What is kept" in asks) == (False, False, False)
        listed = it.get("/deleted/").text
        (action,) = re.findall(r'method="post" action="(/deleted/[^"]+)"', listed)
        assert it.post(action).url.endswith("?returned")
        here.write(FILE, here.read(FILE) + f"\n{TEXT}\n")
        assert 'name="message"' in it.get("/publish/").text, "what is changed can be kept"
