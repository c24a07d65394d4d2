"""What is taken from an event: numbers, and only for who knows the secret."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.listen.events import Hint, hint, plain_id, signed
from tests.listen.listening import SECRET, event

POST = {"topic_id": 3, "id": 7, "topic_posts_count": 4}
BODY, HEADERS = event({"topic_id": 3, "id": 7, "post_number": 2, "raw": "un texte"})
SIGNATURE = HEADERS["X-Discourse-Event-Signature"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["post", "like", "topic", "user", "id", "topic_id", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)
KINDS = st.sampled_from(["post", "topic", "like", "user", "solved", "ping", "chat", ""])


def test_a_signature_of_who_knows_the_secret_is_good() -> None:
    assert signed(SECRET, BODY, SIGNATURE)
    assert not signed(f"{SECRET}x", BODY, SIGNATURE)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_no_byte_of_a_body_can_be_another(place: int, flip: int) -> None:
    forged = bytes(one ^ flip if n == place else one for n, one in enumerate(BODY))
    assert not signed(SECRET, forged, SIGNATURE)


@given(st.integers(0, len(SIGNATURE) - 1), st.integers(1, 127))
def test_no_sign_of_a_signature_can_be_another(place: int, flip: int) -> None:
    forged = "".join(chr(ord(one) ^ flip) if n == place else one for n, one in enumerate(SIGNATURE))
    assert not signed(SECRET, BODY, forged)


@given(st.text(max_size=100))
def test_whatever_else_stands_in_its_place_is_none(words: str) -> None:
    assert not signed(SECRET, BODY, words)


@pytest.mark.parametrize(
    ("kind", "name", "about", "found"),
    [
        ("post", "post_created", {"topic_id": 3, "id": 7, "post_number": 2}, Hint("topic", 3, 7, 2, moved=True)),
        ("post", "post_edited", {**POST, "post_number": 1}, Hint("topic", 3, 7, 1, text=True)),
        ("post", "post_edited", {**POST, "post_number": 4}, Hint("topic", 3, 7, 4, moved=True)),
        ("topic", "topic_closed_status_updated", {"id": 3}, Hint("topic", 3, text=True)),
        ("like", "post_liked", {"post": {"topic_id": 3, "id": 7, "post_number": 1}}, Hint("topic", 3, 7, 1)),
        ("solved", "accepted_solution", {"topic_id": 3, "id": 7, "post_number": 5}, Hint("topic", 3, 7, 5)),
        ("user", "user_updated", {"id": 12, "username": "claire"}, Hint("person", 12)),
        ("user", "user_logged_in", {"id": 12}, None),
        ("group", "group_created", {"id": 12}, None),
        ("post", "post_created", {"topic_id": "3", "id": 7}, None),
        ("post", "post_created", {"topic_id": True}, None),
        ("topic", "topic_created", {"id": 2**63}, None),
    ],
)  # fmt: skip
def test_an_event_tells_where_to_look(kind: str, name: str, about: dict[str, Any], found: Hint | None) -> None:
    assert hint(kind, name, json.dumps({kind: about}).encode()) == found


@given(KINDS, st.text(max_size=12), JSON)
def test_whatever_an_event_says_is_read_as_numbers_or_not_at_all(kind: str, name: str, body: Any) -> None:
    for told in (body, {kind: body}):
        found = hint(kind, name, json.dumps(told).encode())
        assert found is None or (found.id > 0 and found.post >= 0 and found.number >= 0)


@given(KINDS, st.binary(max_size=40))
def test_what_is_no_json_tells_nothing(kind: str, body: bytes) -> None:
    found = hint(kind, "", body)
    assert found is None or found.id > 0


def test_what_is_nested_deeper_than_anybody_nests_tells_nothing() -> None:
    assert hint("post", "post_edited", b'{"post":' * 100_000) is None


@given(st.text(max_size=80))
def test_the_id_of_an_event_is_short_and_plain(words: str) -> None:
    assert plain_id(words) in ("", words.strip())
    assert len(plain_id(words)) <= 64
