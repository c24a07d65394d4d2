"""The community's edits come back: as commits of those who wrote, merged with git's own, and nothing is lost."""

import pytest
import requests

from koweb_sync.sandbox import Sandbox
from tests.answers import remember_pages
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.server("2022")

LONG = f"{TEXT}\n\nUn deuxième paragraphe, qui parle d'autre chose.\n\nEt un troisième, pour finir en beauté."


def publish(here: Clone, *idents: str, tags: tuple[str, ...] = ()) -> None:
    """Publish a post for each id."""
    for ident in idents:
        if tags:
            here.post(ident, LONG, tags=tags)
        else:
            here.post(ident, LONG)
    here.commit()
    here.push()


def rewrite(box: Sandbox, ident: str, old: str, new: str, **more: str) -> int:
    """Somebody changes some words on the forum; the topic."""
    topic = box.by_id(ident).id
    raw = box.first_post(topic).raw
    assert old in raw
    box.first_post(topic).wiki = True
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


def clash(here: Clone, box: Sandbox) -> None:
    """The same sentence of the first post changed on both sides; other posts on one side each."""
    publish(here, "un", "deux", "trois")
    rewrite(box, "un", "deuxième", "second", reason="Plus court")
    here.reword("un", "deuxième", "nouveau")
    rewrite(box, "deux", "troisième", "dernier", username="bilal")
    here.reword("trois", "troisième", "dernier")


def test_p9_the_same_sentence_on_both_sides_is_a_git_conflict_and_the_others_go_on(here: Clone, box: Sandbox) -> None:
    clash(here, box)
    theirs = here.raw("un")
    run = here.run("sync", code=3)
    assert "posts/un.md" in run.err
    assert here.raw("un") == theirs
    assert "dernier" in here.raw("trois")
    assert "dernier" in body(here, "deux")
    assert here.git("diff", "--name-only", "--diff-filter=U") == "posts/un.md"
    text = here.read("posts/un.md")
    assert "<<<<<<< git" in text
    assert ">>>>>>> forum" in text
    status = here.run("status", code=3)
    assert "posts/un.md" in status.err
    assert "Claire" in status.err
    for words in (("pull",), ("sync",), ("pull", "--continue")):
        assert "posts/un.md" in here.run(*words, code=3).err
        assert here.raw("un") == theirs
    assert here.read("posts/un.md") == text


def resolve(here: Clone, words: str) -> None:
    """Put words in the place of a conflict."""
    text = here.read("posts/un.md")
    before, _mark, rest = text.partition("<<<<<<< git\n")
    after = rest.partition(">>>>>>> forum\n")[2]
    here.write("posts/un.md", f"{before}{words}\n{after}")


@pytest.mark.parametrize("words", ["Un second et nouveau paragraphe.", "ours", "theirs"])
def test_a_resolved_conflict_is_continued_and_pushed(here: Clone, box: Sandbox, words: str) -> None:
    clash(here, box)
    ours = here.read("posts/un.md")
    here.run("pull", code=3)
    sides = {
        "ours": "Un nouveau paragraphe, qui parle d'autre chose.",
        "theirs": "Un second paragraphe, qui parle d'autre chose.",
    }
    resolve(here, sides.get(words, words))
    here.run("pull", "--continue")
    assert (here.read("posts/un.md") == ours) == (words == "ours")
    assert here.git("log", "-1", "--format=%an") == "Claire Moreau"
    assert here.git("status", "--porcelain") == ""
    here.push()
    assert sides.get(words, words) in here.raw("un")
    before = here.git("rev-parse", "HEAD")
    box.forget()
    here.run("sync")
    assert here.writes() == []
    assert here.git("rev-parse", "HEAD") == before


def test_p37_after_an_abort_everything_is_as_before_and_push_still_refuses(here: Clone, box: Sandbox) -> None:
    clash(here, box)
    theirs = (here.raw("un"), here.raw("deux"))
    before = here.git("rev-parse", "HEAD")
    here.run("pull", code=3)
    here.run("pull", "--abort")
    assert here.git("rev-parse", "HEAD") == before
    assert here.git("status", "--porcelain") == ""
    run = here.push(code=3)
    assert "posts/un.md" in run.err
    assert "posts/deux.md" in run.err
    assert (here.raw("un"), here.raw("deux")) == theirs
    here.run("pull", "--abort", code=2)
    here.run("pull", "--continue", code=2)


def test_two_people_in_conflict_are_resolved_one_after_the_other(here: Clone, box: Sandbox) -> None:
    publish(here, "un", "deux")
    for ident, who in (("un", "claire"), ("deux", "bilal")):
        rewrite(box, ident, "deuxième", "second", username=who)
        here.reword(ident, "deuxième", "nouveau")
    here.run("pull", code=3)
    for _turn in range(2):
        (path,) = here.git("diff", "--name-only", "--diff-filter=U").splitlines()
        text = here.read(path)
        here.write(path, text.replace("<<<<<<< git\n", "").replace("=======\n", "\n").replace(">>>>>>> forum\n", ""))
        here.run("pull", "--continue", code=None)
    assert sorted(here.git("log", "-2", "--format=%an").splitlines()) == ["Bilal Meziane", "Claire Moreau"]
    here.push()
    assert all(word in here.raw(ident) for ident in ("un", "deux") for word in ("second", "nouveau"))


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_preferred_side_leaves_no_marks(here: Clone, box: Sandbox, side: str) -> None:
    clash(here, box)
    rewrite(box, "un", "troisième", "dernier")
    topic = box.by_id("un").id
    box.edit(topic, title="Un titre choisi par Claire")
    here.write("posts/un.md", here.read("posts/un.md").replace("Un sujet nommé un", "Un titre choisi en git"))
    here.commit()
    here.run("sync", f"--{side}")
    words = {"ours": ("nouveau", "choisi en git"), "theirs": ("second", "choisi par Claire")}[side]
    assert words[0] in here.raw("un")
    assert "dernier" in here.raw("un")
    assert words[1] in here.read("posts/un.md")
    assert words[1] in box.topic(topic).title


def test_a_title_changed_on_both_sides_is_a_conflict_in_the_front_matter(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    box.edit(box.by_id("un").id, title="Un titre choisi par Claire")
    here.write("posts/un.md", here.read("posts/un.md").replace("Un sujet nommé un", "Un titre choisi en git"))
    here.commit()
    here.run("pull", code=3)
    resolve(here, 'title: "Un titre choisi ensemble"')
    here.run("pull", "--continue")
    here.push()
    assert box.by_id("un").title == "Un titre choisi ensemble"


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_p48_a_pull_request_is_merged_in_any_way(here: Clone, box: Sandbox, how: str) -> None:
    publish(here, "un", "deux")
    rewrite(box, "un", "deuxième", "second")
    before = here.git("rev-parse", "HEAD")
    here.run("pull", "--branch", "forum")
    assert here.git("rev-parse", "HEAD") == before
    assert here.git("status", "--porcelain") == ""
    assert "posts/un.md" in here.push(code=3).err
    here.reword("un", "troisième", "dernier")
    here.reword("deux", "troisième", "dernier")
    if how == "merge":
        here.git("merge", "--quiet", "--no-edit", "forum")
    elif how == "squash":
        here.git("merge", "--quiet", "--squash", "forum")
        here.git("commit", "--quiet", "-m", here.git("log", "-1", "--format=%B", "forum"))
    else:
        here.git("rebase", "--quiet", "main", "forum")
        here.git("switch", "--quiet", "main")
        here.git("merge", "--quiet", "--ff-only", "forum")
    merged = here.git("rev-parse", "HEAD")
    here.run("pull")
    assert here.git("rev-parse", "HEAD") == merged
    here.push()
    for text in (here.raw("un"), body(here, "un")):
        assert "second" in text
        assert "dernier" in text
    rewrite(box, "un", "second", "seul")
    here.run("pull", "--branch", "forum")
    assert here.git("rev-parse", "forum^") == merged
    here.git("merge", "--quiet", "--no-edit", "forum")
    box.forget()
    here.push()
    assert here.writes() == []


@pytest.mark.parametrize("tool", ["git", "a forge"])
def test_p48_several_pulls_are_squashed_into_one_commit(here: Clone, box: Sandbox, tool: str) -> None:
    publish(here, "un", "deux")
    start = here.git("rev-parse", "HEAD")
    for name in ("un", "deux"):
        rewrite(box, name, "deuxième", "second")
        here.run("pull")
    if tool == "git":
        here.git("switch", "--quiet", "-c", "pulled")
        here.git("switch", "--quiet", "-C", "main", start)
        here.git("merge", "--quiet", "--squash", "pulled")
        here.git("commit", "--quiet", "--no-edit")  # with the messages as git puts them together, indented
    else:
        said = here.git("log", "--format=* %B", f"{start}..")
        here.git("reset", "--quiet", "--soft", start)
        here.git("commit", "--quiet", "-m", f"Several edits (#1)\n\n{said}\nSigned-off-by: Ada <ada@example.org>")
    for name in ("un", "deux"):
        here.reword(name, "second", "meilleur")
    here.push()
    assert "meilleur" in here.raw("un")
    assert "meilleur" in here.raw("deux")


def test_a_fresh_clone_pushes_what_a_pull_request_brought(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    rewrite(box, "un", "deuxième", "second")
    here.run("pull", "--branch", "forum")
    here.git("merge", "--quiet", "forum")
    here.share()
    fresh = here.clone("fresh")
    fresh.push()
    assert "second" in here.raw("un")
    fresh.reword("un", "troisième", "dernier")
    fresh.push()
    assert "second" in here.raw("un")
    assert "dernier" in here.raw("un")


def test_a_moderator_who_takes_an_edit_back_is_not_overruled(here: Clone, box: Sandbox) -> None:
    """The text was in git's history once already: that does not make it one that git has now."""
    publish(here, "un")
    first = here.raw("un")
    topic = rewrite(box, "un", "deuxième", "second")
    here.run("sync")
    here.reword("un", "second", "autre")
    here.run("sync")
    box.edit(topic, first.replace("deuxième", "second"))
    here.reword("un", "troisième", "dernier")
    here.run("sync")
    assert "second" in here.raw("un")
    assert "second" in body(here, "un")
    assert "dernier" in here.raw("un")


def happen(here: Clone, box: Sandbox, what: str) -> str:
    """Something happens to the first topic on the forum; a word of what is said about it."""
    topic = box.by_id("un")
    if what == "private":
        topic.archetype = "private_message"
    elif what == "unlisted":
        topic.visible = False
    elif what == "merged":
        box.merge(topic.id, box.new_topic("Un sujet qui rassemble tout", TEXT, category=2).id)
    elif what == "moved":
        box.edit(topic.id, category=6)
    else:
        {"deleted": box.delete, "closed": box.close, "hidden": box.hide, "removed": box.remove_text}[what](topic.id)
    return what


@pytest.mark.parametrize("what", ["deleted", "private", "merged", "hidden", "removed", "closed", "unlisted", "moved"])
def test_p43_what_happens_to_a_topic_is_said_and_its_file_stays(here: Clone, box: Sandbox, what: str) -> None:
    publish(here, "un", "deux")
    rewrite(box, "deux", "deuxième", "second")
    before = here.read("posts/un.md")
    happen(here, box, what)
    quiet = what in ("closed", "unlisted", "moved")
    run = here.run("sync", code=0 if quiet else 3)
    assert {"merged": "merged", "private": "private"}.get(what, what) in run.err
    assert f"{box.url}/t/-/{box.by_id('un').id}" in run.err
    assert "second" in body(here, "deux")
    if what == "moved":
        assert "salon" in here.read("posts/un.md")
    else:
        assert here.read("posts/un.md") == before
    commits = here.git("rev-list", "--count", "HEAD")
    box.forget()
    assert what in here.run("sync", code=0 if quiet else 3).err or what == "moved"
    assert here.git("rev-list", "--count", "HEAD") == commits
    assert here.writes() == []
    assert here.published() == (["deux"] if what == "deleted" else ["deux", "un"])


def test_a_post_locked_by_staff_is_named(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    rewrite(box, "un", "deuxième", "second")
    box.first_post(box.by_id("un").id).locked = True  # which the public is not told
    assert "locked" in here.run("pull").err


def test_p36_an_old_page_without_a_key_reverts_nothing(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    box.set(anonymous_cache_seconds=60)
    requests.get(f"{box.url}/t/{box.by_id('un').id}.json?include_raw=1", timeout=30)
    here.reword("un", "deuxième", "nouveau")
    here.push()
    head = here.git("rev-parse", "HEAD")
    box.forget()
    here.run("pull")
    here.run("sync")
    assert here.git("rev-parse", "HEAD") == head
    assert "nouveau" in here.raw("un")


def test_p36_nor_does_a_cache_that_ignores_what_is_new_in_an_address(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    old = here.raw("un")
    here.reword("un", "deuxième", "nouveau")
    here.push()
    remember_pages(box, {box.by_id("un").id: old})
    head = here.git("rev-parse", "HEAD")
    box.forget()
    here.run("pull")
    assert [one.keyed for one in box.log] == [False, True]
    here.run("sync")
    assert here.git("rev-parse", "HEAD") == head
    assert "nouveau" in here.raw("un")


def test_p40_fields_that_push_left_alone_arrive_with_the_next_pull(here: Clone, box: Sandbox) -> None:
    publish(here, "un", tags=("outils",))
    topic = box.by_id("un").id
    box.edit(topic, title="Un titre choisi par Claire", tags=["outils", "accueil"])
    here.reword("un", "deuxième", "nouveau")
    here.push()
    assert box.topic(topic).title == "Un titre choisi par Claire"
    here.run("pull")
    text = here.read("posts/un.md")
    assert "Un titre choisi par Claire" in text
    assert "accueil" in text
    box.forget()
    here.run("sync")
    assert here.writes() == []


def test_a_status_that_the_file_names_is_brought_and_another_one_is_said(here: Clone, box: Sandbox) -> None:
    here.post("un", LONG, closed=False, listed=True)
    here.commit()
    here.push()
    topic = box.by_id("un")
    box.close(topic.id)
    topic.visible = False
    here.run("pull")
    text = here.read("posts/un.md")
    assert "closed: true" in text
    assert "listed: false" in text
    box.forget()
    assert "closed" not in here.run("sync").err
    assert here.writes() == []


def test_a_private_category_is_read_with_the_key(here: Clone, box: Sandbox) -> None:
    box.state.categories[6].read_restricted = True
    here.post("un", LONG, category="salon")
    here.post("deux", LONG, category="salon")
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, LONG.replace("deuxième", "second"), username="admin")
    box.forget()
    run = here.run("pull")
    assert "second" in body(here, "un")
    assert "private" not in run.err
    assert "salon" not in run.err


def test_earlier_editors_are_named_and_system_is_an_editor_like_others(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    for word, who in (("second", "claire"), ("dernier", "bilal"), ("ultime", "system")):
        old = {"second": "deuxième", "dernier": "troisième", "ultime": "second"}[word]
        rewrite(box, "un", old, word, username=who)
    here.run("pull")
    log = here.git("log", "-1", "--format=%an <%ae>%n%B")
    assert log.startswith("system <system@127.0.0.1>")
    for who in ("claire", "bilal"):
        assert f"Koweb-Earlier-Editor: {who} <{who}@127.0.0.1>" in log


def test_json_tells_programs_what_came(here: Clone, box: Sandbox) -> None:
    publish(here, "un", "deux")
    rewrite(box, "un", "deuxième", "second")
    box.delete(box.by_id("deux").id)
    seen = here.run("fetch", "--format", "json", code=3).data
    assert seen["edits"][0]["fate"] == "seen"
    assert seen["reports"][0]["state"] == "deleted"
    came = here.run("pull", "--format", "json", code=3).data
    assert (came["edits"][0]["fate"], len(came["commits"])) == ("brought", 1)


def test_conflicts_are_left_out_of_a_pull_request_and_named(here: Clone, box: Sandbox) -> None:
    clash(here, box)
    head = here.git("rev-parse", "HEAD")
    run = here.run("pull", "--branch", "forum", code=3)
    assert "posts/un.md" in run.err
    assert here.git("diff", "--name-only", "HEAD", "forum") == "posts/deux.md"
    assert here.git("rev-parse", "HEAD") == head
    assert here.git("status", "--porcelain") == ""


def test_a_push_records_once_what_a_pull_brought(here: Clone, box: Sandbox) -> None:
    """Fields alone, and an edit that was taken back: the bookmark stays where it is afterwards."""
    publish(here, "un", "deux")
    before = here.raw("deux")
    box.edit(box.by_id("un").id, title="Un titre choisi par Claire")
    rewrite(box, "deux", "deuxième", "second")
    here.run("sync")
    here.run("fetch")
    rewrite(box, "deux", "second", "deuxième")
    here.run("sync")
    assert body(here, "deux") == before
    rewrite(box, "deux", "deuxième", "second")
    here.run("fetch")
    rewrite(box, "deux", "second", "deuxième")
    here.run("sync")
    bookmark = here.git("rev-parse", "refs/koweb/kafe")
    for _again in range(2):
        here.push()
        here.run("sync")
        assert here.git("rev-parse", "refs/koweb/kafe") == bookmark


def test_p41_nothing_is_written_to_a_topic_that_a_pull_found_deleted(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    topic = box.by_id("un").id
    box.delete(topic)
    here.reword("un", "deuxième", "nouveau")
    for _again in range(2):
        box.forget()
        run = here.run("sync", code=3)
        assert "posts/un.md" in run.err
        assert here.writes() == []
    box.recover(topic)
    here.run("sync")
    assert "nouveau" in here.raw("un")
