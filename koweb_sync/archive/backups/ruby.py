"""What Ruby on Rails keeps of an edit: YAML with tags of Ruby's own, read as plain data and as nothing else. Pure.

No tag makes an object here: a mapping is a mapping, whatever class it says it is of. Depth, size and what names stand
for (`*1` for what `&1` marked) are bounded, and a text that is in no such form is refused.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

import yaml

DEEPEST = 12
VALUES = 20_000  # of one edit; Discourse's own hold a few dozen
_NUMBER = re.compile(r"0|-?[1-9]\d{0,17}", re.ASCII)  # a text may be "0008", which is no number to Ruby either
_PLAIN = {"": None, "~": None, "null": None, "true": True, "false": False}
READER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NotPlain(ValueError):
    """A text that is no edit as Rails writes it."""


def loaded(text: str) -> Any:
    """What a text holds: mappings, lists, texts, numbers, true, false, None. Raises NotPlain."""
    try:
        events = yaml.parse(text, Loader=READER)
        found = Composer(events).document()
    except (yaml.YAMLError, RecursionError, UnicodeError) as error:
        raise NotPlain(type(error).__name__) from error
    return found


class Composer:
    """Makes values out of the signs that a text is read into."""

    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events
        self.marked: dict[str, Any] = {}
        self.left = VALUES

    def document(self) -> Any:
        """The one value of a text."""
        for event in self.events:
            if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
                return self.value(event, 0)
        raise NotPlain("empty")

    def value(self, event: Any, depth: int) -> Any:
        """The value that begins with a sign."""
        self.left -= 1
        if depth > DEEPEST or self.left < 0:
            raise NotPlain("size")
        match event:
            case yaml.ScalarEvent():
                found: Any = scalar(event)
            case yaml.SequenceStartEvent():
                found = self.several(depth)
            case yaml.MappingStartEvent():
                found = self.mapping(depth)
            case yaml.AliasEvent():
                return self.again(event.anchor)
            case _:
                raise NotPlain("form")
        if event.anchor:
            self.marked[event.anchor] = found
        return found

    def several(self, depth: int) -> list[Any]:
        """A list."""
        found: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                return found
            found.append(self.value(event, depth + 1))
        raise NotPlain("end")

    def mapping(self, depth: int) -> dict[str, Any]:
        """A mapping, by the names in it. What a class of Rails wraps around its values is taken off."""
        found: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                inner = found.get("elements")
                return inner if isinstance(inner, dict) else found
            if not isinstance(event, yaml.ScalarEvent):
                raise NotPlain("name")
            found[event.value.removeprefix(":")] = self.value(next(self.events), depth + 1)
        raise NotPlain("end")

    def again(self, anchor: str) -> Any:
        """What was marked before: texts alone, or a few names would stand for endless lists."""
        found = self.marked.get(anchor)
        if found is None or isinstance(found, list | dict):
            raise NotPlain("alias")
        return found


def scalar(event: Any) -> Any:
    """One value: a text, unless it stands there without quotes and is written as something else."""
    if event.tag in ("!binary", "tag:yaml.org,2002:binary"):
        try:
            return base64.b64decode(event.value, validate=False).decode()
        except (binascii.Error, ValueError) as error:
            raise NotPlain("binary") from error
    written: str = event.value
    if event.style or event.implicit[1]:
        return written
    if written in _PLAIN:
        return _PLAIN[written]
    return int(written) if _NUMBER.fullmatch(written) else written
