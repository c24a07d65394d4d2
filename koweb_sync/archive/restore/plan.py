"""What a restoration takes, and what speaks against it: nothing is written here.

Decided before anything is sent: that the forum is empty, that nothing becomes public which was not, and how many
requests it takes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from koweb_sync.archive.crawl.run import CrawlObserver
from koweb_sync.archive.restore import other_languages
from koweb_sync.archive.restore.progress import Memory
from koweb_sync.archive.restore.publishable import (
    SHORT,
    OldPost,
    OldTopic,
    Publishable,
    Vote,
    closed,
    file,
    likes,
    marks,
    publishable_of,
    votes,
    words,
)
from koweb_sync.archive.restore.rewrite import Ways, translate
from koweb_sync.archive.store.rows import home, homes
from koweb_sync.archive.store.store import Store
from koweb_sync.errors import HumanNeeded, InputError
from koweb_sync.forum.client import Forum
from koweb_sync.forum.reader import ForumReader
from koweb_sync.forum.site import Category, Site
from koweb_sync.i18n import _

ONCE = 4  # requests at most: to find what an earlier run sent last, for the key's scopes, and for the names of all tags
STATES = ("closed", "pinned", "pinned_globally", "archived")  # archived last: nothing can be done to a topic after it


@dataclass(frozen=True, slots=True)
class RestoreOptions:
    """`into`: the category (path or id) that takes everything; `poster`: in whose name the posts of people without an
    account appear, None for the key's user.
    """

    into: str | None = None
    poster: str | None = None


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """What a restoration sends, one request each; `accounts`: those whose existence has to be asked; `tags`: topics
    with a tag that is new to the forum; `polls`: those whose options have to be read, and those to be closed;
    `refused`: what is sent besides where the forum refuses a thing, or takes it only in another name.
    """

    accounts: int
    categories: int
    files: int
    topics: int
    replies: int
    links: int
    likes: int
    votes: int
    polls: int
    answers: int
    marks: int
    translations: int
    states: int
    tags: int
    refused: int

    @property
    def requests(self) -> int:
        """All of them, where everybody has an account and the forum takes everything: fewer where somebody has none."""
        return self.at_most - self.refused

    @property
    def at_most(self) -> int:
        """All of them, whatever the forum answers."""
        return sum(int(getattr(self, name)) for name in self.__slots__)


@dataclass
class Decided:
    """What a restoration of the archived forum `source` (its number) to another one takes, and whether it may be."""

    store: Store
    source: int
    forum: Forum
    wishes: RestoreOptions
    watch: CrawlObserver
    tags: set[str] | None = None  # those of the forum, in small letters, once it was asked
    skipped: dict[str, int] = field(default_factory=dict)
    examined: bool = False
    # Who may not write in which old category: not reply there, or not open a topic.
    barred: set[tuple[str, int | None, bool]] = field(default_factory=set)

    def __post_init__(self) -> None:
        with self.store.read() as connection:
            known = homes(connection, self.source, home(connection, self.source))
            self.crop: Publishable = publishable_of(
                connection, self.source, everything_public=self.wishes.into is not None
            )
        self.memory = Memory(self.store, self.source, known[0], self.forum.host, homes=known)
        self.coming = frozenset(self.crop.subjects)
        self.talk = ForumReader(self.forum)
        self.site: Site = self.forum.site(max_age=0.0)
        if self.wishes.into is None:
            places = self.crop.places.values()
            self.crop.leave_out("rights", sum(one.restricted and self.is_new(one.id) for one in places))

    # ---- deciding

    def refuse(self) -> None:
        """Raise what speaks against it, before anything is written: InputError, HumanNeeded. Looked at once."""
        if not self.examined:
            self.examine()
            self.examined = True

    def examine(self) -> None:
        """Raise what speaks against it: InputError, HumanNeeded. One request, and one for a page of topics."""
        if not self.site.staff:
            raise InputError(
                _("“{user}” is no administrator of the forum.").format(user=self.site.user),
                where=self.forum.host,
                remedy=_("Giving posts their old dates and authors needs an administrator's key for all users."),
            )
        if self.wishes.into is not None:
            if self.target is None:
                text = _("There is no category “{path}”.").format(path=self.wishes.into)
                raise InputError(text, where=self.forum.host)
            return
        for place in self.crop.places.values():
            there = self.site.category(place.path)
            if place.restricted and there is not None and not there.restricted:
                raise InputError(
                    _("Category “{path}” was not public, and is public here.").format(path=place.path),
                    where=self.forum.host,
                    remedy=_("Restrict it on this forum first, or give it another slug."),
                )
        if "begun" not in self.memory.state and (title := self.others()):
            raise HumanNeeded(
                _("The forum is not empty: people wrote “{title}”, for one.").format(title=title),
                where=self.forum.host,
                remedy=_("Restore to an empty forum, or everything into one category with --into."),
            )

    @property
    def target(self) -> Category | None:
        """The category that takes everything."""
        return self.site.named(str(self.wishes.into))

    def others(self) -> str:
        """The title of a topic that somebody wrote here. What the system wrote, and what describes a category, does not
        count. One request for a page of topics.
        """
        definitions = {one.definition for one in self.talk.categories(key=True)}
        seen: set[int] = set()
        page = 0
        while True:
            fresh = [one for one in self.talk.latest(page, 100, key=True).topics if one.id not in seen]
            theirs = [one.title for one in fresh if (one.author or 0) > 0 and one.id not in definitions]
            if theirs or not fresh:
                return theirs[0] if theirs else ""
            seen |= {one.id for one in fresh}
            page += 1

    def known_tags(self) -> set[str]:
        """The tags that the forum has, with what was given to topics since. One request, once."""
        if self.tags is None:
            self.tags = {one.casefold() for one in self.site.tags or self.forum.tags()}
        return self.tags

    def plan(self) -> RestorePlan:
        """What is still to be sent. One request: which tags are there."""
        memory = self.memory
        files: set[str] = set()
        people: set[str] = set()
        topics: dict[int, int] = {}
        numbers: dict[tuple[int, int], tuple[int, int]] = {}
        opened = replies = links = named = 0
        posts: set[int] = set()
        for word in self.words():
            text = word.raw or ""
            posts.add(word.id)
            if word.id not in memory.done:
                opens = self.opens(word)
                opened, replies = opened + opens, replies + (not opens)
                files |= stems(text) - memory.files.keys()
                people.add(word.username)
                named += bool(word.username)
            topics[word.topic] = word.topic
            numbers[word.topic, word.number] = (word.topic, word.number)
            links += self.waits(word, topics, numbers)
        liked = [one for one in self.likes_left() if one[0] in posts]
        cast = [one for one in self.votes_left() if one.post in posts]
        people |= {who for _post, _person, who in liked} | {one.username for one in cast}
        solved = [one for one in self.answers_left() if (one.id, one.accepted) in numbers]
        people |= {one.accepter for one in solved}
        translated = other_languages.left(self)
        people |= {one.username for one in translated} - {other_languages.SYSTEM}
        files |= {stem for one in translated for stem in stems(one.raw)} - memory.files.keys()
        states = [one for one in self.crop.subjects.values() if one.id > self.reached("states")]
        over = sum(post in posts for post, _name in self.over_left())
        marked = sum(one[0] in posts for one in self.marks_left())
        links = 0 if self.reached("links") else links
        return RestorePlan(
            accounts=len(people - memory.able.keys() - {"", self.site.user}),
            categories=0 if self.wishes.into else sum(map(self.is_new, self.crop.places)),
            files=sum(map(self.holds, files)),
            topics=opened,
            replies=replies,
            links=links,
            likes=len(liked),
            votes=len(cast),
            polls=len({one.post for one in cast}) + over,
            answers=len(solved),
            marks=marked,
            translations=len(translated),
            states=sum(bool(getattr(one, name)) for one in states for name in STATES),
            tags=self.tagged(),
            # A post goes again in another name, who may not like is looked up, a solution is marked by us; a text that
            # somebody changed is read; and the key's scopes, once, or where we ourselves may not.
            refused=ONCE + named + len(liked) + 2 * len(solved) + links + over + marked + len(translated),
        )

    def waits(
        self, word: OldPost, topics: Mapping[int, int], numbers: Mapping[tuple[int, int], tuple[int, int]]
    ) -> bool:
        """Whether a text points at what comes later."""
        ways = Ways(self.memory.base, self.memory.there, topics, numbers, coming=self.coming, homes=self.memory.homes)
        return points(word.raw or "") and translate(word.raw or "", word.topic, ways).waiting

    def holds(self, stem: str) -> bool:
        """Whether the archive holds a file."""
        with self.store.read() as connection:
            return file(connection, self.source, stem) is not None

    def tagged(self) -> int:
        """How many topics have a tag that neither the forum nor an earlier one of them has."""
        known, found = set(self.known_tags()), 0
        for word in self.words():
            if word.id not in self.memory.done and self.opens(word):
                tags = {one.casefold() for one in self.crop.subjects[word.topic].tags}
                found += not tags <= known
                known |= tags
        return found

    def is_new(self, place: int) -> bool:
        """Whether a category has to be made."""
        return (
            place in self.used
            and place not in self.memory.places
            and self.site.category(self.crop.places[place].path) is None
        )

    @cached_property
    def used(self) -> set[int]:
        """The categories that topics are in, with those above them."""
        found: set[int] = set()
        for one in self.crop.subjects.values():
            number = one.category
            while number is not None and number in self.crop.places and number not in found:
                found.add(number)
                number = self.crop.places[number].parent
        return found

    def reached(self, name: str) -> int:
        """How far a later stage is: the number that it did last, 0 at its beginning."""
        return int(self.memory.state.get(name, 0))

    def words(self) -> Iterator[OldPost]:
        """The posts, in order."""
        return words(self.store, self.source, self.crop)

    def opens(self, word: OldPost) -> bool:
        """Whether a post opens its topic."""
        return self.crop.subjects[word.topic].first == word.id

    def likes_left(self) -> list[tuple[int, int, str]]:
        """The likes that were not given yet."""
        after = tuple(self.memory.state.get("likes", ()))
        with self.store.read() as connection:
            return [one for one in likes(connection, self.source) if (one[0], one[1]) > after]

    def votes_left(self) -> list[Vote]:
        """The votes that were not cast yet."""
        after = self.memory.state.get("votes")
        with self.store.read() as connection:
            return [one for one in votes(connection, self.source) if after is None or one.place > tuple(after)]

    def over_left(self) -> list[tuple[int, str]]:
        """The polls that were not closed again yet."""
        with self.store.read() as connection:
            return [one for one in closed(connection, self.source) if one > tuple(self.memory.state.get("over", ()))]

    def marks_left(self) -> list[tuple[int, str, str]]:
        """What posts were not made yet: a wiki, a moderator's."""
        after = tuple(self.memory.state.get("marks", ()))
        with self.store.read() as connection:
            return [one for one in marks(connection, self.source) if one[:2] > after]

    def answers_left(self) -> list[OldTopic]:
        """The topics whose solution was not marked yet."""
        mine = sorted(self.crop.subjects.values(), key=lambda one: one.id)
        return [one for one in mine if one.accepted is not None and one.id > self.reached("answers")]


def stems(raw: str) -> set[str]:
    """The files that a text shows, by the part of their short address before the suffix."""
    return {found[1] for found in SHORT.finditer(raw)}


def points(raw: str) -> bool:
    """Whether a text may point at a post."""
    return "/t/" in raw or "/p/" in raw or "[quote=" in raw
