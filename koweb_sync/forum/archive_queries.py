"""The queries with which Data Explorer reads a whole forum's talk for the archive.

`DIGESTS` tells for buckets of 128 ids (topics, people) or 128 post ids (posts, likes, polls) how many rows they hold,
how many bytes of text, and a digest of all that counts. Whoever remembers the digests asks only for the rows of
those buckets that differ. A row's text is part of its digest, so that an edit is found whatever the time stamps say.

`:without` are categories that nobody asked for, `:whispers` whether whispers are wanted. No query gives anything of a
private message, nor an address of e-mail; of a poll only what the forum shows to everybody.
"""

from collections.abc import Iterator
from itertools import combinations

from koweb_sync.forum import plugin_queries
from koweb_sync.forum.digest_queries import digests
from koweb_sync.forum.plugin_queries import PLUGINS, TABLES
from koweb_sync.forum.queries import FIRST_POSTS, SPOKEN, TAGGED, Query
from koweb_sync.forum.query_parts import BUCKETS, PEOPLE, POST, RESULTS, SPAN, TOPIC, WHISPERS, WITHOUT, among

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


def posts(plugins: frozenset[str]) -> Query:
    """All posts."""
    join, shadow = plugin_queries.shadowed(plugins)
    return Query(
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
  {shadow} AS shadow,
  spoken.locale
FROM posts p
JOIN topics t ON t.id = p.topic_id
{SPOKEN}
{join}
WHERE {POST}
  AND {among("p.id")}
ORDER BY p.id
""",
    )


def likes(plugins: frozenset[str]) -> Query:
    """All likes and reactions."""
    found = plugin_queries.likes(plugins)
    return Query(
        name="koweb: likes",
        description="All likes, those taken back included, and other reactions, for the archive.",
        sql=f"""\
{SPAN}{WITHOUT}{WHISPERS}{BUCKETS}-- bigint :beyond = 0

SELECT
  a.id,
  a.post_id,
  a.user_id,
  a.created_at,
  a.deleted_at,
  a.kind
FROM (
{found}
) a
JOIN posts p ON p.id = a.post_id
JOIN topics t ON t.id = p.topic_id
WHERE {POST}
  AND {among("a.post_id")}
  AND a.id > :beyond
ORDER BY a.id
""",
    )


def answers(plugins: frozenset[str]) -> Query:
    """All accepted answers."""
    found = plugin_queries.answers(plugins)
    return Query(
        name="koweb: answers",
        description="All accepted answers, with who accepted them and when, for the archive.",
        sql=f"""\
{SPAN}{WITHOUT}{WHISPERS}{BUCKETS}
SELECT
  a.topic_id,
  a.post_id,
  p.post_number,
  a.user_id,
  a.created_at
FROM (
{found}
) a
JOIN posts p ON p.id = a.post_id
JOIN topics t ON t.id = a.topic_id
WHERE {POST}
  AND {among("t.id")}
ORDER BY a.topic_id, a.created_at, a.post_id
""",
    )


def archive(plugins: frozenset[str]) -> tuple[Query, ...]:
    """The queries of the archive for a forum where some of the `PLUGINS` have their tables."""
    moving = (digests(plugins), posts(plugins), likes(plugins), answers(plugins))
    return (*moving, EXTENT, TOPICS, POLLS, USERS, VIEWS, COUNTERS)


def saved_queries(plugins: frozenset[str]) -> tuple[Query, ...]:
    """All queries that are saved."""
    return (FIRST_POSTS, TABLES, *archive(plugins))


def variants() -> Iterator[frozenset[str]]:
    """Which of the plugins may have tables, those that have most first."""
    for n in range(len(PLUGINS), -1, -1):
        yield from map(frozenset, combinations(PLUGINS, n))
