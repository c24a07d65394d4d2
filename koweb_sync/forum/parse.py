"""From the forum's JSON about topics and posts to our own types. Nothing of an answer is used before it went
through here: AnswerMalformed for what Discourse never gives.

Of lists each entry is read on its own: a page holds those that could be read, and names the others.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from koweb_sync.forum.decode import (
    Json,
    Page,
    Strange,
    clear,
    each,
    flag,
    flag_or_none,
    ident,
    inner,
    integer,
    items,
    micros,
    micros_or_none,
    record,
    sequence,
    string,
    tag_names,
    text,
    text_or_none,
    text_told,
    whole_number,
    whole_or_none,
)
from koweb_sync.forum.models import (
    HeldForReview,
    Poll,
    PollOption,
    Post,
    Topic,
    TopicList,
    TopicPage,
    TopicView,
    Upload,
)
from koweb_sync.forum.parse_people import LIKE, number, people, user, wrapped
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.ids import CategoryId, PostId, TopicId
from koweb_sync.records import is_of

# ---- posts


def post(data: Any, expected: int | None = None, topic: int | None = None) -> Post:
    """A post, wherever it stands. Raises Strange, also for another one than the `expected`, or one of another topic."""
    one = record(data)
    return Post(
        id=PostId(ident(one, "id", expected)),
        topic=TopicId(ident(one, "topic_id", topic)),
        number=ident(one, "post_number"),
        type=whole_number(one, "post_type", 1) or 1,
        action=text(one, "action_code", "") or None,
        author=user(one) if one.get("user_id") is not None else None,
        created=micros(one, "created_at"),
        updated=micros(one, "updated_at", one.get("created_at")),
        reply_to=whole_or_none(one, "reply_to_post_number"),
        raw=text_or_none(one, "raw"),
        cooked=text(one, "cooked", ""),
        version=whole_number(one, "version", 1) or 1,
        deleted=micros_or_none(one, "deleted_at"),
        user_deleted=flag(one, "user_deleted"),
        hidden=flag(one, "hidden"),
        wiki=flag(one, "wiki"),
        locked=flag(one, "locked"),
        likes=likes(one),
        reads=whole_number(one, "reads", 0),
        reason=text(one, "edit_reason", ""),
        accepted=flag_or_none(one, "accepted_answer"),
        reactions=reactions(one),
        polls=tuple(poll(record(each_poll)) for each_poll in items(one, "polls")),
        category=category_id(one),
        locale=text_told(one, "locale"),
        translated=flag(one, "has_post_localizations"),
        localised=flag(one, "is_localized"),
        topic_slug=text(one, "topic_slug", ""),
    )


def likes(data: Json) -> int:
    """How many people like a post. A zero is left out by the forum, and so is the entry if nobody may act on it."""
    kinds = (record(one) for one in items(data, "actions_summary"))
    return next((whole_number(one, "count", 0) for one in kinds if one.get("id") == LIKE), 0)


def reactions(data: Json) -> dict[str, int] | None:
    """How many people reacted how, those who like among them; None where the forum does not tell."""
    if data.get("reactions") is None:
        return None
    found = (record(one) for one in items(data, "reactions"))
    return {text(one, "id"): whole_number(one, "count", 0) for one in found}


def poll(data: Json) -> Poll:
    """A poll with the votes that the forum tells."""
    voters = data.get("preloaded_voters")
    named = voters if isinstance(voters, dict) else {}
    options = tuple(
        PollOption(
            id=text(one, "id"),
            html=text(one, "html", ""),
            votes=whole_or_none(one, "votes"),
            people=tuple(map(wrapped, items(named, text(one, "id")))),
        )
        for one in map(record, items(data, "options"))
    )
    return Poll(
        name=text(data, "name", "") or "poll",
        title=text(data, "title", ""),
        type=text(data, "type", ""),
        status=text(data, "status", ""),
        results=text(data, "results", ""),
        public=flag(data, "public"),
        voters=whole_or_none(data, "voters"),
        closes=micros_or_none(data, "close"),
        options=options,
    )


def in_order(page: Page[Post]) -> Page[Post]:
    """Posts in the order of their ids."""
    return Page(sorted(page, key=lambda one: one.id), page.malformed)


@clear
def one_post(data: Any, expected: int | None = None) -> Post:
    """The post that was asked for."""
    return post(data, expected)


@clear
def posts(data: Any) -> Page[Post]:
    """The posts of `/posts.json`, in the order of their ids."""
    return in_order(each("post", record(data)["latest_posts"], post, number))


@clear
def messages(data: Any) -> Page[Post]:
    """The posts of `/private-posts.json`, in the order of their ids."""
    return in_order(each("post", record(data)["private_posts"], post, number))


@clear
def original(data: Any) -> str:
    """The HTML of a post as its author wrote it, from `/posts/ID/cooked.json`."""
    return text(record(data), "cooked")


@clear
def posts_of_topic(data: Any, topic: int) -> Page[Post]:
    """The posts of `/t/ID/posts.json`."""
    return posts_on_page(topic, record(record(data)["post_stream"])["posts"])


def posts_on_page(topic: int, found: Any) -> Page[Post]:
    """Posts on the page of a topic, which are that topic's."""
    page = each("post", found, lambda one: post({"topic_id": topic, **one}, topic=topic), number)
    return Page(page, (replace(one, inside=topic) for one in page.malformed))


@clear
def cooked(data: Any) -> tuple[str, ...]:
    """The HTML that an answer about a topic or a post holds."""
    found = inner(data or {}, "post") or record(data or {})
    shown = items(inner(found, "post_stream"), "posts")
    return tuple(text(record(one), "cooked", "") for one in (found, *shown))


# ---- posts that are compared with a file


@clear
def kept_post(data: Any, expected: int | None = None) -> Post:
    """A post of which git keeps the text, from its own endpoint. `expected` is the one that was asked for."""
    return dated(post(data, expected))


def dated(one: Post) -> Post:
    """A post with times that git can write. Raises Strange for those before 1970."""
    if min(one.created, one.updated) < 0:
        raise Strange("updated_at", one.updated)
    return one


@clear
def created(data: Any) -> Post | HeldForReview:
    """What a create made: a post, nested or not, or something that a moderator must approve first.

    Servers of 2022 say so with a bare `null` where nobody asked for more.
    """
    found = record({} if data is None else data)
    if data is None or found.get("action") == "enqueued":
        waiting = whole_or_none(inner(found, "pending_post"), "id")
        return HeldForReview("" if waiting is None else str(waiting))
    return dated(post(inner(found, "post") or found))


@clear
def created_post(data: Any) -> tuple[tuple[int, int, int], str] | None:
    """The topic, id and number of a post that was just made, and its stored text; None if a moderator must approve it
    first.
    """
    found = record(data or {})
    if found.get("id") is None:
        return None
    return (ident(found, "topic_id"), ident(found), ident(found, "post_number")), text(found, "raw", "")


@clear
def edited(data: Any, expected: int) -> Post:
    """The post after an edit."""
    found = record(data)
    return dated(post(inner(found, "post") or found, expected))


# ---- topics


def topic(data: Any, expected: int | None = None) -> Topic:
    """A topic, from a list or from its own page. Raises Strange, also for another one than the `expected`."""
    one = record(data)
    return Topic(
        id=TopicId(ident(one, "id", expected)),
        title=text(one, "title"),
        slug=text(one, "slug", ""),
        category=category_id(one),
        tags=tag_names(one),
        created=micros(one, "created_at"),
        bumped=micros_or_none(one, "bumped_at"),
        last_posted=micros_or_none(one, "last_posted_at"),
        closed=flag(one, "closed"),
        archived=flag(one, "archived"),
        visible=flag(one, "visible", True),
        pinned=flag(one, "pinned") or flag(one, "pinned_globally"),
        archetype=text(one, "archetype", "") or "regular",
        posts_count=whole_number(one, "posts_count", 0),
        highest=whole_number(one, "highest_post_number", 0),
        likes=whole_or_none(one, "like_count"),
        views=whole_or_none(one, "views"),
        author=author_of(one),
        external_id=text_or_none(one, "external_id"),
        deleted=micros_or_none(one, "deleted_at"),
        accepted=accepted(one),
        fields=fields_told({name: field.read(one, {}) for name, field in FIELDS.items()}),
    )


def fields_told(values: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer tells of the fields of the front matter, by name; None: nothing. Raises Strange."""
    return {name: field_told(values, name) for name, value in values.items() if value is not None}


def field_told(values: Mapping[str, Any], name: str) -> Any:
    """A field as records hold it. Raises Strange for what is not of its kind."""
    field = FIELDS[name]
    if field.kind is bool:
        return flag(values, name)
    value = field.loaded(values[name])
    if not is_of(field.kind, value):
        raise Strange(name, value)
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, str):
            string(one, name)
    return value


def category_id(data: Json) -> CategoryId | None:
    """A category's number; None for none."""
    found = whole_number(data, "category_id", 0)
    return CategoryId(found) if found else None


def author_of(data: Json) -> int | None:
    """Who began a topic: told by its own page, or the first of those whom a list shows."""
    if "user_id" in data:
        return whole_or_none(data, "user_id")
    creator = whole_or_none(inner(inner(data, "details"), "created_by"), "id")
    posters = items(data, "posters")
    return whole_or_none(record(posters[0]), "user_id") if creator is None and posters else creator


def accepted(data: Json) -> int | None:
    """The number of the first post that solved a topic; one object on older servers, several on newer ones."""
    found = items(data, "accepted_answers") or [data.get("accepted_answer") or {}]
    return whole_or_none(found[0], "post_number") if isinstance(found[0], dict) else None


@clear
def topics(data: Any) -> Page[Topic]:
    """The topics of a list; those that cannot be read are left out."""
    return each("topic", items(inner(data or {}, "topic_list"), "topics"), topic, number)


@clear
def hits(data: Any) -> Page[Topic]:
    """The topics that a search found."""
    return each("topic", items(data or {}, "topics"), topic, number)


@clear
def listed(data: Any) -> TopicList:
    """A page of a topic list, with the people on it. Raises AnswerMalformed where there is no list."""
    found = record(record(data)["topic_list"])
    shown = people(items(record(data), "users"))
    return TopicList(each("topic", found["topics"], topic, number), shown, bool(found.get("more_topics_url")))


@clear
def topic_page(data: Any, expected: int) -> TopicPage:
    """A topic's own page."""
    given = record(data)
    stream = record(given["post_stream"]).get("stream")
    found = topic(given, expected)
    shown = posts_on_page(found.id, record(given["post_stream"])["posts"])
    ids = None if stream is None else tuple(map(integer, sequence(stream, "stream")))
    offered = items(given, "valid_reactions")
    main = string(offered[0], "valid_reactions") if offered else ""
    allowed = inner(given, "details")
    users, groups = (
        frozenset(whole_number(record(one), "id") for one in items(allowed, name))
        for name in ("allowed_users", "allowed_groups")
    )
    return TopicPage(found, shown, ids, main, users, groups)


@clear
def topic_view(data: Any, expected: int | None = None) -> TopicView:
    """A topic with its first post; `expected` is the one that was asked for."""
    found = record(data)
    shown = [record(one) for one in items(inner(found, "post_stream"), "posts")]
    first = next((one for one in shown if one.get("post_number") == 1), shown[0] if shown else None)
    if first is None or first.get("topic_id") not in (None, found.get("id")):
        raise Strange("posts", shown)
    stub = flag(found, "closed") and any(one.get("action_code") == "split_topic" for one in shown)
    values = {name: one.read(found, first) for name, one in FIELDS.items()}
    return with_first(topic(found, expected), post({**first, "topic_id": found["id"]}), values, emptied=stub)


def with_first(one: Topic, first: Post, values: Mapping[str, Any], *, emptied: bool = False) -> TopicView:
    """A topic with its first post, and the `values` of fields that both tell. Raises Strange, also for times that git
    cannot write.
    """
    if one.created < 0:
        raise Strange("created_at", one.created)
    facts: dict[str, Any] = {known.name: getattr(one, known.name) for known in fields(Topic)}
    return TopicView(**{**facts, "fields": fields_told(values)}, first=dated(first), emptied=emptied)


# ---- uploads


@clear
def upload(data: Any) -> Upload:
    """A stored upload."""
    found = record(data)
    return Upload(
        short_url=text(found, "short_url"),
        url=text(found, "url"),
        name=text(found, "original_filename", ""),
        width=whole_or_none(found, "width") or None,
        height=whole_or_none(found, "height") or None,
    )
