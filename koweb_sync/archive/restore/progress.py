"""What a restoration remembers, in the archive's own store: what stands where now, written down after each answer."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select

from koweb_sync.archive.restore.rewrite import Ways
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store, put


@dataclass(frozen=True, slots=True)
class RestoredPost:
    """Where an old post is now: `old` and `was` are its topic and number there, the others are the new ones. `own`: it
    stands in its author's name.

    `raw` is its stored text where a link in it has still to be translated, else None. `why` it is not in its author's
    name: account, rights or refused; empty if it is, or if nobody wrote it down.
    """

    old: int
    was: int
    topic: int
    post: int
    number: int
    own: bool = True
    raw: str | None = None
    why: str = ""


@dataclass
class Memory:
    """How far the restoration of the archived forum `source` to the forum at `there` came. `base` is the old address,
    the first of `homes` where it had several.

    `places` are categories, `files` uploads by the part of their short address before the suffix, `able` says in whose
    name the key may write. `state` holds how far the later stages are.
    """

    store: Store
    source: int
    base: str
    there: str
    done: dict[int, RestoredPost] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    able: dict[str, bool] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    topics: dict[int, int] = field(default_factory=dict)
    numbers: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    posts: dict[int, int] = field(default_factory=dict)
    homes: tuple[str, ...] = ()
    highest: dict[int, int] = field(default_factory=dict)  # of the posts in a new topic, as far as we know

    def __post_init__(self) -> None:
        cursors = schema.CURSORS
        mine = (cursors.c.forum == self.source, cursors.c.name.startswith(self.mark, autoescape=True))
        with self.store.read() as connection:
            for name, value in connection.execute(select(cursors.c.name, cursors.c.value).where(*mine)):
                self.take(str(name)[len(self.mark) :], json.loads(value))

    @property
    def mark(self) -> str:
        """What the cursors of this restoration begin with."""
        return f"restore {self.there} "

    def take(self, name: str, value: Any) -> None:
        """Know something that was written down."""
        kind, _space, rest = name.partition(" ")
        if kind == "post":
            self.know(int(rest), RestoredPost(**value))
        elif kind == "place":
            self.places[int(rest)] = int(value)
        elif kind == "file":
            self.files[rest] = str(value)
        elif kind == "user":
            self.able[rest] = bool(value)
        else:
            self.state[name] = value

    def know(self, post: int, done: RestoredPost) -> None:
        """Know where an old post is now."""
        self.done[post] = done
        self.topics[done.old] = done.topic
        self.numbers[done.old, done.was] = (done.topic, done.number)
        self.posts[post] = done.post
        self.highest[done.topic] = max(self.highest.get(done.topic, 0), done.number)

    def note(self, name: str, value: Any) -> None:
        """Write something down, in a transaction of its own, and know it."""
        row = {"forum": self.source, "name": f"{self.mark}{name}", "value": json.dumps(value, ensure_ascii=False)}
        with self.store.begin() as connection:
            put(connection, schema.CURSORS, [row])
        self.take(name, value)

    def note_post(self, post: int, done: RestoredPost) -> None:
        """Write down where a post is now."""
        self.note(f"post {post}", asdict(done))

    def ways(self, coming: frozenset[int]) -> Ways:
        """How texts are translated by now; it grows with what is known."""
        return Ways(self.base, self.there, self.topics, self.numbers, self.posts, self.files, coming, self.homes)
