"""The keys of the front matter: each says all that the way in which it is sent asks of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from koweb_sync.agreements import Agreement, Fields, agreement, encode
from koweb_sync.forum.decode import Strange
from koweb_sync.forum.parse import fields_told
from koweb_sync.forum.queries import FIRST_POSTS
from koweb_sync.posts.field import Field, KeyWords
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.front_reading import FrontReader
from koweb_sync.posts.ids import PostId, TopicId
from tests.workspace import TEXT

COLUMNS = set(re.findall(r"(\w+),?$", FIRST_POSTS.sql.partition("SELECT")[2].partition("\nFROM")[0], re.MULTILINE))


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS.keys())
def test_a_key_says_what_its_way_to_the_forum_needs(field: Field) -> None:
    needs = {"merged", "arrived", "theirs"} if field.together else {"form"}
    assert field.together != bool(field.path), "one way"
    assert {name for name in needs if getattr(type(field), name) is getattr(Field, name)} == set()


class Row(Mapping[str, Any]):
    """A row of the query of first posts, that remembers what was asked of it."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return dict.fromkeys(COLUMNS)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COLUMNS)

    def __len__(self) -> int:
        return len(COLUMNS)


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS.keys())
def test_a_key_reads_of_a_row_what_a_row_tells(field: Field) -> None:
    """What no column holds would look like something that somebody took away on the forum."""
    assert {"wiki", "pinned_at", "tags", "post_deleted_at"} <= COLUMNS
    row = Row()
    told = field.read_row(row)
    missing = row.asked - COLUMNS
    assert told is None or not missing, f"{missing}: say so in `read_row`, or ask for it in forum.queries.FIRST_POSTS"


class SomeField(Field):
    """A key whose value is of some kind."""

    name = "some"
    order = 1

    def parse(self, reader: FrontReader) -> Any:
        """Nothing."""

    def words(self) -> KeyWords:
        """None."""
        return KeyWords(takes="", meaning="")

    def loaded(self, value: Any) -> Any:
        """A list of JSON as a tuple."""
        return tuple(value) if isinstance(value, list) else value


KINDS = {
    "flag": (bool, False, "maybe"),
    "number": (int, 0, "7"),
    "text": (str, "été", 7),
    "list": (tuple[str, ...], (), 7),
}


@pytest.mark.parametrize(("kind", "value", "odd"), KINDS.values(), ids=KINDS.keys())
def test_a_value_of_any_kind_is_read_and_recorded(
    monkeypatch: pytest.MonkeyPatch, kind: Any, value: Any, odd: Any
) -> None:
    """A number's 0 and an empty list are said; what is of another kind is no answer of a forum."""
    monkeypatch.setattr(SomeField, "kind", kind)
    monkeypatch.setitem(FIELDS, "some", SomeField())
    assert fields_told({"some": value, "title": None}) == {"some": value}
    wrongs: tuple[Any, ...] = (odd, "\0", ["\0"], {})
    for wrong in wrongs:
        with pytest.raises(Strange):
            fields_told({"some": wrong})
    says = Fields({"title": "Un", "some": value})
    agreed = Agreement("un", "posts/un.md", "1" * 40, TopicId(12), PostId(34), TEXT, says=says, sent=says)
    assert agreement(encode(agreed), "here").says.get("some") == value
