"""Discourse's tables about people and groups."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from koweb_sync.sandbox.explorer.table_schema import RowSource, SqlTable, in_order, of, traits
from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.state import ForumState

FOREVER = 4_102_444_800.0  # 2100: until when the suspended are suspended
TRUST = 10  # the group of trust level 0; those of the others follow


@dataclass(slots=True)
class PersonActivity:
    """Somebody, and what they did. Deleted posts do not count."""

    user: UserRecord
    posts: int = 0
    topics: int = 0
    given: int = 0
    received: int = 0
    first: float | None = None
    last: float | None = None


def people(source: RowSource) -> Sequence[PersonActivity]:
    """Everybody, the system included."""
    found = {user.id: PersonActivity(user) for user in source.state.users.values()}
    for post in source.state.posts.values():
        if post.deleted_at is not None or post.type != 1:
            continue
        author = found.get(post.user_id)
        for liker, _at in post.likes:
            if liker in found:
                found[liker].given += 1
        if author is not None:
            author.received += len(post.likes)
            author.topics += post.number == 1
            author.posts += post.number > 1
            author.first = min(post.created_at, author.first or post.created_at)
            author.last = max(post.created_at, author.last or post.created_at)
    return list(found.values())


def group_ids(state: ForumState, user: UserRecord) -> Iterator[int]:
    """The automatic groups of a person, those that the forum has: of the team, and one for each level of trust."""
    team = {1: user.admin, 2: user.moderator, 3: user.staff}
    for group in state.groups:
        number = int(group["id"])
        if team.get(number, TRUST <= number <= TRUST + user.trust_level):
            yield number


def memberships(source: RowSource) -> Sequence[tuple[int, int, int, float]]:
    """Who is in which group, and since when."""
    users = source.state.users.values()
    found = [(number, user.id, user.created_at) for user in users for number in group_ids(source.state, user)]
    known = source.numbers.of("group_users", (one[:2] for one in found))
    return [(known[one[:2]], *one) for one in found]


def groups(source: RowSource) -> Sequence[tuple[int, str, float, bool, int]]:
    """The groups, each with how many people are in it."""
    state = source.state
    inside = Counter(number for user in state.users.values() if user.id > 0 for number in group_ids(state, user))
    born = min((user.created_at for user in state.users.values()), default=0.0)
    pairs = [(int(one["id"]), one) for one in state.groups]
    return [(number, one["name"], born, bool(one.get("automatic", True)), inside[number]) for number, one in pairs]


MEMBERS = ("id", "group_id", "user_id", "created_at updated_at first_unread_pm_at")
TABLES = (
    SqlTable(
        "users",
        people,
        {
            **of("user", "id username name admin trust_level moderator"),
            "created_at updated_at first_seen_at": "user.created_at",
            "last_posted_at last_seen_at": "last",
            "username_lower": lambda row: row.user.username.lower(),
            "suspended_at": lambda row: row.user.created_at if row.user.suspended else None,
            "suspended_till": lambda row: FOREVER if row.user.suspended else None,
        },
    ),
    SqlTable(
        "user_emails",
        lambda source: [user for user in source.state.users.values() if user.email],
        {"id user_id": "id", "email normalized_email": "email", "created_at updated_at": "created_at"},
    ),
    SqlTable(
        "user_stats",
        people,
        {
            **of("user", "topics_entered days_visited", user_id="id", posts_read_count="posts_read"),
            "new_since first_unread_at first_unread_pm_at": "user.created_at",
            "likes_given": "given",
            "likes_received": "received",
            "first_post_created_at": "first",
            "post_count": "posts",
            "topic_count": "topics",
        },
    ),
    SqlTable("user_profiles", lambda source: list(source.state.users.values()), traits("", user_id="id")),
    SqlTable("groups", groups, in_order("id", "name", "created_at updated_at", "automatic", "user_count")),
    SqlTable("group_users", memberships, in_order(*MEMBERS)),
)
