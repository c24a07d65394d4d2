"""`topic:` binds a file to its topic, whatever its id says; a topic has one file; only what is gone is withdrawn."""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone

TITLE = "Un sujet que quelqu’un a ouvert"


def opened(box: Sandbox, *, username: str = "claire", title: str = TITLE) -> int:
    """A topic that somebody opened on the forum."""
    return box.new_topic(title, TEXT, category=2, username=username).id


def adopted(here: Clone, topic: int) -> str:
    """Adopt a topic; the path of its file."""
    here.run("adopt", str(topic))
    return here.git("grep", "-l", f"^topic: {topic}$", "--", "posts")


def with_id(here: Clone, path: str, ident: str) -> None:
    """Change nothing but the id of a file."""
    lines = here.read(path).splitlines(keepends=True)
    changed = [f"id: {ident}\n" if line.startswith("id:") else line for line in lines]
    assert changed != lines
    here.write(path, "".join(changed))
    here.commit("Give it another id")


def untouched(box: Sandbox, topic: int) -> bool:
    """Whether a topic is there, open and listed."""
    one = box.topic(topic)
    return not one.deleted_at and not one.closed and one.visible


def settled(here: Clone, box: Sandbox) -> None:
    """Another push has nothing to say and nothing to ask."""
    box.forget()
    here.push()
    assert box.log == []


@pytest.mark.parametrize(
    ("policy", "when"),
    [
        ("delete", "before the first push"),
        ("delete", "after it"),
        pytest.param("keep", "after it", marks=pytest.mark.soak),
        pytest.param("unlist", "after it", marks=pytest.mark.soak),
        pytest.param("close", "after it", marks=pytest.mark.soak),
    ],
)
def test_p95_an_adopted_file_keeps_its_topic_under_another_id(
    here: Clone, box: Sandbox, policy: str, when: str
) -> None:
    here.configure(f'withdraw = "{policy}"')
    topic = opened(box)
    path = adopted(here, topic)
    if when == "after it":
        here.push()
    with_id(here, path, "un-autre-nom")
    box.forget()
    run = here.push()
    assert here.writes() == []
    assert "taken over" not in run.out
    settled(here, box)
    here.write(path, here.read(path).replace("assez long", "bien assez long"))
    here.commit()
    here.push()
    assert "bien assez long" in box.first_post(topic).raw
    box.edit(topic, box.first_post(topic).raw + "\n\nUne suite de Claire.")
    here.run("pull")
    assert "Une suite de Claire." in here.read(path)
    assert "id: un-autre-nom\n" in here.read(path)
    here.push()
    assert untouched(box, topic)
    settled(here, box)


@pytest.mark.parametrize("known", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_p95_another_clone_knows_the_topic_too(here: Clone, box: Sandbox, known: bool) -> None:
    here.configure('withdraw = "delete"')
    topic = opened(box)
    path = adopted(here, topic)
    if known:
        here.push()
    here.share()
    fresh = here.clone("fresh")
    with_id(fresh, path, "un-autre-nom")
    box.forget()
    fresh.push()
    assert fresh.writes() == []
    settled(fresh, box)
    fresh.write(path, fresh.read(path).replace("assez long", "bien assez long"))
    fresh.commit()
    fresh.push()
    fresh.share()
    here.git("pull", "--quiet")
    settled(here, box)
    assert untouched(box, topic)
    assert "bien assez long" in box.first_post(topic).raw


@pytest.mark.parametrize("pushed", [True, pytest.param(False, marks=pytest.mark.soak)])
def test_p96_a_copy_of_an_adopted_file_is_refused_with_its_original(here: Clone, box: Sandbox, pushed: bool) -> None:
    here.configure('withdraw = "delete"')
    topic = opened(box)
    path = adopted(here, topic)
    if pushed:
        here.push()
    text = here.read(path)
    copy = "posts/une-copie.md"
    here.write(copy, text.replace(text.split("id: ")[1].split("\n")[0], "une-copie", 1).replace("Un texte", "AUTRE"))
    here.commit()
    lines = {one: here.read(one).splitlines().index(f"topic: {topic}") + 1 for one in (path, copy)}
    checked = here.run("check", code=2)
    box.forget()
    for said in (checked, here.run("plan", code=2), here.push(code=2), here.run("pull", code=None)):
        for one, other in ((path, copy), (copy, path)):
            assert f"{one}:{lines[one]}: " in said.text
            assert other in said.text
    assert "taken over" not in here.push(code=2).text
    assert here.run("pull", code=None).code in (2, 3)
    assert here.writes() == []
    assert untouched(box, topic)
    here.git("rm", "--quiet", copy)
    here.commit()
    here.run("check")
    here.push()
    settled(here, box)


def test_p96_a_draft_or_a_copy_by_number_never_takes_a_published_topic_away(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    here.post("un")
    here.commit()
    here.push()
    topic = box.by_id("un").id
    here.post("zoe", topic=topic, draft=True, title="Un brouillon sur le même sujet")
    here.commit()
    assert "posts/zoe.md:4: " in here.run("check", code=2).text
    here.push(code=2)
    assert untouched(box, topic)
    here.git("rm", "--quiet", "posts/un.md")
    here.post("zoe", topic=topic, title="Un sujet nommé zoé, et publié")
    here.commit()
    here.push()
    assert untouched(box, topic)
    assert box.topic(topic).title == "Un sujet nommé zoé, et publié"
    assert here.published() == ["un"]
    settled(here, box)


def test_p97_with_delete_another_id_makes_another_topic_at_once(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    here.post("un")
    here.post("deux", "Un texte assez long, avec [un lien](un.md).")
    here.commit()
    here.push()
    old = box.by_id("un").id
    with_id(here, "posts/un.md", "un-bis")
    plan = here.run("plan").out
    assert plan.index("delete") < plan.index("create")
    here.push()
    assert box.topic(old).deleted_at
    assert here.published() == ["deux", "un-bis"]
    assert f"/t/-/{box.by_id('un-bis').id}" in here.raw("deux")
    settled(here, box)


@pytest.mark.parametrize(("policy", "moved"), [("keep", True), pytest.param("unlist", False, marks=pytest.mark.soak)])
def test_p97_where_the_topic_would_stay_with_its_title_the_file_keeps_it(
    here: Clone, box: Sandbox, policy: str, moved: bool
) -> None:
    here.configure(f'withdraw = "{policy}"')
    here.post("un")
    here.post("deux")
    here.commit()
    here.push()
    topic, path = box.by_id("un").id, "posts/un.md"
    if moved:
        path = "posts/bases/un-bis.md"
        (here.folder / "posts/bases").mkdir()
        here.git("mv", "posts/un.md", path)
    with_id(here, path, "un-bis")
    box.forget()
    here.push()
    assert here.writes() == ([] if not moved else [f"PUT /t/-/{topic}.json"])
    settled(here, box)
    text = here.read(path).replace("Un texte", "Mon texte").replace("Un sujet nommé un", "Un titre bien à lui")
    here.write(path, text)
    here.commit()
    here.push()
    assert (box.first_post(topic).raw, box.topic(topic).title) == (TEXT.replace("Un", "Mon", 1), "Un titre bien à lui")
    assert untouched(box, topic)
    settled(here, box)
    here.share()
    settled(here.clone("fresh"), box)
    here.git("rm", "--quiet", path)
    here.commit()
    here.push()
    assert untouched(box, topic) == (policy == "keep")


def test_p98_what_somebody_replied_to_is_not_deleted_for_another_id(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    here.post("un")
    here.commit()
    here.push()
    topic = box.by_id("un").id
    box.reply(topic, "Une réponse assez longue pour ce forum.", username="claire")
    with_id(here, "posts/un.md", "un-bis")
    for _turn in range(2):
        box.forget()
        run = here.push(code=3)
        assert here.writes() == []
        assert f"topic: {topic}" in run.err
        assert untouched(box, topic)
    here.write("posts/un.md", here.read("posts/un.md").replace("id: un-bis\n", f"id: un-bis\ntopic: {topic}\n"))
    here.commit()
    here.push()
    settled(here, box)
    assert here.published() == ["un"]


def test_p98_a_create_that_is_refused_puts_back_what_made_room_for_it(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    here.post("un", author="bilal")
    here.commit()
    here.push()
    topic = box.by_id("un").id
    with_id(here, "posts/un.md", "un-bis")
    run = here.push(code=None)
    assert run.code
    assert "put back" in run.out
    assert untouched(box, topic)
    box.set(unique_posts_mins=0)
    here.push()
    assert box.topic(topic).deleted_at
    assert here.published() == ["un-bis"]
    settled(here, box)


def test_p100_a_file_that_names_another_topic_than_its_own_is_refused(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    here.post("un")
    here.commit()
    here.push()
    mine, other = box.by_id("un").id, opened(box)
    here.post("un", topic=other)
    here.commit()
    box.forget()
    run = here.push(code=2)
    assert "posts/un.md:4: " in run.err
    assert str(mine) in run.err
    assert box.log == []
    here.post("un", topic=mine)
    here.commit()
    here.push()
    settled(here, box)
    assert untouched(box, mine)
    assert untouched(box, other)


def test_p100_nor_does_it_become_a_topic_of_which_the_file_is_gone(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    topic = opened(box)
    path = adopted(here, topic)
    here.post("un")
    here.commit()
    here.push()
    mine = box.by_id("un").id
    here.git("rm", "--quiet", path)
    here.post("un", f"{TEXT} Autrement.", topic=topic)
    here.commit()
    box.forget()
    run = here.push("--yes", code=2)
    assert "posts/un.md:4: " in run.err
    assert box.log == []
    assert (untouched(box, mine), untouched(box, topic)) == (True, True)
    assert box.first_post(topic).raw == TEXT


def test_p101_two_files_that_exchange_their_topics_exchange_them(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    topics = [opened(box, title=f"Un sujet numéro {n} de quelqu’un") for n in (1, 2)]
    paths = [adopted(here, topic) for topic in topics]
    here.push()
    idents = [here.read(path).split("id: ")[1].split("\n")[0] for path in paths]
    for path, ident in zip(paths, reversed(idents), strict=True):
        with_id(here, path, ident)
    box.forget()
    here.push()
    assert here.writes() == []
    settled(here, box)
    assert all(untouched(box, topic) for topic in topics)


def test_p102_a_topic_without_a_file_is_adopted_again(here: Clone, box: Sandbox) -> None:
    topic = opened(box)
    path = adopted(here, topic)
    here.push()
    here.git("rm", "--quiet", path)
    here.commit()
    here.push()
    again = adopted(here, topic)
    here.push()
    here.write(again, here.read(again).replace("Un texte", "Mon texte"))
    here.commit()
    here.push()
    assert box.first_post(topic).raw.startswith("Mon texte")
    settled(here, box)


def test_p103_a_taken_title_names_the_command_that_brings_its_topic(here: Clone, box: Sandbox) -> None:
    topic = opened(box, title="Un sujet nommé un")
    here.post("un")
    here.commit()
    run = here.push(code=3)
    assert f"koweb adopt {box.url}/t/-/{topic}" in run.err


def test_p104_a_number_of_another_forum_binds_nothing_here(here: Clone, box: Sandbox) -> None:
    """Two forums publish the same folder: what was adopted from one has a number that on the other is somebody's."""
    here.post("un")
    here.commit()
    here.push()
    mine = box.by_id("un").id
    more = here.read("koweb.toml") + here.read("koweb.toml").replace("forum.kafe", "forum.autre")
    here.write("koweb.toml", more)
    here.post("ailleurs", topic=mine, title="Un sujet pris sur un autre forum")
    here.commit()
    box.forget()
    run = here.push(code=3)
    assert "posts/ailleurs.md" in run.err
    assert here.writes() == []
    here.reword("un", "Un texte", "Mon texte")
    here.push(code=3)
    assert here.raw("un").startswith("Mon texte")


def test_p102_a_file_that_only_lost_its_ending_is_not_gone(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    moved = {"un": "un.markdown", "deux": "encore.MD", "trois": "trois.mdx", "quatre": "quatre.txt"}
    for ident in moved:
        here.post(ident)
    here.commit()
    here.push()
    topics = [box.by_id(ident).id for ident in moved]
    for ident, name in moved.items():
        here.git("mv", f"posts/{ident}.md", f"posts/{name}")
    here.write("posts/trois.mdx", here.read("posts/trois.mdx") + "Encore.\n")
    here.commit()
    box.forget()
    run = here.push("--yes", code=3)
    assert [name for name in moved.values() if f"posts/{name}" not in run.err] == []
    assert box.log == []
    assert all(untouched(box, topic) for topic in topics)
    here.git("mv", "posts/un.markdown", "posts/un.md")
    here.git("rm", "--quiet", "posts/encore.MD")
    here.commit()
    here.push(code=3)
    assert [untouched(box, topic) for topic in topics] == [True, False, True, True]


def test_p97_without_its_line_and_with_another_id_a_file_is_not_the_topic_of_others(here: Clone, box: Sandbox) -> None:
    topic = opened(box)
    path = adopted(here, topic)
    here.push()
    here.write(path, here.read(path).replace(f"topic: {topic}\n", "").replace("assez long", "bien assez long"))
    with_id(here, path, "un-autre-nom")
    run = here.push(code=3)
    assert f"koweb adopt {box.url}/t/-/{topic}" in run.err
    assert box.first_post(topic).raw == TEXT
    title = here.read(path).split("title: ")[1].split("\n")[0]
    here.write(path, here.read(path).replace(title, "Un sujet nouveau, à nous"))
    here.commit()
    here.push()
    assert here.published() == ["un-autre-nom"]
    assert untouched(box, topic)
    settled(here, box)
