"""A report as JSON, and the JSON schema that describes it (`report.schema.json`).

Field names are those of the dataclasses; times are ISO 8601 in UTC. Nothing is translated.
"""

import json
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from koweb_sync.report.compute import Report
from koweb_sync.times import moment

VERSION = 1
SCHEMA = Path(__file__).parent.with_name("report.schema.json")
TIMES = {"since", "until", "seen", "opened", "last", "published", "begins"}  # fields that are microseconds
SIMPLE = {int: "integer", float: "number", str: "string", bool: "boolean", NoneType: "null"}


def as_json(report: Report) -> dict[str, Any]:
    """The report as what `json` can write."""
    return {"version": VERSION, **plain(report)}


def plain(value: Any, name: str = "") -> Any:
    """A value of a report as what `json` can write."""
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name), one.name) for one in fields(value)}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if name in TIMES and isinstance(value, int):
        return moment(value).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return value


def schema() -> dict[str, Any]:
    """The JSON schema, made from the dataclasses."""
    definitions: dict[str, Any] = {}
    whole = described(Report, "", definitions)
    top = definitions.pop(whole["$ref"].rpartition("/")[2])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A report of koweb-sync",
        **top,
        "properties": {"version": {"const": VERSION}, **top["properties"]},
        "required": ["version", *top["required"]],
        "$defs": dict(sorted(definitions.items())),
    }


def described(kind: Any, name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a field; what its dataclasses look like goes into `definitions`."""
    if is_dataclass(kind) and isinstance(kind, type):
        return reference(kind, definitions)
    origin, inside = get_origin(kind), get_args(kind)
    if origin is tuple:
        return {"type": "array", "items": described(inside[0], "", definitions)}
    if origin is Literal:
        return {"enum": list(inside)}
    if origin in (Union, UnionType):
        return {"anyOf": [described(one, name, definitions) for one in inside]}
    if name in TIMES and kind is int:
        return {"type": "string", "format": "date-time"}
    return {"type": SIMPLE[kind]}


def reference(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """A reference to what a dataclass looks like."""
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # it may mention itself
        hints = get_type_hints(kind)
        names = [one.name for one in fields(kind)]
        definitions[kind.__name__] = {
            "type": "object",
            "description": " ".join((kind.__doc__ or "").split()),
            "properties": {name: described(hints[name], name, definitions) for name in names},
            "required": names,
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{kind.__name__}"}


@cache
def published_schema() -> dict[str, Any]:
    """The schema as it is published."""
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return schema
