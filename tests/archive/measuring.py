"""Runs a command in a process of its own and tells what it took: for tests and benchmarks."""

import os
import subprocess
import sys
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from koweb_sync.sandbox import Sandbox

# A process starts with the memory of the one that started it in its account; /proc counts what it holds itself.
KOWEB = """
import runpy, sys
from pathlib import Path
try:
    runpy.run_module("koweb_sync", run_name="__main__", alter_sys=True)
finally:
    status = Path("/proc/self/status").read_text()
    Path("peak").write_text(status.partition("VmHWM:")[2].split()[0])
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a command took: seconds of processor, seconds, and the most MiB that it held at once."""

    processor: float
    seconds: float
    memory: float


def settle(folder: Path, box: Sandbox) -> None:
    """A folder whose koweb.toml names the forum, without limits."""
    limits = "key_per_minute = 0\nanonymous_per_minute = 0\nanonymous_per_10_seconds = 0\n"
    text = f'[forum.kafe]\nurl = "{box.url}"\nusername = "admin"\n\n[forum.kafe.limits]\n{limits}'
    (folder / "koweb.toml").write_text(text, encoding="utf-8")


def run(folder: Path, box: Sandbox | None, *words: str, fine: Collection[int] = (0,)) -> Taken:
    """`koweb` in a folder, with the key of everybody where there is a forum. Raises RuntimeError with what it said
    where it ends with another code than a `fine` one.
    """
    begun, environment = time.monotonic(), {**os.environ}
    if box is not None:
        environment["KOWEB_KAFE_API_KEY"] = box.keys["all_users"]
        environment["KOWEB_KAFE_URL"] = box.url  # one key for several forums
    with (folder / "printed").open("wb") as printed:
        command = [sys.executable, "-c", KOWEB, *words]
        process = subprocess.Popen(command, cwd=folder, stdout=printed, stderr=printed, env=environment)
        _ident, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in fine:
        raise RuntimeError((folder / "printed").read_text(encoding="utf-8"))
    peak = int((folder / "peak").read_text(encoding="ascii")) / 1024
    return Taken(used.ru_utime + used.ru_stime, time.monotonic() - begun, peak)
