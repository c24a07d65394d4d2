"""Faults on demand: what a slow or broken network, a busy forum, or somebody else's hand does to a request."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Literal

Kind = Literal["drop", "refuse", "reset", "truncate", "status", "slow", "stall", "call", "edit", "delete"]
JSON = "application/json; charset=utf-8"
BROKEN = b'{"status":500,"error":"Internal Server Error"}'
GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_TEXT = re.compile(r"(?P<kind>[a-z0-9-]+)(?:=(?P<value>[0-9.]+))?(?:@(?P<what>write:)?(?P<nth>[1-9][0-9]*))?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, for the `nth` request from now on that matches, and `times` of them.

    `drop`: does the work, then closes the connection without an answer. `refuse`: closes it before the work. `reset`:
    tears it down. `truncate`: sends half of the answer. `status`: answers so without the work. `slow`: waits `seconds`
    before the answer. `stall`: does the work and says nothing for `seconds`, then closes. `edit`, `delete`: somebody
    else edits or deletes a topic just before; `topic` names it, None for the one that the request is about. `call`:
    calls `before` before the work, `after_work` after it, `after_answer` at the end. `path` is a regular expression,
    searched in the path without its query; `writes` counts only what is no reading.
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
    writes: bool = False
    topic: int | None = None

    @staticmethod
    def too_many(seconds: int, shape: str = "text", *, verb: str | None = None, path: str | None = None) -> "Fault":
        """429, in the middleware's shape ("text"), the controller's ("json"), or one that says only what it is."""
        code = {"Discourse-Rate-Limit-Error-Code": "admin_api_key_rate_limit"}
        if shape == "text":
            body, kind = b"Slow down, too many requests.\n", "text/plain"
            headers = {"Retry-After": str(seconds), **code}
        else:
            extras = {"extras": {"wait_seconds": seconds, "time_left": f"{seconds} s"}} if shape == "json" else {}
            body = json.dumps({"errors": ["Slow down."], "error_type": "rate_limit", **extras}).encode()
            kind, headers = JSON, {} if extras else {"Retry-After": str(seconds)}
        return Fault("status", verb, path, status=429, body=body, headers=headers, content_type=kind)

    @staticmethod
    def read_only() -> "Fault":
        """503: for one request the site takes no writes."""
        body = json.dumps({"errors": ["The site is in read only mode."], "error_type": "read_only"}).encode()
        return Fault("status", status=503, body=body, headers={"Discourse-Readonly": "true"}, content_type=JSON)

    @staticmethod
    def parse(text: str) -> "Fault":
        """A fault in words: `KIND[=VALUE][@N]`, or `@write:N` for the n-th write. Raises ValueError for what is none.

        Kinds: `drop`, `reset`, `truncate`, `delay=SECONDS`, `429[=SECONDS]`, `500`, `502`, `read-only`,
        `edit[=TOPIC]`, `delete[=TOPIC]`.
        """
        match = _TEXT.fullmatch(text.strip())
        if match is None:
            raise ValueError(text)
        made = named(match["kind"], match["value"])
        return replace(made, nth=int(match["nth"] or 1), writes=match["what"] is not None)

    def matches(self, verb: str, path: str) -> bool:
        """Whether a request is of the kind that this fault waits for."""
        if self.writes and verb in ("GET", "HEAD", "OPTIONS"):
            return False
        return self.verb in (None, verb) and (self.path is None or bool(re.search(self.path, path)))


def named(kind: str, value: str | None) -> Fault:
    """The fault of that name. Raises ValueError."""
    match kind:
        case "drop" | "reset" | "truncate" if value is None:
            return Fault(kind)
        case "delay" if value:
            return Fault("slow", seconds=float(value))
        case "429":
            return Fault.too_many(int(value or 1))
        case "500" if value is None:
            return Fault("status", status=500, body=BROKEN, content_type=JSON)
        case "502" if value is None:
            return Fault("status", status=502, body=GATEWAY)
        case "read-only" if value is None:
            return Fault.read_only()
        case "edit" | "delete":
            return Fault(kind, topic=int(value) if value else None)
        case _:
            raise ValueError(kind)


class Faults:
    """The faults that still have to happen."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.waiting: list[Fault] = []

    def add(self, *faults: Fault) -> None:
        with self.lock:
            self.waiting += faults

    def next(self, verb: str, path: str) -> Fault | None:
        """The fault of a request, if it has one; every fault that it matches counts it."""
        if not self.waiting:
            return None
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
