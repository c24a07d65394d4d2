"""The lock of a push: whose process is dead is taken over, and nobody else's."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from koweb_sync.bookmark import Lock
from koweb_sync.sync.lock.hold import is_dead, machine, started


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits to be ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process


pytestmark = pytest.mark.skipif(
    not machine() or not Path("/proc/self/stat").exists(), reason="this system does not tell when a process started"
)


def lock_of(pid: int) -> Lock:
    """The lock that a process took."""
    return Lock("Amina", "portable", machine(), pid, 0.0, "x", started(pid))


def test_a_lock_lives_as_long_as_its_process(other: subprocess.Popen[bytes]) -> None:
    held = lock_of(other.pid)
    assert held.started > 0
    assert not is_dead(held)
    other.kill()
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # over, but its number is still there
    assert is_dead(held)
    other.wait()
    assert is_dead(held)


def test_another_process_under_the_same_number_is_not_who_took_the_lock(other: subprocess.Popen[bytes]) -> None:
    held = lock_of(other.pid)
    assert is_dead(replace(held, started=held.started - 1))
    assert is_dead(replace(held, pid=1, started=started(1) + 1))  # a process that nobody else may signal


def test_a_lock_that_does_not_tell_its_start_counts_as_before(other: subprocess.Popen[bytes]) -> None:
    assert not is_dead(replace(lock_of(other.pid), started=0))


def test_a_lock_of_another_machine_is_not_judged(other: subprocess.Popen[bytes]) -> None:
    assert not is_dead(replace(lock_of(other.pid), machine="ailleurs", started=1))
