"""What post files of the work tree lack, asked from a person at a terminal: a title, a category; an id needs nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koweb_sync import bookmark, safe_files
from koweb_sync.cli.category_list import ask_category
from koweb_sync.cli.output import label
from koweb_sync.cli.questions import ask_for, unless_no
from koweb_sync.config import Settings
from koweb_sync.errors import PostFileError
from koweb_sync.forum.cache import cached_site
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.posts.document import MissingId, PostFile, parse, template, with_key
from koweb_sync.posts.fields.title import MissingTitle
from koweb_sync.posts.front import BOM, NoFrontMatter, Text, read_front
from koweb_sync.posts.translation import named
from koweb_sync.sync.work_tree import free_name, rules_of, title_for, topics_to_be, translations
from koweb_sync.sync.world.checkout import checkout
from koweb_sync.sync.world.translations import alone

if TYPE_CHECKING:
    from koweb_sync.sync.world.bindings import BookmarkNames

ASKED = 5  # files that a person is asked about at once; more are for `koweb import`


@dataclass(slots=True)
class Questions:
    """A person, and the files that they are asked about. `left_out`: those that they do not want published now."""

    repo: Repo
    settings: Settings
    asked: int = 0
    apart: Sequence[str] = ()  # translations that become topics of their own

    def complete(self, path: str) -> bool:
        """Ask for what a file lacks, and write it there. Whether it is to be published; what is wrong otherwise, the
        push says.
        """
        data = safe_files.read(self.repo.root, path)
        while self.asked < ASKED:
            try:
                post = parse(path, data) if path in self.apart else read(path, data)
            except (NoFrontMatter, MissingTitle) as error:
                if isinstance(error, NoFrontMatter) and error.form:
                    return True
                self.asked += 1
                title = self.title(path)
                if not title:
                    return False
                data = self.titled(path, data, title, bare=isinstance(error, NoFrontMatter))
            except MissingId:
                data = self.with_id(path, data)
            except PostFileError:
                return True
            else:
                self.category(post)
                return True
        return True

    def title(self, path: str) -> str:
        """The title that a person gives a file; "" for none."""
        least = rules_of(self.settings)[0].title_min
        question = _("{path} has no title. Title (Enter leaves it out)").format(path=label(path))
        return ask_for(question, lambda text: unless_no(text, lambda title: title_for(title, least)), "")

    def titled(self, path: str, data: bytes, title: str, *, bare: bool) -> bytes:
        """A file with a title; one without front matter gets one, and its text stays as it is."""
        if not bare:
            return self.write(path, with_key(path, data, "title", title))
        ident, _path = free_name(self.repo, self.settings, title, self.settings.posts)
        head = template(title, ident, {})
        head = head.replace(b"\n", b"\r\n") if b"\r\n" in data else head
        return self.write(path, head + data.removeprefix(BOM.encode()))

    def with_id(self, path: str, data: bytes) -> bytes:
        """A file with an id, made from its title."""
        held = read_front(path, data).keys["title"].value
        title = held.text if isinstance(held, Text) else path
        ident, _path = free_name(self.repo, self.settings, title, self.settings.posts)
        return self.write(path, with_key(path, data, "id", ident))

    def category(self, post: PostFile) -> None:
        """Ask where a new topic goes, where neither its file nor koweb.toml says it and the forum wants to know."""
        if post.front.draft or post.front.category is not None or self.settings.category_of(post.path) is not None:
            return
        site = cached_site(self.settings.url, self.settings.username)
        if site is None or site.limits.uncategorized_allowed or post.front.topic or self.published(post):
            return
        self.asked += 1
        question = _("In which category will {path} be? (Enter: not known yet)").format(path=label(post.path))
        chosen = ask_category(site, question)
        if chosen:
            self.write(post.path, with_key(post.path, post.data, "category", chosen.shown))

    def published(self, post: PostFile) -> bool:
        """Whether it has a topic already, as far as this clone knows."""
        from koweb_sync.sync.publish.push import with_own_journal
        from koweb_sync.sync.world.bindings import names

        held = bookmark.read(self.repo, self.repo.resolve(self.settings.bookmark))
        bound: BookmarkNames = names(with_own_journal(self.repo, self.settings, held), alone=self.settings.alone)
        return bound.agreed(post) is not None

    def write(self, path: str, data: bytes) -> bytes:
        """Write a file anew."""
        safe_files.write(self.repo.root, path, data)
        return data


def complete(repo: Repo, settings: Settings, paths: Sequence[str]) -> tuple[str, ...]:
    """Ask for what these files lack. Those of them that are to be committed and published."""
    questions = Questions(repo, settings)

    tree = checkout(repo) if any(map(named, paths)) else None
    apart = topics_to_be(repo, settings, tree) if tree else []
    beside = set(translations(repo, settings, tree)).difference(apart) if tree else set()
    questions.apart = apart

    def wanted(path: str) -> bool:
        if path in beside:
            return True
        there = settings.is_post(path) and (repo.root / path).is_file() and not safe_files.led_by_link(repo.root, path)
        return not there or questions.complete(path)

    return tuple(path for path in paths if wanted(path))


def read(path: str, data: bytes) -> PostFile:
    """A post file. Raises PostFileError; MissingId for a post alone: with an id, a translation would become a topic."""
    try:
        return parse(path, data)
    except MissingId as error:
        raise alone(error, ()) from error
