"""The pages of the topics of a site: made of posts that were read, wherever that is done (`helpers`)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape
from selectolax.lexbor import LexborHTMLParser

from koweb_sync import dates, pages
from koweb_sync.archive.exports import captions
from koweb_sync.archive.exports.captions import called, likes
from koweb_sync.archive.exports.files import ExportedFile, FileKey, KnownFiles
from koweb_sync.archive.exports.origins import PageOrigin
from koweb_sync.archive.exports.safe_html import page
from koweb_sync.archive.exports.site_links import PagedTopics, PlaceOfPost, SiteContext, files_of
from koweb_sync.archive.exports.site_lists import tag_page
from koweb_sync.archive.exports.site_search import singulars
from koweb_sync.archive.read.model import ArchivedForum, ArchivedPerson, ArchivedPoll, ArchivedPost, ArchivedTopic, File
from koweb_sync.archive.read.reader import Structure
from koweb_sync.archive.store.chat import file_name, forum_path
from koweb_sync.archive.store.post_words import words
from koweb_sync.archive.store.readable_html import readable
from koweb_sync.i18n import _, active, number
from koweb_sync.safe_text import unturned

ACTION = 3  # the type of a post that says what was done to its topic


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
    translations: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SitePage:
    """What a page of a topic is made of. `structure`: of the topic, at least what concerns these posts; `files`: what
    the export has of the files of these posts. `of` stands for all of that; `stays`: where an earlier export made the
    page of the same, what was noted of it: then only its entries for the search are made. `messages`: the places of
    messages of the chat that these posts may lead to.
    """

    path: str
    topic: ArchivedTopic
    turn: Turn
    posts: Sequence[ArchivedPost]
    structure: Structure
    files: dict[FileKey, ExportedFile | None]
    messages: dict[int, PlaceOfPost]
    of: bytes = b""
    stays: PageOrigin | None = None


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """A page of a topic; without a text it stays. `of` stands for what it was made of. `entries`: for the search, the
    line of each post and its words; `files`: those it shows, and `shown`, which of its posts' files these are.
    """

    path: str
    text: str | None
    of: bytes
    entries: list[tuple[list[str], set[str]]]
    files: list[File]
    shown: tuple[int, ...]


class TopicPages:
    """Makes the pages of topics. `pages`: which pages each topic has; `closed`: they stand in the place of the forum;
    `public`: what staff took out of the lists of the forum is found by its address alone, as it was there.
    """

    def __init__(
        self, source: ArchivedForum, pages: PagedTopics, *, closed: bool = False, public: bool = False
    ) -> None:
        self.source = source
        self.pages = pages
        self.public = public
        self.env = environment()
        self.env.globals["closed"] = closed

    def written(self, those: Iterable[SitePage]) -> list[WrittenPage]:
        """Some pages."""
        return [self.page(one) for one in those]

    def page(self, one: SitePage) -> WrittenPage:
        """One page."""
        files = KnownFiles(one.files)
        title = one.topic.title or _("Topic {number}").format(number=one.topic.id)
        found = one.topic.visible or not self.public
        entries = (
            [each for post in one.posts for each in all_entries(post, title, one.topic, one.path)] if found else []
        )
        held = [file for post in one.posts for file in post.files]
        if one.stays is not None:
            return WrittenPage(one.path, None, one.of, entries, [held[n] for n in one.stays.shown], one.stays.shown)
        shown = [self.shown(post, one, files) for post in one.posts]
        facts = {"topic": one.topic, "title": title, "posts": shown, "pages": one.turn, "found": found}
        text = self.text("topic.html", up="../", **facts)
        kept = list(files.shown.values())
        return WrittenPage(one.path, text, one.of, entries, kept, tuple(map(held.index, kept)))

    def text(self, template: str, *, up: str, **facts: Any) -> str:
        """The text of any page of the site; `up`: the way from it to the first page."""
        return self.env.get_template(template).render(source=self.source, language=active(), up=up, **facts)

    def shown(self, post: ArchivedPost, on: SitePage, files: KnownFiles) -> ShownPost:
        """A post as its page shows it."""
        look = SiteContext(
            self.source.url, self.pages, files, files_of(post), messages=on.messages, homes=self.source.known
        )
        structure = on.structure
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
            translations=[{"it": one, "html": page(one.cooked, look, level=3)} for one in post.translations],
        )


def all_entries(
    post: ArchivedPost, title: str, topic: ArchivedTopic, path: str
) -> Iterator[tuple[list[str], set[str]]]:
    """A post for the search, and each of its translations as a line of its own that says its language."""
    yield entry(post, title, topic.tags, path)
    titles = {one.locale: one.title for one in topic.translations}
    for one in post.translations:
        name, tags = titles.get(one.locale) or title, topic.tags if post.number == 1 else ()
        said = replace(post, cooked=one.cooked or escape(one.raw))
        row, words = entry(said, name, tags, path)
        row[2] = unturned(captions.translated(one))
        yield row, words


def entry(post: ArchivedPost, title: str, tags: Sequence[str], path: str) -> tuple[list[str], set[str]]:
    """A post for the search: its line in the results, to which a first post adds its topic's tags; and its words."""
    text = words(post.cooked)
    first = post.number == 1
    name = title if first else f"{title} #{post.number}"
    facts = f"{called(post.author)} · {dates.day(post.created)}"
    row = list(map(unturned, (f"{path}#post-{post.number}", name, facts, text)))
    if not first:
        return row, singulars(text)
    said = " ".join(tags)
    return [*row, said], singulars(f"{title} {said} {text}")


def environment() -> Environment:
    """The templates, with the words and dates of the language that is spoken."""
    env = pages.environment("koweb_sync.archive.exports")
    env.globals |= {
        "forum_path": forum_path,
        "file_name": file_name,
        "day": dates.day,
        "reason": captions.reason,
        "before": captions.before,
        "amount": captions.amount,
        "length": captions.length,
        "emptied": captions.emptied,
        "translated": captions.translated,
        "called": called,
        "tag_page": tag_page,
        "number": number,
    }
    env.filters |= {"date": date, "minute": minute, "person": lru_cache(maxsize=1_000)(person)}
    same = env.get_template("_post.html").module
    env.filters |= {name: lru_cache(maxsize=1_000)(getattr(same, name)) for name in ("opened", "headed")}
    return env


def date(at: int) -> Markup:
    """A day as a page shows it."""
    return Markup(f'<time datetime="{dates.second(at)}">{dates.day(at)}</time>')  # noqa: S704 - nobody's text


def minute(at: int) -> Markup:
    """A day and the time of the day."""
    return Markup(f'<time datetime="{dates.second(at)}">{dates.minute(at)}</time>')  # noqa: S704


def person(one: ArchivedPerson | None) -> Markup:
    """Somebody by the name that people see; the username shows to whoever points at it."""
    other = one is not None and one.username not in ("", one.shown)
    title = Markup(' title="@{}"').format(one.username) if one and other else ""
    return Markup('<bdi class="person"{}>{}</bdi>').format(title, unturned(called(one)))


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
