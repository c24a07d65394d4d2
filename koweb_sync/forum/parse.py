"""From the forum's JSON to our own types. Nothing of an answer is used before it went through here."""

from typing import Any

from koweb_sync.errors import AnswerMalformed
from koweb_sync.forum import decode
from koweb_sync.forum.decode import (
    Json,
    Page,
    Strange,
    clear,
    each,
    flag,
    ident,
    inner,
    items,
    moment,
    record,
    tag_names,
    text,
    text_or_none,
    whole,
    whole_or_none,
)
from koweb_sync.forum.models import (
    Category,
    HeldForReview,
    Limits,
    PostView,
    Scope,
    TopicState,
    TopicView,
    Upload,
)
from koweb_sync.posts.ids import CategoryId, PostId, TopicId

DEEPEST = 10  # categories within each other; forums allow three


@clear
def post(data: Any, expected: int | None = None) -> PostView:
    """A post, from its own endpoint, a create or an edit; `expected` is the one that was asked for."""
    found = record(data)
    return PostView(
        id=PostId(ident(found, "id", expected)),
        topic=TopicId(ident(found, "topic_id")),
        raw=text_or_none(found, "raw"),
        username=text(found, "username", ""),
        version=whole(found, "version", 1) or 1,
        updated=moment(found, "updated_at", found.get("created_at")),
        deleted=bool(found.get("deleted_at")),
        user_deleted=flag(found, "user_deleted"),
        hidden=flag(found, "hidden"),
        locked=flag(found, "locked"),
        name=text(found, "name", "") or text(found, "username", ""),
        locale=text(found, "locale", "") if "locale" in found else None,
        translated=flag(found, "has_post_localizations"),
        slug=text(found, "topic_slug", ""),
    )


@clear
def created(data: Any) -> PostView | HeldForReview:
    """What a create made: a post, nested or not, or something that a moderator must approve first.

    Servers of 2022 say so with a bare `null` where nobody asked for more.
    """
    found = record({} if data is None else data)
    if data is None or found.get("action") == "enqueued":
        number = whole_or_none(inner(found, "pending_post"), "id")
        return HeldForReview("" if number is None else str(number))
    return post(inner(found, "post") or found)


@clear
def placed(data: Any) -> tuple[tuple[int, int, int], str] | None:
    """The topic, id and number of a post that was just made, and its stored text; None if a moderator must approve it
    first.
    """
    found = record(data or {})
    if found.get("id") is None:
        return None
    return (ident(found, "topic_id"), ident(found), ident(found, "post_number")), text(found, "raw", "")


@clear
def category_made(data: Any) -> int:
    """The number of a category that was just made."""
    return ident(inner(data, "category"))


@clear
def edited(data: Any, expected: int) -> PostView:
    """The post after an edit."""
    found = record(data)
    return post(inner(found, "post") or found, expected)


@clear
def topic(data: Any, expected: int | None = None) -> TopicView:
    """A topic with its first post; `expected` is the one that was asked for."""
    found = record(data)
    posts = [record(one) for one in items(inner(found, "post_stream"), "posts")]
    first = next((one for one in posts if one.get("post_number") == 1), posts[0] if posts else None)
    if first is None or first.get("topic_id") not in (None, found.get("id")):
        raise Strange("posts", posts)
    return TopicView(
        id=TopicId(ident(found, "id", expected)),
        title=text(found, "title"),
        slug=text(found, "slug", "") or "-",
        category=category_id(found),
        tags=tag_names(found),
        created=moment(found, "created_at"),
        closed=flag(found, "closed"),
        archived=flag(found, "archived"),
        visible=flag(found, "visible", True),
        pinned=flag(found, "pinned") or flag(found, "pinned_globally"),
        deleted=bool(found.get("deleted_at")),
        posts_count=whole(found, "posts_count", 0) or len(posts),
        external_id=text_or_none(found, "external_id"),
        first=post({**first, "topic_id": found["id"]}),
        private=found.get("archetype") == "private_message",
        emptied=flag(found, "closed") and any(one.get("action_code") == "split_topic" for one in posts),
    )


def state(data: Json) -> TopicState:
    """A topic as a list shows it. Raises Strange."""
    return TopicState(
        id=TopicId(ident(data)),
        title=text(data, "title", ""),
        category=category_id(data),
        tags=tag_names(data),
        closed=flag(data, "closed"),
        archived=flag(data, "archived"),
        visible=flag(data, "visible", True),
        pinned=flag(data, "pinned"),
    )


@clear
def states(data: Any) -> Page[TopicState]:
    """The topics of a list; those that cannot be read are left out."""
    return each("topic", items(inner(data or {}, "topic_list"), "topics"), state, lambda one: one.id)


@clear
def hits(data: Any) -> Page[TopicState]:
    """The topics that a search found."""
    return each("topic", items(data or {}, "topics"), state, lambda one: one.id)


@clear
def stored_tags(data: Any) -> tuple[str, ...] | None:
    """The tags that a topic has after a change, None where the server does not say."""
    basic = inner(data or {}, "basic_topic")
    return tag_names(basic) if isinstance(basic.get("tags"), list) else None


@clear
def user(data: Any) -> Json:
    """The user that a key acts as, with `username`, `admin` and `moderator`; empty for nobody."""
    found = inner(data or {}, "current_user")
    told = {"admin": flag(found, "admin"), "moderator": flag(found, "moderator")}
    return {**found, **told, "username": text(found, "username", "")} if found else {}


@clear
def full_name(data: Any) -> str:
    """How somebody is called; empty where the forum does not say."""
    return text(inner(data or {}, "user"), "name", "")


@clear
def names(data: Any) -> dict[str, str]:
    """How those are called who wrote one of the posts of a topic, by username."""
    found = [record(one) for one in items(inner(data or {}, "post_stream"), "posts")]
    told = ((text(one, "username", ""), text(one, "name", "")) for one in found)
    return {username: name for username, name in told if username and name}


@clear
def cooked(data: Any) -> tuple[str, ...]:
    """The HTML that an answer about a topic or a post holds."""
    found = inner(data or {}, "post") or record(data or {})
    posts = items(inner(found, "post_stream"), "posts")
    return tuple(text(record(one), "cooked", "") for one in (found, *posts))


@clear
def version(data: Any) -> str:
    """The version that `/about.json` tells; "" if it tells none."""
    return text(inner(record(data), "about"), "version", "")


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


@clear
def categories(data: Any) -> Page[Category]:
    """The categories in `/site.json`, with the slug path of each; those that cannot be read are left out."""
    found = by_number(items(data, "categories"))
    return each("category", items(data, "categories"), lambda one: category(one, found), lambda one: one.id)


def category(data: Json, among: dict[int, Json]) -> Category:
    """A category. Raises Strange, also for one that lies within itself."""
    return Category(
        id=CategoryId(ident(data)),
        name=text(data, "name"),
        path=slug_path(data, among),
        may_create=data.get("permission") in (1, None) and not flag(data, "read_only"),
        minimum_tags=whole(data, "minimum_required_tags", 0),
        restricted=flag(data, "read_restricted"),
        definition=definition(text(data, "topic_url", "")),
    )


def definition(url: str) -> int:
    """The topic at the end of an address such as `/t/about-it/12`; 0 for none, as the uncategorised have none."""
    number = url.rpartition("/")[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0


def by_number(entries: Any) -> dict[int, Json]:
    """Entries of a list by their numbers, where they have one."""
    return {number: one for one in entries if (number := decode.maybe(one, "id")) is not None}


def slug_path(data: Json, among: dict[int, Json]) -> str:
    """The slugs from the outermost category to this one. Raises Strange where it lies within itself."""
    slugs: list[str] = []
    one: Json | None = data
    while one is not None:
        slugs.insert(0, text(one, "slug", "") or f"{ident(one)}-category")
        if len(slugs) > DEEPEST:
            raise Strange("parent_category_id", data.get("parent_category_id"))
        one = among.get(whole(one, "parent_category_id", 0))
    return "/".join(slugs)


# Settings that tell of plugins which change what a text shows or does, in the order in which they are named.
PLUGINS = {
    "poll_enabled": "poll",
    "checklist_enabled": "checklist",
    "enable_markdown_footnotes": "footnote",
    "spoiler_enabled": "spoiler",
    "discourse_math_enabled": "math",
    "discourse_reactions_enabled": "reactions",
    "solved_enabled": "solved",
    "calendar_enabled": "calendar",
    "data_explorer_enabled": "data-explorer",
}


@clear
def plugins(settings: Any) -> tuple[str, ...]:
    """The plugins that `/site/settings.json` tells of."""
    return tuple(name for setting, name in PLUGINS.items() if record(settings).get(setting))


@clear
def facts(data: Any) -> tuple[CategoryId | None, bool, bool]:
    """Of `/site.json`: the category of what has none, whether this user may tag, and whether with new tags."""
    found = record(data)
    if not isinstance(found.get("categories"), list):
        raise Strange("categories", found.get("categories"))
    uncategorized = whole(found, "uncategorized_category_id", 0)
    return (
        CategoryId(uncategorized) if uncategorized else None,
        flag(found, "can_tag_topics", True),
        flag(found, "can_create_tag"),
    )


@clear
def called(settings: Any) -> tuple[str, str]:
    """What `/site/settings.json` says the forum is called, and its language; empty where it does not."""
    return text(record(settings), "title", ""), text(record(settings), "default_locale", "")


@clear
def limits(settings: Any, uncategorized: CategoryId | None, *, staff: bool) -> Limits:
    """What `/site/settings.json` says; Discourse's defaults for what this version does not tell."""
    plain, told = Limits(), record(settings)

    def number(name: str, default: int) -> int:
        return whole(told, name, default)

    words = "|".join(
        text(told, name, "")
        for name in ("authorized_extensions", *(("authorized_extensions_for_staff",) if staff else ()))
    )
    extensions = frozenset(word.strip().lstrip(".").lower() for word in words.split("|") if word.strip())
    return Limits(
        title_min=number("min_topic_title_length", plain.title_min),
        title_max=number("max_topic_title_length", plain.title_max),
        body_min=max(number("min_post_length", 0), number("min_first_post_length", plain.body_min)),
        body_max=number("max_post_length", plain.body_max),
        tags_max=number("max_tags_per_topic", plain.tags_max),
        tag_length_max=number("max_tag_length", plain.tag_length_max),
        image_bytes_max=number("max_image_size_kb", plain.image_bytes_max // 1024) * 1024,
        attachment_bytes_max=number("max_attachment_size_kb", plain.attachment_bytes_max // 1024) * 1024,
        extensions=extensions or plain.extensions,
        topics_per_day=number("max_topics_per_day", plain.topics_per_day),
        uncategorized_allowed=flag(told, "allow_uncategorized_topics", plain.uncategorized_allowed),
        uncategorized=uncategorized,
    )


@clear
def tags(data: Any) -> frozenset[str]:
    """The names of all tags in `/tags.json`, in lower case; those that cannot be read are left out."""
    found = record(data or {})
    groups = [record(one) for one in items(inner(found, "extras"), "tag_groups")]
    listed = [*items(found, "tags"), *(tag for group in groups for tag in items(group, "tags"))]
    return frozenset(each("tag", listed, tag))


def tag(data: Json) -> str:
    """The name of a tag; its id is that on older servers. Raises Strange."""
    name = data.get("name") or data.get("text") or data.get("id")
    return decode.string(str(name) if isinstance(name, int) and name is not True else name, "name").casefold()


@clear
def scopes(data: Any) -> tuple[Scope, ...]:
    """A key's own scopes. None may be left out: without any a key may do everything."""
    found = each("scope", items(data or {}, "scopes"), scope)
    exactly(found)
    return tuple(found)


def scope(data: Json) -> Scope:
    """One scope."""
    given = data.get("parameters")
    return Scope(text(data, "resource"), text(data, "key"), dict(record(given)) if isinstance(given, dict) else {})


def category_id(data: Json) -> CategoryId | None:
    """A category's number; None for none."""
    number = whole(data, "category_id", 0)
    return CategoryId(number) if number else None


def exactly(found: Page[Any]) -> None:
    """Raises AnswerMalformed where something could not be read."""
    for one in found.malformed:
        raise AnswerMalformed(one.why)
