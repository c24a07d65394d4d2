"""What the archive's queries have in common: which rows they give, and how digests of rows are made."""

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
