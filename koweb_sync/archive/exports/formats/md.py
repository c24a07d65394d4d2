"""An archive as Markdown: one file for each topic, with what is known of it at the head and a section for each post.

The head is for other programs, too: `date`, `modified`, `tags` and `authors` are what Hugo and Pelican call them, and
`slug` keeps two topics of one title apart. No other key is one with which they decide where a page lies, as `url` is.
Eleventy and Jekyll take braces in a text for commands of a template, unless the head says that there are none.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from html import escape
from typing import Any

from koweb_sync.archive.exports import captions
from koweb_sync.archive.exports.captions import called, likes
from koweb_sync.archive.exports.export import Export, FileKind
from koweb_sync.archive.exports.files import Pictures
from koweb_sync.archive.exports.folder import ExportTarget
from koweb_sync.archive.exports.md_links import TopicFiles, linked, linking
from koweb_sync.archive.exports.origins import digest, surroundings
from koweb_sync.archive.exports.yaml_text import Moment, as_yaml
from koweb_sync.archive.read.model import ArchivedForum, ArchivedPost, ArchivedTopic, ArchiveFilter
from koweb_sync.archive.read.reader import PAGE, Reader
from koweb_sync.archive.store.chat import file_name, forum_path
from koweb_sync.dates import minute, second
from koweb_sync.i18n import _

_SLUG = re.compile(r"[^a-z0-9]+")
_NO_TEMPLATE: dict[str, Any] = {"templateEngineOverride": "md", "render_with_liquid": False}  # to Eleventy, to Jekyll


def write_markdown(reader: Reader, target: ExportTarget, wanted: ArchiveFilter, pictures: Pictures) -> None:
    """Write topics/ID-slug.md for every topic, and the files that they show."""
    source = reader.source()
    around = surroundings(source)
    others = TopicFiles(reader, wanted, source.homes, lambda topic: f"{name(topic)}.md")
    for topic, posts in reader.walk(wanted):
        structure, path = reader.structure(topic.id, wanted), f"topics/{name(topic)}.md"
        few = list(posts) if len(structure) <= PAGE else None  # a longer topic is not in memory as a whole
        of = b""
        if few is not None:
            files = [pictures.keep(file) for post in few for file in post.files]
            of = digest(around, topic, few, list(structure.items()), files, others.known if linking(few) else b"")
            if target.stays(path, of):
                continue
        authors = dict.fromkeys(called(person) for person, _answers in structure.values())
        with target.file(path) as out:
            out.write(head(topic, source, authors).encode())
            for post in posts if few is None else few:
                answered = structure.get(post.reply_to or 0)
                to = f"{called(answered[0])} (#{post.reply_to})" if answered else ""
                out.write(section(post, to, pictures, others).encode())
        if of:
            target.made(path, of)


EXPORT = Export("md", lambda: _("Markdown, one file for each topic"), write_markdown, (FileKind(".md"),))


def name(topic: ArchivedTopic) -> str:
    """The name of a topic's file: its number, and what a forum's slug leaves when it is taken at its word."""
    slug = _SLUG.sub("-", topic.slug.lower())[:60].strip("-")
    return f"{file_name(topic.id)}-{slug}" if slug else file_name(topic.id)


def head(topic: ArchivedTopic, source: ArchivedForum, authors: Iterable[str]) -> str:
    """The front matter of a topic."""
    title = topic.title or _("Topic {number}").format(number=topic.id)
    facts: dict[str, Any] = {
        "title": title,
        "source": f"{source.url}/{forum_path(topic.id)}",
        "topic": topic.id,
        "slug": name(topic),
        "date": Moment(second(topic.created)),
        "modified": None if topic.last_posted is None else Moment(second(topic.last_posted)),
        "category": topic.category.path if topic.category else None,
        "closed": topic.closed,
        "archived": topic.archived,
        "listed": topic.visible,
        "gone": None if topic.shown else (topic.reason or "unseen"),
        **_NO_TEMPLATE,
        "tags": list(topic.tags),
        "authors": list(authors),
        "translations": [f"{one.language}: {one.title}" for one in topic.translations],
    }
    said = {key: value for key, value in facts.items() if value not in (None, [])}
    return f"---\n{as_yaml(said)}---\n\n# {plain(title)}\n"


def section(post: ArchivedPost, answered: str, pictures: Pictures, others: TopicFiles) -> str:
    """A post: who, when, what it answers, its text, its likes."""
    facts = [minute(post.created)]
    facts += [_("in reply to {name}").format(name=plain(answered))] if answered else []
    facts += [_("edited on") + f" {minute(post.edited)}"] if post.edited is not None else []
    facts += [captions.reason(post.gone)] if post.gone else []
    facts += [captions.action(post.action)] if post.type == 3 else []
    lines = [f'\n<a id="post-{post.number}"></a>\n', f"## {plain(called(post.author))} · #{post.number}\n"]
    lines += [f"*{' · '.join(facts)}*\n"]
    lines += [f"*{captions.emptied(post.emptied)}*\n"] if post.emptied is not None else []
    lines += [f"{text(post, pictures, others)}\n"]
    for each in post.translations:
        said = text(replace(post, raw=each.raw, files=()), pictures, others)
        lines += [f"*{plain(captions.translated(each))}*\n", f'<section lang="{escape(each.language)}">\n', f"{said}\n"]
        lines += ["</section>\n"]
    for one in likes(post):
        people = ", ".join(plain(called(person)) for person in one["people"])
        named = _(":") + f" {people}" if people else ""
        lines.append(f"{one['sign']} {one['words']}{named}\n")
    return "\n".join(lines)


def text(post: ArchivedPost, pictures: Pictures, others: TopicFiles) -> str:
    """A post's Markdown as it was written, with the files of this export in place of the forum's, other topics among
    them. Files that it does not name itself, such as a picture that came with HTML, follow, and what is gone.
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
    return "\n\n".join([linked(post, places, others), *more])


def plain(words: str) -> str:
    """Words that stand in a heading without meaning anything to Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>#|!&~])", r"\\\1", " ".join(words.split()))
