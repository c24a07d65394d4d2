"""Answers as no Discourse gives them: mutated on their way out, the same ones for the same seed."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from koweb_sync.sandbox import Sandbox
from tests.answers import Headers, between

DEEP, ENDLESS, INFINITE = "@deep@", "@endless@", "@infinite@"
RAW = {
    f'"{DEEP}"': b"[" * 60_000 + b"]" * 60_000,
    f'"{ENDLESS}"': b"9" * 5_000,
    f'"{INFINITE}"': b"1e999",
}
# What stands where something else is due. Nothing of it could be true: a server that lies plausibly is believed.
VALUES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 2**63, -(2**63) - 1, 10**30, 1.5, float("nan"), DEEP, ENDLESS, INFINITE),
    *("\ud800", "x\udfffy", "a\0b", [], {}, [[]], [None], {"errors": 5}, ["x", 5, {}], {"id": {}}),
    *("0000-00-00T00:00:00Z", "99999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "2026-13-45"),
)
TEXTS = frozenset({"raw", "title", "cooked", "name", "username"})  # of these another text would be believed
WHOLE: tuple[bytes, ...] = (
    *(b"", b"   ", b"5", b"null", b"[]", b"{}", b'"x"', b"true", b"[5]", b'{"errors": 5}', b"1e999", b"\xff\xfe\x00"),
    *(b"[" * 60_000, b'{"a":' * 60_000, b"9" * 5_000, b'{"id": 1, "id": "x"}', b"<html>login</html>", b'"\\ud800"'),
)
REFUSED: tuple[tuple[str, dict[str, str], bytes], ...] = (
    ("422 Unprocessable", {}, b'{"errors": 5}'),
    ("403 Forbidden", {}, b'{"errors": {"a": [null]}}'),
    ("404 Not Found", {}, b'["\\ud800", 5]'),
    ("409 Conflict", {}, b"[" * 60_000),
    ("429 Too Many", {"Retry-After": "9" * 400}, b""),
    ("429 Too Many", {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, b'{"extras": {"wait_seconds": 1e999}}'),
    ("302 Found", {"Location": "http://[::1"}, b""),
    ("301 Moved", {"Location": "//[x]/t/1.json"}, b"{}"),
    ("200 OK", {"Date": "Fri, 31 Dec 9999 23:59:59 -9999"}, b"{}"),
)


@dataclass
class Hostile:
    """Mutates answers by chance. `done` are the mutations, as words, for whoever has to find out what happened."""

    dice: random.Random
    share: float  # of the answers that are mutated
    most: int = 1_000_000  # how many
    done: list[str] = field(default_factory=list)
    on: bool = True
    only: Callable[[str], bool] = lambda _path: True

    def work(
        self, environ: dict[str, Any], status: str, headers: Headers, content: bytes
    ) -> tuple[str, Headers, bytes]:
        """An answer, or what becomes of it."""
        path = environ["REQUEST_METHOD"] + " " + environ["PATH_INFO"]
        kind = dict(headers).get("Content-Type", "")
        if not self.on or len(self.done) >= self.most or not kind.startswith("application/json") or not self.only(path):
            return status, headers, content
        if self.dice.random() >= self.share:
            return status, headers, content
        what, status, headers, content = self.mutated(status, headers, content)
        self.done.append(f"{path}: {what}")
        return status, headers, content

    def mutated(self, status: str, headers: Headers, content: bytes) -> tuple[str, str, Headers, bytes]:
        """One mutation: what it is, and the answer."""
        chance = self.dice.random()
        if chance < 0.70:
            what, content = self.inside(content)
            return what, status, headers, content
        if chance < 0.82:
            body = self.dice.choice(WHOLE)
            return f"body {body[:20]!r}", status, headers, body
        if chance < 0.88:
            return "truncated", status, headers, content[: self.dice.randrange(1, max(2, len(content)))]
        if chance < 0.92:
            others = [(name, value) for name, value in headers if name.lower() != "content-type"]
            kind = self.dice.choice(["text/html", "", "application/json; charset=utf-16", "a" * 1_000])
            return f"type {kind[:20]}", status, [*others, ("Content-Type", kind)], content
        status, more, body = self.dice.choice(REFUSED)
        return f"{status} {body[:20]!r}", status, [("Content-Type", "application/json"), *more.items()], body

    def inside(self, content: bytes) -> tuple[str, bytes]:
        """The same JSON with one value gone, or another one."""
        try:
            data = json.loads(content)
        except ValueError:
            return "nothing", content
        places = list(walk(data))
        if not places:
            return "nothing", content
        around, name = self.dice.choice(places)
        what = self.dice.randrange(8)
        if what == 0:
            del around[name]
            shown = "gone"
        elif what == 1 and isinstance(around, list):
            around.insert(0, around[name])
            shown = "twice"
        elif what == 2 and isinstance(around[name], int) and not isinstance(around[name], bool):
            around[name] += 1
            shown = "one more"
        elif what == 3 and name == "parent_category_id" and "id" in around:
            around[name] = around["id"]
            shown = "its own parent"
        else:
            values = [one for one in VALUES if name not in TEXTS or not isinstance(one, str) or one in (DEEP, "\ud800")]
            around[name] = self.dice.choice(values)
            shown = repr(around[name])[:40]
        made = json.dumps(data).encode()
        for token, raw in RAW.items():
            made = made.replace(token.encode(), raw)
        return f"{name} → {shown}", made


def walk(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value: what it is in, and its key or index."""
    for name in data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield data, name
        yield from walk(data[name])


@contextmanager
def hostile(box: Sandbox, seed: int, share: float, most: int = 1_000_000) -> Iterator[Hostile]:
    """A forum whose answers are mutated for a while."""
    one = Hostile(random.Random(seed), share, most)
    undo = between(box, one.work)
    box.front.app.extensions["mutations"] = one.done
    try:
        yield one
    finally:
        undo()
