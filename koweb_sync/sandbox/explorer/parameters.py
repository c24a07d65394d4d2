"""The parameters of a query: declared in a comment at its head, sent as strings, and read as Data Explorer reads them.

    -- [params]
    -- int :after = 0
    -- null text :name

Names are small letters and underscores. A value that is missing or blank is the default; without one it is refused,
or null where the type says `null`. `#null` is null. Ids may also be names: of people, groups, categories.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from koweb_sync.sandbox.explorer.query_errors import QueryFailed, database, invalid
from koweb_sync.sandbox.model.state import ForumState

HEAD = re.compile(r"\s*--\s*\[params\]\s*")
LINE = re.compile(r"\s*--\s*(?P<type>[a-zA-Z_ ]+?)\s*:(?P<name>[a-z_]+)\s*(?:=\s+(?P<default>.*?)\s*)?")
ALIASES = {"integer": "int", "text": "string", "timestamp": "datetime"}


@dataclass(frozen=True, slots=True)
class Parameter:
    identifier: str
    type: str
    default: str | None
    nullable: bool

    @property
    def info(self) -> dict[str, Any]:
        """As the plugin lists it."""
        return {name: getattr(self, name) for name in Parameter.__slots__}

    def refuse(self, value: str, why: str = "") -> QueryFailed:
        """A value that is none of this type."""
        text = f"is an invalid {self.type} - {why}" if why else f"is an invalid value for {self.type}"
        return invalid(f"'{value}' {text}")


def declared(sql: str) -> tuple[Parameter, ...]:
    """The parameters at the head of a query; a type that does not exist declares nothing."""
    found: dict[str, Parameter] = {}
    inside = False
    for line in sql.splitlines():
        if not inside:
            inside = HEAD.fullmatch(line) is not None
        elif said := LINE.fullmatch(line):
            words = said["type"].lower()
            nullable = words.startswith("null") or words.endswith("null")
            kind = words.removeprefix("null").removesuffix("null").strip()
            kind = ALIASES.get(kind, kind)
            if kind in READERS:
                found.setdefault(said["name"], Parameter(said["name"], kind, said["default"], nullable))
        elif line.strip():
            break
    return tuple(found.values())


def values(sql: str, given: Mapping[str, Any], state: ForumState) -> dict[str, Any]:
    """What the parameters of a query stand for. Raises QueryFailed. Its caller holds the state's lock."""
    return {one.identifier: value(one, given.get(one.identifier), state) for one in declared(sql)}


def value(one: Parameter, given: Any, state: ForumState) -> Any:
    """What a parameter stands for. Raises QueryFailed."""
    text = one.default if given is None else given
    if text is not None and not isinstance(text, str):
        raise one.refuse(str(text), "Not a string")
    if text is None or not text.strip():
        if one.nullable:
            return None
        raise invalid(f"Missing parameter {one.identifier} of type {one.type}")
    if text.lower() == "#null":
        return None
    if not storable(text):
        raise database("CharacterNotInRepertoire", 'invalid byte sequence for encoding "UTF8"')
    try:
        return READERS[one.type](text, state)
    except ValueError as error:
        why, *named = error.args or ("",)
        raise one.refuse(str(named[0]) if named else text, str(why)) from None


def storable(text: str) -> bool:
    """Whether a database can hold a text: no NUL, no half of a pair of UTF-16."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


# ---- one reader for each type, which raises ValueError with the reason for what is none


def whole(text: str, _state: ForumState) -> int:
    """A number without a fraction."""
    if not re.fullmatch(r"-?[0-9]+", text):
        raise ValueError("Not an integer")
    return int(text)


def double(text: str, _state: ForumState) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError from None  # for which no reason is given


def hour(text: str, state: ForumState) -> str:
    """A time of today."""
    clock = time.fromisoformat(text.strip())
    return written(datetime.combine(datetime.fromtimestamp(state.clock(), UTC).date(), clock))


def written(when: datetime) -> str:
    """A time as a database writes it, in UTC."""
    naive = when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when
    return naive.isoformat(" ", timespec="microseconds")


def whole_list(text: str, _state: ForumState) -> list[int | None]:
    """Numbers with commas; what begins with no digit is 0, as Ruby reads it."""
    found = [(part, re.match(r"\s*([+-]?[0-9]+)", part)) for part in parts(text)]
    return [None if part.lower() == "#null" else int(number[1]) if number else 0 for part, number in found]


def string_list(text: str, _state: ForumState) -> list[str | None]:
    found = parts(text)
    if not found:
        raise ValueError("can't be empty")
    return [None if part.lower() == "#null" else part for part in found]


def parts(text: str) -> list[str]:
    """What lies between commas; nothing empty at the end."""
    return text.rstrip(",").split(",") if text.strip(",") else []


def person(text: str, state: ForumState) -> int:
    """Somebody's id, or name."""
    number = plain(text)
    found = state.users.get(number) if number is not None else state.names.get(text.strip().lstrip("@").lower())
    if found is None:
        raise ValueError("The specified User was not found", text)  # one of several, perhaps
    return found.id


def post(text: str, state: ForumState) -> int:
    """A post's id, `TOPIC/NUMBER`, or its address."""
    number = plain(text)
    if number is None:
        place = re.search(r"(\d+)(?:/(\d+))?/?(?:\?u=.*)?$", text.strip())
        topic = state.topics.get(int(place[1])) if place else None
        found = state.numbered(topic, int(place[2] or 1)) if place and topic else None
        number = found.id if found else None
    if number not in state.posts:
        raise ValueError("The specified Post was not found")
    return number


def topic(text: str, state: ForumState) -> int:
    """A topic's id, or its address."""
    place = re.search(r"/t/[^/]+/(\d+)", text)
    number = int(place[1]) if place else plain(text)
    if number not in state.topics:
        raise ValueError("The specified Topic was not found")
    return number


def category(text: str, state: ForumState) -> int:
    """A category's id, slug or name; `parent/child` for one below another."""
    *above, last = text.strip().split("/")
    for one in state.categories.values():
        parent = state.categories.get(one.parent_id or 0)
        inside = not above or (parent is not None and above[-1] in (parent.slug, parent.name))
        if inside and last in (str(one.id), one.slug, one.name):
            return one.id
    raise ValueError(f"Could not find category named {text}")


def group(text: str, state: ForumState) -> int:
    """A group's id, or name."""
    for item in state.groups:
        if text.strip() in (str(item["id"]), item["name"]):
            return int(item["id"])
    raise ValueError(f"The group named {text} was not found")


def group_list(text: str, state: ForumState) -> list[str]:
    if not parts(text) or not set(parts(text)) <= {str(item["name"]) for item in state.groups}:
        raise ValueError(f"The group with id {text} was not found")
    return parts(text)


def plain(text: str) -> int | None:
    """A number, spaces and underscores left out; None for anything else."""
    bare = re.sub(r"[ _]", "", text)
    return int(bare) if re.fullmatch(r"-?[0-9]+", bare) else None


READERS: Mapping[str, Callable[[str, ForumState], Any]] = {
    "int": whole,
    "bigint": whole,
    "boolean": lambda text, _state: re.search(r"[ty1]", text, re.IGNORECASE) is not None,  # anywhere in it
    "string": lambda text, _state: text,
    "date": lambda text, _state: date.fromisoformat(text.strip()[:10]).isoformat(),
    "time": hour,
    "datetime": lambda text, _state: written(datetime.fromisoformat(text.strip())),
    "double": double,
    "user_id": person,
    "post_id": post,
    "topic_id": topic,
    "category_id": category,
    "group_id": group,
    "int_list": whole_list,
    "string_list": string_list,
    "user_list": lambda text, state: [person(part, state) for part in parts(text)],
    "group_list": group_list,
}
