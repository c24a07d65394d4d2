"""The keys of the front matter: each says all that the way in which it is sent asks of it."""

import pytest

from koweb_sync.posts.field import Field
from koweb_sync.posts.fields import FIELDS


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS.keys())
def test_a_key_says_what_its_way_to_the_forum_needs(field: Field) -> None:
    needs = {"merged", "arrived", "theirs"} if field.together else {"form"}
    assert field.together != bool(field.path), "one way"
    assert {name for name in needs if getattr(type(field), name) is getattr(Field, name)} == set()
