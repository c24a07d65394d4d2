"""An archive as pages that open from a disk: no network, no script but the search's, everything of every post."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files as resources
from itertools import chain, groupby, islice
from typing import Any

from jinja2 import Environment
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser

from koweb_sync import dates, pages
from koweb_sync.archive.exports import captions
from koweb_sync.archive.exports.captions import called, likes
from koweb_sync.archive.exports.export import Export, FileKind
from koweb_sync.archive.exports.files import Pictures
from koweb_sync.archive.exports.folder import ExportTarget, write
from koweb_sync.archive.exports.safe_html import page
from koweb_sync.archive.exports.site_links import SiteContext, files_of, page_of, topic_page
from koweb_sync.archive.exports.site_lists import HomePage, tag_page
from koweb_sync.archive.exports.site_search import Index
from koweb_sync.archive.ingest.readable_html import readable
from koweb_sync.archive.ingest.references import words
from koweb_sync.archive.read.model import ArchivedPerson, ArchivedPoll, ArchivedPost, ArchivedTopic, ArchiveFilter
from koweb_sync.archive.read.reader import Reader, Structure, structure_of, tagged
from koweb_sync.archive.store.rows import Sql, sql
from koweb_sync.i18n import _, active, number

LIST = 100  # topics on a page of a list
ACTION = 3  # the type of a post that says what was done to its topic
NEWEST = "topics.last_posted DESC NULLS LAST, topics.created DESC, topics.id DESC"


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a page stands among others: its number, how many there are, the paths before and after."""

    number: int
    count: int
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Other:
    """Another post of the same topic: its number, where it is in the export, and whose it is."""

    number: int
    href: str
    name: str


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post as its page shows it. `answered`: the post that it answers; `answers`: the posts that answer it."""

    post: ArchivedPost
    html: str
    action: str
    answered: Other | None
    answers: list[Other]
    likes: list[dict[str, Any]]
    polls: list[dict[str, Any]]
    files: list[dict[str, Any]]
    earlier: list[dict[str, Any]]


def write_site(reader: Reader, target: ExportTarget, wanted: ArchiveFilter, pictures: Pictures) -> None:
    """Write the whole site."""
    with Index(target) as index:
        site = SiteWriter(reader, target, wanted, pictures, index)
        site.topics()
        site.lists()
        index.finish()
        site.page("search.html", "search.html", up="")
    for name in ("style.css", "search.js"):
        content = (resources("koweb_sync.archive.exports") / "templates" / name).read_bytes()
        write(target, name, content)


EXPORT = Export("site", lambda: _("web pages that need no network"), write_site, (FileKind(".html"), FileKind(".js")))


class SiteWriter:
    """Writes the pages of a site."""

    def __init__(
        self, reader: Reader, target: ExportTarget, wanted: ArchiveFilter, pictures: Pictures, index: Index
    ) -> None:
        self.reader = reader
        self.target = target
        self.wanted = wanted
        self.pictures = pictures
        self.index = index
        self.source = reader.source()
        self.base = self.source.url
        self.front = HomePage()
        self.pages = reader.pages(wanted, page_of)
        self.env = environment()

    def page(self, path: str, template: str, *, up: str, **facts: Any) -> None:
        """Write one page."""
        text = self.env.get_template(template).render(source=self.source, language=active(), up=up, **facts)
        write(self.target, path, text)

    # ---- topics

    def topics(self) -> None:
        """Write all topics."""
        for topic, posts in self.reader.walk(self.wanted):
            self.front.count(topic)
            self.pages.setdefault(topic.id, frozenset([1]))
            self.topic(topic, posts)

    def topic(self, topic: ArchivedTopic, posts: Iterable[ArchivedPost]) -> None:
        """Write the pages of a topic."""
        numbers = sorted(self.pages[topic.id])
        if len(numbers) == 1:
            posts = list(posts)
            structure = structure_of((one.number, one.reply_to, one.author) for one in posts)
        else:
            structure = self.reader.structure(topic.id, self.wanted)
        grouped = groupby(posts, key=lambda post: page_of(post.number))
        empty = True
        for nth, part in grouped:
            self.part(topic, numbers, nth, list(part), structure)
            empty = False
        if empty:
            self.part(topic, numbers, 1, (), structure)

    def part(
        self,
        topic: ArchivedTopic,
        numbers: Sequence[int],
        number: int,
        posts: Sequence[ArchivedPost],
        structure: Structure,
    ) -> None:
        """Write one page of a topic."""
        pages = self.pages[topic.id]
        nth = numbers.index(number)
        near = [topic_page(topic.id, one, pages) for one in numbers[max(0, nth - 1) : nth + 2]]
        turn = Turn(nth + 1, len(numbers), near[0] if nth else "", near[-1] if nth + 1 < len(numbers) else "")
        title = topic.title or _("Topic {number}").format(number=topic.id)
        shown = []
        for post in posts:
            self.front.posts += 1
            self.enter(post, title, topic_page(topic.id, number, pages))
            shown.append(self.shown(post, structure))
        self.page(
            topic_page(topic.id, number, pages),
            "topic.html",
            up="../",
            topic=topic,
            title=title,
            posts=shown,
            pages=turn,
        )

    def shown(self, post: ArchivedPost, structure: Structure) -> ShownPost:
        """A post as its page shows it."""
        look = SiteContext(self.base, self.pages, self.pictures, files_of(post))
        answered = structure.get(post.reply_to) if post.reply_to is not None else None
        answers = structure.get(post.number, (None, ()))[1]
        cooked = without_polls(post.cooked) if post.polls else post.cooked
        return ShownPost(
            post,
            html=page(cooked, look),
            action=captions.action(post.action) if post.type == ACTION else "",
            answered=Other(post.reply_to or 1, look.post(post.topic, post.reply_to or 1), called(answered[0]))
            if answered
            else None,
            answers=[Other(one, look.post(post.topic, one), called(structure[one][0])) for one in answers],
            likes=likes(post),
            polls=[poll(one) for one in post.polls],
            files=attachments(post, look),
            earlier=[{"version": one, "html": page(one.cooked, look, level=3)} for one in post.earlier],
        )

    def enter(self, post: ArchivedPost, title: str, path: str) -> None:
        """Put a post into the search."""
        text = words(post.cooked)
        first = post.number == 1
        name = title if first else f"{title} #{post.number}"
        facts = f"{called(post.author)} · {dates.day(post.created)}"
        row: list[object] = [f"{path}#post-{post.number}", name, facts, text]
        self.index.add(row, f"{title} {text}" if first else text)

    # ---- lists

    def lists(self) -> None:
        """Write the first page, and the lists of categories, tags and months."""
        everything = chain(self.reader.listed(self.wanted, NEWEST), self.reader.strays(self.wanted))
        self.list_of(everything, self.front.topics, "index", "", front=self.front)
        for category, count in self.front.categories:
            heading = category.name or _("Category {number}").format(number=category.id)
            topics = self.listed(sql("topics.category = ?", category.id))
            self.list_of(topics, count, f"category/{category.id}", heading)
        for name, count in sorted(self.front.by_tag.items()):
            self.list_of(self.listed(tagged(name)), count, tag_page(name).removesuffix(".html"), name)
        for month, count in sorted(self.front.by_month.items()):
            first, after = dates.beginning(month), dates.beginning(dates.following(month))
            heading = f"{dates.months()[int(month[5:]) - 1]} {month[:4]}"
            among = sql("topics.created >= ? AND topics.created < ?", first, after)
            self.list_of(self.listed(among), count, f"month/{month}", heading)

    def listed(self, among: Sql) -> Iterator[ArchivedTopic]:
        """Topics that fulfil a condition, the newest first."""
        return self.reader.listed(self.wanted, NEWEST, more=[among])

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


def place(path: str, number: int) -> str:
    """The path of a page of a list, from 1; empty for the page before the first."""
    return "" if number < 1 else f"{path}.html" if number == 1 else f"{path}-{number}.html"


def environment() -> Environment:
    """The templates, with the words and dates of the language that is spoken."""
    env = pages.environment("koweb_sync.archive.exports")
    env.globals |= {
        "day": dates.day,
        "reason": captions.reason,
        "called": called,
        "tag_page": tag_page,
        "number": number,
    }
    env.filters |= {"date": date, "minute": minute, "person": lru_cache(maxsize=1_000)(person)}
    return env


def date(at: int) -> Markup:
    """A day as a page shows it."""
    return Markup(f'<time datetime="{dates.second(at)}">{dates.day(at)}</time>')  # noqa: S704 - nobody's text


def minute(at: int) -> Markup:
    """A day and the time of the day."""
    return Markup(f'<time datetime="{dates.second(at)}">{dates.day(at)}, {dates.hour(at)}</time>')  # noqa: S704


def person(one: ArchivedPerson | None) -> Markup:
    """Somebody by the name that people see; the username shows to whoever points at it."""
    other = one is not None and one.username not in ("", one.shown)
    title = Markup(' title="@{}"').format(one.username) if one and other else ""
    return Markup('<bdi class="person"{}>{}</bdi>').format(title, called(one))


def poll(one: ArchivedPoll) -> dict[str, Any]:
    """A poll as its page shows it: its answers as plain text."""
    options = [{"text": text_of(each.html), "votes": each.votes, "people": each.people} for each in one.options]
    return {"title": text_of(one.title), "voters": one.voters, "options": options}


def text_of(html: str) -> str:
    """The words of a piece of HTML."""
    body = LexborHTMLParser(readable(html)).body
    return "" if body is None else " ".join(body.text(separator=" ").split())


def without_polls(cooked: str) -> str:
    """A post's HTML without the places of its polls, which are shown with their votes."""
    tree = LexborHTMLParser(readable(cooked))
    for node in reversed(tree.css("div.poll")):
        node.decompose()
    return "" if tree.body is None else (tree.body.inner_html or "")


def attachments(post: ArchivedPost, look: SiteContext) -> list[dict[str, Any]]:
    """The files of a post that are no pictures."""
    found = []
    for one in post.files:
        if one.kind == "image":
            continue
        kept = look.pictures.keep(one)
        name = one.name or one.url.rpartition("/")[2]
        found.append({"name": name, "href": look.up(kept.path) if kept else "", "why": captions.absent(one.since)})
    return found
