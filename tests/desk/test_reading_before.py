"""Before one publishes: texts are read as people will read them, and nobody scrolls for the button."""

import re

from koweb_sync.desk.publication import NAMED, some
from koweb_sync.sandbox import Sandbox
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
    assert shown.count("As it is written (Markdown)") == 2
    button = "Publish 2 posts</button>"
    assert shown.index(button) < shown.index("What will be sent") < shown.rindex(button), "at the top, and at the end"
    assert 'value="New: Un sujet nommé deux, Un sujet nommé un"' in shown
    assert "Nobody reads it on the forum" in shown
    publish(pages)
    here.post("un", f"{TEXT} **Du gras.**\n\nUne phrase partagée.\n\nUn [lien](deux.md).\n\n<script>alert(1)</script>")
    shown = main_of(pages.get("/publish/").text)
    assert "Une phrase <del>commune</del>" in shown
    assert "Une phrase <ins>partagée</ins>." in shown
    assert re.search(r'<del><img src="/file/posts/img/photo.png"', shown)
    assert re.search(r'href="/preview/posts/deux.md(#[^"]*)?"', shown), re.findall('href="[^"]*"', shown)
    assert "<script" not in shown
    assert 'value="Text revised"' in shown, "what people of the forum read beside it"
    assert "on the forum reads it, as the reason" in shown


def test_p394_nothing_is_called_published_where_nothing_is(box: Sandbox, here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.post("un")
    box.set(max_post_length=20)
    page = publish(pages).text
    assert "<h1>Nothing was published this time</h1>" in page, main_of(page)
    assert here.published() == []


def test_a_message_names_some_titles_and_counts_the_others() -> None:
    titles = [f"T{n}" for n in range(NAMED + 2)]
    assert (some(titles[:1]), some(titles)) == ("T0", "T0, T1 and 2 more")
