"""Answers that real forums gave, where they lie beside the project: the sandbox must give the same."""

import re
import runpy
import sys
import time
from pathlib import Path
from types import SimpleNamespace

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
def test_the_sandbox_answers_as_the_recorded_forum_did(
    flavour: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, waited = SHARED / FOLDERS[flavour], [0.0]
    seed = folder / "seed.json"
    # Where the recording waited for a limit to pass, the forum's clock moves on instead.
    monkeypatch.setitem(sys.modules, "time", SimpleNamespace(**{**vars(time), "sleep": waited.append}))
    with Sandbox.start(seed, user_limits=True, flavour=flavour, clock=lambda: time.time() + sum(waited)) as forum:
        words = [forum.url, "--seed", str(seed), "--exchanges", str(folder / "replay")]
        monkeypatch.setattr(sys, "argv", ["replay.py", *words])
        with pytest.raises(SystemExit):
            runpy.run_path(str(SHARED / "tools" / "replay.py"), run_name="__main__")
    said = capsys.readouterr().out
    scores = re.search(r"= ([\d.]+), shape ([\d.]+), value ([\d.]+)", said)
    assert scores, said
    found = dict(zip(LEAST[flavour], map(float, scores.groups()), strict=True))
    assert all(found[name] >= LEAST[flavour][name] for name in found), found
