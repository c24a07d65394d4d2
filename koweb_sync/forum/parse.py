"""From the forum's JSON to our own types. Nothing of an answer is used before it went through here."""

import html
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from itertools import pairwise
from typing import Any, ParamSpec, TypeVar

from koweb_sync.errors import ForumAnswerUnclear
from koweb_sync.forum.models import Category, Limits, PostView, Revision, Scope, TopicState, TopicView, Upload
from koweb_sync.forum.probe import tag_names
from koweb_sync.i18n import _
from koweb_sync.posts.ids import CategoryId, PostId, TopicId

P = ParamSpec("P")
T = TypeVar("T")
Json = Mapping[str, Any]


def clear(parse: Callable[P, T]) -> Callable[P, T]:
    """A parser whose surprises are ForumAnswerUnclear, with the name of what is missing."""

    @wraps(parse)
    def parsed(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return parse(*args, **kwargs)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise ForumAnswerUnclear(
                _("The forum's answer lacks something that Discourse always gives ({what}).").format(what=error),
                remedy=_("Is the address in koweb.toml a Discourse forum? “koweb doctor” looks at it."),
            ) from error

    return parsed


@clear
def post(data: Json) -> PostView:
    """A post, from its own endpoint, a create or an edit."""
    return PostView(
        id=PostId(int(data["id"])),
        topic=TopicId(int(data["topic_id"])),
        raw=data.get("raw"),
        username=str(data.get("username") or ""),
        version=int(data.get("version") or 1),
        updated=moment(data.get("updated_at") or data["created_at"]),
        deleted=bool(data.get("deleted_at")),
        user_deleted=bool(data.get("user_deleted")),
        hidden=bool(data.get("hidden")),
        locked=bool(data.get("locked")),
        name=str(data.get("name") or data.get("username") or ""),
    )


@clear
def topic(data: Json) -> TopicView:
    """A topic with its first post."""
    posts = data["post_stream"]["posts"]
    first = next((one for one in posts if one["post_number"] == 1), None) or posts[0]
    return TopicView(
        id=TopicId(int(data["id"])),
        title=str(data["title"]),
        slug=str(data.get("slug") or "-"),
        category=category_id(data.get("category_id")),
        tags=tag_names(data.get("tags")),
        created=moment(data["created_at"]),
        closed=bool(data.get("closed")),
        archived=bool(data.get("archived")),
        visible=data.get("visible") is not False,
        pinned=bool(data.get("pinned") or data.get("pinned_globally")),
        deleted=bool(data.get("deleted_at")),
        posts_count=int(data.get("posts_count") or len(posts)),
        external_id=data.get("external_id"),
        first=post({**first, "topic_id": data["id"]}),
        private=data.get("archetype") == "private_message",
        emptied=bool(data.get("closed")) and any(one.get("action_code") == "split_topic" for one in posts),
    )


@clear
def state(data: Json) -> TopicState:
    """A topic as a list shows it."""
    return TopicState(
        id=TopicId(int(data["id"])),
        title=str(data.get("title") or ""),
        category=category_id(data.get("category_id")),
        tags=tag_names(data.get("tags")),
        closed=bool(data.get("closed")),
        archived=bool(data.get("archived")),
        visible=data.get("visible") is not False,
        pinned=bool(data.get("pinned")),
    )


@clear
def revision(data: Json) -> Revision:
    """One edit of a post."""
    before, after = texts((data.get("body_changes") or {}).get("side_by_side_markdown") or "")
    titles = cells((data.get("title_changes") or {}).get("side_by_side") or "", "div")
    return Revision(
        number=int(data["current_revision"]),
        username=str(data["username"]),
        name=str(data.get("acting_user_name") or ""),
        at=moment(data["created_at"]),
        reason=str(data.get("edit_reason") or ""),
        before=before,
        after=after,
        titles=(titles[0], titles[1]) if len(titles) == 2 and titles[0] != titles[1] else None,
        hidden=bool(data.get("current_hidden")),
    )


def texts(table: str) -> tuple[str | None, str | None]:
    """Both sides of a diff of Markdown, which shows the whole text in two columns; None for both if it shows none."""
    found = cells(table, "td")
    if not found or len(found) % 2:
        return None, None
    return "".join(found[0::2]), "".join(found[1::2])


def cells(markup: str, tag: str) -> list[str]:
    """The texts of all innermost elements of one kind: marks of insertion and deletion gone, entities undone.

    An element is innermost where an opening mark is followed by a closing one: one pass, whatever the markup.
    """
    marks = list(re.finditer(rf"<(/?){tag}(?: [^<>]*)?>", markup))
    inner = [markup[one.end() : two.start()] for one, two in pairwise(marks) if not one[1] and two[1]]
    return [html.unescape(re.sub(r"</?(?:ins|del)(?: [^<>]*)?>", "", one)) for one in inner]


@clear
def upload(data: Json) -> Upload:
    """A stored upload."""
    width, height = data.get("width"), data.get("height")
    return Upload(
        short_url=str(data["short_url"]),
        url=str(data["url"]),
        name=str(data.get("original_filename") or ""),
        width=int(width) if width else None,
        height=int(height) if height else None,
    )


@clear
def categories(data: Json) -> tuple[Category, ...]:
    """The categories in `/site.json`, with the slug path of each."""
    found = {int(one["id"]): one for one in data["categories"]}

    def path(one: Json) -> str:
        parent = found.get(int(one.get("parent_category_id") or 0))
        slug = str(one.get("slug") or f"{one['id']}-category")
        return f"{path(parent)}/{slug}" if parent else slug

    return tuple(
        Category(
            id=CategoryId(number),
            name=str(one["name"]),
            path=path(one),
            may_create=one.get("permission") in (1, None) and not one.get("read_only"),
            minimum_tags=int(one.get("minimum_required_tags") or 0),
            restricted=bool(one.get("read_restricted")),
        )
        for number, one in found.items()
    )


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
def plugins(settings: Json) -> tuple[str, ...]:
    """The plugins that `/site/settings.json` tells of."""
    return tuple(name for setting, name in PLUGINS.items() if settings.get(setting))


@clear
def limits(settings: Json, uncategorized: int | None, *, staff: bool) -> Limits:
    """What `/site/settings.json` says; Discourse's defaults for what this version does not tell."""
    plain = Limits()

    def number(name: str, default: int) -> int:
        value = settings.get(name)
        return default if value is None else int(value)

    words = "|".join(
        str(settings.get(name) or "")
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
        uncategorized_allowed=bool(settings.get("allow_uncategorized_topics", plain.uncategorized_allowed)),
        uncategorized=category_id(uncategorized),
        duplicate_titles_allowed=bool(settings.get("allow_duplicate_topic_titles", False)),
    )


@clear
def scopes(data: Json) -> tuple[Scope, ...]:
    """A key's own scopes."""
    return tuple(
        Scope(str(one["resource"]), str(one["key"]), dict(one.get("parameters") or {}))
        for one in data.get("scopes") or ()
    )


def category_id(value: Any) -> CategoryId | None:
    """A category's number; None for none."""
    return CategoryId(int(value)) if value else None


def moment(value: Any) -> datetime:
    """A time of the forum, in UTC."""
    return datetime.fromisoformat(str(value)).astimezone(UTC)
