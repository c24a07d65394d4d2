"""Who responded to whom: replies, quotes and mentions between people, and likes.

What somebody does to their own posts is no response, and what a bot does is none. Responses come from every topic that
may be counted, also from those that were not asked for: who was answered elsewhere was answered.
"""

from koweb_sync.report.engine.population import Population, once
from koweb_sync.report.engine.source import Table, query
from koweb_sync.report.engine.window import Window

FIRST = 1  # the number of the post that opens a topic
NEVER = 2**62
ANSWERED = f"CASE WHEN reply_to > 0 THEN reply_to ELSE {FIRST} END"  # the number that a post answers in its topic


def replies(population: Population) -> Table:
    """The posts that answer another one: the one that they name, or the first of their topic where they name none.

    Columns, as of `pointing`. A post that names one which is gone answers nobody.
    """
    return query(f"""
        SELECT id AS post, topic, person AS author, created AS moment, counted,
            topic AS to_topic, {ANSWERED} AS to_number
        FROM {population.posts} AS p WHERE number > {FIRST}""")


def quotes(population: Population) -> Table:
    """The posts that quote another one, in any topic, and do not answer it anyway. Columns, as of `pointing`."""
    edges = population.source["edges"]
    return query(f"""
        SELECT p.id AS post, p.topic, p.person AS author, p.created AS moment, p.counted, q.to_topic, q.to_number
        FROM (
            SELECT DISTINCT post, to_topic, coalesce(to_number, {FIRST}) AS to_number FROM {edges} AS e
            WHERE kind IN ('quote', 'reply') AND to_topic IS NOT NULL
        ) AS q
        JOIN {population.posts} AS p ON p.id = q.post
        WHERE NOT (q.to_topic = p.topic AND q.to_number = {ANSWERED} AND p.number > {FIRST})""")


@once
def responses(population: Population) -> Table:
    """Replies and quotes by another human: `post` (of `topic`, by `author`, at a `moment`) answers `target` (of
    `to_topic`).

    The post `target` was written by `whom` at `written`. `counted`: the one who answers may be counted; `heard`: the
    one who was answered may be; `chosen`: the target lies where it was asked for.
    """
    return query(f"""
        SELECT a.post, a.topic, a.author, a.moment, a.counted, p.id AS target, a.to_topic, p.person AS whom,
            p.created AS written, p.counted AS heard, p.chosen
        FROM (SELECT * FROM {replies(population)} AS r UNION ALL SELECT * FROM {quotes(population)} AS q) AS a
        JOIN {population.posts} AS p ON p.topic = a.to_topic AND p.number = a.to_number
        WHERE a.author <> p.person""")


@once
def mentions(population: Population) -> Table:
    """Mentions of a person by another human: `post` (of `topic`, by `author`, `moment`) names `whom`."""
    return query(f"""
        SELECT m.whom, p.id AS post, p.topic, p.person AS author, p.created AS moment, p.counted, p.number, p.chosen
        FROM (
            SELECT DISTINCT post, to_person AS whom FROM {population.source["edges"]} AS e
            WHERE kind = 'mention' AND to_person > 0
        ) AS m
        JOIN {population.posts} AS p ON p.id = m.post
        WHERE p.person <> m.whom""")


def likes(population: Population) -> Table:
    """Posts with likes, and other reactions, that are still there, by another human: a column `target`, once a like."""
    return query(f"""
        SELECT p.id AS target FROM {population.source["reactions"]} AS r
        JOIN {population.people} AS h ON h.id = r.person
        JOIN {population.posts} AS p ON p.id = r.post
        WHERE r.gone IS NULL AND r.person <> p.person""")


def liked_by_somebody(population: Population) -> Table:
    """Posts with likes whose givers nobody tells: a column `target`. Discourse lets nobody like their own post."""
    counts, given = population.source["counts"], population.source["reactions"]
    return query(f"""
        SELECT post AS target FROM {counts} AS c WHERE told > 0
        UNION
        SELECT p.id FROM {population.posts} AS p
        LEFT JOIN (
            SELECT post, count(*) AS known FROM {given} AS r WHERE kind = 'like' AND gone IS NULL GROUP BY post
        ) AS k ON k.post = p.id
        WHERE p.likes > coalesce(k.known, 0)""")


# ---- the first answer to a topic


@once
def first_answers(population: Population) -> Table:
    """The first answer to each topic that has one: `asked` (the topic), and its `post`, `author`, `moment`, `counted`.

    An answer is a post by another human in the topic; or elsewhere a quote of what its author wrote in it; or a mention
    of its author in a topic where they had not written before, which counts for the last topic that they had opened.
    Discourse's own time to first response averages answered topics alone and counts bots; neglect improves it.
    """
    every = query(
        f"SELECT asked, post, moment FROM {answers_inside(population)} AS i UNION ALL"
        f" SELECT asked, post, moment FROM {answers_quoting(population)} AS q UNION ALL"
        f" SELECT asked, post, moment FROM {answers_naming(population)} AS n"
    )
    return query(f"""
        SELECT f.asked, f.post, p.person AS author, f.moment, p.counted
        FROM {first_of(every, "asked")} AS f JOIN {population.posts} AS p ON p.id = f.post""")


def first_of(posts: Table, group: str) -> Table:
    """The first post of each group, by its time and number: columns `group`, `post` and `moment`.

    By minima, and not by ranks: those would sort all there is.
    """
    return query(f"""
        WITH these AS (SELECT {group}, post, moment FROM {posts} AS p)
        SELECT e.{group}, e.moment, min(e.post) AS post
        FROM these AS e
        JOIN (SELECT {group} AS which, min(moment) AS since FROM these AS f GROUP BY {group}) AS l
            ON e.{group} = l.which AND e.moment = l.since
        GROUP BY e.{group}, e.moment""")


def answers_inside(population: Population) -> Table:
    """Posts in a topic by others than its author."""
    return query(f"""
        SELECT topic AS asked, id AS post, created AS moment FROM {population.posts} AS p
        WHERE number > {FIRST} AND person <> opener""")


def answers_quoting(population: Population) -> Table:
    """Quotes, in other topics, of what a topic's author wrote in it."""
    return query(f"""
        SELECT t.id AS asked, r.post, r.moment FROM {responses(population)} AS r
        JOIN {population.topics} AS t ON t.id = r.to_topic AND t.person = r.whom
        WHERE r.topic <> r.to_topic""")


def answers_naming(population: Population) -> Table:
    """Mentions of somebody in a topic where they had not written before, each for the last topic that they opened."""
    return query(f"""
        SELECT o.asked, m.post, m.moment
        FROM {mentions(population)} AS m
        LEFT JOIN (
            SELECT topic, person, min(created) AS since FROM {population.posts} AS p GROUP BY topic, person
        ) AS f ON f.topic = m.topic AND f.person = m.whom
        JOIN (
            SELECT id AS asked, person AS opener, created AS since,
                coalesce(lead(created) OVER (PARTITION BY person ORDER BY created, id), {NEVER}) AS until
            FROM {population.topics} AS t
        ) AS o ON o.opener = m.whom AND m.moment >= o.since AND m.moment < o.until AND m.topic <> o.asked
        WHERE f.since IS NULL OR f.since > m.moment""")


@once
def topics_with_answers(population: Population, window: Window) -> Table:
    """The topics of a window with their first answer: `topic`, `post` (the topic's id), `person`, `moment` (when it was
    opened); `answered` (when), `author`, `author_counted` and `answer` (the post), null where nobody answered.
    """
    return query(f"""
        SELECT t.id AS topic, t.id AS post, t.person, t.created AS moment, f.moment AS answered, f.author,
            coalesce(f.counted, FALSE) AS author_counted, f.post AS answer
        FROM {population.opened(window)} AS t
        LEFT JOIN {first_answers(population)} AS f ON f.asked = t.id""")


# ---- first posts


@once
def debuts(population: Population) -> Table:
    """Everybody's first post on the forum, asked for or not: `debutant`, `post`, `topic`, `number`, `moment`,
    `chosen`.
    """
    posts = query(f"SELECT person, created AS moment, id AS post FROM {population.posts} AS p WHERE counted")
    return query(f"""
        SELECT p.topic, p.number, p.chosen, p.id AS post, p.created AS moment, p.opener, p.person AS debutant
        FROM {first_of(posts, "person")} AS f JOIN {population.posts} AS p ON p.id = f.post""")
