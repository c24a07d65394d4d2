"""Before one publishes: texts are read as people will read them, and nobody scrolls for the button."""

import re

from koweb_sync.desk.texts.publication import NAMED, some
from koweb_sync.sandbox import Fault, Sandbox
from tests.desk.conftest import ServedPages
from tests.desk.test_publishing import publish
from tests.workspace import PNG, TEXT, Clone


def main_of(text: str) -> str:
    """The page without what stands around it."""
    return text[text.index("<main") :]


def test_p393_texts_are_shown_as_people_will_read_them(here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.write("posts/img/photo.png", PNG)
    here.post("un", f"{TEXT} **Du gras.** ![Une salle](img/photo.png)\n\nUne phrase commune.")
    here.post("deux", "\n\n".join(f"## Partie {n}\n\n{TEXT}" for n in range(30)))
    shown = main_of(pages.get("/publish/").text)
    assert "<strong>Du gras.</strong>" in shown
    assert re.search(r'<img src="/file/posts/img/photo.png"', shown)
    assert shown.count("Show all") == 1, "a long text is folded"
    assert shown.count("With its formatting signs") == 2
    button = "Publish 2 posts</button>"
    assert shown.index(button) < shown.index("What will be sent") < shown.rindex(button), "at the top, and at the end"
    assert 'value="New: Un sujet nommé deux, Un sujet nommé un"' in shown
    assert "Nobody reads it on the forum: you, and those with whom you share this folder" in shown
    assert "(2 files)" not in shown
    assert "A version will be kept of 2 texts and 1 file</summary>" in shown, "as the page names them"
    publish(pages)
    here.post("un", f"{TEXT} **Du gras.**\n\nUne phrase partagée.\n\nUn [lien](deux.md).\n\n<script>alert(1)</script>")
    shown = main_of(pages.get("/publish/").text)
    assert "Une phrase <del>commune</del>" in shown
    assert "Une phrase <ins>partagée</ins>." in shown
    assert re.search(r'<del><img src="/file/posts/img/photo.png"', shown)
    assert re.search(r'href="/preview/posts/deux.md(#[^"]*)?"', shown), re.findall('href="[^"]*"', shown)
    assert "<script" not in shown
    assert 'value="Text revised"' in shown, "what people of the forum read beside it"
    assert "For a change, people who look at the earlier versions of this topic on the forum can read this" in shown
    here.post("neuf")
    both = "people who look at the earlier versions of its topic on the forum can read this sentence, with a sign"
    assert both in main_of(pages.get("/publish/").text)
    (here.folder / "posts/neuf.md").unlink()
    here.commit("Gardé ailleurs")
    shown = main_of(pages.get("/publish/").text)
    assert 'id="k-message"' not in shown
    assert "the change has one already, “Gardé ailleurs”. People who look at the earlier versions of the topic" in shown
    publish(pages)
    assert str(here.box.first_post(here.box.by_id("un").id).edit_reason).startswith("Gardé ailleurs (")
    here.post("dix")
    here.commit()
    assert "all of it is kept already, among the earlier versions." in main_of(pages.get("/publish/").text)
    (here.folder / "posts/dix.md").unlink()
    here.commit()
    here.write("koweb.toml", here.read("koweb.toml").replace('"." = "koweb-kafe"', '"." = "facilitation-numerique"'))
    here.commit()
    assert "No sentence is asked for this time: no text changes." in main_of(pages.get("/publish/").text)


def test_p394_nothing_is_called_published_where_nothing_is(box: Sandbox, here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.post("un")
    box.set(max_post_length=20)
    page = publish(pages).text
    assert "<h1>Nothing was published</h1>" in page, main_of(page)
    assert here.published() == []


def test_p481_each_post_that_was_refused_or_not_reached_says_so_and_has_its_link(
    box: Sandbox, here: Clone, pages: ServedPages
) -> None:
    names = ("un", "deux", "trois")
    here.run("doctor")
    for name in names:
        here.post(name)
    assert "<h1>Published</h1>" in publish(pages).text
    links = [f'<a href="{box.url}/t/-/{box.by_id(name).id}"' for name in names]
    for name in names:
        here.post(name, f"{TEXT} Et encore.")
    here.post("neuf")
    box.fail(Fault("refuse", "PUT", times=20), Fault("refuse", "POST", r"^/posts", times=20))
    page = main_of(publish(pages).text)
    assert "<h1>It is not known yet whether the forum has it</h1>" in page
    assert page.count("nobody knows yet whether it arrived") == 1, "the one at which the connection broke off"
    assert page.count("not sent: the forum shows what it did before") + page.count("not published") == len(names)
    assert page.count("Publishing ended before it came to this one. Try again.") >= 1
    assert [one in page for one in links] == [True] * len(names)
    box.front.faults.waiting.clear()
    box.set(max_post_length=20)
    here.run("doctor")
    for name in names:
        here.post(name, f"{TEXT} Et bien plus.")
    refused = main_of(publish(pages).text)
    assert "<h1>Nothing was published</h1>" in refused
    assert refused.count("not sent: the forum shows what it did before") == len(names)
    assert [one in refused for one in links] == [True] * len(names)


def test_p481_one_of_two_is_not_called_nothing(box: Sandbox, here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.post("un")
    here.post("deux")
    publish(pages)
    here.post("un", f"{TEXT} Et encore.")
    here.post("deux", f"{TEXT} Et encore.")
    box.edit(box.by_id("un").id, f"{TEXT} Du forum.")
    page = main_of(publish(pages).text)
    assert "<h1>Published, with something to look at</h1>" in page
    assert "your text was not sent" in page
    assert f'<a href="{box.url}/t/-/{box.by_id("un").id}"' in page


def test_a_message_names_some_titles_and_counts_the_others() -> None:
    titles = [f"T{n}" for n in range(NAMED + 2)]
    assert (some(titles[:1]), some(titles)) == ("T0", "T0, T1 and 2 more")
