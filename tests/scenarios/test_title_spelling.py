"""How a forum spells a title is no change of anybody's: ours stays, also where a conflict was decided."""

from koweb_sync.posts.merge_files import combine
from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone

TITLE = "Comment s’organiser à distance\u00a0?"
NEXT = "Comment s’organiser sans se voir\u00a0?"


def clash(here: Clone, box: Sandbox, **there: str) -> None:
    """Both sides change the same sentence, which a person decides."""
    box.edit(box.by_id("un").id, f"{TEXT} La phrase du forum.", **there)
    here.write("posts/un.md", here.read("posts/un.md").replace(TEXT, f"{TEXT} Ma phrase."))
    here.commit()
    here.run("pull", code=3)
    text = here.read("posts/un.md")
    start, end = text.index("<<<<<<<"), text.rindex(">>>>>>> forum\n") + len(">>>>>>> forum\n")
    here.write("posts/un.md", f"{text[:start]}{TEXT} Nos deux phrases.\n{text[end:]}")
    here.run("pull", "--continue")


def published(here: Clone, box: Sandbox) -> None:
    """A post whose title the forum stores in its own spelling."""
    here.post("un", title=TITLE)
    here.commit()
    here.push()
    assert box.by_id("un").title not in (TITLE, "")


def test_p364_a_decided_conflict_brings_no_spelling_of_the_title(here: Clone, box: Sandbox) -> None:
    published(here, box)
    clash(here, box)
    for more in ("", " Et encore une."):
        assert f'title: "{TITLE}"' in here.read("posts/un.md")
        box.edit(box.by_id("un").id, f"{TEXT} La phrase du forum.{more}\n\nUn autre paragraphe.")
        here.run("pull", code=None)
    here.run("pull", "--abort", code=None)
    assert f'title: "{TITLE}"' in here.read("posts/un.md")


def test_p364_what_somebody_made_of_it_there_comes(here: Clone, box: Sandbox) -> None:
    published(here, box)
    clash(here, box, title="Comment s’organiser de loin ?")
    assert "de loin" in here.read("posts/un.md")
    box.edit(box.by_id("un").id, title="Comment s’Organiser de Loin ?")
    here.run("pull")
    assert "Organiser de Loin" in here.read("posts/un.md")


def test_p364_the_same_new_title_on_both_sides_is_no_conflict(here: Clone, box: Sandbox) -> None:
    published(here, box)
    box.edit(box.by_id("un").id, title=NEXT)
    here.write("posts/un.md", here.read("posts/un.md").replace(TITLE, NEXT))
    here.commit()
    here.run("pull")
    assert f'title: "{NEXT}"' in here.read("posts/un.md")
    assert here.git("status", "--porcelain") == ""


def test_p364_front_matter_that_says_the_same_is_merged_with_ours() -> None:
    base, ours, theirs = (
        f"---\ntitle: {title}\nid: un\ncategory: {category}\n---\nUn texte.\n".encode()
        for title, category in (("Ancien", "un"), ("Nouveau titre\u00a0?", "Deux"), ("nouveau titre?", "deux"))
    )
    merged = combine("posts/un.md", (base, ours, theirs), lambda *_sides: (b"", True))
    assert (merged.data, merged.conflicts) == (ours, False)
