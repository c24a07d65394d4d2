"""The query that tells what changed: digests of everything that the archive keeps, bucket by bucket."""

from koweb_sync.forum import plugin_queries
from koweb_sync.forum.plugin_queries import SETTINGS, THERE
from koweb_sync.forum.queries import TAGGED, Query
from koweb_sync.forum.query_parts import PEOPLE, POST, SPAN, TOPIC, WHISPERS, WITHOUT, joined, summary

# Which of the plugins' tables are there, and how reactions are set: what the other rows depend on.
STANDING = f"""\
SELECT 'tables', 0, COUNT(*), 0::bigint, STRING_AGG(table_name::text, ',' ORDER BY table_name)
FROM {THERE}
UNION ALL
SELECT 'settings', 0, COUNT(*), 0::bigint, STRING_AGG(CONCAT(name, '=', value), ',' ORDER BY name)
FROM {SETTINGS}
"""


CATEGORIES = summary(
    "categories",
    "c.id",
    "0",
    joined(
        *("c.id", "MD5(c.name)", "c.slug", "c.parent_category_id", "MD5(c.description)", "c.color"),
        *("c.position", "c.read_restricted::int", "c.topic_id", "g.group_id", "g.permission_type"),
    ),
    "c.id, g.group_id",
    "categories c LEFT JOIN category_groups g ON g.category_id = c.id\nWHERE c.id > 0",
)
PEOPLE_TOLD = summary(
    "people",
    "u.id",
    "0",
    joined(
        *("u.id", "u.username", "MD5(u.name)", "u.created_at", "u.trust_level", "u.admin::int"),
        *("u.moderator::int", "u.staged::int", "u.suspended_till", "MD5(u.title)"),
    ),
    "u.id",
    f"users u\nWHERE {PEOPLE}",
)
TOPICS = summary(
    "topics",
    "t.id",
    "0",
    joined(
        *("t.id", "MD5(t.title)", "t.slug", "t.external_id", "t.archetype", "t.category_id"),
        *("tagged.names", "t.user_id", "t.created_at", "t.bumped_at", "t.last_posted_at"),
        *("t.deleted_at", "t.deleted_by_id", "t.visible::int", "t.closed::int", "t.archived::int"),
        *("t.pinned_at", "t.pinned_globally::int", "t.posts_count", "t.highest_post_number"),
        "t.like_count",
    ),
    "t.id",
    f"topics t\n{TAGGED}\nWHERE {TOPIC}",
)
POLLS = summary(
    "polls",
    "q.post_id",
    "0",
    joined(
        *("q.id", "MD5(q.name)", "MD5(q.title)", "q.type", "q.status", "q.results", "q.visibility"),
        *(
            "q.close_at",
            "q.anonymous_voters",
            "o.digest",
            "MD5(o.html)",
            "o.anonymous_votes",
            "v.user_id",
        ),
    ),
    "q.id, o.id, v.user_id",
    "polls q JOIN posts p ON p.id = q.post_id JOIN topics t ON t.id = p.topic_id\n"
    "LEFT JOIN poll_options o ON o.poll_id = q.id LEFT JOIN poll_votes v ON v.poll_option_id = o.id\n"
    f"WHERE {POST}",
)


def posts(plugins: frozenset[str]) -> str:
    """The digests of posts, with how many of their likes are shadows of reactions."""
    join, shadow = plugin_queries.shadowed(plugins)
    return summary(
        "posts",
        "p.id",
        "OCTET_LENGTH(p.raw) + OCTET_LENGTH(p.cooked)",
        joined(
            *("p.id", "p.topic_id", "p.post_number", "p.post_type", "p.action_code", "p.user_id"),
            *("p.reply_to_post_number", "p.public_version", "p.created_at", "p.updated_at"),
            *("p.deleted_at", "p.deleted_by_id", "p.user_deleted::int", "p.hidden::int", "p.wiki::int"),
            *("p.like_count", "p.last_editor_id", "MD5(p.edit_reason)", "MD5(p.raw)", "MD5(p.cooked)"),
            *((shadow,) if join else ()),
        ),
        "p.id",
        f"posts p JOIN topics t ON t.id = p.topic_id\n{join}\nWHERE {POST}",
    )


def likes(plugins: frozenset[str]) -> str:
    """The digests of likes and reactions."""
    found = plugin_queries.likes(plugins)
    return summary(
        "likes",
        "a.post_id",
        "0",
        joined("a.id", "a.post_id", "a.user_id", "a.created_at", "a.deleted_at", "a.kind"),
        "a.id",
        f"(\n{found}\n  ) a\nJOIN posts p ON p.id = a.post_id JOIN topics t ON t.id = p.topic_id\nWHERE {POST}",
    )


def answers(plugins: frozenset[str]) -> str:
    """The digests of accepted answers."""
    found = plugin_queries.answers(plugins)
    return summary(
        "answers",
        "t.id",
        "0",
        joined("a.topic_id", "a.post_id", "a.user_id", "a.created_at"),
        "a.topic_id, a.post_id",
        f"(\n{found}\n  ) a\nJOIN posts p ON p.id = a.post_id JOIN topics t ON t.id = a.topic_id\nWHERE {POST}",
    )


def digests(plugins: frozenset[str]) -> Query:
    """The digests of a forum where some of the `PLUGINS` have their tables."""
    kinds = (CATEGORIES, PEOPLE_TOLD, TOPICS, posts(plugins), likes(plugins), answers(plugins), POLLS)
    return Query(
        name="koweb: digests",
        description="What changed since the archive was brought up to date: counts and digests, no text.",
        sql=f"{SPAN}{WITHOUT}{WHISPERS}\n" + "UNION ALL\n".join((*kinds, STANDING)) + "ORDER BY kind, bucket\n",
    )
