"""An archive as pages that open from a disk: no network, no script but the search's, everything of every post."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any, TypeVar

from koweb_sync import dates
from koweb_sync.archive.exports.export import Export, FileKind
from koweb_sync.archive.exports.files import Pictures, key_of
from koweb_sync.archive.exports.folder import ExportTarget, write
from koweb_sync.archive.exports.origins import digest, surroundings
from koweb_sync.archive.exports.site_links import PlaceOfPost, page_of, topic_page
from koweb_sync.archive.exports.site_lists import HomePage, tag_page
from koweb_sync.archive.exports.site_search import Index
from koweb_sync.archive.exports.site_topics import SitePage, TopicPages, Turn
from koweb_sync.archive.helpers import mapped, possible
from koweb_sync.archive.read.category_tree import above, below
from koweb_sync.archive.read.conditions import tagged
from koweb_sync.archive.read.model import ArchivedCategory, ArchivedPerson, ArchivedPost, ArchivedTopic, ArchiveFilter
from koweb_sync.archive.read.reader import Reader, Structure, structure_of
from koweb_sync.archive.store.chat import messages_named
from koweb_sync.archive.store.rows import Sql, among, sql
from koweb_sync.i18n import _
from koweb_sync.pages import style

TEMPLATES = Path(__file__).parents[1] / "templates"
LIST = 100  # topics on a page of a list
HEAP = 100  # posts that are made into pages together
WORTH = 100  # pages of topics that make helpers worth their start
NEWEST = "topics.last_posted DESC NULLS LAST, topics.created DESC, topics.id DESC"


def write_site(reader: Reader, target: ExportTarget, wanted: ArchiveFilter, pictures: Pictures) -> None:
    """Write the whole site."""
    write_pages(SiteWriter, reader, target, wanted, pictures)


def write_pages(
    writer: "Callable[..., Writer]",
    reader: Reader,
    target: ExportTarget,
    wanted: ArchiveFilter,
    pictures: Pictures,
    *scripts: str,
) -> "Writer":
    """Write the whole site as a writer does, and answer that one. `scripts`: those of ours that its pages need."""
    with Index(target) as index:
        site = writer(reader, target, wanted, pictures, index)
        site.topics()
        site.lists()
        index.finish()
        site.page("search.html", "search.html", up="")
    write(target, "style.css", style(TEMPLATES / "style.css").encode())
    for name in ("search.js", *scripts):
        write(target, name, (TEMPLATES / name).read_bytes())
    return site


EXPORT = Export(
    "site", lambda: _("web pages that need no network"), write_site, (FileKind(".html"), FileKind(".js")), "index.html"
)


class SiteWriter:
    """Writes the pages of a site. `closed`: it stands in the forum's place."""

    closed = False

    def __init__(
        self, reader: Reader, target: ExportTarget, wanted: ArchiveFilter, pictures: Pictures, index: Index
    ) -> None:
        self.reader = reader
        self.target = target
        self.wanted = wanted
        self.pictures = pictures
        self.index = index
        self.front = HomePage()
        self.pages = reader.pages(wanted, page_of)
        self.made = TopicPages(reader.source(), self.pages, closed=self.closed, public=wanted.public)
        pages = sorted((topic, sorted(those)) for topic, those in self.pages.items())
        self.around = surroundings(reader.source(), pages, self.closed, wanted.public)

    def page(self, path: str, template: str, *, up: str, **facts: Any) -> None:
        """Write one page."""
        write(self.target, path, self.made.text(template, up=up, **facts))

    # ---- topics

    def topics(self) -> None:
        """Write all topics."""
        helpers = possible() if sum(map(len, self.pages.values())) >= WORTH else 0
        with closing(mapped(self.made.written, together(self.topic_pages()), helpers)) as done:
            for one in chain.from_iterable(done):
                for row, words in one.entries:
                    self.index.add(row, words)
                for file in one.files:
                    self.pictures.keep(file)
                if one.text is not None:
                    write(self.target, one.path, one.text)
                    self.target.made(one.path, one.of, one.shown)

    def topic_pages(self) -> Iterator[SitePage]:
        """What the pages of all topics are made of."""
        for topic, posts in self.reader.walk(self.wanted):
            if self.is_listed(topic):
                self.front.count(topic, self.above(topic.category))
            for one in self.pages_of(topic, posts):
                of = digest(self.around, one)
                yield replace(one, of=of, stays=self.target.stays(one.path, of))

    def pages_of(self, topic: ArchivedTopic, posts: Iterable[ArchivedPost]) -> Iterator[SitePage]:
        """What the pages of a topic are made of."""
        pages = self.pages[topic.id]
        numbers = sorted(pages)
        paths = ["", *(topic_page(topic.id, one, pages) for one in numbers), ""]
        whole = self.reader.structure(topic.id, self.wanted) if len(numbers) > 1 else None
        parts = ((number, list(part)) for number, part in groupby(posts, key=lambda post: page_of(post.number)))
        first = next(parts, (1, []))
        for number, part in chain([first], parts):
            nth = numbers.index(number) + 1
            turn = Turn(nth, len(numbers), paths[nth - 1], paths[nth + 1])
            structure = structure_of(map(placed, part)) if whole is None else concerning(part, whole)
            files = {key: self.pictures.describe(file) for post in part for file in post.files if (key := key_of(file))}
            if self.is_listed(topic):
                self.front.count_posts(topic, len(part))
            yield SitePage(paths[nth], topic, turn, part, structure, files, self.messages(part))

    def messages(self, posts: Sequence[ArchivedPost]) -> dict[int, PlaceOfPost]:
        """The places of the messages of the chat that some posts may lead to."""
        named = {one for post in posts for text in texts_of(post) for one in messages_named(text)}
        return {one: place for one in sorted(named) if (place := self.reader.place_of(one)) is not None}

    # ---- lists

    def is_listed(self, topic: ArchivedTopic) -> bool:
        """Whether lists show a topic: on the forum nobody is led to one that was taken out of them."""
        return topic.visible or not self.wanted.public

    def above(self, category: ArchivedCategory | None) -> list[ArchivedCategory]:
        """The categories that one stands in, of those that may be named."""
        found = [] if category is None else above(self.reader.categories, category)
        return [one for one in found if not (one.restricted and self.wanted.public)]

    def lists(self) -> None:
        """Write the first page, and the lists of categories, tags and months."""
        everything = chain(self.listed(), self.reader.strays(self.wanted))
        self.list_of(everything, self.front.topics, "index", "", front=self.front)
        for category, count in self.front.categories:
            heading = category.name or _("Category {number}").format(number=category.id)
            topics = self.listed(among("topics.category", below(self.reader.categories, [category.id])))
            self.list_of(topics, count, f"category/{category.id}", heading)
        for name, count in sorted(self.front.by_tag.items()):
            self.list_of(self.listed(tagged(name)), count, tag_page(name).removesuffix(".html"), name)
        for month, count in sorted(self.front.by_month.items()):
            first, after = dates.beginning(month), dates.beginning(dates.following(month))
            heading = f"{dates.months()[int(month[5:]) - 1]} {month[:4]}"
            within = sql("topics.created >= ? AND topics.created < ?", first, after)
            self.list_of(self.listed(within), count, f"month/{month}", heading)

    def listed(self, *more: Sql) -> Iterator[ArchivedTopic]:
        """Topics of lists that fulfil all conditions, the newest first."""
        shown = [sql("topics.visible = 1")] if self.wanted.public else []
        return self.reader.listed(self.wanted, NEWEST, more=[*more, *shown])

    def list_of(
        self, topics: Iterable[ArchivedTopic], count: int, path: str, heading: str, front: HomePage | None = None
    ) -> None:
        """Write a list of `count` topics in pages."""
        pages = max(1, -(-count // LIST))
        up = "../" if "/" in path else ""
        rest = iter(topics)
        for nth in range(1, pages + 1):
            turn = Turn(nth, pages, place(path, nth - 1), place(path, nth + 1) if nth < pages else "")
            facts = {"heading": heading, "pages": turn, "front": front if nth == 1 else None}
            self.page(place(path, nth), "list.html", up=up, topics=list(islice(rest, LIST)), **facts)


Writer = TypeVar("Writer", bound=SiteWriter)


def place(path: str, number: int) -> str:
    """The path of a page of a list, from 1; empty for the page before the first."""
    return "" if number < 1 else f"{path}.html" if number == 1 else f"{path}-{number}.html"


def together(those: Iterable[SitePage]) -> Iterator[list[SitePage]]:
    """Pages in heaps that are worth being handed on."""
    heap: list[SitePage] = []
    for one in those:
        heap.append(one)
        if sum(len(each.posts) or 1 for each in heap) >= HEAP:
            yield heap
            heap = []
    if heap:
        yield heap


def texts_of(post: ArchivedPost) -> Iterator[str]:
    """All HTML of a post that its page shows."""
    yield post.cooked
    yield from (one.cooked for one in post.earlier)
    yield from (one.cooked for one in post.translations)


def placed(post: ArchivedPost) -> tuple[int, int | None, ArchivedPerson | None]:
    """A post as the structure of its topic knows it."""
    return post.number, post.reply_to, post.author


def concerning(posts: Sequence[ArchivedPost], whole: Structure) -> Structure:
    """What the structure of a topic says about some of its posts, and about those that they answer and are answered by:
    a page of a topic of a hundred thousand posts does not have to carry all of it.
    """
    own = {post.number for post in posts}
    near = {one for post in posts for one in (post.reply_to, *whole[post.number][1]) if one in whole}
    return {**{one: (whole[one][0], ()) for one in near - own}, **{one: whole[one] for one in own}}
