"""A topic that somebody else opened is only let go, whatever the policy; one of our own is withdrawn. See legend.md."""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.scenarios.test_bindings import adopted, opened, settled, untouched
from tests.security.test_bookmarks import rewrite
from tests.workspace import Clone


@pytest.mark.parametrize(
    ("policy", "how"), [("delete", "file gone"), pytest.param("unlist", "draft", marks=pytest.mark.soak)]
)
def test_p99_a_topic_that_somebody_else_opened_is_only_let_go(here: Clone, box: Sandbox, policy: str, how: str) -> None:
    here.configure(f'withdraw = "{policy}"')
    topic = opened(box)
    path = adopted(here, topic)
    here.post("un")
    here.commit()
    here.push()
    if how == "draft":
        here.write(path, here.read(path).replace(f"topic: {topic}\n", f"topic: {topic}\ndraft: true\n"))
    else:
        here.git("rm", "--quiet", path)
    here.commit()
    box.forget()
    plan = here.run("plan").text
    assert "claire" in plan
    run = here.push()
    assert box.log == []
    assert "claire" in run.text
    assert "kept" in run.out
    assert untouched(box, topic)
    settled(here, box)


def test_p99_who_opened_a_topic_is_asked_where_an_older_bookmark_does_not_tell(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    topic = opened(box)
    path = adopted(here, topic)
    here.post("un")
    here.commit()
    here.push()
    rewrite(here, f'"topic": {topic}', lambda data: data.replace(b', "opened": "claire"', b""))
    here.git("rm", "--quiet", path)
    here.commit()
    box.forget()
    run = here.push()
    assert here.writes() == []
    assert "claire" in run.err
    assert untouched(box, topic)
    settled(here, box)


def test_p99_what_the_keys_user_opened_by_hand_is_withdrawn(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "delete"')
    topic = opened(box, username="admin")
    path = adopted(here, topic)
    here.post("un")
    here.commit()
    here.push()
    here.git("rm", "--quiet", path)
    here.commit()
    here.push()
    assert box.topic(topic).deleted_at
