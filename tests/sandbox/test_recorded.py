"""Answers that a real Discourse gave, where they lie beside the project: the sandbox must give the same."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox

SHARED = Path(__file__).parents[2].parent / "shared"
# What is reached today; it only ever rises.
LEAST = {"status": 1.0, "shape": 0.995, "value": 0.985}


@pytest.mark.skipif(not (SHARED / "tools" / "replay.py").is_file(), reason="the recorded answers are not here")
def test_the_sandbox_answers_as_the_recorded_forum_did() -> None:
    with Sandbox.start(SHARED / "discourse-exchanges" / "seed.json", user_limits=True) as forum:
        command = [sys.executable, str(SHARED / "tools" / "replay.py"), forum.url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    scores = re.search(r"= ([\d.]+), shape ([\d.]+), value ([\d.]+)", done.stdout)
    assert scores, done.stdout + done.stderr
    found = dict(zip(LEAST, map(float, scores.groups()), strict=True))
    assert all(found[name] >= LEAST[name] for name in LEAST), found
