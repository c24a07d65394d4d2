"""What every request says of itself: whose key, in whose name, and yes in the word that the forum understands."""

import json
import re
from pathlib import Path

import pytest

from koweb_sync.errors import ForumKeyRefused
from koweb_sync.forum.budget import Budgets
from koweb_sync.forum.client import Forum
from koweb_sync.forum.reader import ForumReader
from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT

pytestmark = pytest.mark.server("2022")

FREE = Budgets(0, 0, 0)
CODE = Path(__file__).parents[2] / "koweb_sync"


def test_without_a_key_no_header_of_a_key_is_sent(box: Sandbox, tmp_path: Path) -> None:
    """Servers refuse an empty one on public pages, too."""
    with Forum(box.url, "admin", "", limits=FREE, state=tmp_path / "state") as forum:
        assert forum.latest_topics()["topic_list"]["topics"]
        with pytest.raises(ForumKeyRefused):
            forum._post("/posts.json", raw=TEXT, topic_id=1)
    assert len(box.log) == 2, "nothing is asked about a key that is none"
    assert not any(name in one.headers for one in box.log for name in ("Api-Key", "Api-Username", "User-Api-Key"))


def test_a_key_of_one_person_goes_without_an_empty_name(box: Sandbox, tmp_path: Path) -> None:
    with Forum(box.url, "", box.keys["admin_only"], limits=FREE, state=tmp_path / "state") as forum:
        assert forum._get("/session/current.json")["current_user"]["username"] == "admin"
    assert "Api-Username" not in box.log[-1].headers


@pytest.mark.parametrize("as_json", [False, True])
def test_yes_is_sent_as_a_word_or_a_whisper_would_be_read_by_everybody(
    as_json: bool, box: Sandbox, tmp_path: Path
) -> None:
    box.set(enable_whispers=True, whispers_allowed_groups="3")
    with Forum(box.url, "admin", box.keys["all_users"], limits=FREE, state=tmp_path / "state") as forum:
        made = forum._post("/posts.json", json=as_json, raw=f"{TEXT} Entre nous.", topic_id=1, whisper=True)
    assert made["post_type"] == 4
    body = box.log[-1].body.decode()
    assert json.loads(body)["whisper"] == "true" if as_json else "whisper=true" in body


def test_a_group_is_asked_for_by_what_the_forum_calls_it_now(box: Sandbox, tmp_path: Path) -> None:
    """Names of groups are translated: none is ever known beforehand, nor written into an address of ours."""
    renamed = {1: "administrateurs", 3: "responsables"}
    for group in box.state.groups:
        group["name"] = renamed.get(group["id"], group["name"])
    with Forum(box.url, "admin", box.keys["all_users"], limits=FREE, state=tmp_path / "state") as forum:
        talk = ForumReader(forum, keyed=True)
        listed = [group.name for group in talk.groups(0)]
        found = {name: [person.username for person in talk.members(name, 0)] for name in listed}
    assert set(found["administrateurs"]) < set(found["responsables"])
    fixed = re.compile(r"/(?:g|groups)/(?:admins?|staff|moderators?|everyone|trust_level)")
    sources = [path for path in CODE.rglob("*.py") if "sandbox" not in path.parts]
    assert not [path.name for path in sources if fixed.search(path.read_text(encoding="utf-8"))]
