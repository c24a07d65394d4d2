"""The queries that koweb saves in a forum's Data Explorer: pure, the same text for every server.

They keep to what PostgreSQL and the sandbox's DuckDB both understand, and have no semicolon, not even in a comment.
Three things to know when running them:

- the plugin has a limit of its own beside the parameters (1,000 rows unless `limit` says more, 10,000 at most);
- `download=true` spares it looking up the people, topics and posts behind columns that end in `_id`;
- values are strings, and a server may put them into the comment that declares them: they hold no line end.

Private messages are nobody's business: no query returns any of them.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it is saved: found again by its name; the description is for the forum's administrators."""

    name: str
    description: str
    sql: str

    @property
    def mark(self) -> str:
        """What tells this text from an earlier one where a server lists queries without their text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()[:12]

    @property
    def told(self) -> str:
        """The description as it is saved."""
        return f"{self.description} (koweb {self.mark})"


# The names of a topic's tags, joined by a sign that no name holds.
TAGGED = """\
LEFT JOIN (
  SELECT tt.topic_id, STRING_AGG(g.name, '|' ORDER BY g.name COLLATE "C") AS names
  FROM topic_tags tt
  JOIN tags g ON g.id = tt.tag_id
  GROUP BY tt.topic_id
) tagged ON tagged.topic_id = t.id"""

# The language of each post. Servers of before 2025 have no such column: a name that a table lacks is then looked for
# around the query that names it, where it is null.
SPOKEN = """\
JOIN (
  SELECT every.id, (SELECT locale FROM posts one WHERE one.id = every.id) AS locale
  FROM posts every
  CROSS JOIN (SELECT NULL::varchar AS locale) absent
) spoken ON spoken.id = p.id"""

FIRST_POSTS = Query(
    name="koweb: first posts",
    description="The first posts of some topics, or of all that koweb published, and who edited them last.",
    sql="""\
-- [params]
-- int :after = 0
-- int :limit = 1000
-- null int_list :topics

SELECT
  t.id AS topic_id,
  t.external_id,
  t.title,
  t.slug,
  t.category_id,
  tagged.names AS tags,
  t.archetype,
  t.closed,
  t.archived,
  t.visible,
  t.pinned_at,
  t.pinned_globally,
  t.pinned_until,
  t.created_at,
  t.deleted_at,
  t.posts_count,
  p.id AS post_id,
  p.raw,
  p.version,
  p.updated_at,
  p.last_version_at,
  p.hidden,
  p.user_deleted,
  p.deleted_at AS post_deleted_at,
  p.wiki,
  p.locked_by_id,
  spoken.locale,
  p.user_id,
  p.last_editor_id,
  editor.username AS last_editor_username,
  editor.name AS last_editor_name,
  revised.created_at AS edited_at,
  revised.user_id AS edited_by_id,
  p.edit_reason
FROM topics t
JOIN posts p ON p.topic_id = t.id AND p.post_number = 1
@spoken
LEFT JOIN users editor ON editor.id = p.last_editor_id
LEFT JOIN (
  SELECT post_id, MAX(number) AS number FROM post_revisions GROUP BY post_id
) newest ON newest.post_id = p.id
LEFT JOIN post_revisions revised ON revised.post_id = p.id AND revised.number = newest.number
@tagged
WHERE t.id > :after
  AND t.archetype <> 'private_message'
  AND (t.id IN (:topics) OR (COALESCE(:topics) IS NULL AND t.external_id IS NOT NULL))
ORDER BY t.id
LIMIT :limit
""".replace("@tagged", TAGGED).replace("@spoken", SPOKEN),
)
