"""What a pull costs, what it keeps byte for byte, new images, lost bookmarks, and two laws for any text."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koweb_sync.sandbox import Sandbox
from tests.answers import explore
from tests.gate import fewer
from tests.workspace import PNG, SERVERS, TEXT, Clone, new_workspace, served

FRENCH = "Est-ce clair\u00a0? Oui\u202f! «\u00a0présence\u00a0» : l’essentiel\u202f; voilà."


@pytest.mark.parametrize(("explorer", "topics"), [(False, 500), (True, fewer(500))])
def test_many_topics_of_which_3_were_edited_cost_what_is_promised(
    here: Clone, box: Sandbox, explorer: bool, topics: int
) -> None:
    if explorer:
        explore(box)
    else:
        box.set(data_explorer_enabled=False)
    for number in range(topics):
        here.post(f"sujet-{number}")
    here.commit()
    here.push()
    box.edit(box.by_id("sujet-1").id, f"{TEXT} Claire est passée.")
    here.run("pull")  # so that we have met her: older servers do not say how an editor is called
    here.push()
    for number in (7, 8, topics - 1):
        box.edit(box.by_id(f"sujet-{number}").id, f"{TEXT} Avec une suite de Claire.")
    box.forget()
    here.run("pull")
    assert len(box.log) <= (5 if explorer else 5 + 3 * 3)
    assert {"Avec une suite" in here.read(f"posts/sujet-{n}.md") for n in (7, 8, topics - 1)} == {True}
    assert here.git("log", "-1", "--format=%an") == "Claire Moreau"
    box.forget()
    here.run("fetch")
    assert len(box.log) <= 5
    box.forget()
    here.push()
    assert box.log == []


def test_a97_whether_the_query_is_there_is_asked_as_often_as_the_forums_facts(here: Clone, box: Sandbox) -> None:
    """It was asked in each pull of more than five files. A query that is gone meanwhile is no error."""
    explore(box)
    for number in range(6):
        here.post(f"sujet-{number}")
    here.commit()
    here.push()
    here.run("pull")
    box.forget()
    here.run("pull")
    assert [one.verb for one in box.log] == ["POST"]
    box.front.app.extensions["explorer"].queries.all.clear()
    box.edit(box.by_id("sujet-1").id, f"{TEXT} Claire est passée.")
    here.run("pull")
    assert "Claire est passée." in here.read("posts/sujet-1.md")
    box.forget()
    here.run("pull")
    here.run("pull")
    assert len(box.requests("GET", "/queries")) <= 2, "newer servers have moved the list of queries"


@pytest.mark.parametrize("what", ["delete", "close", "merge", "private", "hide"])
def test_the_query_tells_the_same_as_the_topics_themselves(here: Clone, box: Sandbox, what: str) -> None:
    for number in range(8):
        here.post(f"sujet-{number}", tags=["outils", "choix"], listed=number != 3)
    here.commit()
    here.push()
    topic = box.by_id("sujet-1")
    if what == "private":
        topic.archetype = "private_message"
    elif what == "merge":
        box.merge(topic.id, box.by_id("sujet-2").id)
    else:
        getattr(box, what)(topic.id)
    plain = here.run("fetch", "--format", "json", code=None)
    explore(box)
    here.run("doctor", code=None)  # reads the forum's facts again
    box.forget()
    query = here.run("fetch", "--format", "json", code=None)
    assert plain.data["reports"]
    assert plain.data == query.data
    assert len(box.log) <= 4  # newer servers have moved the list of queries


def test_what_nobody_touched_keeps_its_bytes(here: Clone, box: Sandbox) -> None:
    here.post("autre", f"{TEXT}\n\n## Là-bas")
    here.write("posts/schema.png", PNG)
    body = f"{FRENCH}\r\n\r\n![un schéma](schema.png) et [l’autre](autre.md#là-bas)\u00a0!\r\n\r\n{TEXT}\r\n"
    text = f'---\r\ntitle: "Un titre"   # à revoir\r\nid: un\r\ntags: [outils]\r\n---\r\n{body}'
    here.write("posts/un.md", text.replace('"Un titre"', "Un titre pour ce sujet"))
    here.configure("footer = true\ncomment = true")
    here.commit()
    here.push()
    topic = box.by_id("un").id
    raw = box.first_post(topic).raw
    assert "koweb:footer" in raw
    link = "https://example.org/nouveau"
    new = raw.replace("Un texte", "Le texte").replace("\n\nLe", f"\n\n[un lien]({link}) ![x](upload://abc.png)\n\nLe")
    box.edit(topic, new, title="Un titre de Claire", tags=["outils", "accueil"])
    before = here.read("posts/un.md")
    here.run("pull")
    after = here.read("posts/un.md")
    kept = before.replace("Un titre pour ce sujet", "Un titre de Claire").replace("[outils]", "[outils, accueil]")
    added = f"[un lien]({link}) ![x](upload://abc.png)\r\n\r\n"
    assert after == kept.replace("Un texte", f"{added}Le texte")
    box.forget()
    here.push()
    assert box.log == []
    assert box.first_post(topic).raw == new


def test_new_images_are_saved_beside_the_post(here: Clone, box: Sandbox) -> None:
    here.post("un", path="posts/outils/un.md")
    here.commit()
    here.push()
    with box.state.lock:
        stored = box.state.store("photo.png", PNG, (3, 2), 1)
    topic = box.by_id("un").id
    raw = f"{box.first_post(topic).raw}\n\n![Une belle photo|3x2]({stored.short_url}) ![perdue](upload://abc.png)"
    box.edit(topic, raw)
    here.run("pull", "--download")
    text = here.read("posts/outils/un.md")
    assert "![Une belle photo](img/une-belle-photo.png) ![perdue](upload://abc.png)" in text
    assert (here.folder / "posts/outils/img/une-belle-photo.png").read_bytes() == PNG
    assert here.git("log", "-1", "--format=%an", "--", "posts/outils/img") == "Claire Moreau"
    box.forget()
    here.push()
    here.run("sync")
    assert here.writes() == []
    assert box.first_post(topic).raw == raw
    here.reword("un", "Un texte", "Mon texte", path="posts/outils/un.md")
    here.push()
    assert box.first_post(topic).raw == raw.replace("Un texte", "Mon texte")
    assert box.requests("POST", "^/uploads") == []


@pytest.mark.parametrize("pushed", [False, True])
def test_a99_files_that_an_earlier_pull_left_on_the_forum_are_saved_when_asked_for(
    here: Clone, box: Sandbox, pushed: bool
) -> None:
    """Before: “Nothing new”, or a conflict with the text that the same forum had said."""
    here.post("un", path="posts/outils/un.md")
    here.commit()
    here.push()
    with box.state.lock:
        stored = box.state.store("photo.png", PNG, (3, 2), 1)
    topic = box.by_id("un").id
    raw = f"{box.first_post(topic).raw}\n\n![Une belle photo|3x2]({stored.short_url}) et voilà."
    box.edit(topic, raw)
    here.run("pull")
    assert stored.short_url in here.read("posts/outils/un.md")
    if pushed:
        here.push()
    here.reword("un", "Un texte", "Mon texte", path="posts/outils/un.md")
    run = here.run("pull", "--download")
    assert "posts/outils/un.md" in run.text
    assert "![Une belle photo](img/une-belle-photo.png) et voilà." in here.read("posts/outils/un.md")
    assert "Mon texte" in here.read("posts/outils/un.md")
    assert (here.folder / "posts/outils/img/une-belle-photo.png").read_bytes() == PNG
    assert here.git("status", "--porcelain") == ""
    box.forget()
    here.push()
    assert box.requests("POST", "^/uploads") == []
    assert box.first_post(topic).raw == raw.replace("Un texte", "Mon texte")
    box.forget()
    here.push()
    assert box.log == []
    assert "Nothing new" in here.run("pull", "--download").text
    assert box.requests("GET", "^/uploads") == []


def lose(here: Clone) -> None:
    """The bookmark is gone, everywhere."""
    here.git("push", "--quiet", "origin", ":refs/koweb/kafe")
    here.git("update-ref", "-d", "refs/koweb/kafe")


def test_a_lost_bookmark_is_made_again_where_history_proves_it(here: Clone, box: Sandbox) -> None:
    here.write("posts/schema.png", PNG)
    here.post("un", f"{FRENCH} [deux](deux.md) ![x](schema.png) {TEXT}")
    here.post("deux", f"{TEXT} Encore.")
    here.post("trois")
    here.commit()
    here.push()
    here.reword("deux", "Encore", "Toujours")
    here.git("mv", "posts/un.md", "posts/premier.md")
    here.commit()
    box.edit(box.by_id("trois").id, f"{TEXT} Réécrit par Claire.")
    raws = {ident: here.raw(ident) for ident in ("un", "deux", "trois")}
    lose(here)
    here.run("fetch", "--rebuild")
    box.forget()
    here.push("--only", "posts/premier.md", "--only", "posts/deux.md")
    assert [line.split()[0] for line in here.writes()] == ["PUT"]
    assert here.raw("deux") == raws["deux"].replace("Encore", "Toujours")
    assert (here.raw("un"), here.raw("trois")) == (raws["un"], raws["trois"])
    assert here.published() == ["deux", "trois", "un"]
    # What the forum said before the edit is in git: the edit is one like any other.
    here.push()
    assert here.raw("trois") == raws["trois"]
    here.run("pull")
    assert "Réécrit par Claire." in here.read("posts/trois.md")
    assert here.git("log", "-1", "--format=%an", "--", "posts/trois.md") == "Claire Moreau"
    here.push()
    assert here.raw("trois") == raws["trois"]


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_where_history_proves_nothing_a_person_chooses(here: Clone, box: Sandbox, side: str) -> None:
    here.post("un")
    here.commit()
    here.push()
    theirs = f"{TEXT} Réécrit par Claire."
    box.edit(box.by_id("un").id, theirs)
    lose(here)
    here.write("posts/un.md", here.read("posts/un.md").replace(TEXT, f"{TEXT} Une autre histoire."))
    here.git("commit", "--quiet", "--all", "--amend", "--message", "Nobody pushed this")
    ours = here.read("posts/un.md")
    here.run("fetch", "--rebuild", f"--{side}")
    assert (here.read("posts/un.md") == ours) == (side == "ours")
    authors = here.git("log", "--format=%an").splitlines()
    assert "Claire Moreau" in authors
    assert "Administration" not in authors
    here.push()
    assert here.raw("un") == (f"{TEXT} Une autre histoire." if side == "ours" else theirs)
    assert "Réécrit par Claire" in here.git("log", "-p", "--format=")
    box.forget()
    here.run("sync")
    assert here.writes() == []


def test_a_topic_with_the_same_title_and_category_is_a_proposal(here: Clone, box: Sandbox) -> None:
    theirs = box.new_topic("Comment accueillir les nouveaux ?", TEXT, category=2)
    here.post("accueil", title="Comment accueillir les nouveaux ?")
    here.commit()
    run = here.run("fetch", "--rebuild", code=3)
    assert f"topic: {theirs.id}" in run.err


def test_what_stands_in_the_way_is_named(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, f"{TEXT} De Claire.")
    here.write("posts/un.md", here.read("posts/un.md") + "Pas encore fini.\n")
    assert "git stash" in here.run("pull", code=2).err
    here.git("add", "--all")
    assert "git stash" in here.run("pull", code=2).err
    here.git("reset", "--quiet", "--hard")
    assert "checked out" in here.run("pull", "--branch", "main", code=2).err
    assert "name of a branch" in here.run("pull", "--branch", "a..b", code=2).err
    here.run("pull")
    assert "De Claire" in here.read("posts/un.md")


def test_a_stale_clone_is_told_to_fetch_first(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.share()
    old = here.clone("old")
    here.reword("un", "Un texte", "Le texte")
    here.push()
    here.share()
    box.edit(box.by_id("un").id, f"{here.raw('un')} De Claire.")
    old.reword("un", "sans discuter", "sans bouder")
    assert "posts/un.md" in old.run("pull", code=3).err
    assert old.git("log", "-1", "--format=%an") == "Frédéric"


# ---- two laws for any text

MARKDOWN = st.lists(
    st.sampled_from(
        [
            *(TEXT, FRENCH, "", "## Un titre", "- un\n- deux", "> cité", "```\n[x](y.md)\n```", "    [code](b.md)"),
            *("[un](un.md)", "![i](i.png)", "<b>gras</b>", "<!-- ici -->", "***", "---", "a  \nb", "[x]: un.md"),
            *("| a | b |\n|---|---|\n| 1 | 2 |", "é\u0301 😀", "\ttab", "\\[x\\]", "&amp; <", "[t](/t/-/1)", "\u2028"),
        ]
    ),
    min_size=1,
    max_size=6,
).map(lambda parts: "\n\n".join([TEXT, *parts]))
FEW = settings(max_examples=fewer(10), deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(
    bodies=st.lists(MARKDOWN, min_size=1, max_size=3),
    end=st.sampled_from(["\n", "\r\n"]),
    flavour=st.sampled_from(SERVERS),
)
def test_push_then_pull_changes_nothing_in_git(bodies: list[str], end: str, flavour: str) -> None:
    started = served(flavour)
    with tempfile.TemporaryDirectory() as top, started as box, pytest.MonkeyPatch.context() as patch:
        here = fresh(Path(top), box, patch)
        here.write("posts/i.png", PNG)
        here.post("un")
        for number, text in enumerate(bodies):
            here.post(f"sujet-{number}", text.replace("\n", end))
        here.commit()
        here.push()
        head = here.git("rev-parse", "HEAD")
        run = here.run("pull")
        assert here.git("rev-parse", "HEAD") == head, run.text
        box.forget()
        here.run("sync")
        assert here.writes() == []


@FEW
@given(
    raws=st.lists(MARKDOWN, min_size=1, max_size=3),
    tags=st.sets(st.sampled_from(["outils", "choix"])),
    flavour=st.sampled_from(SERVERS),
)
@pytest.mark.every
def test_adopt_then_push_changes_nothing_on_the_forum(raws: list[str], tags: set[str], flavour: str) -> None:
    started = served(flavour)
    with tempfile.TemporaryDirectory() as top, started as box, pytest.MonkeyPatch.context() as patch:
        here = fresh(Path(top), box, patch)
        topics = []
        for number, raw in enumerate(raws):
            topic = box.new_topic(f"Un sujet numéro {number} : déjà là ?", f"{raw} {number}", category=3)
            box.edit(topic.id, tags=sorted(tags))
            topics.append(topic.id)
        before = shown(box)
        here.run("adopt", *map(str, topics))
        box.forget()
        here.push()
        assert box.log == []
        head = here.git("rev-parse", "HEAD")
        here.run("sync")
        assert here.writes() == []
        assert shown(box) == before
        assert here.git("rev-parse", "HEAD") == head


def fresh(top: Path, box: Sandbox, patch: pytest.MonkeyPatch) -> Clone:
    """A repository of its own."""
    patch.setenv("KOWEB_KAFE_API_KEY", box.keys["all_users"])
    patch.setenv("XDG_CACHE_HOME", str(top / "cache"))
    return new_workspace(top / "work", box)


def shown(box: Sandbox) -> list[tuple[Any, ...]]:
    """Everything about the topics that could change."""
    return [
        (one.id, one.title, one.category_id, tuple(one.tags), one.closed, one.visible, box.first_post(one.id).raw)
        for one in box.topics()
    ]


def test_a_forum_for_members_only_is_read_with_the_key(here: Clone, box: Sandbox) -> None:
    """Without an account nothing can be read there: that makes no topic a private one."""
    box.set(login_required=True, data_explorer_enabled=False)
    for number in range(4):
        here.post(f"sujet-{number}", category=("koweb-kafe", "facilitation-numerique")[number % 2])
    here.commit()
    here.push()
    box.edit(box.by_id("sujet-3").id, f"{TEXT} Claire est passée.")
    run = here.run("pull")
    assert "private" not in run.err
    assert "Claire est passée" in here.read("posts/sujet-3.md")
    here.run("adopt", "2")


def test_an_editor_who_cannot_be_known_is_not_taken_for_the_author(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, f"{TEXT} Claire est passée.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KOWEB_KAFE_API_KEY", box.keys["read_only_topics"])
        run = here.run("pull")
    assert "Administration" not in run.text
    assert here.git("log", "-1", "--format=%ae") == "unknown@127.0.0.1"
    assert here.git("log", "-1", "--format=%an") != "Administration"


def test_the_query_is_shown_to_nobody_whose_key_is_refused(here: Clone, box: Sandbox) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KOWEB_KAFE_API_KEY", "0" * 64)
        run = here.run("doctor", "--save-query", code=2)
    assert "SELECT" not in run.out
    assert "queries" not in run.err


@pytest.mark.parametrize(
    "words",
    [
        *(("pull", "--ours", "--theirs"), ("pull", "--continue", "--abort"), ("pull", "--branch", "x", "--continue")),
        *(("pull", "--abort", "--theirs"), ("pull", "--continue", "--download"), ("fetch", "--ours")),
        *(("sync", "--ours", "--theirs"), ("fetch", "--rebuild", "--ours", "--theirs"), ("adopt", "2", "--tag", "x")),
    ],
)
def test_options_that_contradict_each_other_are_refused(here: Clone, box: Sandbox, words: tuple[str, ...]) -> None:
    run = here.run(*words, code=2)
    assert words[-1].split("x")[0] in run.err
    assert box.log == []


def test_json_is_one_document_whatever_is_done(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.post("deux")
    here.commit()
    done = here.run("sync", "--format", "json").data
    assert [done["pull"]["edits"], len(done["push"]["outcomes"])] == [[], 2]
    for ident in ("un", "deux"):
        box.edit(box.by_id(ident).id, f"{TEXT} De Claire.")
        here.reword(ident, "sans discuter.", "sans discuter. De moi.")
    stopped = here.run("sync", "--format", "json", code=3).data
    assert {one["fate"] for one in stopped["pull"]["edits"]} == {"conflict"}
    assert here.run("sync", "--format", "json", code=3).data["pull"] is None
    for ident in ("un", "deux"):
        here.write(f"posts/{ident}.md", here.read(f"posts/{ident}.md").split("<<<<<<<")[0] + "De nous deux.")
    assert here.run("pull", "--continue", "--format", "json").data == {"version": 1, "exit_code": 0, "conflicts": []}
    assert here.run("fetch", "--rebuild", "--format", "json").data["left"] == []


def test_a_dry_sync_tells_both_directions_and_writes_nothing(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.post("deux")
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, f"{TEXT} Une suite du forum.")
    here.post("deux", f"{TEXT} Une suite de git.")
    here.commit()
    before, agreed = here.git("rev-parse", "HEAD"), here.agreed()
    run = here.run("sync", "--dry-run", "--format", "json", code=None)
    told = json.loads(run.out)
    assert [one["path"] for one in told["pull"]["edits"]] == ["posts/un.md"]
    assert [one["path"] for one in told["push"]["actions"]] == ["posts/deux.md"]
    assert "posts/deux.md" in here.run("sync", "--dry-run", code=None).text
    assert (here.git("rev-parse", "HEAD"), here.agreed()) == (before, agreed)
    assert "Une suite de git." not in here.raw("deux")
    assert not box.requests("PUT")


@pytest.mark.parametrize("words", [("status",), ("push",), ("pull",), ("plan",), ("sync", "--dry-run")])
def test_a_path_that_never_was_is_a_mistake_and_one_that_was_is_none(here: Clone, words: tuple[str, ...]) -> None:
    here.post("un")
    here.post("deux")
    here.commit()
    here.push()
    (here.folder / "posts" / "un.md").unlink()
    here.commit()
    assert "posts/trois.md" in here.run(*words, "--only", "posts/trois.md", code=2).err
    here.run(*words, "--only", "posts/un.md", code=None)
    here.run(*words, "--only", "posts")
