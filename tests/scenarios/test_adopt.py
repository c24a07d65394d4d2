"""Existing topics come under version control, and the forum does not notice."""

import re
from typing import Any

import pytest

from koweb_sync.sandbox import Sandbox
from tests.answers import amend
from tests.workspace import PNG, TEXT, Clone

pytestmark = pytest.mark.server("below")

TITLES = (
    "Écouter d'abord : à l'œuvre, naturellement !",
    "Comment accueillir les nouveaux ?",
    "Comment accueillir les nouveaux, bis ?",
    "README",
)


def talk(box: Sandbox) -> list[int]:
    """Topics that people wrote on the forum, in two categories; their numbers."""
    box.set(min_topic_title_length=5)
    store(box, "schéma.png", PNG)
    url = box.uploads()[0].short_url
    raws = [
        f"{TEXT}\n\n![un schéma|3x2]({url})\n\nEt encore ![le même, sans taille]({url}).",
        f"\n\n{TEXT}  \nDeux espaces, puis :\n\n    [du code](b.md)\n\n- [un lien](https://example.org)\n",
        f"{TEXT}\r\n\r\nAvec des fins de ligne d'ailleurs.",
        f"---\n\n{TEXT} <!-- un commentaire -->",
    ]
    pairs = zip(TITLES, raws, strict=True)
    return [box.new_topic(title, raw, category=3 + n % 2).id for n, (title, raw) in enumerate(pairs)]


def store(box: Sandbox, name: str, data: bytes) -> None:
    """A file that somebody uploaded."""
    with box.state.lock:
        box.state.store(name, data, (3, 2), 1)


def shown(box: Sandbox) -> list[tuple[object, ...]]:
    """Everything about the topics that could change."""
    return [
        (one.id, one.title, one.category_id, tuple(one.tags), one.closed, one.visible, box.first_post(one.id).raw)
        for one in box.topics()
    ]


def test_adopt_then_push_sends_nothing_and_pull_brings_nothing(here: Clone, box: Sandbox) -> None:
    topics = talk(box)
    box.edit(topics[1], tags=["outils", "accueil"])
    before = shown(box)
    here.run("adopt", "--category", "facilitation-numerique")
    names = set(here.git("ls-files", "posts").splitlines())
    assert {
        "posts/bases/ecouter-d-abord-a-l-oeuvre-naturellement.md",
        "posts/bases/img/un-schema.png",
        "posts/bases/comment-accueillir-les-nouveaux-bis.md",
        "posts/outils/comment-accueillir-les-nouveaux.md",
        "posts/outils/readme-2.md",
    } <= names
    first = here.read("posts/bases/ecouter-d-abord-a-l-oeuvre-naturellement.md")
    assert f"topic: {topics[0]}\n" in first
    assert "![un schéma](img/un-schema.png)" in first
    assert (here.folder / "posts/bases/img/un-schema.png").read_bytes() == PNG
    assert here.git("status", "--porcelain") == ""
    head = here.git("rev-parse", "HEAD")
    box.forget()
    here.push()
    assert box.log == []
    assert here.agreed()
    here.push()
    assert box.log == []
    here.run("pull")
    here.run("sync")
    assert here.git("rev-parse", "HEAD") == head
    assert here.writes() == []
    assert shown(box) == before


def test_pull_before_the_first_push_brings_nothing_either_and_edits_arrive(here: Clone, box: Sandbox) -> None:
    topics = talk(box)
    here.run("adopt", *(f"{box.url}/t/un-titre/{topic}" for topic in topics))
    head = here.git("rev-parse", "HEAD")
    here.run("pull")
    assert here.git("rev-parse", "HEAD") == head
    raw = box.first_post(topics[0]).raw
    box.edit(topics[0], raw.replace("Un texte", "Le texte"))
    here.run("pull")
    path = "posts/bases/ecouter-d-abord-a-l-oeuvre-naturellement.md"
    assert "Le texte" in here.read(path)
    box.forget()
    here.push()
    assert here.writes() == []
    here.write(path, here.read(path).replace("Le texte", "Mon texte"))
    here.commit()
    box.forget()
    here.push()
    assert box.first_post(topics[0]).raw == raw.replace("Un texte", "Mon texte")
    assert len(here.writes()) == 1


@pytest.mark.parametrize("edited", [False, True])
def test_another_clone_pushes_what_was_adopted(here: Clone, box: Sandbox, edited: bool) -> None:
    topics = talk(box)
    before = shown(box)
    here.run("adopt", "--category", "facilitation-numerique")
    here.share()
    fresh = here.clone("fresh")
    path = "posts/bases/ecouter-d-abord-a-l-oeuvre-naturellement.md"
    if edited:
        fresh.write(path, fresh.read(path).replace("Un texte", "Mon texte"))
        fresh.commit()
    fresh.push()
    assert len(fresh.writes()) == (1 if edited else 0)
    if edited:
        assert box.first_post(topics[0]).raw.startswith("Mon texte")
        assert "|3x2](upload://" in box.first_post(topics[0]).raw
        assert "sans taille](upload://" in box.first_post(topics[0]).raw
    else:
        assert shown(box) == before
    box.forget()
    fresh.push()
    assert box.log == []


def test_a_file_that_names_a_private_message_is_not_bound_to_it(here: Clone, box: Sandbox) -> None:
    topic = talk(box)[0]
    here.run("adopt", str(topic))
    here.share()
    box.topic(topic).archetype = "private_message"
    fresh = here.clone("fresh")
    path = fresh.git("grep", "-l", f"^topic: {topic}$", "--", "posts")
    fresh.write(path, fresh.read(path).replace("Un texte", "Mon texte"))
    fresh.commit()
    box.forget()
    for _turn in range(2):
        assert "is private" in fresh.push(code=3).err
    assert fresh.writes() == []


def test_a_tag_that_no_topic_of_the_category_has_is_refused_with_the_nearest(here: Clone, box: Sandbox) -> None:
    box.edit(talk(box)[1], tags=["outils"])
    said = here.run("adopt", "--category", "facilitation-numerique", "--tag", "outil", code=2).err
    assert said.endswith("No topic of this category has the tag “outil”. Did you mean “outils”?\n")


def test_a_folder_and_a_tag_narrow_it_down(here: Clone, box: Sandbox) -> None:
    topics = talk(box)
    box.edit(topics[1], tags=["outils"])
    box.edit(topics[2], tags=["outils"])
    here.run(
        "adopt", "--category", "facilitation-numerique", "--tag", "Outils", "--into", "posts/repris", "--no-download"
    )
    names = here.git("ls-files", "posts/repris").splitlines()
    assert names == [
        "posts/repris/comment-accueillir-les-nouveaux-bis.md",
        "posts/repris/outils-libres/comment-accueillir-les-nouveaux.md",
    ]
    box.forget()
    here.push()
    assert box.log == []
    here.run("adopt", str(topics[0]), "--into", "../ailleurs", code=2)


def test_an_edit_that_git_and_the_forum_share_reaches_another_clone(here: Clone, box: Sandbox) -> None:
    """A commit that merged both sides is no text of the forum: it is not taken for one."""
    topics = talk(box)
    here.run("adopt", str(topics[2]))
    path = "posts/bases/comment-accueillir-les-nouveaux-bis.md"
    here.write(path, here.read(path) + "\nUne fin de Frédéric.\n")
    here.commit()
    box.edit(topics[2], box.first_post(topics[2]).raw.replace("Un texte", "Le texte"))
    here.run("pull")
    here.share()
    fresh = here.clone("fresh")
    fresh.push(code=3)
    here.push()
    fresh.push()
    assert "Le texte" in box.first_post(topics[2]).raw
    assert "Une fin de Frédéric" in box.first_post(topics[2]).raw


def test_what_cannot_be_adopted_is_named(here: Clone, box: Sandbox) -> None:
    topics = talk(box)
    box.hide(topics[0])
    box.delete(topics[1])
    run = here.run("adopt", *map(str, topics), "9999", code=3)
    for topic in (*topics[:2], 9999):
        assert f"{box.url}/t/-/{topic}" in run.err
    assert len(here.git("ls-files", "posts").splitlines()) == 2
    assert "file already" in here.run("adopt", str(topics[2]), code=3).err
    here.run("adopt", "https://example.org/t/x/3", code=2)
    for wrong in ("absente", "\u00b2", "9" * 5_000):
        assert "has no category" in here.run("adopt", "--category", wrong, code=2).err


def test_history_gives_every_version_to_who_wrote_it(here: Clone, box: Sandbox) -> None:
    people = ("claire", "frederic", "bilal", "amina")
    topic = box.new_topic("Un sujet que beaucoup de gens écrivent", TEXT, category=3).id
    box.first_post(topic).wiki = True
    texts = [TEXT]
    for turn in range(1, 12):
        who = people[turn % 4]
        texts.append(f"{texts[-1]}\n\nParagraphe numéro {turn}, de {who} & <amis>.")
        box.edit(topic, texts[-1], username=who, reason=f"Ajout {turn}")
    here.run("adopt", str(topic), "--history")
    path = here.git("ls-files", "posts")
    log = here.git("log", "--reverse", "--format=%H|%an|%ae|%at|%s", "--", path).splitlines()
    assert len(log) == 12
    post = box.first_post(topic)
    for turn, line in enumerate(log):
        commit, name, mail, at, subject = line.split("|")
        who = people[turn % 4] if turn else "claire"
        assert mail == f"{who}@127.0.0.1"
        assert name == box.state.user(who).name
        assert here.git("show", f"{commit}:{path}").split("---\n", 2)[2].strip() == texts[turn]
        when = post.revisions[turn - 1].at if turn else post.created_at
        assert int(at) == int(when)
        assert turn == 0 or f"Ajout {turn}" in subject
    box.forget()
    here.push()
    assert box.log == []


def test_a_version_that_cannot_be_had_is_said(here: Clone, box: Sandbox) -> None:
    topic = box.new_topic("Un sujet que beaucoup de gens écrivent", TEXT, category=3).id
    box.edit(topic, f"{TEXT} Encore.", username="admin")
    forget_versions(box)
    run = here.run("adopt", str(topic), "--history")
    assert "1" in run.err
    assert str(topic) in run.err
    assert here.git("rev-list", "--count", "HEAD") == "2"


def forget_versions(box: Sandbox) -> None:
    """The forum tells who edited, but not what."""

    def change(path: str, query: dict[str, list[str]], body: dict[str, Any]) -> None:
        body |= {"body_changes": {}} if "/revisions/" in path else {}
        found = re.fullmatch(r"/posts/(\d+)(\.json)?", path)
        body |= {"raw": box.post(int(found[1])).raw} if found and "version" in query else {}

    amend(box, change)


def test_a_version_that_moderators_hid_never_reaches_git(here: Clone, box: Sandbox) -> None:
    topic = box.new_topic("Un sujet que beaucoup de gens écrivent", TEXT, category=3).id
    box.first_post(topic).wiki = True
    for who, more in (("claire", "Une suite."), ("bilal", "Un secret."), ("claire", "Une fin.")):
        box.edit(topic, f"{TEXT} {more}", username=who, reason=f"{who} ajoute")
    box.first_post(topic).revisions[1].hidden = True
    run = here.run("adopt", str(topic), "--history")
    assert "versions: 3" in run.err
    log = here.git("log", "-p")
    assert "secret" not in log
    assert "bilal ajoute" not in log
    assert "Une suite" in log
    assert "Une fin" in here.read(here.git("ls-files", "posts"))


def test_what_cannot_be_adopted_is_not_said_to_have_a_file(here: Clone, box: Sandbox) -> None:
    topics = talk(box)
    box.delete(topics[0])
    box.hide(topics[1])
    assert "file" not in here.run("adopt", *map(str, topics[:2]), code=3).err


def test_p28_a_dry_run_names_the_files_and_writes_nothing(here: Clone, box: Sandbox) -> None:
    topics = talk(box)
    refs = here.git("for-each-ref")
    run = here.run("adopt", "--category", "facilitation-numerique", "--dry-run", "--history")
    assert "posts/bases/comment-accueillir-les-nouveaux-bis.md" in run.out
    assert here.git("for-each-ref") == refs
    assert not (here.folder / "posts").exists()
    data = here.run("adopt", *map(str, topics), "--dry-run", "--format", "json").data
    assert (len(data["files"]), data["commits"]) == (4, [])


def test_a_topic_that_not_everybody_may_read_is_adopted_with_a_warning(here: Clone, box: Sandbox) -> None:
    topics = talk(box)
    box.state.categories[6].read_restricted = True
    secret = box.new_topic("Un sujet pour le petit cercle", TEXT, category=6, username="admin").id
    run = here.run("adopt", str(topics[0]), str(secret))
    assert f"Topic {secret} is in a category" in run.err
    assert f"Topic {topics[0]} " not in run.err


def test_commits_on_no_branch_are_named(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.git("switch", "--quiet", "--detach")
    assert "no branch" in here.run("adopt", "2").err
    box.edit(box.by_id("un").id, f"{TEXT} Claire est passée.")
    assert "no branch" not in here.run("pull", "--branch", "forum").err
    assert "no branch" in here.run("pull").err
    assert "no branch" not in here.run("pull").err


def test_an_address_with_the_number_of_a_post_names_its_topic(here: Clone, box: Sandbox) -> None:
    one, other = talk(box)[:2]
    ways = (f"t/{one}/{other}", f"t/-/{one}/1", f"t/2024-bilan/{one}/3?u=claire", f"t/{one}")
    run = here.run("adopt", *(f"{box.url}/{way}" for way in ways), "--dry-run", "--format", "json")
    assert [file["url"] for file in run.data["files"]] == [f"{box.url}/t/-/{one}"]
