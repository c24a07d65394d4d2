"""What surrounds an answer: numbers, dates and refusals that no forum sends end in words and in no time."""

import time
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from koweb_sync.errors import ForumAnswerUnclear
from koweb_sync.forum import parse_revisions
from koweb_sync.forum.anchor_style import anchor_style
from koweb_sync.forum.failures import LONGEST, asked_to_wait, limit_reached
from koweb_sync.forum.refusals import refusal, sentences
from koweb_sync.forum.transport import Answer
from koweb_sync.git.words import words

JSON = {"Content-Type": "application/json"}


def answer(content: bytes, status: int = 200, **headers: str) -> Answer:
    """An answer with a body."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, "https://forum.example/t/1.json", {**JSON, **named}, content)


@pytest.mark.parametrize(
    "value", ["9" * 400, "9" * 5_000, "Thu, 01 Jan 9999 00:00:00 +9999", "Fri, 31 Dec 9999 23:59:59 GMT"]
)
def test_nobody_waits_for_ever(value: str) -> None:
    told = answer(b"", 429, Retry_After=value)
    wait = asked_to_wait(told)
    assert wait is not None
    assert wait <= LONGEST
    assert "min" in str(limit_reached(told, wait))


@pytest.mark.parametrize("said", [b"1e999", b"NaN", b"-5", b"true", b'"x"', b"9" * 400, b"9" * 5_000, b"[]", b"null"])
def test_a_wait_in_the_answer_is_a_number_of_seconds(said: bytes) -> None:
    wait = asked_to_wait(answer(b'{"extras": {"wait_seconds": ' + said + b"}}", 429))
    assert wait is not None
    assert 1 <= wait <= LONGEST


@pytest.mark.parametrize(
    "errors",
    [b"5", b"null", b"true", b"{}", b'{"a": 1}', b"[5, null]", b"1e999", b"[[[]]]", b'["\\ud800"]', b'"\\ud800x"'],
)
@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 301])
def test_every_refusal_has_words(errors: bytes, status: int) -> None:
    error = refusal(answer(b'{"errors": ' + errors + b"}", status))
    assert str(error).encode()
    assert error.message.strip()


@pytest.mark.parametrize("deep", [b"[" * 60_000, b'{"a":' * 60_000, b"[" * 60_000 + b"]" * 60_000])
def test_json_of_any_depth_is_no_answer(deep: bytes) -> None:
    with pytest.raises(ForumAnswerUnclear):
        answer(deep).data()
    assert answer(deep).peek() == {}
    assert refusal(answer(deep, 403)).message


def test_a_number_of_thousands_of_digits_spoils_only_itself() -> None:
    assert answer(b'{"id": 1, "views": ' + b"9" * 5_000 + b"}").data()["id"] == 1


LENGTH = 200_000
SLOW: dict[str, tuple[Callable[[str], object], list[str]]] = {
    "cells": (lambda text: parse_revisions.cells(text, "td"), ["<td>", "<td ", "<td a", "</td>", "<td><td ", "<del>"]),
    "cells with marks": (lambda text: parse_revisions.cells(f"<td>{text}</td>", "td"), ["<ins", "<ins ", "</del "]),
    "git": (lambda text: words(CompletedProcess([], 1, stderr=text.encode())), ["a", "a:", "://", "a://a"]),
    "anchors": (anchor_style, ["<h1", "<h1>", "<h1 >\n", '<h1><a name="', '<h1><a name="p-1-']),
    "sentences": (lambda text: sentences(answer(f'{{"errors": ["{text}"]}}'.encode())), ["<", "<a", "&", "&#"]),
}


@pytest.mark.parametrize(
    ("name", "piece"), [(name, piece) for name, (_read, pieces) in SLOW.items() for piece in pieces]
)
def test_what_is_repeated_costs_no_time(name: str, piece: str) -> None:
    read, began = SLOW[name][0], time.process_time()
    read(
        piece.replace("\n", "\\n").replace('"', '\\"') * (LENGTH // len(piece))
        if name == "sentences"
        else piece * (LENGTH // len(piece))
    )
    assert time.process_time() - began < 1
