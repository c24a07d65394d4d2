"""Faults on demand: each does what it says, where it is aimed."""

import time

import pytest
import requests

from koweb_sync.sandbox import Fault, Sandbox
from tests.sandbox.asking import Ask, Topic
from tests.workspace import TEXT


@pytest.mark.parametrize("text", ["drop@2", "reset", "truncate@write:1", "delay=0.5@write:2", "429=3", "500", "502@3"])
def test_faults_have_words(text: str) -> None:
    fault = Fault.parse(text)
    assert fault.nth == int(text.rpartition("@")[2].rpartition(":")[2]) if "@" in text else fault.nth == 1
    assert fault.writes == ("write:" in text)


@pytest.mark.parametrize("text", ["", "autre", "drop@0", "drop=1", "delay", "429=x", "drop@lecture:1", "500@-1", "@2"])
def test_what_is_no_fault_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Fault.parse(text)


def test_each_fault_does_what_it_says(ask: Ask, box: Sandbox) -> None:
    def reply(text: str) -> requests.Response:
        return ask("POST", "/posts.json", json={"topic_id": 1, "raw": f"{TEXT} {text}"})

    def there(text: str) -> bool:
        return any(text in box.post(one).raw for one in box.topic(1).post_ids)

    for kind, error in (("drop", requests.ConnectionError), ("truncate", requests.RequestException)):
        box.fail(Fault.parse(f"{kind}@write:1"))
        with pytest.raises(error):
            reply(kind).json()
        assert there(kind), "the work was done"
    box.fail(Fault.parse("reset@write:1"))
    with pytest.raises(requests.ConnectionError):
        reply("reset")
    assert not there("reset")
    for text, status in (("500", 500), ("502", 502), ("429=2", 429), ("read-only", 503)):
        box.fail(Fault.parse(f"{text}@2"))
        assert ask("GET", "/srv/status").status_code == 200
        assert reply(text).status_code == status
        assert not there(f" {text}")
    box.fail(Fault.parse("delay=0.3"))
    begun = time.monotonic()
    ask("GET", "/srv/status")
    assert time.monotonic() - begun >= 0.3


def test_somebody_else_is_quicker(ask: Ask, box: Sandbox, topic: Topic) -> None:
    made = topic()
    box.fail(Fault.parse("edit@write:1"), Fault.parse(f"delete={made['topic_id']}@write:2"))
    edit = {"post": {"raw": f"{TEXT} Moi.", "raw_old": TEXT}}
    assert ask("PUT", f"/posts/{made['id']}.json", json=edit).status_code == 409
    assert box.first_post(made["topic_id"]).raw != TEXT
    reply = {"topic_id": made["topic_id"], "raw": f"{TEXT} Réponse."}
    assert ask("POST", "/posts.json", "amina", json=reply).status_code == 422
    assert box.topic(made["topic_id"]).deleted_at is not None
