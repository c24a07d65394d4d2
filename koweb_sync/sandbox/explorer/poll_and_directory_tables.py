"""Discourse's tables about what is counted: polls and their votes, and the directory of people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from koweb_sync.sandbox.explorer.table_schema import RowSource, SqlTable, in_order, of, traits
from koweb_sync.sandbox.model.records import PollRecord, PostRecord, UserRecord

TYPES = ("regular", "multiple", "number", "ranked_choice")
RESULTS = ("always", "on_vote", "on_close", "staff_only")
CHARTS = ("bar", "pie")


@dataclass(frozen=True, slots=True)
class PollInPost:
    """A poll and the post that it stands in."""

    id: int
    post: PostRecord
    poll: PollRecord


def polls(source: RowSource) -> Sequence[PollInPost]:
    return [PollInPost(poll.id, post, poll) for post in source.state.posts.values() for poll in post.polls]


def choices(source: RowSource) -> Sequence[tuple[int, int, str, str, float]]:
    """The answers of all polls, in order: number, poll, digest, HTML, since when."""
    found = [
        (one.id, digest, html, one.post.created_at)
        for one in polls(source)
        for digest, html in one.poll.options.items()
    ]
    known = source.numbers.of("poll_options", (one[:2] for one in found))
    return [(known[one[:2]], *one) for one in found]


def votes(source: RowSource) -> Sequence[tuple[int, int, int, float]]:
    """Who chose what: poll, answer, person, since when."""
    cast = {one.id: one.poll.votes for one in polls(source)}
    return [
        (poll, number, user, at)
        for number, poll, digest, _html, at in choices(source)
        for user, chosen in cast[poll].items()
        if digest in chosen
    ]


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


TABLES = (
    SqlTable(
        "polls",
        polls,
        {
            **traits("id"),
            **of("poll", "name step groups title", close_at="closes_at", min="least", max="most"),
            "post_id": "post.id",
            "type": lambda row: TYPES.index(row.poll.kind),
            "status": lambda row: int(row.poll.status == "closed"),
            "results": lambda row: RESULTS.index(row.poll.results),
            "visibility": lambda row: int(row.poll.public),
            "created_at updated_at": "poll.opened_at",
            "chart_type": lambda row: CHARTS.index(row.poll.chart) if row.poll.chart in CHARTS else 0,
        },
    ),
    SqlTable("poll_options", choices, in_order("id", "poll_id", "digest", "html", "created_at updated_at")),
    SqlTable("poll_votes", votes, in_order("poll_id", "poll_option_id", "user_id", "created_at updated_at")),
    SqlTable(
        "directory_items",
        directory,
        {
            **traits("id", likes_received="received", likes_given="given", topic_count="topics", post_count="posts"),
            **of("user", "topics_entered days_visited posts_read", user_id="id"),
            "created_at updated_at": "user.created_at",
        },
    ),
)
