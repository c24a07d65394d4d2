"""A Ctrl-C while koweb is being loaded: it ends at once, and in words as soon as it has any."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

SCRIPT = str(Path(sys.executable).with_name("koweb"))
STOPPED = "Stopped. Nothing was done."


def interrupted(after: str, modules: int, *words: str, how: Sequence[str]) -> tuple[int, str]:
    """Interrupt a command once it has loaded so many more modules after the first that is named so. Its exit code, and
    what it said itself.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell ignores it, and children do, too
    command = [sys.executable, "-X", "importtime", *how, "--lang", "en", *words]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said, left = [], None
        for line in process.stderr:
            said.append(line)
            if left is None and line.rstrip().endswith(f"| {after}"):
                left = modules
            if left == 0:
                process.send_signal(signal.SIGINT)
            if left is not None:
                left -= 1
    return process.returncode, "".join(line for line in said if not line.startswith("import time:"))


@pytest.mark.parametrize("modules", [0, 1, 4, 15, 30, 60, 90, 130, 200, 300, 400])
@pytest.mark.parametrize(
    ("how", "words"),
    [(("-m", "koweb_sync"), ("archive", "list")), ((SCRIPT,), ("status",))],
    ids=["module", "script"],
)
def test_p538_no_ctrl_c_shows_a_traceback_while_koweb_is_loaded(
    how: Sequence[str], words: Sequence[str], modules: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = interrupted("koweb_sync.interrupts", modules, *words, how=how)
    assert "Traceback" not in said
    if code == 1:
        assert said.strip() in ("", STOPPED, "Aborted!")
    else:
        assert code == 2, said  # it came to its end before: nothing is there to show


def test_a_ctrl_c_is_heard_in_words_while_a_command_is_loaded() -> None:
    code, said = interrupted("koweb_sync.cli.root", 3, "report", how=("-m", "koweb_sync"))
    assert (code, said.strip()) == (1, STOPPED)


def test_a_background_job_goes_on_ignoring_it() -> None:
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); sys.argv[1:] = ['--help']\n"
    code += "import atexit; atexit.register(lambda: print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN))\n"
    code += "from koweb_sync.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.rstrip().endswith("True"), done.stdout[-200:]
