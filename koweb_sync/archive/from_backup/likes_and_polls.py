"""What people think of posts, from a backup: likes with their times and those that were taken back, reactions, polls
with their votes, solutions.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import and_, delete, select, update

from koweb_sync.archive.backups.tables import ACCEPTED
from koweb_sync.archive.from_backup.backup_reading import LIKES_AT_ONCE, BackupReading, somebody
from koweb_sync.archive.from_backup.row_pages import pages
from koweb_sync.archive.ingest.changes import Row
from koweb_sync.archive.ingest.like_changes import same_time
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.ingest.reactions import SHADOW
from koweb_sync.archive.store import schema
from koweb_sync.forum import parse_rows
from koweb_sync.forum.decode import SURPRISES, Malformed, Page, each, micros, micros_in, text, whole_number
from koweb_sync.forum.models import AcceptedAnswer, Like, Poll
from koweb_sync.forum.parse_people import HEART
from koweb_sync.forum.parse_rows import Columns

# As our query of likes: a like that only stands for another reaction of the same person is none.
OTHERS = """
CREATE VIEW others AS
SELECT u.id, u.post_id, u.user_id, u.created_at, e.reaction_value AS kind
FROM discourse_reactions_reaction_users u JOIN discourse_reactions_reactions e ON e.id = u.reaction_id
WHERE e.reaction_value <> '{main}'
"""
SHADOWS = """
CREATE TABLE shadows AS
SELECT o.post_id, COUNT(*) AS people
FROM others o JOIN post_actions a ON a.post_id = o.post_id AND a.user_id = o.user_id
WHERE a.deleted_at IS NULL
GROUP BY o.post_id
"""
LIKE_COLUMNS = ("post_id", "user_id", "created_at", "deleted_at", "kind")
LikeRow = tuple[Any, ...]
DELETED = LIKE_COLUMNS.index("deleted_at")
LIKES = """
SELECT l.post_id, l.user_id, l.created_at, l.deleted_at, l.kind FROM (
  SELECT a.post_id, a.user_id, a.created_at, a.deleted_at, 'like' AS kind, 2 * a.id AS id FROM post_actions a
  WHERE NOT EXISTS (SELECT 1 FROM others o WHERE o.post_id = a.post_id AND o.user_id = a.user_id)
  UNION ALL
  SELECT o.post_id, o.user_id, o.created_at, NULL, o.kind, 2 * o.id + 1 FROM others o
) l
JOIN posts p ON p.id = l.post_id
WHERE l.post_id > ?
ORDER BY l.post_id, l.created_at, l.id
"""
ANSWERS = """
SELECT s.topic_id, p.post_number, s.accepter_user_id AS user_id, s.created_at
FROM discourse_solved_solved_topics s JOIN posts p ON p.id = s.answer_post_id AND p.topic_id = s.topic_id
ORDER BY s.topic_id, s.created_at, s.answer_post_id
"""
NOTED_ANSWERS = """
SELECT f.topic_id, p.post_number, (
  SELECT MAX(u.acting_user_id) FROM user_actions u WHERE u.action_type = 15 AND u.target_post_id = p.id
) AS user_id, f.created_at
FROM topic_custom_fields f JOIN posts p ON p.id = CAST(f.value AS INTEGER) AND p.topic_id = f.topic_id
WHERE f.name = :name
ORDER BY f.topic_id, f.created_at, p.id
"""
# Only what everybody sees: how a poll stands where it says so, and who voted where it is public.
POLLS = """
SELECT q.post_id, q.id AS poll, q.name, q.title, q.type, q.status, q.results, q.visibility, q.close_at,
  (SELECT COUNT(DISTINCT v.user_id) FROM poll_votes v WHERE v.poll_id = q.id) + COALESCE(q.anonymous_voters, 0)
    AS voters,
  o.digest AS answer, o.html,
  CASE WHEN q.open_results THEN
    (SELECT COUNT(*) FROM poll_votes v WHERE v.poll_option_id = o.id) + COALESCE(o.anonymous_votes, 0)
  END AS votes,
  CASE WHEN q.open_results AND q.visibility = 1 THEN
    (SELECT GROUP_CONCAT(user_id) FROM (
      SELECT v.user_id FROM poll_votes v WHERE v.poll_option_id = o.id ORDER BY v.user_id
    ))
  END AS people
FROM (
  SELECT *, results = 0 OR (results IN (1, 2) AND status = 1) AS open_results FROM polls
) q
JOIN posts p ON p.id = q.post_id
LEFT JOIN poll_options o ON o.poll_id = q.id
ORDER BY q.post_id, q.id, o.id
"""


def prepare(reading: BackupReading) -> None:
    """Make what the queries read: reactions that are no likes."""
    main = reading.staged.setting("discourse_reactions_reaction_for_like") or HEART
    reading.staged.database.execute(OTHERS.format(main=main.replace("'", "''")))
    reading.staged.database.execute(SHADOWS)
    reading.staged.database.execute("CREATE INDEX shadowed ON shadows(post_id)")


def likes(reading: BackupReading) -> None:
    """Keep likes and reactions, those that were taken back too; from where this run's stage stands."""
    last = int(reading.run.at("likes").get("post", 0))
    grouped = groupby(reading.staged.database.execute(LIKES, [last]), key=itemgetter(0))
    for page in in_parts((int(post), reading.together(rows)) for post, rows in grouped):
        with reading.run.page() as writer:
            known = writer.there(schema.POSTS, "id", {post for post, _rows in page})
            rows = [row for post, mine in page for row in mine if post in known]
            if not reading.older:
                open_likes(reading, writer, rows, (last, page[-1][0]))
            # Of what was brought up to date just now only what was taken back is not known.
            fill_in(reading, writer, [named(row) for row in rows if reading.older or row[DELETED] is not None])
            last = page[-1][0]
            writer.cursor("at:likes", {"post": last, **reading.unread()})
        reading.staged.step(len(rows))
    if not reading.older:
        with reading.run.page() as writer:
            open_likes(reading, writer, (), (last, 2**62))


def in_parts(rows: Iterable[tuple[int, list[LikeRow]]]) -> Iterator[list[tuple[int, list[LikeRow]]]]:
    """The likes of whole posts, some hundreds at a time."""
    part: list[tuple[int, list[LikeRow]]] = []
    size = 0
    for post, mine in rows:
        part.append((post, mine))
        size += len(mine)
        if size >= LIKES_AT_ONCE:
            yield part
            part, size = [], 0
    if part:
        yield part


def named(row: LikeRow) -> Columns:
    """A like with the names of its columns."""
    return Columns(zip(LIKE_COLUMNS, row, strict=True))


def read_likes(rows: Iterable[LikeRow]) -> Page[Like]:
    """Those of some likes that were not taken back. What is not as it always is, is read as any other answer."""
    found: list[Like] = []
    bad: list[Malformed] = []
    for row in rows:
        post, person, at, gone, kind = row
        if gone is not None:
            continue
        try:
            if type(post) is not int or type(person) is not int or type(kind) is not str:
                raise TypeError
            found.append(Like(post, somebody(person), kind, micros_in(at)))
        except SURPRISES:
            page = each("like", [named(row)], parse_rows.like)
            found += (one for one in page if one is not None)
            bad += page.malformed
    return Page(found, bad)


def open_likes(reading: BackupReading, writer: PageWriter, rows: Sequence[LikeRow], span: tuple[int, int]) -> None:
    """Keep the likes of posts between two numbers: those that are held and not there were taken back."""
    table = schema.REACTIONS
    found = read_likes(rows)
    reading.unclear(found)
    whole = {
        int(row[0]) for row in reading.staged.database.execute("SELECT id FROM posts WHERE id > ? AND id <= ?", span)
    }
    held = {row.post for row in writer.connection.execute(mine(writer, span))} - whole
    among = and_(table.c.post > span[0], table.c.post <= span[1], table.c.post.not_in(sorted(held)))
    among = among if "discourse_reactions_reactions" in reading.staged.there else and_(among, table.c.kind == "like")
    writer.keep_likes(found, partial(writer.open_likes, among), reading.run.last_run())
    counts = schema.COUNTS
    there = and_(counts.c.forum == writer.forum, counts.c.post > span[0], counts.c.post <= span[1])
    there = and_(there, counts.c.post.not_in(sorted(held)))
    writer.connection.execute(delete(counts).where(there, counts.c.kind == "like"))
    writer.connection.execute(update(counts).where(there, counts.c.kind.not_in(("like", SHADOW))).values(count=0))
    told: dict[tuple[int, str], int] = {}
    for one in found:
        if one.kind != "like":
            told[one.post, one.kind] = told.get((one.post, one.kind), 0) + 1
    writer.put(counts, [{"post": post, "kind": kind, "told": n, "count": 0} for (post, kind), n in told.items()])
    writer.count_erased(found)


def mine(writer: PageWriter, span: tuple[int, int]) -> Any:
    """The posts between two numbers of which likes are held."""
    table = schema.REACTIONS
    return (
        select(table.c.post)
        .where(table.c.forum == writer.forum, table.c.post > span[0], table.c.post <= span[1])
        .distinct()
    )


@dataclass(frozen=True, slots=True)
class Given:
    """A like as a backup tells it: post, person and kind; when it was given, and when it was taken back, if it was."""

    name: tuple[int, int, str]
    at: int
    gone: int | None


def given(row: Columns) -> Given:
    """A like, from its row. Raises what cannot be read."""
    name = (whole_number(row, "post_id"), whole_number(row, "user_id"), text(row, "kind"))
    return Given(name, micros(row, "created_at"), micros(row, "deleted_at") if row["deleted_at"] else None)


def fill_in(reading: BackupReading, writer: PageWriter, rows: Sequence[Columns]) -> None:
    """Keep likes that were taken back, with both times; and give those that are held the time that they lack."""
    table = schema.REACTIONS
    held: dict[tuple[int, int, str], list[Row]] = {}
    for row in writer.known(table, "post", {row["post_id"] for row in rows}):
        del row["forum"]
        held.setdefault((row["post"], row["person"], row["kind"]), []).append(row)
    told = [one for row in rows if (one := reading.read(row, given)) is not None]
    changed: list[Row] = []
    new: list[Row] = []
    for one in told:
        if one.name[1] in writer.erasures.gone:
            continue
        known = held.setdefault(one.name, [])
        same = counterpart(known, one.at)
        if same is not None and exact(same, one):
            changed.append(same)
        elif same is None and one.gone is not None:
            new.append(taken_back(one, max((row["n"] for row in known), default=0) + 1, writer.now))
            known.append(new[-1])
    writer.put(table, [*{(row["post"], row["person"], row["kind"], row["n"]): row for row in changed}.values()])
    writer.put(table, new)
    writer.tell("unlikes", sum(row["kind"] == "like" for row in new))


def counterpart(known: Sequence[Row], at: int) -> Row | None:
    """The like that we hold and that a backup tells of: of the same time, else one of which nobody knew when."""
    same = next((one for one in known if one["at"] is not None and same_time(one["at"], at)), None)
    return same or next((one for one in known if one["at"] is None and not ahead(one, at)), None)


def exact(held: Row, one: Given) -> bool:
    """Give a like that we hold the times that it lacks; whether it lacked any."""
    before = dict(held)
    if held["at"] is None:
        held["at"] = one.at
    if held["gone"] is not None and one.gone is not None:
        held |= {"there": one.gone, "gone": one.gone}
    return held != before


def taken_back(one: Given, n: int, now: int) -> Row:
    """A like that was taken back before anybody looked."""
    post, person, kind = one.name
    facts = {"post": post, "person": person, "kind": kind, "n": n, "at": one.at, "after": None, "seen": now}
    return {**facts, "there": one.gone, "gone": one.gone}


def ahead(held: Row, at: int) -> bool:
    """Whether a like was given after we saw one, so that it is another one."""
    return bool(at > held["seen"] or (held["after"] is not None and at < held["after"]))


def answers(reading: BackupReading) -> None:
    """Keep which posts solved their topics, who accepted them, and when."""
    solved = "discourse_solved_solved_topics" in reading.staged.there
    rows = reading.staged.rows(ANSWERS) if solved else reading.staged.rows(NOTED_ANSWERS, {"name": ACCEPTED})
    first: dict[int, AcceptedAnswer] = {}
    found = each("row", list(rows), parse_rows.answer)
    reading.unclear(found)
    for one in found:
        first.setdefault(one.topic, one)
    with reading.run.page() as writer:
        known = {row["id"]: row for row in writer.known(schema.TOPICS, "id", first)}
        if reading.older:
            writer.answers(
                [
                    one
                    for one in first.values()
                    if one.topic in known
                    and known[one.topic]["accepted"] == one.number
                    and known[one.topic]["accepted_at"] is None
                ],
                (),
            )
            return
        writer.answers([one for one in first.values() if one.topic in known], ())


def polls(reading: BackupReading) -> None:
    """Keep polls with how they stand, as far as everybody may see it."""
    grouped = groupby(reading.staged.rows(POLLS), key=lambda row: int(row["post_id"]))
    for page in pages((post, reading.together(rows)) for post, rows in grouped):
        found: dict[int, list[Poll]] = {}
        read = parse_rows.polls([row for _post, rows in page for row in rows])
        reading.unclear(read)
        with reading.run.page() as writer:
            posts = writer.there(schema.POSTS, "id", {post for post, _rows in page})
            held = writer.there(schema.POLLS, "post", posts) if reading.older else set()
            for post, poll in read:
                if post in posts and post not in held:
                    found.setdefault(post, []).append(poll)
            writer.polls(found)
