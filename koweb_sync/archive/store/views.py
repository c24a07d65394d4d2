"""Views for people who open an archive with Datasette, DuckDB or psql: names instead of numbers, times that one can
read, addresses that one can open. The same columns in SQLite and PostgreSQL.
"""

from sqlalchemy import Connection, text

# What the two databases write differently. {at} is a column of microseconds.
TIME = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%SZ', {at} / 1000000, 'unixepoch')",
    "postgresql": ("to_char(to_timestamp({at} / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"),
}
# Where a topic and a post are on the forum, as `chat.forum_path` says it.
WHERE = {
    "topic_url": "f.url || CASE WHEN t.id < 0 THEN '/chat/c/-/' || ABS(t.id) ELSE '/t/' || t.id END",
    "post_url": "f.url || CASE WHEN s.topic < 0 THEN '/chat/c/-/' || ABS(s.topic) || '/' || ABS(s.id)"
    " ELSE '/t/' || s.topic || '/' || s.number END",
}
PERSON = "COALESCE(NULLIF(p.name, ''), NULLIF(p.username, ''))"
GONE = (
    "CASE WHEN {t}.shown = 1 THEN NULL ELSE COALESCE((SELECT g.reason FROM tombstones g WHERE g.forum = {t}.forum"
    " AND g.kind = '{kind}' AND g.id = {t}.id AND g.lifted IS NULL ORDER BY g.n DESC LIMIT 1), 'unseen') END"
)
VIEWS = {
    "v_topics": (
        "SELECT f.name AS forum, t.id AS topic, t.title, c.path AS category, t.tags, {person} AS author, p.username,"
        " {created} AS created, {last_posted} AS last_posted, t.posts_count AS posts, t.likes, t.views, t.closed,"
        " t.archived, t.visible AS listed, {gone} AS gone, {topic_url} AS url"
        " FROM topics t JOIN forums f ON f.id = t.forum"
        " LEFT JOIN categories c ON c.forum = t.forum AND c.id = t.category"
        " LEFT JOIN people p ON p.forum = t.forum AND p.id = t.person"
    ),
    "v_posts": (
        "SELECT f.name AS forum, s.topic, s.number, s.id AS post, t.title, {person} AS author, p.username,"
        " {created} AS created, s.reply_to, v.raw, v.cooked, s.likes, v.n AS text_number,"
        " CASE s.type WHEN 2 THEN 'moderator' WHEN 3 THEN 'action' WHEN 4 THEN 'whisper' ELSE 'regular' END AS type,"
        " s.hidden, {gone} AS gone, {post_url} AS url"
        " FROM posts s JOIN forums f ON f.id = s.forum"
        " LEFT JOIN topics t ON t.forum = s.forum AND t.id = s.topic"
        " LEFT JOIN post_versions v ON v.forum = s.forum AND v.post = s.id AND v.n = s.n"
        " LEFT JOIN people p ON p.forum = s.forum AND p.id = s.person"
    ),
    "v_people": (
        "SELECT f.name AS forum, p.id AS person, p.username, p.name, {created} AS created, p.admin, p.moderator, p.bot,"
        " p.anonymised, (SELECT COUNT(*) FROM posts s WHERE s.forum = p.forum AND s.person = p.id) AS posts_held,"
        " (SELECT COUNT(*) FROM reactions r WHERE r.forum = p.forum AND r.person = p.id AND r.gone IS NULL)"
        " AS likes_given, f.url || '/u/' || p.username AS url"
        " FROM people p JOIN forums f ON f.id = p.forum"
    ),
    "v_likes": (
        "SELECT f.name AS forum, s.topic, s.number, r.post, {person} AS person, p.username, r.kind, {at} AS at,"
        " {after} AS after, {seen} AS seen, {gone} AS gone, {post_url} AS url"
        " FROM reactions r JOIN forums f ON f.id = r.forum"
        " LEFT JOIN posts s ON s.forum = r.forum AND s.id = r.post"
        " LEFT JOIN people p ON p.forum = r.forum AND p.id = r.person"
    ),
}
VIEWS["v_translations"] = (
    "SELECT f.name AS forum, l.kind, CASE l.kind WHEN 'topic' THEN l.id ELSE s.topic END AS topic, s.number,"
    " CASE l.kind WHEN 'post' THEN l.id END AS post, l.locale, l.title, l.raw, l.cooked, {person} AS translator,"
    " CASE WHEN l.person IS NULL THEN NULL WHEN l.person < 0 OR p.bot = 1 THEN 1 ELSE 0 END AS machine, {at} AS at,"
    " f.url || '/t/' || CASE l.kind WHEN 'topic' THEN l.id ELSE s.topic END AS url"
    " FROM localisations l JOIN forums f ON f.id = l.forum"
    " LEFT JOIN posts s ON l.kind = 'post' AND s.forum = l.forum AND s.id = l.id"
    " LEFT JOIN people p ON p.forum = l.forum AND p.id = l.person"
)
TIMES = {
    "v_topics": {"created": "t.created", "last_posted": "t.last_posted"},
    "v_posts": {"created": "s.created"},
    "v_people": {"created": "p.created"},
    "v_translations": {"at": "l.at"},
    "v_likes": {name: f"r.{name}" for name in ("at", "after", "seen", "gone")},
}
LOST = {"v_topics": ("t", "topic"), "v_posts": ("s", "post")}


def statements(dialect: str) -> tuple[str, ...]:
    """The DDL of the views for `sqlite` or `postgresql`: each is dropped and made anew."""
    found = []
    for name, query in VIEWS.items():
        facts = {column: TIME[dialect].format(at=at) for column, at in TIMES[name].items()}
        if name in LOST:
            table, kind = LOST[name]
            facts["gone"] = GONE.format(t=table, kind=kind)
        found += [
            f"DROP VIEW IF EXISTS {name}",
            f"CREATE VIEW {name} AS {query.format(person=PERSON, **WHERE, **facts)}",
        ]
    return tuple(found)


def view_statements(dialect: str) -> dict[str, str]:
    """The DDL of each view, by name."""
    return dict(zip(VIEWS, statements(dialect)[1::2], strict=True))


def create_views(connection: Connection) -> None:
    """Make the views, or make them anew."""
    for statement in statements(connection.dialect.name):
        connection.execute(text(statement.replace(":", r"\:")))


def drop_views(connection: Connection) -> None:
    """Take the views away, so that the tables under them can change."""
    for name in VIEWS:
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
