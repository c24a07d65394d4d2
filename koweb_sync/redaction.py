"""The secrets of this run, and texts without them. Whatever leaves as words passes `redact`.

A server or a proxy may echo a key in any field of its answer, and a library may quote an address with its password.
A secret is hidden as it is, percent-encoded, escaped for JSON or HTML, inside Base64 (the header of HTTP's Basic
scheme) and as UTF-8 read as Latin-1; of a long one also what is left of it after somebody cut it off.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

HIDDEN = "…"
SHORTEST = 4  # characters; what is shorter is part of too many words
LONG = 8  # characters; what is shorter is hidden only where it stands alone, for it may be a part of other words
KEY = 24  # characters; of what is as long, the beginning gives it away too
BEGINNING = 12

_VARIABLE = re.compile("KOWEB_(.+_)?(API_KEY|SECRET|TOKEN)|PGPASSWORD")
_HELD_BACK = re.compile("KOWEB_.*(KEY|SECRET|STORE|DISPATCH_TOKEN)|PGPASS")
_secrets: dict[str, None] = {}
_patterns: list[re.Pattern[str]] = []


def keep_secret(value: str) -> None:
    """Hide a key or a password from now on in everything that leaves. Nothing happens for one that is too short."""
    value = value.strip()
    if len(value) >= SHORTEST and value not in _secrets:
        _secrets[value] = None
        _patterns[:] = [_pattern()]


def begin(environ: Mapping[str, str]) -> None:
    """Begin a run with the secrets of its environment: those of the one before in this process are forgotten."""
    _secrets.clear()
    _patterns.clear()
    for name, value in environ.items():
        if _VARIABLE.fullmatch(name):
            keep_secret(value)


def is_secret(name: str) -> bool:
    """Whether an environment variable may hold a secret, which no other program gets that we start."""
    return _HELD_BACK.match(name) is not None


@contextmanager
def without_secrets() -> Iterator[None]:
    """An environment to start somebody else's program in, which inherits ours."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if is_secret(name)}
    try:
        yield
    finally:
        os.environ.update(hidden)


def redact(text: str) -> str:
    """Text with every secret of this run replaced by `…`."""
    return _patterns[0].sub(HIDDEN, text) if _patterns else text


def _pattern() -> re.Pattern[str]:
    """What finds the secrets: each line that leaves is read by it, so most letters are passed over at once."""
    found = {expression: first for first, expression in _sought()}
    anywhere = "|".join(sorted(found, key=len, reverse=True))
    return re.compile(f"(?=[{re.escape(''.join({*found.values()}))}])(?:{anywhere})", re.IGNORECASE)


def _sought() -> Iterator[tuple[str, str]]:
    """The expressions that find the secrets, each with the letter that it begins with."""
    for value in _secrets:
        for form in _written(value):
            found = re.escape(form)
            yield form[0], found if len(form) >= LONG else rf"(?<!\w){found}(?!\w)"
        if len(value) >= KEY:
            yield value[0], re.escape(value[:BEGINNING]) + r"[\w%+/=-]*"
        yield from ((form[0], re.escape(form)) for form in _encoded(value))


def _written(value: str) -> Iterator[str]:
    """The ways in which a secret may stand in a text."""
    import html
    import json
    from urllib.parse import quote, quote_plus

    yield from (value, quote(value, safe=""), quote(value), quote_plus(value), html.escape(value), repr(value)[1:-1])
    yield from (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
    yield value.encode("utf-8", "surrogateescape").decode("latin-1")


def _encoded(value: str) -> Iterator[str]:
    """The part of a Base64 text that depends on the secret alone, at each place where the secret may begin in it."""
    import base64

    data = value.encode("utf-8", "surrogateescape")
    for before in range(3):
        bits = 8 * (before + len(data))
        first = -(-8 * before // 6)
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            core = encode(bytes(before) + data + bytes(2)).decode()[first : bits // 6]
            if len(core) >= LONG:
                yield core
