"""The places that say a name as people see them, a post or a title, and not as rows keep them: a post stands in an
archive as it was written, as it is shown, and in the search, and is one place.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, select

from koweb_sync.archive.privacy.find_names import Trace
from koweb_sync.archive.store import schema
from koweb_sync.i18n import _

Place = tuple[str, int, int, int]  # what it is, of which forum, its number, and which version; -1 where there is none
NOTES: Place = ("notes", -1, -1, -1)
# Of several columns that say the same, the first is shown.
FIRST = ("topics.title", "topic_versions.title", "topic_edits.title", "post_versions.raw", "post_versions.cooked")
TITLES = ("topics", "topic_versions", "topic_edits")


def as_seen(connection: Connection, traces: Iterable[Trace]) -> list[Trace]:
    """The places, each once, in words for people; `where` of files stays as it is."""
    book = PlaceBook(connection)
    found: dict[Place | str, dict[str, list[Trace]]] = {}
    for one in traces:
        place = book.place(one) if one.table else one.where
        found.setdefault(place, {}).setdefault(f"{one.table}.{one.column}", []).append(one)
    if len(found) > 1:
        found.pop(NOTES, None)  # what the archive notes of the others, as the words of its search
    return [Trace(book.words(place), one.context) for place, told in found.items() for one in chosen(told)]


def chosen(told: dict[str, list[Trace]]) -> list[Trace]:
    """What is shown of a place: the column that people know best."""
    return told[next((name for name in FIRST if name in told), next(iter(told)))]


class PlaceBook:
    """Looks up what rows are about, and remembers it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.posts: dict[tuple[int, int], tuple[int, int, int]] = {}
        self.titles: dict[tuple[int, int], str] = {}

    def place(self, one: Trace) -> Place:
        """What a row is about."""
        key, forum = dict(one.key), dict(one.key).get("forum", -1)
        if one.table == "search":
            return self.indexed(one)
        if one.table in ("post_versions", "polls", "poll_options"):
            kind = "post" if one.table == "post_versions" else "poll"
            return kind, forum, key["post"], key.get("n", -1)
        if one.table in TITLES:
            return "title", forum, key["id"] if one.table == "topics" else key["topic"], -1
        return (one.table, forum, key.get("id", -1), -1) if one.table in names() else NOTES

    def indexed(self, one: Trace) -> Place:
        """What an entry of the search is about: a post, or its topic's title."""
        posts = schema.POSTS.c
        query = select(posts.forum, posts.id, posts.topic, posts.n).where(posts.row == dict(one.key).get("row", -1))
        found = self.connection.execute(query).first()
        if found is None:
            return NOTES
        return (
            ("post", found.forum, found.id, found.n)
            if one.column == "text"
            else ("title", found.forum, found.topic, -1)
        )

    def words(self, place: Place | str) -> str:
        """A place in words."""
        if isinstance(place, str):
            return place
        kind, forum, number, version = place
        if kind == "title":
            return _("the title of the topic “{title}”").format(title=self.title(forum, number))
        if kind not in ("post", "poll"):
            return names().get(kind, lambda: _("the archive’s own notes"))()
        topic, at, current = self.post(forum, number)
        text = _("post {number} of the topic “{title}”")
        if kind == "poll":
            text = _("a poll in post {number} of the topic “{title}”")
        elif version != current:
            text = _("an earlier text of post {number} of the topic “{title}”")
        return text.format(number=at, title=self.title(forum, topic))

    def post(self, forum: int, ident: int) -> tuple[int, int, int]:
        """A post's topic, its number there, and which of its versions is the newest."""
        if (forum, ident) not in self.posts:
            posts = schema.POSTS.c
            query = select(posts.topic, posts.number, posts.n).where(posts.forum == forum, posts.id == ident)
            found = self.connection.execute(query).first()
            self.posts[forum, ident] = (-1, -1, -1) if found is None else (found.topic, found.number, found.n)
        return self.posts[forum, ident]

    def title(self, forum: int, topic: int) -> str:
        """A topic's title; its number where the archive has none."""
        if (forum, topic) not in self.titles:
            topics = schema.TOPICS.c
            query = select(topics.title).where(topics.forum == forum, topics.id == topic)
            self.titles[forum, topic] = self.connection.execute(query).scalar() or str(topic)
        return self.titles[forum, topic]


def names() -> dict[str, Callable[[], str]]:
    """What other rows are about."""
    return {
        "localisations": lambda: _("a translation"),
        "people": lambda: _("the account of somebody else"),
        "names": lambda: _("an earlier name of somebody else"),
        "categories": lambda: _("a category"),
        "tags": lambda: _("a tag"),
        "groups": lambda: _("a group"),
        "forums": lambda: _("the forum’s title"),
        "uploads": lambda: _("the name of a file"),
        "blobs": lambda: _("the content of a file"),
    }
