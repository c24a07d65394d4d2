"""A process that writes at the desk and dies where it is told to: for tests, run as `python -m tests.desk.killing`.

It reads lines of JSON: the folder, the address and fields of a form, a file if one goes with it, and before which step
to die. A step is what changes something on the disk. Each line is carried out by a fork; the answer is "killed" or
"done".
"""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from koweb_sync import config, safe_files
from koweb_sync.desk.rooms.menu import ROOMS
from koweb_sync.desk.run.open_folder import OpenFolder
from koweb_sync.desk.run.session import DeskSession
from koweb_sync.desk.run.watcher import ChangeWatcher
from koweb_sync.desk.serving.access import AccessRules
from koweb_sync.desk.serving.app import make_app
from koweb_sync.git.repo import Repo

PORT = 8080
HOME = f"http://127.0.0.1:{PORT}"
STEPS = frozenset(["open", "mkdir", "fsync", "link", "replace", "unlink"])


class CountedSteps:
    """The module `os` for safe_files: it ends the process before a step."""

    def __init__(self, last: int) -> None:
        self.left = last

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        return real if name not in STEPS else lambda *words, **more: self.step(real, *words, **more)

    def step(self, real: Any, *words: Any, **more: Any) -> Any:
        """One call; opening something that is there is no step."""
        if real is not os.open or words[1] & os.O_CREAT:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return real(*words, **more)


class DeskClient(FlaskClient):
    """A browser that knows where the desk is."""

    def open(self, *words: Any, **more: Any) -> Any:
        """A request, from the desk's own page."""
        return super().open(*words, base_url=HOME, headers={"Origin": HOME}, **more)


def client(folder: Path) -> FlaskClient:
    """A browser at the desk on a folder; no server runs."""
    repo = Repo.find(folder)
    settings = config.load(repo.root, start=folder)
    repo.posts = settings.posts
    watcher = ChangeWatcher(folder)
    access = AccessRules(PORT)
    made = make_app(access, DeskSession(folder, watcher, OpenFolder(repo, settings, watcher)), ROOMS)
    made.test_client_class = DeskClient
    found = made.test_client()
    found.set_cookie(access.cookie, access.token, domain="127.0.0.1")
    return found


@contextmanager
def doomed() -> Iterator[Any]:
    """A function that carries out a form in such a process; True if that lived to the end."""
    command = [sys.executable, "-m", "tests.desk.killing"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def post(folder: Path, address: str, fields: dict[str, str], picture: bytes, step: int) -> bool:
            assert process.stdin is not None
            assert process.stdout is not None
            job = {"folder": str(folder), "address": address, "fields": fields, "picture": picture.hex(), "step": step}
            process.stdin.write(f"{json.dumps(job)}\n")
            process.stdin.flush()
            said = process.stdout.readline().strip()
            assert said in ("done", "killed"), said
            return said == "done"

        yield post
        process.stdin.close()


def main() -> None:
    """Carry out what comes."""
    for text in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(work(json.loads(text)))
        _pid, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else "done" if status == 0 else f"failed {status}", flush=True)  # noqa: T201


def work(job: dict[str, Any]) -> int:
    """Send a form, and die in time."""
    browser = client(Path(job["folder"]))
    data: dict[str, Any] = dict(job["fields"])
    if job["picture"]:
        data["files"] = (io.BytesIO(bytes.fromhex(job["picture"])), "Photo.png")
    vars(safe_files)["os"] = CountedSteps(job["step"])
    answer = browser.post(job["address"], data=data, content_type="multipart/form-data")
    return 0 if answer.status_code == 303 else 1


if __name__ == "__main__":
    main()
