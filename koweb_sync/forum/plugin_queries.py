"""The parts of the archive's queries that read tables of plugins: who reacted how, and which answers were accepted.

Not every forum has these tables, and a query that names one which is not there fails: `TABLES` asks first. Likes that
only stand for another reaction are not given.
"""

from koweb_sync.forum.queries import Query

REACTED, SOLVED = "discourse_reactions_reaction_users", "discourse_solved_solved_topics"
PLUGINS = (REACTED, SOLVED)
ASKED = ", ".join(f"'{name}'" for name in PLUGINS)
THERE = f"information_schema.tables\nWHERE table_schema = CURRENT_SCHEMA() AND table_name IN ({ASKED})"
SET = ("enabled", "enabled_reactions", "excluded_from_like", "reaction_for_like")
NAMED = ", ".join(f"'discourse_reactions_{name}'" for name in SET)
SETTINGS = f"site_settings\nWHERE name IN ({NAMED})"

TABLES = Query(
    name="koweb: tables",
    description="Which plugins have tables here, so that the other queries read them.",
    sql=f"""\
-- [params]
-- int :after = 0

SELECT table_name::text AS name
FROM {THERE}
ORDER BY 1
""",
)

# The reaction that is a like: a row is there only where somebody chose another one.
MAIN = """COALESCE(
      (SELECT MAX(value) FROM site_settings WHERE name = 'discourse_reactions_reaction_for_like'), 'heart'
    )"""
OTHER = f"""\
  SELECT u.id, u.post_id, u.user_id, u.created_at, e.reaction_value
  FROM discourse_reactions_reaction_users u
  JOIN discourse_reactions_reactions e ON e.id = u.reaction_id
  WHERE e.reaction_value <> {MAIN}"""
PLAIN_LIKES = """\
  SELECT a.id::bigint AS id, a.post_id, a.user_id, a.created_at, a.deleted_at, 'like' AS kind
  FROM post_actions a
  WHERE a.post_action_type_id = 2"""
LIKES_AND_REACTIONS = f"""\
  SELECT 2 * a.id::bigint AS id, a.post_id, a.user_id, a.created_at, a.deleted_at, 'like' AS kind
  FROM post_actions a
  LEFT JOIN (
{OTHER}
  ) other ON other.post_id = a.post_id AND other.user_id = a.user_id
  WHERE a.post_action_type_id = 2 AND other.id IS NULL
  UNION ALL
  SELECT 2 * other.id::bigint + 1, other.post_id, other.user_id, other.created_at, NULL, other.reaction_value
  FROM (
{OTHER}
  ) other"""
SHADOWED = f"""\
LEFT JOIN (
  SELECT other.post_id, COUNT(*) AS people
  FROM (
{OTHER}
  ) other
  JOIN post_actions a ON a.post_id = other.post_id AND a.user_id = other.user_id
  WHERE a.post_action_type_id = 2 AND a.deleted_at IS NULL
  GROUP BY other.post_id
) shadowed ON shadowed.post_id = p.id"""
ANSWERS = """\
  SELECT s.topic_id, s.answer_post_id AS post_id, s.accepter_user_id AS user_id, s.created_at
  FROM discourse_solved_solved_topics s"""
# Before it had a table, the plugin noted the answer with its topic, and who accepted it among what people did.
NOTED_ANSWERS = """\
  SELECT f.topic_id, f.post_id, MAX(u.acting_user_id) AS user_id, f.created_at
  FROM (
    SELECT topic_id, created_at, CASE WHEN value ~ '^[0-9]{1,9}$' THEN value::int END AS post_id
    FROM topic_custom_fields
    WHERE name = 'accepted_answer_post_id'
  ) f
  LEFT JOIN user_actions u ON u.action_type = 15 AND u.target_post_id = f.post_id
  GROUP BY f.topic_id, f.post_id, f.created_at"""


def likes(plugins: frozenset[str]) -> str:
    """Likes, and other reactions where they have a table: id, post_id, user_id, created_at, deleted_at, kind."""
    return LIKES_AND_REACTIONS if REACTED in plugins else PLAIN_LIKES


def shadowed(plugins: frozenset[str]) -> tuple[str, str]:
    """How many of a post's likes are other reactions: what is joined, and the column."""
    return (SHADOWED, "COALESCE(shadowed.people, 0)") if REACTED in plugins else ("", "0")


def answers(plugins: frozenset[str]) -> str:
    """Accepted answers: topic_id, post_id, user_id, created_at."""
    return ANSWERS if SOLVED in plugins else NOTED_ANSWERS
