"""A run of the archive that reads a backup instead of the forum: no request, and the same rows.

It goes in stages as a run over the API does, and a run that was stopped is gone on with. What a later run over the API
starts from is remembered as if this one had been such a run, at the moment when the backup was made.
"""

from dataclasses import asdict, dataclass

from sqlalchemy import func, select, update

from koweb_sync.archive.backups.backup import Backup
from koweb_sync.archive.crawl.ledger import write_ledger
from koweb_sync.archive.crawl.run import CrawlOptions, Run, last_part
from koweb_sync.archive.crawl.scope import keep_scope, scope
from koweb_sync.archive.from_backup import (
    chat,
    chat_numbers,
    likes_and_polls,
    people_and_topics,
    texts,
    translations_and_permalinks,
    uploads,
)
from koweb_sync.archive.from_backup.backup_reading import BackupReading
from koweb_sync.archive.from_backup.staged_tables import LeftOfBackup, StagedTables
from koweb_sync.archive.store import schema
from koweb_sync.forum.decode import SURPRISES, micros
from koweb_sync.forum.site import Totals
from koweb_sync.times import SECOND

VIA = "backup"
NEWEST = """
SELECT MAX(at) AS at FROM (
  SELECT MAX(created_at) AS at FROM topics UNION ALL SELECT MAX(bumped_at) FROM topics
  UNION ALL SELECT MAX(created_at) FROM post_actions UNION ALL SELECT MAX(created_at) FROM users
)
"""


@dataclass(frozen=True, slots=True)
class BackupCounts:
    """How much a backup holds that is read: a run says so before it begins. `earlier_texts` are versions of posts,
    `earlier_titles` states of topics, as a run counts what it finds. `left`: what nobody asked for.
    """

    topics: int
    posts: int
    edits: int
    earlier_texts: int
    earlier_titles: int
    likes: int
    people: int
    chat_channels: int
    chat_messages: int
    left: LeftOfBackup


def survey(backup: Backup, staged: StagedTables, wishes: CrawlOptions, *, restricted: bool) -> BackupCounts:
    """How much of a backup would be read. Nothing is written; `small` has its tables, and can only be thrown away."""
    out = people_and_topics.unwanted(staged, wishes, restricted=restricted)
    left = staged.keep_out(out, whispers=wishes.staff)
    versions, states = texts.earlier_counts(backup, staged, out, staff=wishes.staff)
    return BackupCounts(
        left=left,
        earlier_texts=versions,
        earlier_titles=states,
        topics=staged.number("SELECT COUNT(*) FROM topics"),
        posts=staged.number("SELECT COUNT(*) FROM posts"),
        edits=staged.number("SELECT COUNT(*) FROM post_revisions r JOIN posts p ON p.id = r.post_id"),
        likes=staged.number(
            "SELECT COUNT(*) FROM post_actions a JOIN posts p ON p.id = a.post_id WHERE a.deleted_at IS NULL"
        ),
        people=staged.number(f"SELECT COUNT(*) FROM ({people_and_topics.PEOPLE})"),  # noqa: S608 - our own text
        chat_channels=staged.number("SELECT COUNT(*) FROM chat_channels"),
        chat_messages=staged.number("SELECT COUNT(*) FROM chat_messages"),
    )


def totals(staged: StagedTables) -> Totals:
    """How much there is as the forum counts it: what a later run compares with."""
    return Totals(
        topics=staged.number("SELECT COUNT(*) FROM topics WHERE deleted_at IS NULL AND archetype <> 'private_message'"),
        posts=staged.number("SELECT COUNT(*) FROM posts WHERE deleted_at IS NULL"),
        likes=staged.number("SELECT COUNT(*) FROM post_actions WHERE deleted_at IS NULL"),
        people=staged.number("SELECT COUNT(*) FROM users WHERE id > 0 AND active = 't'"),
    )


def moment(backup: Backup, staged: StagedTables) -> int:
    """When a backup was made, in microseconds: when its dump was written, or the newest thing in it."""
    if backup.made:
        return int(backup.made * SECOND)
    newest = next(iter(staged.rows(NEWEST)), None)
    try:
        return micros(newest, "at") if newest else 0
    except SURPRISES:
        return 0


def take_in(run: Run, backup: Backup, staged: StagedTables, *, restricted: bool = False) -> BackupReading:
    """Bring the archive up to date from a backup, or fill it in where it is newer than that. No request is sent.

    `small` has the backup's tables. `restricted`: categories that not everybody may read are wanted, as a run with the
    key reads them. Whether the backup is of the forum of this archive is asked before: `other_forum.refuse`.
    """
    run.begin(VIA)
    now, made = totals(staged), moment(backup, staged)
    reading = BackupReading(run, backup, staged, restricted=restricted)
    whole, part = run.last_run() or -1, last_part(run.store, run.forum) or -1
    reading.older = made < whole or made <= part  # one that is read again tells no less than it did
    reading.again = made == whole
    reading.unreadable = staged.adrift()
    fresh(run, backup, made)
    stages(reading, now)
    finish(reading, made, schema.PART if whole < made <= part else "done")
    return reading


def fresh(run: Run, backup: Backup, made: int) -> None:
    """Begin anew where the run that was stopped read another backup, or read otherwise."""
    sign = [made, backup.form, scope(run), run.wishes.chat]
    if run.at("backup").get("sign") not in (None, sign):
        with run.page() as writer:
            writer.connection.execute(schema.CURSORS.delete().where(*run.at_stages()))
    with run.page() as writer:
        writer.cursor("at:backup", {"sign": sign})
        run.note_begun(writer.connection)


def stages(reading: BackupReading, now: Totals) -> None:
    """All that is read, in order: who somebody is and where a post stands comes before."""
    reading.stage("settings", people_and_topics.settings)
    people_and_topics.categories(reading)
    likes_and_polls.prepare(reading)
    reading.stage("people", people_and_topics.people)
    reading.stage("topics", people_and_topics.topics)
    reading.stage("posts", texts.posts)
    reading.stage("earlier", texts.earlier)
    reading.stage("answers", likes_and_polls.answers)
    reading.stage("likes", likes_and_polls.likes)
    reading.stage("polls", likes_and_polls.polls)
    if reading.run.wishes.chat:
        chat_numbers.prepare(reading)
        reading.stage("chat channels", chat.channels)
        reading.stage("chat", chat.messages)
        reading.stage("chat edits", chat.earlier)
        reading.stage("chat reactions", chat.reactions)
    reading.stage("counters", people_and_topics.counters)
    reading.stage("localisations", translations_and_permalinks.localisations)
    reading.stage("permalinks", translations_and_permalinks.permalinks)
    reading.stage("absent", texts.vanish)
    if reading.run.wishes.files:
        reading.stage("files", uploads.files)
    reading.stage("ledger", balance)
    reading.stage("settle", lambda reading: settle(reading, now))


def balance(reading: BackupReading) -> None:
    """Write down of each topic whether we hold it whole."""
    write_ledger(reading.run)


def settle(reading: BackupReading, now: Totals) -> None:
    """Remember what a later run over the API starts from, and give unknown usernames their people."""
    run, posts = reading.run, schema.POSTS
    with run.page() as writer:
        if not reading.older:
            writer.cursor("totals", asdict(now))
            top = writer.connection.execute(select(func.max(posts.c.id)).where(posts.c.forum == run.forum)).scalar()
            before = run.state("posts") or {}
            writer.cursor("posts", {"top": int(top or 0), "high": None, "next": None, "mode": before.get("mode", "")})
            writer.cursor("daily", run.started)
            writer.cursor("wishes", scope(run))
            keep_scope(run, writer, closed=reading.restricted or run.wishes.staff, backup=asdict(reading.left))
        writer.resolve()


def finish(reading: BackupReading, made: int, outcome: str) -> None:
    """The run is over. It looked at the forum when the backup was made, and not today.

    It was no whole run where something was read since the backup that the whole run before did not know: only what
    lacked was taken, and the next whole run looks for what is new since the last one.
    """
    run, runs = reading.run, schema.RUNS
    run.end(outcome)
    with run.store.begin() as connection:
        mine = (runs.c.forum == run.forum, runs.c.n == run.n)
        connection.execute(update(runs).where(*mine, runs.c.started > made).values(started=made))
        if outcome == schema.PART:
            connection.execute(update(runs).where(*mine).values(ended=made))
