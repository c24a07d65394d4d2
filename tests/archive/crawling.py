"""What the tests of the archive share: forums of any size, an archive of one, and what the forum itself holds."""

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from koweb_sync.archive.crawl.rest_api import crawl
from koweb_sync.archive.crawl.run import CrawlOptions, Run, Silent
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store
from koweb_sync.forum.budget import Budgets
from koweb_sync.forum.client import Forum
from koweb_sync.forum.network import Network
from koweb_sync.forum.reader import ForumReader
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.gateway.gateway import Request
from koweb_sync.sandbox.model.reaction_settings import hearts
from koweb_sync.sandbox.model.records import PostRecord
from tests.archive.empty import empty_archive

FREE = Budgets(0, 0, 0, 0)
TEXT = "une question bien posée vaut mieux qu’une réponse toute prête ; on s’écoute, on note, « on recommence » 🙂"
WORDS = TEXT.split(" ")
DAY = 86_400.0


def forum_of(
    topics: int, posts: int, likes: int = 0, people: int = 30, *, chance: int = 1, **settings: Any
) -> dict[str, Any]:
    """The seed of a forum: so many topics, posts and likes, spread by chance. Post ids follow time, as on a forum."""
    dice = random.Random(chance)
    start = 1_700_000_000 + 7 * (chance - 1)  # two forums write nothing at the same times
    owners = [dice.randrange(2, people + 1) for _ in range(topics)]
    places = list(range(1, topics + 1)) + [dice.randrange(1, topics + 1) for _ in range(posts - topics)]
    counts: dict[int, int] = {}
    texts = []
    for n, topic in enumerate(places, 1):
        counts[topic] = counts.get(topic, 0) + 1
        number = counts[topic]
        raw = " ".join(dice.choices(WORDS, k=12)) + f"\n\n{n}"
        texts.append(
            {
                # Cooking takes most of a test's time: each fifth post is cooked by the forum, the others came cooked.
                **({} if n % 5 == 0 else {"cooked": "\n".join(f"<p>{part}</p>" for part in raw.split("\n\n"))}),
                "id": n,
                "topic_id": topic,
                "post_number": number,
                "user_id": owners[topic - 1] if number == 1 else dice.randrange(2, people + 1),
                "raw": raw,
                "reply_to_post_number": dice.randrange(1, number) if number > 2 and dice.random() < 0.5 else None,
                "created_at": stamp(start + n * 60),
            }
        )
    last = {one["topic_id"]: one["created_at"] for one in texts}
    liked: set[tuple[int, int]] = set()
    while len(liked) < likes:
        liked.add((dice.randrange(1, posts + 1), dice.randrange(2, people + 1)))
    return {
        "site_settings": {"default_locale": "fr", "directory_ready": True, "data_explorer_enabled": True, **settings},
        "users": [
            {"id": -1, "username": "system", "admin": True, "trust_level": 4},
            {"id": 1, "username": "admin", "name": "Admin", "admin": True, "trust_level": 4},
            *(
                {"id": n, "username": f"membre{n}", "name": f"Membre nº {n}", "trust_level": 2}
                for n in range(2, people + 1)
            ),
        ],
        "groups": [{"id": 0, "name": "everyone"}, {"id": 3, "name": "staff"}],
        "categories": [{"id": n, "name": f"Lieu {n}", "slug": f"lieu-{n}"} for n in (1, 2, 3)],
        "tags": [{"id": 1, "name": "outils"}, {"id": 2, "name": "été"}],
        "topics": [
            {
                "id": n,
                "title": f"Comment faire en sorte que la question {n} trouve sa réponse ?",
                "slug": f"question-{n}",
                "user_id": owners[n - 1],
                "category_id": 1 + n % 3,
                "tags": ["outils", "été"][: n % 3],
                "created_at": stamp(start + n * 60),
                "bumped_at": last[n],
                "views": n,
            }
            for n in range(1, topics + 1)
        ],
        "posts": texts,
        "likes": [
            {"post_id": post, "user_id": who, "created_at": stamp(start + posts * 60 + n)}
            for n, (post, who) in enumerate(sorted(liked))
        ],
        "next_ids": {"topics": topics + 1, "posts": posts + 1, "users": people + 1, "categories": 4, "tags": 3},
        "api_keys": [{"name": "all_users", "key": "key-of-the-tests", "username": None}],
    }


def stamp(when: float) -> str:
    """A time as seeds write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))


@dataclass
class Clock:
    """Time that stands still until a test moves it. It begins where the machine is, for the forum's clock goes on."""

    at: float = field(default_factory=time.time)

    def micros(self) -> int:
        """Now, in microseconds."""
        self.at += 0.001
        return int(self.at * 1_000_000)

    def pass_days(self, days: float) -> None:
        """Let days go by."""
        self.at += days * DAY


@dataclass
class Archive:
    """An archive of a sandbox, and how it is brought up to date."""

    box: Sandbox
    store: Store
    folder: Path
    wishes: CrawlOptions
    clock: Clock = field(default_factory=Clock)
    network: Network = field(default_factory=Network)

    def run(self, **wishes: Any) -> "Result":
        """Bring it up to date; what was found, and the requests that it took."""
        before = len(self.box.log)
        found = crawl_once(self.box, self.store, self.folder, replace(self.wishes, **wishes), self.clock, self.network)
        return Result(found, self.box.log[before:])

    @property
    def forum(self) -> int:
        """The forum's number in the store."""
        found = self.store.forum(self.box.url)
        assert found is not None
        return found

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with self.store.read() as connection:
            return [tuple(row) for row in connection.execute(text(sql), values)]

    def texts(self) -> dict[int, tuple[str, str]]:
        """The raw and cooked of every post that counts now."""
        posts, versions = schema.POSTS, schema.POST_VERSIONS
        same = (versions.c.forum == posts.c.forum) & (versions.c.post == posts.c.id) & (versions.c.n == posts.c.n)
        query = select(posts.c.id, versions.c.raw, versions.c.cooked).join_from(posts, versions, same)
        with self.store.read() as connection:
            found = connection.execute(query.where(posts.c.forum == self.forum))
            return {post: (raw, cooked) for post, raw, cooked in found}

    def versions(self, post: int) -> list[str]:
        """All texts of a post that are held, the first first."""
        query = "SELECT raw FROM post_versions WHERE forum = :f AND post = :p ORDER BY n"
        return [row[0] for row in self.rows(query, f=self.forum, p=post)]

    def likes(self) -> set[tuple[int, int]]:
        """Who likes what now: post and person."""
        query = "SELECT post, person FROM reactions WHERE forum = :f AND kind = 'like' AND gone IS NULL"
        return {(post, person) for post, person in self.rows(query, f=self.forum)}

    def tombstones(self, kind: str) -> dict[int, str]:
        """Why things are gone, by number."""
        query = "SELECT id, reason FROM tombstones WHERE forum = :f AND kind = :k AND lifted IS NULL ORDER BY n"
        return dict(self.rows(query, f=self.forum, k=kind))

    def content(self) -> dict[str, int]:
        """How often rows that hold content were written so far, by SQLite's own count of changes to each table."""
        names = (
            "topics",
            "topic_versions",
            "posts",
            "post_versions",
            "reactions",
            "people",
            "names",
            "edges",
            "uploads",
        )
        return {name: hash(tuple(self.rows(f"SELECT * FROM {name} ORDER BY 1, 2, 3"))) for name in names}  # noqa: S608


@dataclass(frozen=True)
class Result:
    """What a run found, and what it asked for."""

    found: Mapping[str, int]
    log: list[Request]

    @property
    def requests(self) -> int:
        """How many requests it took."""
        return len(self.log)

    def paths(self, part: str) -> list[str]:
        """The paths that hold a part."""
        return [one.path for one in self.log if part in one.path]


def crawl_once(
    box: Sandbox, store: Store, folder: Path, wishes: CrawlOptions, clock: Clock, network: Network | None = None
) -> dict[str, int]:
    """One run over the API."""
    key = box.keys["all_users"] if wishes.key else ""
    with Forum(box.url, "admin", key, limits=FREE, state=folder / "machine", network=network) as forum:
        number = store.enter(box.url, "kafe", clock.micros())
        run = Run(store, number, box.url, ForumReader(forum), wishes, Silent(), clock.micros)
        crawl(run)
        return run.found


@contextmanager
def archive_of(box: Sandbox, folder: Path, **wishes: Any) -> Iterator[Archive]:
    """An archive of a sandbox in a file."""
    with Store.open(empty_archive(folder / "archive.sqlite")) as store:
        yield Archive(box, store, folder, replace(CrawlOptions(key=True), **wishes))


def public(box: Sandbox) -> dict[int, tuple[str, str]]:
    """The raw and cooked of every living post of a public topic, as the forum holds them."""
    with box.state.lock:
        return {post.id: (post.raw, post.cooked) for post in box.state.posts.values() if open_to_all(box, post)}


def open_to_all(box: Sandbox, post: PostRecord) -> bool:
    """Whether everybody may read a post."""
    topic = box.state.topics[post.topic_id]
    category = box.state.categories.get(topic.category_id or 0)
    secret = category is not None and category.read_restricted
    return (
        post.alive
        and post.type != 4
        and topic.deleted_at is None
        and topic.archetype != "private_message"
        and not secret
    )


def likes_of(box: Sandbox) -> set[tuple[int, int]]:
    """Who likes what on the forum: post and person."""
    with box.state.lock:
        posts = list(box.state.posts.values())
        return {(post.id, who) for post in posts if open_to_all(box, post) for who, _at in hearts(box.state, post)}
