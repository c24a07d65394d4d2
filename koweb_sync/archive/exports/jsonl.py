"""An archive as JSON lines: one topic, post or person on each line, as `schema.json` beside them describes."""

import json
from importlib.resources import files as resources
from typing import IO, Any

from koweb_sync.archive.exports import json_form
from koweb_sync.archive.exports.files import Pictures
from koweb_sync.archive.exports.folder import Target, write
from koweb_sync.archive.exports.people_named import Met
from koweb_sync.archive.read.model import Wanted
from koweb_sync.archive.read.reader import Reader

SCHEMA = "schema.json"


def export(reader: Reader, target: Target, wanted: Wanted, pictures: Pictures) -> None:
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
