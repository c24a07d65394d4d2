"""Faults on demand: what a slow or broken network, a busy forum, or somebody else's edit does to a request."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Literal

Kind = Literal["drop", "refuse", "status", "slow", "stall", "call"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, for the `nth` request from now on that matches, and `times` of them.

    `drop`: does the work, then closes the connection without an answer. `refuse`: closes it before the work. `status`:
    answers so without the work. `slow`: waits `seconds` before the answer. `stall`: does the work and says nothing for
    `seconds`, then closes. `call`: calls `before` before the work, `after_work` after it, `after_answer` at the end.
    `path` is a regular expression, searched in the path without its query.
    """

    kind: Kind
    verb: str | None = None
    path: str | None = None
    nth: int = 1
    times: int = 1
    seconds: float = 0.0
    status: int = 500
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "text/html; charset=utf-8"
    before: Callable[[], object] | None = None
    after_work: Callable[[], object] | None = None
    after_answer: Callable[[], object] | None = None

    @staticmethod
    def too_many(seconds: int, shape: str = "text", *, verb: str | None = None, path: str | None = None) -> "Fault":
        """429, in the middleware's shape ("text"), the controller's ("json"), or one that says only what it is."""
        code = {"Discourse-Rate-Limit-Error-Code": "admin_api_key_rate_limit"}
        if shape == "text":
            body, kind, headers = (
                b"Slow down, too many requests.\n",
                "text/plain",
                {"Retry-After": str(seconds), **code},
            )
        else:
            extras = {"extras": {"wait_seconds": seconds, "time_left": f"{seconds} s"}} if shape == "json" else {}
            body = json.dumps({"errors": ["Slow down."], "error_type": "rate_limit", **extras}).encode()
            kind, headers = "application/json; charset=utf-8", {} if extras else {"Retry-After": str(seconds)}
        return Fault("status", verb, path, status=429, body=body, headers=headers, content_type=kind)

    def matches(self, verb: str, path: str) -> bool:
        """Whether a request is of the kind that this fault waits for."""
        return self.verb in (None, verb) and (self.path is None or bool(re.search(self.path, path)))


class Faults:
    """The faults that still have to happen."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.waiting: list[Fault] = []

    def add(self, *faults: Fault) -> None:
        """Wait for more."""
        with self.lock:
            self.waiting += faults

    def next(self, verb: str, path: str) -> Fault | None:
        """The fault of a request, if it has one; every fault that it matches counts it."""
        with self.lock:
            found = None
            left = []
            for fault in self.waiting:
                if not fault.matches(verb, path):
                    left.append(fault)
                elif fault.nth > 1:
                    left.append(replace(fault, nth=fault.nth - 1))
                elif found is not None:
                    left.append(fault)
                else:
                    found = fault
                    if fault.times > 1:
                        left.append(replace(fault, times=fault.times - 1))
            self.waiting = left
            return found
