"""The keys of the front matter, one file each: a new file with a `KEY` in it is a new key, and no list names it."""

from collections.abc import Mapping

from koweb_sync.posts.field import Field, FrontMatterKey
from koweb_sync.registry import Registry

# Nobody makes one of the kind: the registry asks whether what it finds is one.
_FOUND = Registry(FrontMatterKey, __name__, "KEY")  # type: ignore[type-abstract]
_SORTED = sorted(_FOUND.all(), key=lambda key: (key.order, key.name))
KEYS: Mapping[str, FrontMatterKey] = {key.name: key for key in _SORTED}
FIELDS: Mapping[str, Field] = {name: key for name, key in KEYS.items() if isinstance(key, Field)}
TOGETHER = tuple(field for field in FIELDS.values() if field.together)  # merged, and sent with one request
SEPARATE = tuple(field for field in FIELDS.values() if field.path)  # those that have a request of their own
