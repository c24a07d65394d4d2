"""What a look at a topic means for its file: an edit to bring, a state to report, or nothing. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from koweb_sync.agreements import Agreement, Fields, Used
from koweb_sync.forum.models import TopicView
from koweb_sync.forum.site import Site
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import Agreed, destinations, from_raw
from koweb_sync.posts.document import PostFile, parse, with_key
from koweb_sync.posts.field import Compared
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.front_writing import Value
from koweb_sync.posts.paths import relative
from koweb_sync.posts.side_by_side import LANGUAGE
from koweb_sync.sync.links.destinations import Atlas, targets, uses
from koweb_sync.sync.links.forum_files import context, uses_in_raw
from koweb_sync.sync.links.topic_addresses import topic_at
from koweb_sync.sync.world.compose import in_raw, language, names, untouched
from koweb_sync.sync.world.seen import LastEdit
from koweb_sync.sync.world.world import fields_of


class State(StrEnum):
    """What happened to a topic on the forum besides an edit; a field of the front matter may name another state."""

    UNCLEAR = "unclear"
    GONE = "gone"
    DELETED = "deleted"
    HIDDEN = "hidden"
    REMOVED = "removed"
    EMPTIED = "emptied"
    PRIVATE = "private"
    FOREIGN = "foreign"
    ARCHIVED = "archived"
    LOCKED = "locked"
    MOVED = "moved"
    NEW = "new"


# In these states what the forum shows is no text of the post: it never reaches a file, and a person has to look.
UNREADABLE = frozenset(
    {
        *(State.UNCLEAR, State.GONE, State.DELETED, State.HIDDEN, State.REMOVED, State.EMPTIED, State.PRIVATE),
        State.FOREIGN,
    }
)


@dataclass(frozen=True, slots=True)
class Look:
    """A topic as it was read: None if it is not there for us. `public`: everybody may read it; None if nobody asked.

    `edit`: who edited last, where the reader knows it. `brief`: the reader does not tell a topic that was closed from
    one that was emptied. `unclear`: the forum's answer about it cannot be read.
    """

    view: TopicView | None
    public: bool | None = None
    edit: LastEdit | None = None
    brief: bool = False
    unclear: bool = False


def states(look: Look, base: Agreement, site: Site | None) -> Iterator[str]:
    """Everything about a topic that a person should know."""
    view = look.view
    if view is None:
        yield State.UNCLEAR if look.unclear else State.GONE
        return
    first = view.first
    category = site.category(view.category) if site and view.category else None
    private = view.private or (look.public is False and category is not None and not category.restricted)
    facts = (
        (State.DELETED, view.deleted or (first.deleted and not first.user_deleted)),
        (State.REMOVED, first.user_deleted),
        (State.HIDDEN, first.hidden or first.raw is None),
        (State.EMPTIED, view.emptied or first.id != base.post),
        (State.PRIVATE, private),
        *((field.state, field.unasked(base.sent.get(name), view)) for name, field in FIELDS.items()),
        (State.ARCHIVED, view.archived),
        (State.LOCKED, first.locked),
    )
    yield from dict.fromkeys(state for state, true in facts if true)  # a field may name one of ours


def words(state: str, topic: int) -> str:
    """A state in a sentence."""
    texts: dict[str, str] = {
        **{field.state: field.state_words() for field in FIELDS.values() if field.state},
        State.UNCLEAR: _("What the forum says of topic {topic} cannot be read. The file stays as it is."),
        State.GONE: _("Topic {topic} is not on the forum any more, or may not be read by us."),
        State.DELETED: _("Topic {topic} was deleted on the forum. Its file stays."),
        State.HIDDEN: _("The text of topic {topic} was hidden by moderation. The file keeps the earlier one."),
        State.REMOVED: _("The author of topic {topic} removed its text. The file keeps the earlier one."),
        State.EMPTIED: _("Topic {topic} was merged into another one, or split. The file stays as it is."),
        State.PRIVATE: _("Topic {topic} was made private on the forum. The file stays as it is."),
        State.FOREIGN: _(
            "Topic {topic} is somebody else's: was the forum put back from a backup? “koweb fetch --rebuild” finds out."
        ),
        State.ARCHIVED: _("Topic {topic} was archived on the forum."),
        State.LOCKED: _("The post of topic {topic} was locked by the forum's staff: only they may edit it."),
        State.NEW: _(
            "Topic {topic} was adopted in another clone and is not compared yet: the next push takes it over."
        ),
        State.MOVED: _("Topic {topic} was moved to another category on the forum."),
    }
    return texts[state].format(topic=topic)


def no_text(state: str, topic: int) -> str:
    """Why a topic that has no file yet cannot get one."""
    texts: dict[str, str] = {
        State.UNCLEAR: _("What the forum says of topic {topic} cannot be read."),
        State.GONE: _("Topic {topic} is not on the forum, or may not be read by us."),
        State.DELETED: _("Topic {topic} is deleted on the forum."),
        State.HIDDEN: _("The text of topic {topic} is hidden by moderation."),
        State.REMOVED: _("The author of topic {topic} removed its text."),
        State.EMPTIED: _("Topic {topic} was merged into another one, or split: what is left is no text of its own."),
        State.PRIVATE: _("Topic {topic} is private."),
    }
    return texts[state].format(topic=topic)


def exposed(views: Iterable[TopicView], site: Site) -> Iterator[str]:
    """A warning for each topic that not everybody may read on the forum: a repository has readers of its own."""
    for view in views:
        category = site.category(view.category) if view.category is not None else None
        if category is not None and category.restricted:
            text = _(
                "Topic {topic} is in a category that not everybody may read; whoever reads this repository can now."
            )
            yield text.format(topic=view.id)


# ---- fields


def new_fields(
    view: TopicView, base: Agreement, site: Site | None, *, exact: bool, author: str = ""
) -> dict[str, Value]:
    """The keys of the front matter that the forum changed -> what they say now.

    `exact`: the base was itself read from the forum. `author`: who the forum says the author is, "" where the reader
    does not tell.
    """
    new = base.revision == 1 and untouched(view.first, base)
    there = Compared(view, site, base.title, base.tags, exact, author, new)
    found = {n: field.brought(base.says.get(n), base.sent.get(n), there) for n, field in FIELDS.items()}
    return {name: value for name, value in found.items() if value is not None}


def with_fields(sent: Fields, changed: Mapping[str, Value]) -> Fields:
    """The fields as the forum has them now."""
    return sent.but(**{name: FIELDS[name].loaded(value) for name, value in changed.items()})


# ---- the file


@dataclass(frozen=True, slots=True)
class Arrived:
    """The file as the forum alone would have it, and what would be agreed on; `pair.blob` is not known yet."""

    data: bytes
    pair: Agreement


@dataclass(frozen=True, slots=True)
class ArrivalContext:
    """What the file can name: everything that is known, and `places` of uploads that were saved just now, with the
    contents of all files (`blobs`: path -> name of the content).
    """

    atlas: Atlas
    places: Mapping[str, str] = field(default_factory=dict)
    blobs: Mapping[str, str] = field(default_factory=dict)


def arrive(
    base: Agreement, post: PostFile, view: TopicView, changed: Mapping[str, Value], around: ArrivalContext
) -> Arrived:
    """The base file with the forum's text and fields: unchanged paragraphs and keys keep their bytes.

    `post` is the file of `base`, at the path where the branch has it now.
    """
    raw = view.first.raw or ""
    agreed = Agreed(post.body, base.raw, targets(base.used))
    links = sources(raw, post.path, around.atlas)
    pictures = kept_uploads(raw, post.path, around.atlas, around.places)
    body = from_raw(
        raw, agreed, context(raw, post.path, {**pictures, **around.places}, links, around.atlas, around.atlas.home)
    )
    data = with_body(post, body)
    for name, value in changed.items():
        data = with_key(post.path, data, name, value)
    fresh = parse(post.path, data)
    pair = replace(
        base,
        path=post.path,
        raw=raw,
        says=fields_of(fresh.front),
        sent=with_fields(base.sent, changed),
        used=used_in(fresh, raw, base, around),
        title=view.title,
        tags=view.tags,
        revision=view.first.version,
        updated=view.first.changed,
        locale=language(view.first.locale, base),
        over="",
    )
    return Arrived(data, pair)


def with_body(post: PostFile, body: str) -> bytes:
    """A post file with another text behind its front matter."""
    return post.data[: len(post.data) - len(post.body.encode())] + body.encode()


def sources(raw: str, path: str, atlas: Atlas) -> dict[str, str]:
    """What links in a raw lead to in the repository: `/t/-/12`, `/t/un-sujet/12` or the forum's whole address ->
    `../b.md`. Links to a later post, or to a place in one, stay as somebody wrote them.
    """
    idents = {int(topic): ident for ident, (topic, _post) in atlas.topics.items()}
    paths = {ident: place for place, ident in atlas.ids.items()}
    found = {}
    for link in destinations(raw):
        place = paths.get(idents.get(topic_at(link.url, atlas.home), ""))
        if place is not None and place != path and not link.image:
            found[link.url] = relative(path, place)
    return found


def kept_uploads(raw: str, path: str, atlas: Atlas, places: Mapping[str, str]) -> dict[str, str]:
    """The uploads in a raw that are in the repository already -> the nearest file that has their content."""
    blobs = {stored.url: blob for blob, stored in atlas.uploads.items()}
    urls = {link.target(atlas.home) for link in destinations(raw)}
    wanted = {blobs[url] for url in urls if url in blobs and url not in places}
    if not wanted:
        return {}
    files: dict[str, list[str]] = {}
    for place, blob in atlas.files.items():
        if blob in wanted:
            files.setdefault(blob, []).append(place)
    nearest = {blob: min(found, key=lambda place: (len(relative(path, place)), place)) for blob, found in files.items()}
    return {url: nearest[blob] for url, blob in blobs.items() if blob in nearest}


def used_in(post: PostFile, raw: str, base: Agreement, around: ArrivalContext) -> dict[str, Used]:
    """What the file's destinations are in a raw."""
    saved = uses_in_raw(post, raw, around.blobs or around.atlas.files, around.atlas)
    now = {**saved, **{url: one for url, one in base.used.items() if one.url}, **uses(post, around.atlas, base)}
    now |= {url: one for url, one in saved.items() if not now[url].url or not names(raw, now[url].url)}
    mine = {link.url for link in destinations(post.body)}
    return in_raw(raw, {url: one for url, one in now.items() if url in mine or url.startswith(LANGUAGE)}, base.used)
