"""A file that names the topic of another file, another topic than its own, or one of which nothing is known: named by
every command, counted once, and nothing is withdrawn.
"""

import re

import pytest

from koweb_sync.sandbox import Sandbox
from tests.scenarios.test_bindings import TITLE, adopted, opened, settled, untouched
from tests.workspace import TEXT, Clone


@pytest.mark.parametrize("known", [False, True])
def test_p215_a_pull_counts_the_files_that_it_leaves_once(here: Clone, box: Sandbox, known: bool) -> None:
    topic = opened(box)
    if known:
        adopted(here, topic)
        here.push()
    else:
        here.post("un", TEXT, topic=str(topic))
    here.post("deux", TEXT, topic=str(topic))
    here.commit()
    run = here.run("pull", code=3)
    *reasons, sum_up = run.err.splitlines()
    assert sum_up == "2 posts not compared."
    assert len(reasons) == 2
    assert all("A topic has one file." in reason for reason in reasons)


def test_p216_check_and_pull_name_the_file_that_names_another_topic(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    topics = [opened(box, title=f"Un sujet numéro {n} de quelqu’un") for n in (1, 2)]
    path = adopted(here, topics[0])
    here.push()
    for wrong in (topics[1], 9999):
        here.write(path, re.sub("topic: .*", f"topic: {wrong}", here.read(path)))
        here.commit()
        said = f"The file says that it is topic {wrong}, but it was published as topic {topics[0]}."
        assert said in here.run("check", code=2).out
        box.edit(topics[0], f"{TEXT} Une suite pour {wrong}.")
        before = here.read(path)
        run = here.run("pull", code=3)
        assert said in run.err
        assert "1 post not compared." in run.err
        assert here.read(path) == before
        assert said in here.push(code=2).err
    here.write(path, re.sub("topic: .*", f"topic: {topics[0]}", here.read(path)))
    here.commit()
    here.run("check")
    here.run("pull")
    assert "Une suite pour 9999." in here.read(path)
    here.push()
    settled(here, box)
    assert all(untouched(box, topic) for topic in topics)


def test_p217_a_push_counts_the_files_that_it_leaves_once(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    here.post("un")
    here.post("deux", TEXT + " Autrement.")
    here.commit()
    here.push()
    mine, other = box.by_id("un").id, box.by_id("deux").id
    here.post("deux", TEXT + " Autrement.", topic=mine)
    here.commit()
    assert here.run("check", code=2).out.count(": error: ") == 2
    assert "2 posts not compared." in here.run("pull", code=3).err
    assert "2 posts not published." in here.push("--yes", code=2).text
    here.git("rm", "--quiet", "posts/un.md")
    here.commit()
    assert "1 post not published." in here.push("--yes", code=2).text
    assert all(untouched(box, topic) for topic in (mine, other))


def test_p218_a_file_that_names_a_topic_of_which_nothing_is_known_finds_a_way_out(here: Clone, box: Sandbox) -> None:
    topic = opened(box)
    path = here.post("un", f"{TEXT} Autrement.", title=TITLE, topic=topic)
    lost = here.post("deux", topic=9999)
    here.commit()
    refused = here.push(code=3).err
    assert refused.count("If it is that topic, “koweb fetch --rebuild” binds it.") == 2
    assert path in here.run("adopt", str(topic), code=3).err
    run = here.run("fetch", "--rebuild", "--theirs", code=3)
    assert path in run.out
    assert f"{lost}:4: Topic 9999 is not on the forum" in run.err
    here.post("deux")
    here.commit()
    here.push()
    assert here.read(path).endswith(f"{TEXT}\n")
    settled(here, box)
    assert untouched(box, topic)
