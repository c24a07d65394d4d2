"""Feeds (Atom, RFC 4287): who waits for an answer, and the letters.

Who waits names people, so that its address has to be one that nobody guesses. Entries say nothing that changes by
itself, such as how many hours somebody has waited: a reader shows each once, and drops those that are gone (RFC 5005).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from koweb_sync import dates
from koweb_sync.archive.exports.formats.atom import SPACES, element, empty
from koweb_sync.archive.exports.safe_html import page
from koweb_sync.archive.exports.site_links import SiteContext, files_of
from koweb_sync.archive.read.model import ArchivedForum, ArchivedPost, ArchivedTopic, ArchiveFilter, File
from koweb_sync.archive.read.reader import Reader
from koweb_sync.i18n import _, active, ngettext, number
from koweb_sync.letter.names import single
from koweb_sync.report.lists.left_aside import LeftAside, WaitingPerson, WaitingTopic
from koweb_sync.report.page import formats

if TYPE_CHECKING:
    from koweb_sync.report.engine.window import ReportSettings


@dataclass(frozen=True)
class FeedEntry:
    """An entry: its HTML, where it leads, and since when it is there (microseconds)."""

    id: str
    title: str
    author: str
    url: str
    published: int
    updated: int
    html: str


@dataclass(frozen=True)
class Feed:
    """A feed. `address`: its own, where it is known; `home`: the forum's; `known`: until when the archive knows it."""

    id: str
    title: str
    home: str
    address: str
    known: int
    entries: tuple[FeedEntry, ...]


def xml(feed: Feed) -> str:
    """The feed as a file."""
    lines = [
        element("id", feed.id),
        element("title", feed.title),
        element("updated", dates.second(max((one.updated for one in feed.entries), default=feed.known))),
        empty("link", rel="alternate", type="text/html", href=feed.home),
        empty("link", rel="self", type="application/atom+xml", href=feed.address) if feed.address else "",
        element("generator", "koweb"),
        empty("fh:complete"),
        *(f"<entry>\n{''.join(written(one))}</entry>\n" for one in feed.entries),
    ]
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<feed {SPACES} xml:lang="{active()}">\n'
    return f"{head}{''.join(lines)}</feed>\n"


def written(one: FeedEntry) -> Iterator[str]:
    """The elements of an entry."""
    yield element("id", one.id)
    yield element("title", one.title)
    yield f"<author>{element('name', one.author)}</author>\n"
    yield element("published", dates.second(one.published))
    yield element("updated", dates.second(one.updated))
    yield empty("link", rel="alternate", type="text/html", href=one.url)
    yield element("content", one.html, type="html")


def of_forum(source: ArchivedForum, name: str, title: str, address: str, entries: Iterable[FeedEntry]) -> Feed:
    """A feed of a forum. `name`: what tells it from others of that forum."""
    return Feed(
        id=f"{source.url}/#{name}",
        title=title.format(forum=source.called),
        home=f"{source.url}/",
        address=address,
        known=source.until or 0,
        entries=tuple(entries),
    )


# ---- who waits


def waiting(
    source: ArchivedForum, found: LeftAside, names: Mapping[int, str], settings: "ReportSettings", address: str
) -> Feed:
    """Who waits for an answer. `names`: those that people gave themselves."""
    entries = (
        *(topic_that_waits(one, names, settings) for one in found.open),
        *(person_who_waits(one, names, settings) for one in found.people),
    )
    newest = sorted(entries, key=lambda one: (-one.updated, one.id))
    return of_forum(source, "koweb-waiting", _("Who waits on {forum}"), address, newest)


def topic_that_waits(one: WaitingTopic, names: Mapping[int, str], settings: "ReportSettings") -> FeedEntry:
    """A topic without an answer: new in the feed from when it has waited too long."""
    since = formats.day(one.opened, settings)
    author = single(formats.called(one, names)) or _("somebody")
    told = _("{name} has waited for an answer since {day}.").format(name=author, day=since)
    title = single(one.title)
    return FeedEntry(
        f"{one.url}#waiting", title, author, one.url, one.opened, one.opened + settings.horizon, paragraph(told)
    )


def person_who_waits(one: WaitingPerson, names: Mapping[int, str], settings: "ReportSettings") -> FeedEntry:
    """Somebody to whom nobody responded."""
    author = single(formats.called(one, names)) or _("somebody")
    count = ngettext("{n} post without a response", "{n} posts without a response", one.posts).format(
        n=number(one.posts)
    )
    title = _("{name}: {count}").format(name=author, count=count)
    told = _("{name} wrote last on {day}.").format(name=author, day=formats.day(one.last, settings))
    return FeedEntry(
        f"{one.url}#unheard", title, author, one.url, one.last, one.last + settings.horizon, paragraph(told)
    )


def paragraph(text: str) -> str:
    """A text as HTML."""
    return f"<p>{escape(text)}</p>"


# ---- letters


class NoFiles:
    """A feed brings no files along: pictures in it would be fetched from the forum by everybody who reads it."""

    def keep(self, _file: File) -> None:
        """Nothing."""


def letters(reader: Reader, topics: Iterable[int], address: str) -> Feed:
    """The letters that were published, as they stand on the forum now, the newest first: those that its lists show."""
    source = reader.source()
    wanted = ArchiveFilter(topics=frozenset(topics), public=True)
    entries = [
        letter(source, topic, post)
        for topic, posts in (reader.walk(wanted) if wanted.topics else ())
        for post in posts
        if post.number == 1 and topic.visible
    ]
    newest = sorted(entries, key=lambda one: (-one.published, one.id))
    return of_forum(source, "koweb-letters", _("Letters of {forum}"), address, newest)


def letter(source: ArchivedForum, topic: ArchivedTopic, post: ArchivedPost) -> FeedEntry:
    """A letter. It is the forum's, whoever published it."""
    here = f"{source.url}/t/-/{topic.id}"
    body = page(post.cooked, SiteContext(source.url, {}, NoFiles(), files_of(post), back=""))
    updated = max(post.edited or 0, post.created)
    return FeedEntry(
        f"{source.url}/t/{topic.id}", single(topic.title), source.called, here, post.created, updated, body
    )
