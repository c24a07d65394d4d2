"""The community's edits come back: as commits of those who wrote, merged with git's own, and nothing is lost."""

from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone

LONG = f"{TEXT}\n\nUn deuxième paragraphe, qui parle d'autre chose.\n\nEt un troisième, pour finir en beauté."


def publish(here: Clone, *idents: str, tags: tuple[str, ...] = ()) -> None:
    """Publish a post for each id."""
    for ident in idents:
        here.post(ident, LONG, **({"tags": tags} if tags else {}))
    here.commit()
    here.push()


def rewrite(box: Sandbox, ident: str, old: str, new: str, **more: str) -> int:
    """Somebody changes some words on the forum; the topic."""
    topic = box.by_id(ident).id
    raw = box.first_post(topic).raw
    assert old in raw
    box.edit(topic, raw.replace(old, new), **more)
    return topic


def body(here: Clone, ident: str) -> str:
    """The text of a post file."""
    return here.read(f"posts/{ident}.md").split("---\n", 2)[2].rstrip("\n")


def test_p7_an_edit_on_the_forum_alone_is_named_by_push_and_brought_by_pull(here: Clone, box: Sandbox) -> None:
    publish(here, "un", "deux")
    topic = rewrite(box, "un", "deuxième", "second", reason="Plus court")
    theirs = here.raw("un")
    here.run("fetch")
    run = here.push(code=3)
    assert here.raw("un") == theirs
    assert "posts/un.md" in run.err
    assert "koweb pull" in run.err
    here.run("pull")
    assert body(here, "un") == theirs
    log = here.git("log", "-1", "--format=%an|%ae|%s|%b")
    assert log.startswith("Claire")
    assert "claire@127.0.0.1" in log
    assert "Plus court" in log
    assert f"{box.url}/t/-/{topic}" in log
    box.forget()
    here.push()
    assert box.log == []
    assert here.git("status", "--porcelain") == ""
    before = here.git("rev-parse", "HEAD")
    here.run("pull")
    assert here.git("rev-parse", "HEAD") == before


def test_p8_edits_of_different_paragraphs_are_on_both_sides_after_a_sync(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    rewrite(box, "un", "deuxième", "second")
    here.reword("un", "troisième", "dernier")
    here.run("sync")
    for text in (body(here, "un"), here.raw("un")):
        assert "second" in text
        assert "dernier" in text
    box.forget()
    before = here.git("rev-parse", "HEAD")
    here.run("sync")
    assert here.writes() == []
    assert here.git("rev-parse", "HEAD") == before


def test_p39_what_git_took_back_stays_so_and_the_forum_edit_arrives(here: Clone, box: Sandbox) -> None:
    publish(here, "un", "deux")
    before = body(here, "un")
    here.reword("un", "troisième", "dernier")
    box.edit(box.by_id("deux").id, LONG.replace("troisième", "ultime"))
    here.reword("deux", "troisième", "final")
    here.push(code=3)
    here.git("revert", "--no-edit", "HEAD~1")
    rewrite(box, "un", "deuxième", "second")
    here.run("pull", code=3)
    assert body(here, "un") == before.replace("deuxième", "second")


def test_p45_a_title_from_git_and_a_tag_from_the_forum_do_not_conflict(here: Clone, box: Sandbox) -> None:
    publish(here, "un", tags=("outils",))
    topic = box.by_id("un").id
    box.edit(topic, tags=["outils", "accueil"])
    here.post("un", LONG, title="Un tout autre titre pour un", tags=["outils"])
    here.commit()
    here.run("pull")
    text = here.read("posts/un.md")
    assert "Un tout autre titre pour un" in text
    assert "accueil" in text
    here.push()
    assert box.topic(topic).title == "Un tout autre titre pour un"
    assert sorted(box.topic(topic).tags) == ["accueil", "outils"]
