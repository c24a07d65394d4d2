"""Answers that real forums gave, where they lie beside the project: the sandbox must give the same."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from koweb_sync.sandbox import Sandbox

SHARED = Path(__file__).parents[2].parent / "shared"
# What is reached today; it only ever rises.
LEAST = {
    "2022": {"status": 1.0, "shape": 0.999, "value": 0.994},
    "2025": {"status": 0.995, "shape": 0.99, "value": 0.975},
}
FOLDERS = {"2022": "discourse-exchanges", "2025": "discourse-exchanges-3.5"}


@pytest.mark.skipif(not (SHARED / "tools" / "replay.py").is_file(), reason="the recorded answers are not here")
@pytest.mark.parametrize("flavour", FOLDERS, ids=["of 2.9", "of 3.5"])  # both, always
def test_the_sandbox_answers_as_the_recorded_forum_did(flavour: str) -> None:
    folder = SHARED / FOLDERS[flavour]
    seed = folder / "seed.json"
    with Sandbox.start(seed, user_limits=True, flavour=flavour) as forum:
        command = [sys.executable, str(SHARED / "tools" / "replay.py"), forum.url, "--seed", str(seed)]
        command += ["--exchanges", str(folder / "replay")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    scores = re.search(r"= ([\d.]+), shape ([\d.]+), value ([\d.]+)", done.stdout)
    assert scores, done.stdout + done.stderr
    found = dict(zip(LEAST[flavour], map(float, scores.groups()), strict=True))
    assert all(found[name] >= LEAST[flavour][name] for name in found), found
