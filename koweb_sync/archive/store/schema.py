"""The tables of an archive: one schema for SQLite and PostgreSQL, every table scoped by forum.

What the forum says now lies in the plain tables (`topics`, `posts`, `people`); what it said before in `…_versions` and
`names`; what we concluded (deleted, complete, erased) in tables of its own. `observed` is when we read it.
"""

from sqlalchemy import Column, ForeignKey, Identity, Index, MetaData, Table, UniqueConstraint
from sqlalchemy.schema import SchemaItem

from koweb_sync.archive.store import archetypes
from koweb_sync.archive.store.columns import (
    BYTES,
    WHOLE,
    WORDS,
    flag,
    forum,
    key,
    maybe,
    moment,
    note,
    number,
    once,
    string,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
OPEN = archetypes.OPEN


def table(name: str, *parts: SchemaItem, scoped: bool = True, small: bool = False) -> Table:
    """A table; in SQLite a strict one. `small`: its rows are hardly more than their key, so SQLite keeps them in it."""
    first = (forum(),) if scoped else ()
    return Table(name, METADATA, *first, *parts, sqlite_strict=True, sqlite_with_rowid=not small)


# ---- the archive itself

FORUMS = table(
    "forums",  # the forums that this archive holds
    Column("id", WHOLE, Identity(), primary_key=True),
    string("name"),  # in koweb.toml
    string("url", unique=True),
    string("title"),
    string("locale"),
    moment("added"),
    string("settings", server_default="{}"),  # JSON: what of the forum's facts the archive needs
    scoped=False,
)
PART = "part"  # the outcome of what was no whole run: what a forum told of was read
RUNS = table(
    "runs",  # each run of koweb archive
    key("n"),
    moment("started"),
    once("ended"),  # unknown: it was stopped
    string("via"),  # rest | data-explorer | due
    string("outcome"),  # done | part (only what was told of) | stopped | failed; empty while it runs
    number("keyed", server_default="0"),  # requests with the key
    number("anonymous", server_default="0"),  # requests without
    string("found", server_default="{}"),  # JSON: how many new posts, versions, likes…
)
CURSORS = table(
    "cursors",  # how far each list was read
    key("name", WORDS),
    string("value"),
    small=True,
)
AGENDA = table(
    "todo",  # what a run found out that it must still read: it survives the run
    key("kind", WORDS),  # topic | post | likes | likers | upload…
    key("id"),
    string("detail", server_default="{}"),
)

# ---- where people talk

CATEGORIES = table(
    "categories",  # where topics stand
    key("id"),
    string("name"),
    string("slug"),
    string("path"),  # slugs from the top: parent/child
    maybe("parent"),
    string("description"),
    string("colour"),
    number("position", server_default="0"),
    flag("restricted"),  # not everybody may read it
    flag("staff"),  # only staff may read it
    maybe("definition"),  # the topic that describes it
    once("gone"),
)
TAGS = table(
    "tags",  # the forum's tags
    key("name", WORDS),
    string("description"),
    small=True,
)
GROUPS = table(
    "groups",  # groups of members
    key("id"),
    string("name"),
    string("full_name"),
    flag("automatic"),
    maybe("members"),
)
GROUP_MEMBERS = table(
    "group_members",  # who is in which group, and since when
    key("group"),
    key("person"),
    moment("since"),
    once("until"),
    small=True,
)

# ---- people

PEOPLE = table(
    "people",  # whoever wrote, liked, or was mentioned
    key("id"),  # 0 and less: the system's own
    string("username"),
    string("folded"),  # the username without regard to case
    string("name"),
    once("created"),
    maybe("trust_level"),
    flag("admin"),
    flag("moderator"),
    flag("bot"),
    flag("staged"),
    flag("suspended"),
    flag("anonymised"),
    string("title"),
    string("avatar"),  # the forum's template, with {size}
    maybe("post_count"),
    once("last_posted"),
    Index(None, "forum", "folded"),
)
NAMES = table(
    "names",  # what people were called, and when
    key("person"),
    key("n"),
    string("username"),
    string("name"),
    moment("since"),
    once("until"),
)
ACTIVITY = table(
    "activity",  # a person's counters, at most once a day and only if they moved
    key("person"),
    key("at"),
    number("days_visited", server_default="0"),
    number("topics_entered", server_default="0"),
    number("posts_read", server_default="0"),
    number("topic_count", server_default="0"),
    number("post_count", server_default="0"),
    number("likes_given", server_default="0"),
    number("likes_received", server_default="0"),
)

# ---- topics

TOPICS = table(
    "topics",  # what each topic is now
    key("id"),
    string("title"),
    string("slug"),
    maybe("category"),
    string("tags", server_default="[]"),  # JSON list, sorted
    maybe("person"),  # who opened it
    moment("created"),
    once("bumped"),
    once("last_posted"),
    flag("closed"),
    flag("archived"),
    flag("visible"),
    flag("pinned"),
    string("archetype", server_default="regular"),  # regular | banner | private_message | chat
    note("external_id"),
    once("deleted"),  # the forum's time, or when we noticed
    flag("shown"),  # 0: the forum does not show it (to us) any more; the tombstone says why
    flag("listed"),  # whether topic lists show it: they leave out what describes categories, and what is muted
    maybe("accepted"),  # the number of the post that solved it
    number("posts_count", server_default="0"),  # as the forum says: without whispers and deleted ones
    number("highest", server_default="0"),  # the highest post number
    number("likes", server_default="0"),  # of all its posts, as the forum counts; who gave them stands in reactions
    number("views", server_default="0"),
    number("n", server_default="1"),  # the newest of topic_versions
    maybe("accepted_by"),  # who said that a post solved it, and when, where the forum tells
    once("accepted_at"),
    Index(None, "forum", "category"),
)
TOPIC_VERSIONS = table(
    "topic_versions",  # what each topic was before
    key("topic"),
    key("n"),
    string("title"),
    string("slug"),
    maybe("category"),
    string("tags", server_default="[]"),
    flag("closed"),
    flag("archived"),
    flag("visible"),
    flag("pinned"),
    string("archetype"),
    flag("gone"),
    moment("observed"),
    string("source"),
)
TOPIC_EDITS = table(
    "topic_edits",  # what edits changed of topics, where the forum told of them: title, category and tags before each
    key("topic"),
    key("n"),  # which version of the topic's first post the edit made
    note("title"),  # unknown: it stayed as it was
    maybe("category"),
    note("tags"),  # JSON list, sorted
    maybe("person"),  # who edited
    once("at"),
    small=True,
)
TOPIC_TAGS = table(
    "topic_tags",  # the tags that a topic has now
    key("topic"),
    key("tag", WORDS),
    Index(None, "forum", "tag"),
    small=True,
)
VIEWS = table(
    "views",  # how often a topic was read: at most once a day and only if it moved
    key("topic"),
    key("at"),
    number("views"),
    small=True,
)

# ---- posts

POSTS = table(
    "posts",  # what each post is now; its texts are in post_versions
    Column("row", WHOLE, Identity(), primary_key=True),  # for the search index; no dump shows it
    Column("forum", WHOLE, ForeignKey("forums.id"), nullable=False),
    number("id"),
    number("topic"),
    number("number"),
    number("type"),  # 1 regular, 2 moderator's, 3 small action, 4 whisper
    note("action"),  # of a small action, such as closed.enabled
    maybe("person"),  # unknown: the author was deleted
    moment("created"),
    once("updated"),
    maybe("reply_to"),  # a post number in the same topic
    number("version", server_default="1"),  # the forum's own count; it may fall
    once("deleted"),
    flag("user_deleted"),
    flag("hidden"),
    flag("shown"),  # 0: the forum does not show it (to us) any more; the tombstone says why
    flag("wiki"),
    number("likes", server_default="0"),  # as the forum counts
    number("reads", server_default="0"),
    number("n", server_default="1"),  # the version in post_versions that counts: never a placeholder if another is held
    string("digest"),  # of what we last saw: raw and cooked
    string("locale"),  # its language as the forum knows it; empty for none
    flag("localised"),  # we were shown a translation in its place; what is held is the original all the same
    UniqueConstraint("forum", "id"),
    Index(None, "forum", "topic", "number"),
    Index(None, "forum", "person"),
    scoped=False,
)
POST_VERSIONS = table(
    "post_versions",  # every text that a post had
    key("post"),
    key("n"),
    string("raw"),
    string("cooked"),
    maybe("version"),  # the forum's own count
    once("edited"),  # the forum's updated_at
    maybe("editor"),
    string("reason"),
    flag("placeholder"),  # what moderation or the forum shows in place of the text
    string("digest"),
    moment("observed"),
    string("source"),  # posts | topic | data-explorer | revision
)
COUNTS = table(
    "counts",  # likes whose people nobody tells
    key("post"),
    key("kind", WORDS),
    number("told"),
    number("count"),
    small=True,
)
REACTIONS = table(
    "reactions",  # who liked or reacted, and when
    key("post"),
    key("person"),
    key("kind", WORDS),  # like, or the name of an emoji
    key("n"),  # the same person may like again
    once("at"),  # the forum's time; unknown: between after and seen
    once("after"),  # the last time that we looked and it was not there
    moment("seen"),  # the first time that we saw it
    once("there"),  # removed: the last time that we saw it
    once("gone"),  # removed: the first time that it was not there
    Index(None, "forum", "person"),
    small=True,
)
POLLS = table(
    "polls",  # polls in posts
    key("post"),
    key("name", WORDS),
    string("title"),
    string("type"),
    string("status"),
    string("results"),
    flag("public"),
    maybe("voters"),
    once("closes"),
)
POLL_OPTIONS = table(
    "poll_options",  # what can be chosen in a poll
    key("post"),
    key("poll", WORDS),
    key("id", WORDS),
    number("position"),
    string("html"),
    maybe("votes"),
)
POLL_VOTES = table(
    "poll_votes",  # who chose what, where the forum shows it
    key("post"),
    key("poll", WORDS),
    key("option", WORDS),
    key("person"),
    moment("seen"),
    small=True,
)
EDGES = table(
    "edges",  # what a post points at
    key("post"),
    key("kind", WORDS),  # reply | quote | mention | link
    key("n"),
    maybe("to_topic"),
    maybe("to_number"),
    maybe("to_person"),
    string("name"),  # folded: a username that we know nobody of, or a group's
    string("url"),
    Index(None, "forum", "to_topic", "to_number"),
    Index(None, "forum", "to_person"),
    small=True,
)

LOCALISATIONS = table(
    "localisations",  # titles and texts in other languages, as a backup of the forum holds them
    key("kind", WORDS),  # topic | post
    key("id"),
    key("locale", WORDS),
    string("title"),
    string("raw"),
    string("cooked"),
    maybe("person"),  # who put it into that language: a person, or the forum's own
    once("at"),
    small=True,
)
PERMALINKS = table(
    "permalinks",  # old addresses that the forum still leads somewhere, as a backup of it holds them
    key("id"),
    string("url"),  # below the forum's own address
    maybe("topic"),
    maybe("post"),
    maybe("category"),
    string("tag"),
    string("target"),  # an address elsewhere
    small=True,
)

# ---- files

BLOBS = table(
    "blobs",  # the bytes of files
    key("sha256", WORDS),
    number("bytes"),
    string("type"),
    Column("data", BYTES, nullable=False),
)
UPLOADS = table(
    "uploads",  # images and attachments that posts name
    key("url", WORDS),  # upload://… or an address
    string("kind"),  # image | file | avatar
    string("name"),
    string("source"),  # the address that it was fetched from
    maybe("width"),
    maybe("height"),
    note("sha256"),  # of its blob; unknown: not held
    string("status"),  # wanted | held | gone | refused | large | foreign
    string("why"),
    once("fetched"),
    maybe("keyed"),  # 1: only the key got it; 0: everybody gets it; unknown: held since before that was noted
    string("server"),  # gone: the one besides the forum's that does not answer, empty where the file is not there
    once("since"),  # gone, refused or failing: since when
    number("tries", server_default="0"),  # how often, one after the other
    once("again"),  # not asked for before; unknown: the next run asks
)
UPLOAD_USES = table(
    "upload_uses",  # which post shows which file
    key("post"),
    key("url", WORDS),
    Index(None, "forum", "url"),
    small=True,
)

# ---- what we concluded

TOMBSTONES = table(
    "tombstones",  # what the forum does not show any more, and why
    key("kind", WORDS),  # topic | post | person | move | text (of a post, that the archive holds no more)
    key("id"),
    key("n"),
    string("reason"),  # deleted | user-deleted | gone (404) | private (403) | moved | anonymised | emptied
    once("at"),  # the forum's time
    maybe("by"),
    moment("observed"),
    once("lifted"),  # it came back
)
LEDGER = table(
    "ledger",  # for each topic: what the forum has, what is held, and why anything is missing
    key("topic"),
    number("expected"),  # posts that the forum says it shows
    number("held"),
    string("explained", server_default="{}"),  # JSON: reason → count
    string("missing", server_default="[]"),  # JSON: post ids where they are known, else numbers
    number("short", server_default="0"),  # how many are missing
    string("trouble"),  # why nothing can be said
    moment("checked"),
)
CONSENTS = table(
    "consents",  # what people wished
    key("person"),
    key("wish", WORDS),  # not-counted | quoted-by-name | quoted-without-name | not-quoted
    moment("since"),
    once("until"),
)
ERASURES = table(
    "erasures",  # people who were erased
    key("person"),
    string("marks", server_default="[]"),  # JSON: keyed hashes of the names, so that they are known when they come back
    string("policy"),
    moment("at"),
)
