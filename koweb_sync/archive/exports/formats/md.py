"""An archive as Markdown: one file for each topic, with what is known of it at the head and a section for each post."""

import io
import re
from collections.abc import Iterable
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.representer import SafeRepresenter

from koweb_sync.archive.exports import captions
from koweb_sync.archive.exports.captions import called, likes
from koweb_sync.archive.exports.export import Export, FileKind
from koweb_sync.archive.exports.files import Pictures
from koweb_sync.archive.exports.folder import ExportTarget
from koweb_sync.archive.read.model import ArchivedForum, ArchivedPost, ArchivedTopic, ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.dates import second
from koweb_sync.i18n import _
from koweb_sync.posts.translate import to_file

_SLUG = re.compile(r"[^a-z0-9]+")
_BREAKS = re.compile("[\x85\u2028\u2029]")


class Careful(SafeRepresenter):
    """Writes line breaks that only YAML takes for some as signs of their own, or they would be read as spaces."""


def scalar(writer: SafeRepresenter, text: str) -> Any:
    """A text, in double quotes where it holds such a break."""
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style='"' if _BREAKS.search(text) else None)


Careful.add_representer(str, scalar)


def write_markdown(reader: Reader, target: ExportTarget, wanted: ArchiveFilter, pictures: Pictures) -> None:
    """Write topics/ID-slug.md for every topic, and the files that they show."""
    source = reader.source()
    for topic, posts in reader.walk(wanted):
        structure = reader.structure(topic.id, wanted)
        authors = dict.fromkeys(called(person) for person, _answers in structure.values())
        with target.file(f"topics/{name(topic)}.md") as out:
            out.write(head(topic, source, authors).encode())
            for post in posts:
                answered = structure.get(post.reply_to or 0)
                to = f"{called(answered[0])} (#{post.reply_to})" if answered else ""
                out.write(section(post, to, pictures).encode())


EXPORT = Export("md", lambda: _("Markdown, one file for each topic"), write_markdown, (FileKind(".md"),))


def name(topic: ArchivedTopic) -> str:
    """The name of a topic's file: its number, and what a forum's slug leaves when it is taken at its word."""
    slug = _SLUG.sub("-", topic.slug.lower())[:60].strip("-")
    return f"{topic.id}-{slug}" if slug else str(topic.id)


def head(topic: ArchivedTopic, source: ArchivedForum, authors: Iterable[str]) -> str:
    """The front matter of a topic."""
    title = topic.title or _("Topic {number}").format(number=topic.id)
    facts: dict[str, Any] = {
        "title": title,
        "url": f"{source.url}/t/{topic.id}",
        "topic": topic.id,
        "category": topic.category.path if topic.category else None,
        "tags": list(topic.tags),
        "authors": list(authors),
        "created": second(topic.created),
        "last_posted": None if topic.last_posted is None else second(topic.last_posted),
        "closed": topic.closed,
        "archived": topic.archived,
        "listed": topic.visible,
        "gone": None if topic.shown else (topic.reason or "unseen"),
    }
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = Careful
    yaml.default_flow_style, yaml.width = False, 2**30
    # Not declared as settings in its types: letters as they are, and the order above.
    vars(yaml).update(allow_unicode=True, sort_base_mapping_type_on_output=False)
    out = io.StringIO()
    yaml.dump(facts, out)
    return f"---\n{out.getvalue()}---\n\n# {plain(title)}\n"


def section(post: ArchivedPost, answered: str, pictures: Pictures) -> str:
    """A post: who, when, what it answers, its text, its likes."""
    facts = [second(post.created)]
    facts += [_("in reply to {name}").format(name=plain(answered))] if answered else []
    facts += [_("edited on") + f" {second(post.edited)}"] if post.edited is not None else []
    facts += [captions.reason(post.gone)] if post.gone else []
    facts += [captions.action(post.action)] if post.type == 3 else []
    lines = [f'\n<a id="post-{post.number}"></a>\n', f"## {plain(called(post.author))} · #{post.number}\n"]
    lines += [f"*{' · '.join(facts)}*\n"]
    lines += [f"{text(post, pictures)}\n"]
    for one in likes(post):
        people = ", ".join(plain(called(person)) for person in one["people"])
        named = _(":") + f" {people}" if people else ""
        lines.append(f"{one['sign']} {one['words']}{named}\n")
    return "\n".join(lines)


def text(post: ArchivedPost, pictures: Pictures) -> str:
    """A post's Markdown as it was written, with the files of this export in place of the forum's. Files that it does
    not name itself, such as a picture that came with HTML, follow, and what is gone.
    """
    places: dict[str, str] = {}
    more: list[str] = []
    for one in post.files:
        kept = pictures.keep(one)
        if kept is None:
            more += [f"*{plain(one.name or one.url)}{_(':')} {captions.absent(one.since)}*"] if one.since else []
            continue
        if one.url in post.raw or one.source in post.raw:
            places |= {one.url: f"../{kept.path}", one.source: f"../{kept.path}"}
        else:
            more.append(f"{'!' if kept.picture else ''}[{plain(one.name)}](../{kept.path})")
    body = to_file(post.raw, places, {}) if places else post.raw
    return "\n\n".join([body, *more])


def plain(words: str) -> str:
    """Words that stand in a heading without meaning anything to Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>#|!&~])", r"\\\1", " ".join(words.split()))
