"""Discourse's tables about what is counted: polls and their votes, and the directory of people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from koweb_sync.sandbox.explorer.table_schema import RowSource, SqlTable, columns, micro
from koweb_sync.sandbox.model.records import PollRecord, PostRecord, UserRecord

TYPES = ("regular", "multiple", "number", "ranked_choice")
RESULTS = ("always", "on_vote", "on_close", "staff_only")
CHARTS = ("bar", "pie")
EVER = 1  # the directory's period without an end

# ---- polls


@dataclass(frozen=True, slots=True)
class PollInPost:
    """A poll and the post that it stands in."""

    id: int
    post: PostRecord
    poll: PollRecord


def polls(source: RowSource) -> Sequence[PollInPost]:
    """All polls."""
    return [PollInPost(poll.id, post, poll) for post in source.state.posts.values() for poll in post.polls]


POLLS = SqlTable(
    "polls",
    polls,
    columns(
        ("id bigint", "id"),
        ("post_id bigint", "post.id"),
        ("name varchar", "poll.name"),
        ("close_at timestamp", lambda _source, row: micro(row.poll.closes_at)),
        ("type integer", lambda _source, row: TYPES.index(row.poll.kind)),
        ("status integer", lambda _source, row: int(row.poll.status == "closed")),
        ("results integer", lambda _source, row: RESULTS.index(row.poll.results)),
        ("visibility integer", lambda _source, row: int(row.poll.public)),
        ("min integer", "poll.least"),
        ("max integer", "poll.most"),
        ("step integer", "poll.step"),
        ("anonymous_voters integer", None),
        ("created_at updated_at timestamp", lambda _source, row: micro(row.poll.opened_at)),
        ("chart_type integer", lambda _source, row: CHARTS.index(row.poll.chart) if row.poll.chart in CHARTS else 0),
        ("groups varchar", "poll.groups"),
        ("title varchar", "poll.title"),
    ),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer of a poll: its number, and what Discourse calls its digest."""

    id: int
    asked: PollInPost
    digest: str


def choices(source: RowSource) -> Sequence[Choice]:
    """The answers of all polls, in order."""
    found = [(asked, option) for asked in polls(source) for option in asked.poll.options]
    known = source.numbers.of("poll_options", ((asked.id, option) for asked, option in found))
    return [Choice(known[asked.id, option], asked, option) for asked, option in found]


OPTIONS = SqlTable(
    "poll_options",
    choices,
    columns(
        ("id bigint", "id"),
        ("poll_id bigint", "asked.id"),
        ("digest varchar", "digest"),
        ("html text", lambda _source, row: row.asked.poll.options[row.digest]),
        ("anonymous_votes integer", None),
        ("created_at updated_at timestamp", lambda _source, row: micro(row.asked.post.created_at)),
    ),
)


def votes(source: RowSource) -> Sequence[tuple[Choice, int]]:
    """Who chose what."""
    return [
        (choice, user)
        for choice in choices(source)
        for user, chosen in choice.asked.poll.votes.items()
        if choice.digest in chosen
    ]


VOTES = SqlTable(
    "poll_votes",
    votes,
    columns(
        ("poll_id bigint", lambda _source, row: row[0].asked.id),
        ("poll_option_id bigint", lambda _source, row: row[0].id),
        ("user_id bigint", lambda _source, row: row[1]),
        ("created_at updated_at timestamp", lambda _source, row: micro(row[0].asked.post.created_at)),
    ),
)

# ---- the directory


@dataclass(slots=True)
class DirectoryRow:
    """Somebody in the directory."""

    id: int
    user: UserRecord
    given: int
    received: int = 0
    topics: int = 0
    posts: int = 0


def directory(source: RowSource) -> Sequence[DirectoryRow]:
    """Everybody with an account; nobody until the nightly job has counted."""
    state = source.state
    if not state.settings["directory_ready"]:
        return []
    given = Counter(liker for post in state.posts.values() for liker, _at in post.likes)
    people = [user for user in state.users.values() if user.id > 0]
    known = source.numbers.of("directory_items", (user.id for user in people))
    found = {user.id: DirectoryRow(known[user.id], user, given[user.id]) for user in people}
    for post in state.posts.values():
        author = found.get(post.user_id)
        regular = post.type == 1 and state.topics[post.topic_id].archetype != "private_message"
        if author is not None and post.alive and regular:
            author.received += len(post.likes)
            author.topics += post.number == 1
            author.posts += post.number > 1
    return list(found.values())


DIRECTORY = SqlTable(
    "directory_items",
    directory,
    columns(
        ("id integer", "id"),
        ("period_type integer", EVER),
        ("user_id integer", "user.id"),
        ("likes_received integer", "received"),
        ("likes_given integer", "given"),
        ("topics_entered integer", "user.topics_entered"),
        ("topic_count integer", "topics"),
        ("post_count integer", "posts"),
        ("created_at updated_at timestamp", lambda _source, row: micro(row.user.created_at)),
        ("days_visited integer", "user.days_visited"),
        ("posts_read integer", "user.posts_read"),
    ),
)

TABLES = (POLLS, OPTIONS, VOTES, DIRECTORY)
