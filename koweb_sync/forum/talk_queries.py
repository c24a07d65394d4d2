"""The queries with which Data Explorer reads a whole forum's talk for the archive.

`DIGESTS` tells for buckets of 128 ids (topics, people) or 128 post ids (posts, likes, polls) how many rows they hold,
how many bytes of text, and a digest of all that counts. Whoever remembers the digests asks only for the rows of
those buckets that differ. A row's text is part of its digest, so that an edit is found whatever the time stamps say.

`:without` are categories that nobody asked for, `:whispers` whether whispers are wanted. No query gives anything of a
private message, nor an address of e-mail; of a poll only what the forum shows to everybody.
"""

from koweb_sync.forum.queries import FIRST_POSTS, SPOKEN, TAGGED, Query

SIZE = 128  # ids in a bucket
LOWEST, HIGHEST = -(2**31), 2**31 - 1  # ids in the tables in question

SPAN = f"""\
-- [params]
-- int :after = {LOWEST}
-- int :until = {HIGHEST}
"""
WITHOUT, WHISPERS, BUCKETS = "-- int_list :without = 0\n", "-- boolean :whispers = false\n", "-- int_list :buckets\n"
# What of a topic is nobody's business, and what nobody asked for.
TOPIC = "t.archetype <> 'private_message' AND COALESCE(t.category_id, 0) NOT IN (:without)"
POST = f"{TOPIC} AND (p.post_type <> 4 OR :whispers)"
# Everybody but those who signed up and never came.
PEOPLE = "(u.active OR u.staged OR u.id <= 0 OR u.last_seen_at IS NOT NULL)"
# Whether everybody sees how a poll stands: always, or once it is closed; never what only staff sees.
RESULTS = "(q.results = 0 OR (q.results IN (1, 2) AND q.status = 1))"


def within(column: str) -> str:
    """The ids that are asked for."""
    return f"{column} > :after AND {column} <= :until"


def among(column: str) -> str:
    """The buckets that are asked for; the bounds let the database use its index."""
    return f"{within(column)} AND {column} / {SIZE} IN (:buckets)"


def joined(*parts: str) -> str:
    """Columns as one text. Free text is digested, so that no text can look like two columns."""
    return "CONCAT(" + ", '|', ".join(parts) + ")"


def summary(kind: str, column: str, size: str, row: str, order: str, source: str) -> str:
    """The digests of one kind. `source` is what follows FROM.

    Rows are digested before they are sorted: OFFSET 0 keeps PostgreSQL from sorting the texts themselves, which takes
    twice as long.
    """
    places = {f"place_{n}": one for n, one in enumerate(order.split(", "), 1)}
    named = ", ".join(f"{one} AS {place}" for place, one in places.items())
    return f"""\
SELECT '{kind}' AS kind, bucket, COUNT(*) AS things, SUM(size)::bigint AS size,
  MD5(STRING_AGG(digest, ',' ORDER BY {", ".join(places)})) AS digest
FROM (
  SELECT {column} / {SIZE} AS bucket, {size} AS size, MD5({row}) AS digest, {named}
  FROM {source}
  AND {within(column)}
  OFFSET 0
) {kind}
GROUP BY bucket
"""


DIGESTS = Query(
    name="koweb: digests",
    description="What changed since the archive was brought up to date: counts and digests, no text.",
    sql=f"{SPAN}{WITHOUT}{WHISPERS}\n"
    + "UNION ALL\n".join(
        (
            summary(
                "categories",
                "c.id",
                "0",
                joined(
                    *("c.id", "MD5(c.name)", "c.slug", "c.parent_category_id", "MD5(c.description)", "c.color"),
                    *("c.position", "c.read_restricted::int", "c.topic_id", "g.group_id", "g.permission_type"),
                ),
                "c.id, g.group_id",
                "categories c LEFT JOIN category_groups g ON g.category_id = c.id\nWHERE c.id > 0",
            ),
            summary(
                "people",
                "u.id",
                "0",
                joined(
                    *("u.id", "u.username", "MD5(u.name)", "u.created_at", "u.trust_level", "u.admin::int"),
                    *("u.moderator::int", "u.staged::int", "u.suspended_till", "MD5(u.title)"),
                ),
                "u.id",
                f"users u\nWHERE {PEOPLE}",
            ),
            summary(
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
            ),
            summary(
                "posts",
                "p.id",
                "OCTET_LENGTH(p.raw) + OCTET_LENGTH(p.cooked)",
                joined(
                    *("p.id", "p.topic_id", "p.post_number", "p.post_type", "p.action_code", "p.user_id"),
                    *("p.reply_to_post_number", "p.public_version", "p.created_at", "p.updated_at"),
                    *("p.deleted_at", "p.deleted_by_id", "p.user_deleted::int", "p.hidden::int", "p.wiki::int"),
                    *("p.like_count", "p.last_editor_id", "MD5(p.edit_reason)", "MD5(p.raw)", "MD5(p.cooked)"),
                ),
                "p.id",
                f"posts p JOIN topics t ON t.id = p.topic_id\nWHERE {POST}",
            ),
            summary(
                "likes",
                "a.post_id",
                "0",
                joined("a.id", "a.post_id", "a.user_id", "a.created_at", "a.deleted_at"),
                "a.id",
                "post_actions a JOIN posts p ON p.id = a.post_id JOIN topics t ON t.id = p.topic_id\n"
                f"WHERE a.post_action_type_id = 2 AND {POST}",
            ),
            summary(
                "polls",
                "q.post_id",
                "0",
                joined(
                    *("q.id", "MD5(q.name)", "MD5(q.title)", "q.type", "q.status", "q.results", "q.visibility"),
                    *("q.close_at", "q.anonymous_voters", "o.digest", "MD5(o.html)", "o.anonymous_votes", "v.user_id"),
                ),
                "q.id, o.id, v.user_id",
                "polls q JOIN posts p ON p.id = q.post_id JOIN topics t ON t.id = p.topic_id\n"
                "LEFT JOIN poll_options o ON o.poll_id = q.id LEFT JOIN poll_votes v ON v.poll_option_id = o.id\n"
                f"WHERE {POST}",
            ),
        )
    )
    + "ORDER BY kind, bucket\n",
)

EXTENT = Query(
    name="koweb: extent",
    description="The highest number that a topic, a post or a person has, for archives of large forums.",
    sql="""\
-- [params]
-- int :after = 0

SELECT GREATEST(
  (SELECT COALESCE(MAX(id), 0) FROM posts),
  (SELECT COALESCE(MAX(id), 0) FROM topics),
  (SELECT COALESCE(MAX(id), 0) FROM users)
) AS highest
""",
)

TOPICS = Query(
    name="koweb: topics",
    description="All topics, deleted ones included, for the archive.",
    sql=f"""\
{SPAN}{WITHOUT}{BUCKETS}
SELECT
  t.id,
  t.title,
  t.slug,
  t.external_id,
  t.archetype,
  t.category_id,
  tagged.names AS tags,
  t.user_id,
  t.created_at,
  t.bumped_at,
  t.last_posted_at,
  t.deleted_at,
  t.deleted_by_id,
  t.visible,
  t.closed,
  t.archived,
  t.pinned_at,
  t.pinned_globally,
  t.views,
  t.posts_count,
  t.highest_post_number,
  t.like_count
FROM topics t
{TAGGED}
WHERE {TOPIC}
  AND {among("t.id")}
ORDER BY t.id
""",
)

POSTS = Query(
    name="koweb: posts",
    description="All posts, deleted ones included, for the archive.",
    sql=f"""\
{SPAN}{WITHOUT}{WHISPERS}{BUCKETS}
SELECT
  p.id,
  p.topic_id,
  t.category_id,
  p.post_number,
  p.post_type,
  p.action_code,
  p.user_id,
  p.reply_to_post_number,
  p.raw,
  p.cooked,
  p.public_version,
  p.created_at,
  p.updated_at,
  p.last_editor_id,
  p.edit_reason,
  p.deleted_at,
  p.deleted_by_id,
  p.user_deleted,
  p.hidden,
  p.wiki,
  p.like_count,
  p.reads,
  spoken.locale
FROM posts p
JOIN topics t ON t.id = p.topic_id
{SPOKEN}
WHERE {POST}
  AND {among("p.id")}
ORDER BY p.id
""",
)

LIKES = Query(
    name="koweb: likes",
    description="All likes, those taken back included, for the archive.",
    sql=f"""\
{SPAN}{WITHOUT}{WHISPERS}{BUCKETS}-- int :beyond = 0

SELECT
  a.id,
  a.post_id,
  a.user_id,
  a.created_at,
  a.deleted_at
FROM post_actions a
JOIN posts p ON p.id = a.post_id
JOIN topics t ON t.id = p.topic_id
WHERE {POST}
  AND a.post_action_type_id = 2
  AND {among("a.post_id")}
  AND a.id > :beyond
ORDER BY a.id
""",
)

POLLS = Query(
    name="koweb: polls",
    description="All polls with how they stand, as far as everybody may see it, for the archive.",
    sql=f"""\
{SPAN}{WITHOUT}{WHISPERS}{BUCKETS}
SELECT
  q.post_id,
  q.id AS poll,
  q.name,
  q.title,
  q.type,
  q.status,
  q.results,
  q.visibility,
  q.close_at,
  COALESCE(voted.people, 0) + COALESCE(q.anonymous_voters, 0) AS voters,
  o.digest AS answer,
  o.html,
  CASE WHEN {RESULTS} THEN COALESCE(chosen.votes, 0) + COALESCE(o.anonymous_votes, 0) END AS votes,
  CASE WHEN {RESULTS} AND q.visibility = 1 THEN chosen.people END AS people
FROM polls q
JOIN posts p ON p.id = q.post_id
JOIN topics t ON t.id = p.topic_id
LEFT JOIN poll_options o ON o.poll_id = q.id
LEFT JOIN (
  SELECT poll_id, COUNT(DISTINCT user_id) AS people FROM poll_votes GROUP BY poll_id
) voted ON voted.poll_id = q.id
LEFT JOIN (
  SELECT poll_option_id, COUNT(*) AS votes, STRING_AGG(user_id::text, ',' ORDER BY user_id) AS people
  FROM poll_votes
  GROUP BY poll_option_id
) chosen ON chosen.poll_option_id = o.id
WHERE {POST}
  AND {among("q.post_id")}
ORDER BY q.id, o.id
""",
)

USERS = Query(
    name="koweb: people",
    description="Everybody who was ever here, the system's own included, without addresses, for the archive.",
    sql=f"""\
{SPAN}{BUCKETS}
SELECT
  u.id,
  u.username,
  u.name,
  u.created_at,
  u.trust_level,
  u.admin,
  u.moderator,
  u.staged,
  u.suspended_till,
  u.title
FROM users u
WHERE {PEOPLE}
  AND {among("u.id")}
ORDER BY u.id
""",
)

VIEWS = Query(
    name="koweb: views",
    description="How often topics were viewed, once a day, for the archive.",
    sql=f"""\
-- [params]
-- int :after = 0
-- int :limit = 10000
-- int_list :without = 0

SELECT t.id, t.views
FROM topics t
WHERE {TOPIC}
  AND t.id > :after
ORDER BY t.id
LIMIT :limit
""",
)

COUNTERS = Query(
    name="koweb: activity",
    description="What the directory says about people, once a day, for the archive.",
    sql="""\
-- [params]
-- int :after = 0
-- int :limit = 10000

SELECT d.user_id AS id, d.days_visited, d.topics_entered, d.posts_read, d.topic_count, d.post_count,
  d.likes_given, d.likes_received
FROM directory_items d
WHERE d.period_type = 1
  AND d.user_id > :after
ORDER BY d.user_id
LIMIT :limit
""",
)

ARCHIVE = (DIGESTS, EXTENT, TOPICS, POSTS, LIKES, POLLS, USERS, VIEWS, COUNTERS)
OURS = (FIRST_POSTS, *ARCHIVE)
