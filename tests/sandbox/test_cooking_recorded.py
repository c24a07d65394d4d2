"""HTML that real Discourses made, where it lies beside the project: ours is the same, byte for byte."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.cooking.cook import cook
from koweb_sync.sandbox.model.flavour import OF_2022
from koweb_sync.sandbox.model.records import PostRecord
from koweb_sync.sandbox.model.seed import load
from koweb_sync.sandbox.model.state import ForumState

SHARED = Path(__file__).parents[2].parent / "shared"
RECORDED = SHARED / "discourse-exchanges"
LATER = SHARED / "discourse-exchanges-3.5"
pytestmark = pytest.mark.skipif(not (LATER / "seed.json").is_file(), reason="the recorded answers are not here")
LEAST = 0.97  # of the texts that a newer server cooked; it only ever rises


def posts(data: Any, raw: str | None = None) -> Iterator[dict[str, Any]]:
    """Every post below `data` whose raw and cooked text are both known; `raw` is what a request sent."""
    if isinstance(data, dict):
        if data.get("cooked") and (data.get("raw") or raw):
            yield {"raw": raw, **data}
        data = list(data.values())
    for one in data if isinstance(data, list) else ():
        yield from posts(one, raw)


def recorded() -> Iterator[dict[str, Any]]:
    """All posts of the recording."""
    yield from posts(json.loads((RECORDED / "seed.json").read_text(encoding="utf-8")))
    for path in (*(RECORDED / "replay").glob("*.json"), *(RECORDED / "samples").glob("*.json")):
        exchange = json.loads(path.read_text(encoding="utf-8"))
        sent, answer = exchange["request"].get("body"), exchange.get("response") or {}  # some answers are kept back
        yield from posts(answer.get("body"), sent.get("raw") if isinstance(sent, dict) else None)


def alike(html: str) -> str:
    """Without the server's address, and what letters' pictures are named."""
    return re.sub(r"(/letter_avatar/\w+/\d+/5)_\w+\.png", r"\1.png", html.replace("//127.0.0.1:3000/", "/"))


def test_posts_are_cooked_as_recorded() -> None:
    forum: ForumState = load(RECORDED / "seed.json", lambda: 0.0, cook, OF_2022)
    seen = 0
    for one in recorded():
        topic, author = one.get("topic_id", 0), one.get("user_id", 2)
        post = PostRecord(one["id"], topic, 1, author, one["raw"], 0.0, 0.0, forum.cook)
        ours = cook(forum, post)
        if "poll-info" in ours:  # the word for voters is translated elsewhere
            label = r'(<span class="info-label">)\w+'
            assert re.sub(label, r"\1", alike(ours)) == re.sub(label, r"\1", alike(one["cooked"]))
        else:
            assert alike(ours) == alike(one["cooked"])
        seen += 1
    assert seen > 40


# ---- a newer server: as its answer shows a new post, and as it is read later


def plain(html: str, *hosts: str) -> str:
    """Without the server's address, the version of its emoji and where pictures of people are."""
    for host in hosts:
        html = html.replace(f"//{host}", "//forum")
    html = re.sub(r"\?v=\d+", "", html)
    return re.sub(r"(?://forum)?/letter_avatar(?:_proxy)?/[^\"]*", "", html)


def test_a_newer_server_cooks_as_recorded() -> None:
    recorded_texts = json.loads((LATER / "cooked" / "cooked.json").read_text(encoding="utf-8"))
    wrong, seen = [], 0
    with Sandbox.start(LATER / "seed.json", flavour="2025") as box:
        host, there = box.url.partition("//")[2], "127.0.0.1:3100"
        head = {"Api-Key": box.keys["all_users"], "Api-Username": "admin"}
        for one in recorded_texts["uploads"]:
            sent = {"file": (one["filename"], base64.b64decode(one["base64"]), "image/png")}
            kind = {"upload_type": "composer"}
            requests.post(f"{box.url}/uploads.json", data=kind, files=sent, headers=head, timeout=30)
        for one in recorded_texts["texts"]:
            data = {"topic_id": 14, "raw": one["raw"].replace(there, host), "skip_validations": True}
            made = requests.post(f"{box.url}/posts.json", json=data, headers=head, timeout=30).json()
            later = requests.get(f"{box.url}/posts/{made['id']}.json", headers=head, timeout=30).json()
            for form, ours in (("answer", made["cooked"]), ("later", later["cooked"])):
                seen += form in one  # some are kept back
                if form in one and plain(ours, host) != plain(one[form], there):
                    wrong.append((one["name"], form))
    assert seen > 100
    assert len(wrong) <= seen * (1 - LEAST), wrong
