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
from koweb_sync.sandbox.model.records import CategoryRecord
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
    return READERS[one.type](one, text, state)


def storable(text: str) -> bool:
    """Whether a database can hold a text: no NUL, no half of a pair of UTF-16."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


# ---- one reader for each type


def whole(one: Parameter, text: str, _state: ForumState) -> int:
    """A number without a fraction."""
    if not re.fullmatch(r"-?[0-9]+", text):
        raise one.refuse(text, "Not an integer")
    return int(text)


def boolean(_one: Parameter, text: str, _state: ForumState) -> bool:
    """True for whatever has a t, a y or a 1 in it."""
    return re.search(r"[ty1]", text, re.IGNORECASE) is not None


def string(_one: Parameter, text: str, _state: ForumState) -> str:
    return text


def double(one: Parameter, text: str, _state: ForumState) -> float:
    try:
        return float(text)
    except ValueError:
        raise one.refuse(text) from None


def day(one: Parameter, text: str, _state: ForumState) -> str:
    try:
        return date.fromisoformat(text.strip()[:10]).isoformat()
    except ValueError as error:
        raise one.refuse(text, str(error)) from None


def moment(one: Parameter, text: str, _state: ForumState) -> str:
    """A time, in UTC, as a database writes it."""
    try:
        return written(datetime.fromisoformat(text.strip()))
    except ValueError as error:
        raise one.refuse(text, str(error)) from None


def hour(one: Parameter, text: str, state: ForumState) -> str:
    """A time of today."""
    try:
        clock = time.fromisoformat(text.strip())
    except ValueError as error:
        raise one.refuse(text, str(error)) from None
    return written(datetime.combine(datetime.fromtimestamp(state.clock(), UTC).date(), clock))


def written(when: datetime) -> str:
    """A time as a database writes it."""
    naive = when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when
    return naive.isoformat(" ", timespec="microseconds")


def whole_list(_one: Parameter, text: str, _state: ForumState) -> list[int | None]:
    """Numbers with commas; what begins with no digit is 0, as Ruby reads it."""
    found = [(part, re.match(r"\s*([+-]?[0-9]+)", part)) for part in parts(text)]
    return [None if part.lower() == "#null" else int(number[1]) if number else 0 for part, number in found]


def string_list(one: Parameter, text: str, _state: ForumState) -> list[str | None]:
    found = parts(text)
    if not found:
        raise one.refuse(text, "can't be empty")
    return [None if part.lower() == "#null" else part for part in found]


def parts(text: str) -> list[str]:
    """What lies between commas; nothing empty at the end."""
    return text.rstrip(",").split(",") if text.strip(",") else []


def person(one: Parameter, text: str, state: ForumState) -> int:
    """Somebody's id, or name."""
    number = plain(text)
    found = state.users.get(number) if number is not None else state.names.get(text.strip().lstrip("@").lower())
    if found is None:
        raise one.refuse(text, "The specified User was not found")
    return found.id


def person_list(one: Parameter, text: str, state: ForumState) -> list[int]:
    return [person(one, part, state) for part in parts(text)]


def post(one: Parameter, text: str, state: ForumState) -> int:
    """A post's id, `TOPIC/NUMBER`, or its address."""
    number = plain(text)
    if number is None:
        place = re.search(r"(\d+)(?:/(\d+))?/?(?:\?u=.*)?$", text.strip())
        topic = state.topics.get(int(place[1])) if place else None
        nth = int(place[2] or 1) if place else 1
        number = next((p.id for p in state.posts_of(topic) if p.number == nth), None) if topic else None
    if number not in state.posts:
        raise one.refuse(text, "The specified Post was not found")
    return number


def topic(one: Parameter, text: str, state: ForumState) -> int:
    """A topic's id, or its address."""
    place = re.search(r"/t/[^/]+/(\d+)", text)
    number = int(place[1]) if place else plain(text)
    if number not in state.topics:
        raise one.refuse(text, "The specified Topic was not found")
    return number


def category(one: Parameter, text: str, state: ForumState) -> int:
    """A category's id, slug or name; `parent/child` for one below another."""
    *above, last = text.strip().split("/")
    found = [item for item in state.categories.values() if last in (str(item.id), item.slug, item.name)]
    if above:
        found = [item for item in found if below(item, above[-1], state)]
    if not found:
        raise one.refuse(text, f"Could not find category named {text}")
    return found[0].id


def below(item: CategoryRecord, name: str, state: ForumState) -> bool:
    """Whether a category lies in one of that slug or name."""
    parent = state.categories.get(item.parent_id or 0)
    return parent is not None and name in (parent.slug, parent.name)


def group(one: Parameter, text: str, state: ForumState) -> int:
    """A group's id, or name."""
    for item in state.groups:
        if text.strip() in (str(item["id"]), item["name"]):
            return int(item["id"])
    raise one.refuse(text, f"The group named {text} was not found")


def group_list(one: Parameter, text: str, state: ForumState) -> list[str]:
    known = {str(item["name"]) for item in state.groups}
    if not parts(text) or not set(parts(text)) <= known:
        raise one.refuse(text, f"The group with id {text} was not found")
    return parts(text)


def plain(text: str) -> int | None:
    """A number, spaces and underscores left out; None for anything else."""
    bare = re.sub(r"[ _]", "", text)
    return int(bare) if re.fullmatch(r"-?[0-9]+", bare) else None


READERS: Mapping[str, Callable[[Parameter, str, ForumState], Any]] = {
    "int": whole,
    "bigint": whole,
    "boolean": boolean,
    "string": string,
    "date": day,
    "time": hour,
    "datetime": moment,
    "double": double,
    "user_id": person,
    "post_id": post,
    "topic_id": topic,
    "category_id": category,
    "group_id": group,
    "int_list": whole_list,
    "string_list": string_list,
    "user_list": person_list,
    "group_list": group_list,
}
