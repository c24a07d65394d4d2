"""One git process reads all objects: what it says is what git says, whatever happens to it."""

import gc
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from koweb_sync.errors import GitError
from koweb_sync.git.objects import AT_ONCE, ObjectReader
from koweb_sync.git.repo import Repo

NOW = 1_700_000_000.0


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository with one commit."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(tmp_path)], check=True)
    found = Repo.find(tmp_path)
    commit = found.write_commit(None, {f"a/{n}.md": f"Texte {n}".encode() for n in range(3)}, "Un", NOW)
    found.set_ref("refs/heads/main", commit, None)
    return found


def process_of(reader: ObjectReader) -> subprocess.Popen[bytes]:
    """The process that answers."""
    assert reader.process is not None
    return reader.process


def test_contents_of_any_size_and_number_come_in_the_order_that_was_asked_for(repo: Repo) -> None:
    texts = [os.urandom(number * 211) for number in range(3 * AT_ONCE)]
    names = list(repo.blobs(repo.write_blob(text) for text in texts[:40]))
    assert [data for _sha, data in names] == texts[:40]
    written = [sha for sha, _data in names] * 20
    assert [one.content for one in repo.objects.read(written) if one] == texts[:40] * 20
    assert len(written) > 3 * AT_ONCE


def test_what_came_after_the_first_question_is_found(repo: Repo) -> None:
    first = repo.head()
    process = process_of(repo.objects)
    second = repo.write_commit(first, {"b.md": b"Nouveau"}, "Deux", NOW + 1)
    repo.set_ref("refs/heads/main", second, first)
    assert repo.head() == second
    assert repo.resolve("HEAD^") == first
    assert repo.blob(next(one.sha for one in repo.tree(second) if one.path == "b.md")) == b"Nouveau"
    assert process_of(repo.objects) is process


def test_what_is_not_there_is_nothing_and_the_next_answer_is_right(repo: Repo) -> None:
    head = repo.head()
    assert repo.names_of(["refs/heads/none", "HEAD^{commit}", "HEAD\nHEAD", "", "0" * 40, "HEAD^{tree}"])[1] == head
    assert repo.names_of(["refs/heads/none", "HEAD\nHEAD", "", "0" * 40]) == [""] * 4
    with pytest.raises(GitError, match="lacks the object"):
        repo.blob("0" * 40)
    assert repo.head() == head


def test_a_process_that_was_ended_is_started_again(repo: Repo) -> None:
    head = repo.head()
    process = process_of(repo.objects)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert repo.head() == head


def test_an_answer_that_stops_in_the_middle_is_an_error_and_the_next_one_is_right(repo: Repo) -> None:
    head = repo.head()
    os.kill(process_of(repo.objects).pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(repo.head)
        with pytest.raises(TimeoutError):
            asked.result(0.2)
        os.kill(process_of(repo.objects).pid, signal.SIGKILL)
        with pytest.raises(GitError):
            asked.result(10)
    assert repo.head() == head


def test_threads_ask_at_once(repo: Repo) -> None:
    blobs = {one.sha: repo.blob(one.sha) for one in repo.tree(repo.head())}
    with ThreadPoolExecutor(8) as pool:
        for sha, data in pool.map(lambda sha: (sha, repo.blob(sha)), [*blobs] * 50):
            assert blobs[sha] == data


def test_no_process_outlives_who_asked_it(repo: Repo) -> None:
    reader = ObjectReader(repo.root)
    assert next(reader.read(["HEAD"]))
    process = process_of(reader)
    del reader
    gc.collect()
    assert process.returncode is not None
