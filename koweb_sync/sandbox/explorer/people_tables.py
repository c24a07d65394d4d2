"""Discourse's tables about people and groups."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koweb_sync.sandbox.explorer.table_schema import RowSource, SqlTable, Times, columns, micro
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


def suspended(moment: Callable[[UserRecord], float]) -> Callable[[RowSource, PersonActivity], int | None]:
    """A time for those who are suspended."""
    return lambda _source, row: micro(moment(row.user)) if row.user.suspended else None


USERS = SqlTable(
    "users",
    people,
    columns(
        ("id integer", "user.id"),
        ("username varchar", "user.username"),
        ("created_at updated_at timestamp", Times("user.created_at")),
        ("name varchar", "user.name"),
        ("seen_notification_id integer", 0),
        ("last_posted_at timestamp", Times("last")),
        ("password_hash salt varchar", None),
        ("active boolean", True),
        ("username_lower varchar", lambda _source, row: row.user.username.lower()),
        ("last_seen_at timestamp", Times("last")),
        ("admin boolean", "user.admin"),
        ("last_emailed_at timestamp", None),
        ("trust_level integer", "user.trust_level"),
        ("approved boolean", False),
        ("approved_by_id integer", None),
        ("approved_at previous_visit_at timestamp", None),
        ("suspended_at timestamp", suspended(lambda user: user.created_at)),
        ("suspended_till timestamp", suspended(lambda _user: FOREVER)),
        ("date_of_birth date", None),
        ("views flag_level integer", 0),
        ("ip_address inet", None),
        ("moderator boolean", "user.moderator"),
        ("title varchar", None),
        ("uploaded_avatar_id integer", None),
        ("locale varchar", None),
        ("primary_group_id integer", None),
        ("registration_ip_address inet", None),
        ("staged boolean", False),
        ("first_seen_at timestamp", Times("user.created_at")),
        ("silenced_till timestamp", None),
        ("group_locked_trust_level manual_locked_trust_level integer", None),
        ("secure_identifier varchar", None),
        ("flair_group_id integer", None),
    ),
)

EMAILS = SqlTable(
    "user_emails",
    lambda source: [user for user in source.state.users.values() if user.email],
    columns(
        ("id user_id integer", "id"),
        ("email normalized_email varchar", "email"),
        ("primary boolean", True),
        ("created_at updated_at timestamp", Times("created_at")),
    ),
)

STATS = SqlTable(
    "user_stats",
    people,
    columns(
        ("user_id integer", "user.id"),
        ("topics_entered integer", "user.topics_entered"),
        ("time_read integer", 0),
        ("days_visited integer", "user.days_visited"),
        ("posts_read_count integer", "user.posts_read"),
        ("likes_given integer", "given"),
        ("likes_received integer", "received"),
        ("new_since timestamp", Times("user.created_at")),
        ("read_faq timestamp", None),
        ("first_post_created_at timestamp", Times("first")),
        ("post_count integer", "posts"),
        ("topic_count integer", "topics"),
        ("bounce_score double", 0.0),
        ("reset_bounce_score_after timestamp", None),
        ("flags_agreed flags_disagreed flags_ignored integer", 0),
        ("first_unread_at timestamp", Times("user.created_at")),
        ("distinct_badge_count integer", 0),
        ("first_unread_pm_at timestamp", Times("user.created_at")),
        ("digest_attempted_at timestamp", None),
        ("post_edits_count draft_count pending_posts_count integer", 0),
    ),
)

PROFILES = SqlTable(
    "user_profiles",
    lambda source: list(source.state.users.values()),
    columns(
        ("user_id integer", "id"),
        ("location website varchar", None),
        ("bio_raw bio_cooked text", None),
        ("dismissed_banner_key bio_cooked_version integer", None),
        ("badge_granted_title boolean", False),
        ("views integer", 0),
        ("profile_background_upload_id card_background_upload_id integer", None),
        ("granted_title_badge_id bigint", None),
        ("featured_topic_id integer", None),
    ),
)


def group_ids(state: ForumState, user: UserRecord) -> Iterator[int]:
    """The automatic groups of a person, those that the forum has: of the team, and one for each level of trust."""
    team = {1: user.admin, 2: user.moderator, 3: user.staff}
    for group in state.groups:
        number = int(group["id"])
        if team.get(number, TRUST <= number <= TRUST + user.trust_level):
            yield number


def memberships(source: RowSource) -> Sequence[tuple[int, int, UserRecord]]:
    """Who is in which group: row's number, group, person."""
    state = source.state
    pairs = [(number, user) for user in state.users.values() for number in group_ids(state, user)]
    known = source.numbers.of("group_users", ((number, user.id) for number, user in pairs))
    return [(known[number, user.id], number, user) for number, user in pairs]


def groups(source: RowSource) -> Sequence[Mapping[str, Any]]:
    """The groups, each with how many people are in it."""
    state = source.state
    inside = [number for user in state.users.values() if user.id > 0 for number in group_ids(state, user)]
    born = min((user.created_at for user in state.users.values()), default=0.0)
    return [{**group, "user_count": inside.count(int(group["id"])), "born": born} for group in state.groups]


GROUPS = SqlTable(
    "groups",
    groups,
    columns(
        ("id integer", lambda _source, row: int(row["id"])),
        ("name varchar", lambda _source, row: row["name"]),
        ("created_at updated_at timestamp", lambda _source, row: micro(row["born"])),
        ("automatic boolean", lambda _source, row: bool(row.get("automatic", True))),
        ("user_count integer", lambda _source, row: row["user_count"]),
        ("automatic_membership_email_domains text", None),
        ("primary_group boolean", False),
        ("title varchar", None),
        ("grant_trust_level integer", None),
        ("incoming_email varchar", None),
        ("has_messages boolean", False),
        ("bio_raw bio_cooked text", None),
        ("allow_membership_requests boolean", False),
        ("full_name varchar", None),
        ("default_notification_level integer", 3),
        ("visibility_level integer", 0),
        ("public_exit public_admission boolean", False),
        ("membership_request_template text", None),
        ("messageable_level mentionable_level integer", 0),
        ("publish_read_state boolean", False),
        ("members_visibility_level integer", 0),
    ),
)

MEMBERS = SqlTable(
    "group_users",
    memberships,
    columns(
        ("id integer", lambda _source, row: row[0]),
        ("group_id integer", lambda _source, row: row[1]),
        ("user_id integer", lambda _source, row: row[2].id),
        ("created_at updated_at timestamp", lambda _source, row: micro(row[2].created_at)),
        ("owner boolean", False),
        ("notification_level integer", 2),
        ("first_unread_pm_at timestamp", lambda _source, row: micro(row[2].created_at)),
    ),
)

TABLES = (USERS, EMAILS, STATS, PROFILES, GROUPS, MEMBERS)
