"""An archive as the SQLite file from which Discourse's own importer fills a new forum: its IntermediateDB.

Topics and posts keep their numbers, times, authors and addresses (as permalinks), which no API can give back. Tables
and columns are those of `migrations/db/intermediate_db_schema/100-base-schema.sql` in discourse/discourse at commit
00debccd, with `uploads` as written by `intermediate_db/upload.rb` at commit 0ae6124d; what of them an archive does not
hold stays empty. That schema has no tables for texts in other languages: those that are here are called as on a forum,
and the importer passes them by until it reads such tables. E-mail addresses are in no archive: each person asks the new
forum for a new password, or is merged.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import copyfileobj

from koweb_sync.archive.exports.export import Export, FileKind
from koweb_sync.archive.exports.files import Pictures
from koweb_sync.archive.exports.folder import ExportTarget
from koweb_sync.archive.exports.people_named import Met
from koweb_sync.archive.read.model import ArchivedForum, ArchivedPost, ArchivedTopic, ArchivedTranslation, ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.dates import second
from koweb_sync.i18n import _

FILE = "intermediate.db"
SYSTEM = -1  # the forum's own account: on every Discourse
MEMBER = 1  # a trust level: an archive is not told by all forums which one somebody had

# Table -> its columns. N: NUMERIC, I: INTEGER, B: BOOLEAN, D: DATETIME, A: DATE, F: FLOAT, T: TEXT, J: JSON_TEXT,
# P: INET_TEXT, X: BLOB; ! is NOT NULL, # the key.
TABLES = {
    "categories": "original_id:N# about_topic_title:T all_topics_wiki:B allow_badges:B allow_global_tags:B "
    "allow_unlimited_owner_edits_on_first_post:B auto_close_based_on_last_post:B auto_close_hours:F color:T "
    "created_at:D! default_list_filter:T default_slow_mode_seconds:I default_top_period:T default_view:T description:T "
    "email_in:T email_in_allow_strangers:B emoji:T existing_id:T icon:T mailinglist_mirror:B minimum_required_tags:I "
    "name:T! navigate_to_first_post_after_read:B num_featured_topics:I parent_category_id:N position:I "
    "read_only_banner:T read_restricted:B reviewable_by_group_id:N search_priority:I show_subcategory_list:B slug:T! "
    "sort_ascending:B sort_order:T style_type:I subcategory_list_style:T text_color:T topic_featured_link_allowed:B "
    "topic_id:N topic_template:T uploaded_background_dark_id:T uploaded_background_id:T uploaded_logo_dark_id:T "
    "uploaded_logo_id:T user_id:N!",
    "permalinks": "url:T# category_id:N external_url:T external_url_placeholders:J post_id:N tag_id:N topic_id:N "
    "user_id:N",
    "post_localizations": "post_id:N! locale:T! raw:T! cooked:T localizer_user_id:N created_at:D",
    "posts": "original_id:N# created_at:D! deleted_at:D deleted_by_id:N hidden:B hidden_at:D hidden_reason_id:N "
    "image_upload_id:T last_editor_id:N last_version_at:D! like_count:I locale:T locked_by_id:N original_raw:T "
    "post_number:I! post_type:I quote_count:I raw:T! reads:I reply_count:I reply_to_post_id:N reply_to_user_id:N "
    "spam_count:I topic_id:N! user_deleted:B user_id:N wiki:B",
    "tags": "original_id:N# created_at:D! description:T name:T! tag_group_id:N target_tag_id:N",
    "topic_localizations": "topic_id:N! locale:T! title:T! localizer_user_id:N created_at:D",
    "topic_tags": "tag_id:N! topic_id:N! created_at:D! original_id:N!",
    "topics": "original_id:N# archetype:T archived:B bannered_until:D bumped_at:D! category_id:N closed:B "
    "created_at:D! deleted_at:D deleted_by_id:N excerpt:T featured_link:T featured_user1_id:N featured_user2_id:N "
    "featured_user3_id:N featured_user4_id:N has_summary:B image_upload_id:T incoming_link_count:I locale:T "
    "pinned_at:D pinned_globally:B pinned_until:D slug:T subtype:T title:T! user_id:N views:I visible:B",
    "uploads": "id:T# filename:T! path:T data:X url:T type:T description:T origin:T user_id:N",
    "user_emails": "email:T# created_at:D! primary:B user_id:N!",
    "users": "original_id:N# active:B admin:B approved:B approved_at:D approved_by_id:N created_at:D! date_of_birth:A "
    "first_seen_at:D flair_group_id:N group_locked_trust_level:I ip_address:P last_seen_at:D locale:T "
    "manual_locked_trust_level:I moderator:B name:T original_username:T primary_group_id:N registration_ip_address:P "
    "silenced_till:D staged:B title:T trust_level:I! uploaded_avatar_id:T username:T! views:I",
}
KEYS = {"topic_tags": "topic_id, tag_id"}  # of several columns
KINDS = {"N": "NUMERIC", "I": "INTEGER", "B": "BOOLEAN", "D": "DATETIME", "A": "DATE", "F": "FLOAT", "T": "TEXT"}
KINDS |= {"J": "JSON_TEXT", "P": "INET_TEXT", "X": "BLOB"}
MANY = 1_000  # rows between two commits


def definition(table: str) -> str:
    """The SQL that makes a table."""
    parts = []
    for column in TABLES[table].split():
        name, _colon, kind = column.partition(":")
        more = {"#": " NOT NULL PRIMARY KEY", "!": " NOT NULL"}.get(kind[1:], "")
        parts.append(f'"{name}" {KINDS[kind[0]]}{more}')
    parts += [f"PRIMARY KEY ({KEYS[table]})"] if table in KEYS else []
    return f"CREATE TABLE {table} ({', '.join(parts)})"


class IntermediateDatabase:
    """The file while it is written."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = OFF")
        self.connection.execute("PRAGMA synchronous = OFF")
        for table in sorted(TABLES):
            self.connection.execute(definition(table))
        self.connection.execute("CREATE INDEX posts_by_topic_post_number ON posts (topic_id, post_number)")
        self.connection.execute("BEGIN")

    def add(self, table: str, **values: object) -> None:
        """One more row; the first one of a key counts."""
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" * len(values))
        self.connection.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))

    def close(self) -> None:
        """Everything is in it."""
        self.connection.execute("COMMIT")
        self.connection.close()


class IntermediateWriter:
    """Writes what a reader gives, topic by topic."""

    def __init__(self, out: IntermediateDatabase, source: ArchivedForum, pictures: Pictures) -> None:
        self.out = out
        self.source = source
        self.pictures = pictures
        self.met = Met()
        self.tags: dict[str, int] = {}
        self.first: dict[int, int] = {}  # category -> when its first topic was opened
        self.beginning = source.until or 0

    def topic(self, one: ArchivedTopic, posts: Iterable[ArchivedPost]) -> None:
        """A topic, its tags, its addresses and its posts."""
        self.met.topic(one)
        self.beginning = min(self.beginning, one.created) if one.created else self.beginning
        place = one.category
        if place is not None:
            self.first[place.id] = min(one.created, self.first.get(place.id, one.created))
        self.out.add(
            "topics",
            original_id=one.id,
            title=one.title or f"#{one.id}",
            slug=one.slug,
            category_id=place.id if place else None,
            user_id=one.person.id if one.person else None,
            created_at=second(one.created),
            bumped_at=second(one.bumped or one.last_posted or one.created),
            archetype=one.archetype,
            archived=one.archived,
            closed=one.closed,
            visible=one.visible,
            pinned_at=second(one.created) if one.pinned else None,
            deleted_at=time_or_none(one.deleted or (None if one.shown else self.source.until)),
            views=one.views,
        )
        self.addresses(one)
        for name in one.tags:
            self.tag(name, one)
        for each in one.translations:
            self.out.add("topic_localizations", topic_id=one.id, title=each.title, **translated(each))
        numbers: dict[int, tuple[int, int | None]] = {}
        for post in posts:
            numbers[post.number] = (post.id, post.author.id if post.author else None)
            self.post(one, post, numbers)

    def addresses(self, one: ArchivedTopic) -> None:
        """Where a topic was: with its slug, and without."""
        for url in (f"t/{one.slug or '-'}/{one.id}", f"t/{one.id}"):
            self.out.add("permalinks", url=url, topic_id=one.id)

    def tag(self, name: str, topic: ArchivedTopic) -> None:
        """A tag of a topic. An archive knows tags by their names: their numbers here are of our own making."""
        number = self.tags.setdefault(name, len(self.tags) + 1)
        self.out.add("tags", original_id=number, name=name, created_at=second(topic.created))
        row = {"tag_id": number, "topic_id": topic.id, "created_at": second(topic.created)}
        self.out.add("topic_tags", **row, original_id=topic.id * MANY + number)

    def post(self, topic: ArchivedTopic, one: ArchivedPost, numbers: dict[int, tuple[int, int | None]]) -> None:
        """A post with the text that counts, its files, and its address."""
        self.met.post(one)
        answered = numbers.get(one.reply_to or 0, (None, None))
        last = next((version for version in reversed(one.versions) if version.n == one.n), None)
        gone = one.deleted or (None if one.shown else self.source.until)
        self.out.add(
            "posts",
            original_id=one.id,
            topic_id=topic.id,
            post_number=one.number,
            post_type=one.type,
            user_id=one.author.id if one.author else None,
            raw=one.raw,
            original_raw=one.raw,
            created_at=second(one.created),
            last_version_at=second(one.edited or one.created),
            last_editor_id=last.editor.id if last and last.editor else None,
            reply_to_post_id=answered[0],
            reply_to_user_id=answered[1],
            deleted_at=time_or_none(gone),
            user_deleted=one.user_deleted,
            hidden=one.hidden,
            wiki=one.wiki,
            like_count=one.like_count,
            locale=one.locale or None,
        )
        for each in one.translations:
            said = {"raw": each.raw, "cooked": each.cooked or None}
            self.out.add("post_localizations", post_id=one.id, **said, **translated(each))
        if one.number > 1:
            self.out.add("permalinks", url=f"t/{topic.slug or '-'}/{topic.id}/{one.number}", post_id=one.id)
        for file in one.files:
            kept = self.pictures.keep(file)
            if kept is not None and file.sha256:
                who = one.author.id if one.author else None
                self.out.add("uploads", id=file.sha256, filename=file.name or kept.path, path=kept.path, user_id=who)

    def finish(self, reader: Reader) -> None:
        """The people and categories that were met."""
        wanted = set(self.first)
        for one in reader.categories.values():
            while one.id in wanted and one.parent is not None and one.parent in reader.categories:
                wanted.add(one.parent)
                one = reader.categories[one.parent]  # noqa: PLW2901 - up to the top
        for number in sorted(wanted):
            one = reader.categories[number]
            made = second(self.first.get(number, self.beginning))
            self.out.add(
                "categories",
                original_id=number,
                name=one.name,
                slug=one.path.rpartition("/")[2],
                parent_category_id=one.parent,
                read_restricted=one.restricted,
                created_at=made,
                user_id=SYSTEM,
            )
            self.out.add("permalinks", url=f"c/{one.path}/{number}", category_id=number)
        for person in self.met:
            self.out.add(
                "users",
                original_id=person.id,
                username=person.username or f"u{person.id}",
                name=person.name or None,
                created_at=second(person.created or self.beginning),
                admin=person.admin,
                moderator=person.moderator,
                trust_level=MEMBER,
                active=True,
            )


def translated(one: ArchivedTranslation) -> dict[str, object]:
    """Into which language something was put, by whom and when."""
    by = one.by.id if one.by else None
    return {"locale": one.locale, "localizer_user_id": by, "created_at": time_or_none(one.at)}


def time_or_none(at: int | None) -> str | None:
    """A time as the file has it."""
    return None if at is None else second(at)


def write_database(reader: Reader, target: ExportTarget, wanted: ArchiveFilter, pictures: Pictures) -> None:
    """Write intermediate.db, and the files of posts beside it."""
    wanted = replace(wanted, chat=False)  # the importer has other tables for it
    with tempfile.TemporaryDirectory(prefix="koweb-intermediate-") as folder:
        path = Path(folder, FILE)
        with closing(IntermediateDatabase(path)) as out:
            writer = IntermediateWriter(out, reader.source(), pictures)
            for topic, posts in reader.walk(wanted):
                writer.topic(topic, posts)
            writer.finish(reader)
        with path.open("rb") as made, target.file(FILE) as sink:
            copyfileobj(made, sink)


def texts(path: Path) -> Iterator[str]:
    """Every text in the file."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as found:
        for table in sorted(TABLES):
            for row in found.execute(f"SELECT * FROM {table}"):
                yield from text_cells(row)


def text_cells(row: Sequence[object]) -> Iterator[str]:
    """The texts of a row."""
    yield from (one for one in row if isinstance(one, str))


EXPORT = Export(
    "intermediate",
    lambda: _("a file for Discourse's own importer, with numbers, times and addresses"),
    write_database,
    (FileKind(".db", texts, renamed=None),),
    opens=FILE,
    chat=False,
)
