"""An archive as JSON lines: one topic, post or person on each line, as `schema.json` beside them describes."""

import json
from collections.abc import Iterator
from importlib.resources import files as resources
from pathlib import Path
from typing import IO, Any

from koweb_sync.archive.exports import json_form
from koweb_sync.archive.exports.export import Export, FileKind
from koweb_sync.archive.exports.files import Pictures
from koweb_sync.archive.exports.folder import ExportTarget, write
from koweb_sync.archive.exports.people_named import Met
from koweb_sync.archive.names.aliases import ReplacedNames
from koweb_sync.archive.names.redact import redact, renamed_whole
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.i18n import _

SCHEMA = "schema.json"


def write_lines(reader: Reader, target: ExportTarget, wanted: ArchiveFilter, pictures: Pictures) -> None:
    """Write topics.jsonl, posts.jsonl, people.jsonl, categories.jsonl, the files of posts, and the schema."""
    met, source, places = Met(), reader.source(), set[int]()
    with target.file("topics.jsonl") as out:
        for topic in reader.topics(wanted):
            met.topic(topic)
            places |= {topic.category.id} if topic.category else set()
            line(out, json_form.topic(topic, source))
    with target.file("posts.jsonl") as out:
        for _topic, posts in reader.walk(wanted):
            for post in posts:
                met.post(post)
                line(out, json_form.post(post, source, {file.url: pictures.keep(file) for file in post.files}))
    with target.file("people.jsonl") as out:
        for person in met:
            line(out, json_form.person(person))
    with target.file("categories.jsonl") as out:
        for one in reader.categories.values():
            if one.id in places:
                line(out, json_form.category(one))
    write(target, SCHEMA, (resources("koweb_sync.archive.exports") / SCHEMA).read_bytes())


def line(out: IO[bytes], value: Any) -> None:
    """One line. Letters stand as they are; what some programs take for line ends does not."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in ("\u2028", "\u2029", "\u0085"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    out.write(text.encode() + b"\n")


# ---- other names in it


def renamed(data: bytes, names: ReplacedNames) -> bytes:
    """JSON lines with other names in them: within JSON's own quotes a name would not be seen."""
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        return data
    return "\n".join(in_line(line, names) if line else line for line in lines).encode()


def in_line(line: str, names: ReplacedNames) -> str:
    """One line. Where it is not written as we write JSON, it goes the way of any text."""
    try:
        value = json.loads(line)
    except ValueError:
        return redact(line, names)
    for separators in ((",", ":"), (", ", ": ")):
        if json.dumps(value, ensure_ascii=False, separators=separators) == line:
            return json.dumps(named(value, "", names), ensure_ascii=False, separators=separators)
    return redact(line, names)


def named(value: Any, key: str, names: ReplacedNames) -> Any:
    """A value within JSON, under a key."""
    if isinstance(value, dict):
        return {name: named(one, name, names) for name, one in value.items()}
    if isinstance(value, list):
        return [named(one, key, names) for one in value]
    if not isinstance(value, str):
        return value
    if key in ("username", "name"):
        return renamed_whole(value, names, username=key == "username")
    return redact(value, names)


def texts(path: Path) -> Iterator[str]:
    """The lines of a file: it may be larger than memory. Raises UnicodeDecodeError for what is no text."""
    with path.open(encoding="utf-8") as lines:
        yield from lines


EXPORT = Export(
    "jsonl",
    lambda: _("JSON lines, with a schema"),
    write_lines,
    (FileKind(".jsonl", texts, renamed), FileKind(".json")),
)
