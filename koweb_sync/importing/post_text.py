"""The text of a post file that is made of a note. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from koweb_sync.importing.convert import ConversionProblem
from koweb_sync.importing.converted_notes import ReadNote
from koweb_sync.importing.metadata import Value
from koweb_sync.importing.origins import comment
from koweb_sync.posts.front_writing import yaml_value
from koweb_sync.safe_text import escaped_json, unbroken


@dataclass(frozen=True, slots=True)
class Facts:
    """What a post file says. `category` None: koweb.toml says it for the folder, or nobody does. `created` in ISO 8601,
    "" for none. `dropped`: tags that the forum would not take.
    """

    title: str
    id: str
    category: str | int | None
    tags: tuple[str, ...]
    created: str
    draft: bool
    dropped: tuple[str, ...] = ()
    problems: tuple[ConversionProblem, ...] = ()


def composed(facts: Facts, origin: str, note: ReadNote, body: str) -> bytes:
    """A post file. What its note says and koweb does not know stays in it, as comments."""
    lines = [f"title: {yaml_value(facts.title)}", f"id: {yaml_value(facts.id)}"]
    if facts.category is not None:
        lines.append(f"category: {yaml_value(facts.category)}")
    if facts.tags:
        lines.append(f"tags: {yaml_value(facts.tags)}")
    if facts.created:
        lines.append(f"created: {facts.created}")
    if facts.draft:
        lines.append("draft: true")
    lines.append(comment(origin, note.source.digest))
    said: dict[str, Value] = dict(note.said.kept)
    if note.said.title and note.said.title != facts.title:
        said = {"title": note.said.title, **said}
    if facts.dropped:
        said["tags"] = list(facts.dropped)
    lines += comments(said)
    lines += (f"# {unbroken(line)}" for line in note.comments)
    return "---\n{}\n---\n{}".format("\n".join(lines), body).encode()


def comments(said: Mapping[str, Value]) -> list[str]:
    """Keys and values as comments, one a line."""
    return [f"# {unbroken(key)}: {unbroken(shown(value))}" for key, value in said.items()]


def shown(value: Value) -> str:
    """A value on one line."""
    return yaml_value(value) if isinstance(value, str) else escaped_json(json.dumps(value, ensure_ascii=False))
