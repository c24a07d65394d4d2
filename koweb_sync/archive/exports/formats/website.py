"""A site that takes the forum’s place on the web: the pages of `site`, found at the forum’s own addresses, too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from koweb_sync.archive.exports import hosting, old_addresses
from koweb_sync.archive.exports.export import Export, FileKind
from koweb_sync.archive.exports.files import ExportedFile, Pictures
from koweb_sync.archive.exports.folder import ExportTarget, write
from koweb_sync.archive.exports.formats.site import SiteWriter, write_pages
from koweb_sync.archive.exports.old_addresses import MovedAddress
from koweb_sync.archive.exports.site_links import page_of, topic_page
from koweb_sync.archive.exports.site_lists import tag_page
from koweb_sync.archive.exports.site_topics import SitePage
from koweb_sync.archive.names.aliases import ReplacedNames, folded
from koweb_sync.archive.read.model import ArchivedPost, ArchivedTopic, ArchiveFilter, File, NoDisguise
from koweb_sync.archive.read.old_addresses import Permalink, permalinks
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.chat import file_name, is_chat
from koweb_sync.forum.addresses import SHORT
from koweb_sync.i18n import _
from koweb_sync.posts.paths import base_path


class MovedFiles(Pictures):
    """Keeps files where they were on the forum, and notes the other addresses of each."""

    def __init__(self, pictures: Pictures, homes: Sequence[str]) -> None:
        super().__init__(pictures.target, pictures.content)
        self.homes = homes
        self.moved: dict[str, str] = {}

    def placed(self, file: File, found: ExportedFile) -> ExportedFile:
        """A file of the export at its old address, if it can be there."""
        at = old_addresses.place_of(file, found.ending, *self.homes)
        return found if at is None else replace(found, path=at)

    def keep(self, file: File) -> ExportedFile | None:
        """A file in the export; None if the archive does not hold it."""
        kept = super().keep(file)
        if kept is not None:
            self.moved |= {one.path: one.to for one in old_addresses.of_file(file, kept.path, *self.homes)}
        return kept


class WebsiteWriter(SiteWriter):
    """Writes the pages of a site, and at the forum's addresses pages that lead to them."""

    closed = True

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.files = MovedFiles(self.pictures, self.reader.source().homes)
        self.pictures = self.files
        self.members: set[str] = set()

    def lead(self, at: str, to: str, title: str, several: str = "") -> None:
        """Write a page that leads to another one."""
        up = old_addresses.up(at)
        self.page(at, "lead.html", up=up, to=up + to, title=title, several=several)

    def pages_of(self, topic: ArchivedTopic, posts: Iterable[ArchivedPost]) -> Iterator[SitePage]:
        """What the pages of a topic are made of; those that lead to it are written."""
        pages = self.pages[topic.id]
        several = " ".join(map(str, sorted(pages))) if len(pages) > 1 else ""
        title = topic.title or _("Topic {number}").format(number=topic.id)
        for at in old_addresses.of_topic(topic):
            self.lead(at, f"topic/{file_name(topic.id)}.html", title, several)
        yield from super().pages_of(topic, self.noted(posts))

    def noted(self, posts: Iterable[ArchivedPost]) -> Iterator[ArchivedPost]:
        """Posts, whose authors are noted where people are called as on the forum: a pseudonym never had an address."""
        named = isinstance(self.reader.disguise, NoDisguise)
        for one in posts:
            # Whoever was forgotten has no page.
            if named and one.author is not None and one.author.username and one.author.former is None:
                self.members.add(one.author.username)
            yield one

    def at_old_addresses(self) -> None:
        """Write what answers at the forum's addresses that are no topic's, and the files for servers."""
        moved = list(self.at_files())
        moved += self.at_categories()
        self.at_posts()
        for tag in sorted(self.front.by_tag):
            page, gone = old_addresses.of_tag(tag)
            moved += [gone] if gone else []
            if page is not None:
                self.lead(page, tag_page(tag), tag)
        for member in sorted(self.members):
            for at in old_addresses.of_member(member):
                self.page(at, "member.html", up=old_addresses.up(at), person=member)
        self.page("u/index.html", "member.html", up="../", person="")
        self.lead("users/index.html", "u/index.html", _("Members"))
        for name in old_addresses.LISTS:
            self.lead(f"{name}/index.html", old_addresses.HOME, _("Topics"))
        self.page(old_addresses.ABOUT, "about.html", up="../")
        self.lead("search/index.html", "search.html", _("Search"))
        moved += self.at_permalinks()
        self.for_servers(moved)

    def at_files(self) -> Iterator[MovedAddress]:
        """Write what answers at the other addresses of files; those where no page can be are given."""
        for path, to in self.files.moved.items():
            at = old_addresses.folder(path)
            if at is not None and not self.target.has(path.strip("/")):
                self.lead(at, to, path.rpartition("/")[2])
            if not path.startswith(SHORT):  # too many for the rules of a server; its page is enough for a link
                yield MovedAddress(path, to)

    def at_posts(self) -> None:
        """Write what answers at the addresses that posts had by their ids, and at those of the chat."""
        for path, first, found in old_addresses.of_posts(self.reader.places(self.wanted), self.pages):
            last = first + old_addresses.HUNDRED - 1
            self.page(path, "posts.html", up="../", first=first, last=last, posts=found, chat=path.startswith("chat/"))
        channels = replace(self.wanted, topics=frozenset(filter(is_chat, self.pages)))
        held = self.reader.listed(channels, "topics.title") if channels.topics else ()
        self.page(old_addresses.CHAT, "chat.html", up="../", channels=held)

    def at_categories(self) -> Iterator[MovedAddress]:
        """Write what answers at the addresses of categories; one whose topics are in others leads to the first page.
        Those where no page can be are given.
        """
        for category in self.reader.categories.values():
            held = bool(self.front.by_category[category.id])
            page = f"category/{category.id}.html"  # to which the rules of servers lead, whatever the category holds
            if held or not category.restricted:
                for at in (*old_addresses.of_category(category), *(() if held else (page,))):
                    self.lead(at, page if held else old_addresses.HOME, category.name)
                yield from old_addresses.by_name(category, page)

    def at_permalinks(self) -> Iterator[MovedAddress]:
        """Write what answers at addresses of before the forum, which never go before its own; those where no page can
        be, or a rule would go before it, are given.
        """
        known = list(permalinks(self.reader))
        posts = {one.post for one in known if one.post is not None}
        places = {post: place for post, *place in self.reader.places(self.wanted) if post in posts} if posts else {}
        for one in known:
            if (to := self.led_to(one, places)) is not None:
                yield from self.at_permalink(one.url, to)

    def at_permalink(self, url: str, to: str) -> Iterator[MovedAddress]:
        """Write what answers at one address of before the forum, or give it to the rules."""
        url, asks, query = url.partition("?")
        path, at = old_addresses.of_permalink(url)
        asked = old_addresses.asked(query) if asks else ""
        if path is None or asked is None:
            self.target.done.unled += 1
            return
        if self.answered(path):
            return
        if asked:
            yield MovedAddress(path, to, asked)
            return
        if at is not None:
            self.lead(at, to, path.rpartition("/")[2])
        if at is None or path.split("/")[1] in old_addresses.RULED:
            yield MovedAddress(path, to)

    def led_to(self, one: Permalink, places: Mapping[int, Sequence[int]]) -> str | None:
        """The page to which an old address leads; None where the site does not show that."""
        if one.post is not None:
            topic, number = places.get(one.post, (0, 0))
            pages = self.pages.get(topic)
            return f"{topic_page(topic, page_of(number), pages)}#post-{number}" if pages else None
        if one.topic is not None:
            return f"topic/{file_name(one.topic)}.html" if one.topic in self.pages else None
        if one.category is not None:
            return f"category/{one.category}.html" if self.target.has(f"category/{one.category}.html") else None
        return tag_page(one.tag) if self.target.has(tag_page(one.tag)) else None

    def answered(self, path: str) -> bool:
        """Whether the site has a page at an address, or a file where it would need a folder."""
        kind, number = old_addresses.numbered(path)
        if (kind == "t" and number in self.pages) or (kind == "c" and number in self.reader.categories):
            return True
        parts = path.strip("/").split("/")
        before = ("/".join(parts[:nth]) for nth in range(1, len(parts) + 1))
        return self.target.has(f"{path.strip('/')}/{old_addresses.HOME}") or any(map(self.target.has, before))

    def for_servers(self, moved: list[MovedAddress]) -> None:
        """Write the files for servers."""
        url = self.reader.source().url
        self.page("404.html", "lost.html", up=f"{base_path(url)}/")
        paged = (old_addresses.of_pages(topic, pages) for topic, pages in self.pages.items() if len(pages) > 1)
        places = [entry for each in paged for entry in each]
        for path, text in hosting.written(url, old_addresses.distinct(moved), places):
            write(self.target, path, text)
        write(self.target, ".nojekyll", "")


def write_website(reader: Reader, target: ExportTarget, wanted: ArchiveFilter, pictures: Pictures) -> None:
    """Write the whole site, and what answers at the forum's addresses."""
    write_pages(WebsiteWriter, reader, target, wanted, pictures, "old-addresses.js").at_old_addresses()


def about(path: str, names: ReplacedNames) -> bool:
    """Whether a page is that of somebody who is to be forgotten."""
    username = old_addresses.member_of(path)
    return username is not None and names.account(folded(username)) is not None


EXPORT = Export(
    "website",
    lambda: _("web pages that take the forum’s place on the web: its old addresses lead to them"),
    write_website,
    (FileKind(".html"), FileKind(".js"), FileKind(".conf"), FileKind(".yml"), FileKind("")),
    "index.html",
    about,
)
