"""From the forum's JSON about itself to our own types: its settings, categories, tags and groups, what it counts, who
is there, and what a key may do.
"""

import html
import re
from dataclasses import fields
from functools import partial
from typing import Any

from koweb_sync.errors import AnswerMalformed
from koweb_sync.forum.addresses import UrlOrigin, read
from koweb_sync.forum.decode import (
    Json,
    Page,
    Strange,
    clear,
    each,
    flag,
    ident,
    ident_or_none,
    inner,
    items,
    record,
    sequence,
    string,
    text,
    whole_number,
    whole_or_none,
)
from koweb_sync.forum.models import DirectoryEntry, Scope, User, UserGroup
from koweb_sync.forum.parse_people import gone, number, user
from koweb_sync.forum.site import Category, ColourScheme, Limits, Totals
from koweb_sync.posts.ids import CategoryId

HEX = re.compile(r"[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
DEEPEST = 10  # categories within each other; forums allow three
STAFF = frozenset({1, 2, 3})  # the groups of administrators, moderators and both
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


# ---- what it is called, and what it counts


@clear
def called(settings: Any) -> tuple[str, str]:
    """What `/site/settings.json` says the forum is called, and its language; empty where it does not."""
    return text(record(settings), "title", ""), text(record(settings), "default_locale", "")


@clear
def translates(settings: Any) -> bool:
    """Whether `/site/settings.json` says that the forum keeps translations of posts. Older ones do not know it."""
    return flag(record(settings), "content_localization_enabled")


@clear
def names_first(settings: Any) -> bool:
    """Whether `/site/settings.json` says that pages show people by their names rather than their user names.

    No recording holds these settings: guess by the sources of 2022 to 2026, whose pages show the name above a post
    where `display_name_on_posts` is on and `prioritize_username_in_ux` is off (`poster-name`), and are told none where
    `enable_names` is off; the defaults are those of their site_settings.
    """
    told = record(settings)
    names = flag(told, "enable_names", True) and flag(told, "display_name_on_posts")
    return names and not flag(told, "prioritize_username_in_ux", True)


@clear
def titled(data: Any) -> str:
    """What `/site/basic-info.json` says the forum is called."""
    return text(record(data), "title")


@clear
def about(data: Any) -> tuple[str, str, str]:
    """What the forum is called in `/about.json`, its language, the server's version; empty where it does not say."""
    found = inner(data, "about")
    return text(found, "title", ""), text(found, "locale", ""), text(found, "version", "")


@clear
def totals(data: Any) -> Totals:
    """What `/about.json` counts. Newer servers name some counts in the plural."""
    stats = record(record(record(data)["about"])["stats"])

    def count(*names: str) -> int:
        return next((whole_number(stats, name) for name in names if stats.get(name) is not None), 0)

    return Totals(
        topics=count("topic_count", "topics_count"),
        posts=count("post_count", "posts_count"),
        likes=count("like_count", "likes_count"),
        people=count("user_count", "users_count"),
    )


@clear
def storages(data: Any) -> frozenset[UrlOrigin]:
    """The servers of `/site/basic-info.json` besides the forum's own: its logo and icons are uploads, which lie where
    all of them do.
    """
    told = [value for name, value in record(data).items() if name.endswith("_url") and isinstance(value, str)]
    return frozenset(found.origin for one in told if (found := read(one)) is not None)


# ---- settings


@clear
def plugins(settings: Any) -> tuple[str, ...]:
    """The plugins that `/site/settings.json` tells of."""
    return tuple(name for setting, name in PLUGINS.items() if record(settings).get(setting))


@clear
def main_reaction(settings: Any) -> str:
    """The reaction that is a like, by the public settings; empty where they do not tell."""
    return text(record(settings), "discourse_reactions_reaction_for_like", "")


@clear
def limits(settings: Any, uncategorized: CategoryId | None, *, staff: bool) -> Limits:
    """What `/site/settings.json` says; Discourse's defaults for what this version does not tell."""
    plain, told = Limits(), record(settings)

    def number(name: str, default: int) -> int:
        return whole_number(told, name, default)

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


# ---- categories and tags


@clear
def facts(data: Any) -> tuple[CategoryId | None, bool, bool]:
    """Of `/site.json`: the category of what has none, whether this user may tag, and whether with new tags."""
    found = record(data)
    if not isinstance(found.get("categories"), list):
        raise Strange("categories", found.get("categories"))
    uncategorized = whole_number(found, "uncategorized_category_id", 0)
    return (
        CategoryId(uncategorized) if uncategorized else None,
        flag(found, "can_tag_topics", True),
        flag(found, "can_create_tag"),
    )


def schemes(data: Any) -> tuple[ColourScheme | None, ColourScheme | None]:
    """Of `/site.json`: the forum's colours by day and by night. What is no colour is not told; no publishing needs it.

    Servers of 2022 name the scheme without its colours; newer ones say null by day where a forum has Discourse's own.
    """
    return scheme(data.get("default_light_color_scheme")), scheme(data.get("default_dark_color_scheme"))


def scheme(data: Any) -> ColourScheme | None:
    """The colours of one scheme, None where one is missing."""
    told = data.get("colors") if isinstance(data, dict) else None
    rows = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    known = {one.get("name"): HEX.fullmatch(str(one.get("hex"))) for one in rows if isinstance(one.get("name"), str)}
    found = [known.get(field.name) for field in fields(ColourScheme)]
    return ColourScheme(*(six_digits(one[0]) for one in found if one)) if all(found) else None


def six_digits(colour: str) -> str:
    """A colour of three or six digits, in six."""
    return colour.lower() if len(colour) == 6 else "".join(one * 2 for one in colour.lower())


@clear
def categories(data: Any) -> Page[Category]:
    """The categories in `/site.json`, with the slug path of each."""
    told = sequence(record(data)["categories"])
    return each("category", told, partial(category, among=by_number(told)), number)


def category(data: Json, among: dict[int, Json]) -> Category:
    """A category. Raises Strange, also for one that lies within itself."""
    return Category(
        id=CategoryId(ident(data)),
        name=text(data, "name"),
        slug=text(data, "slug", ""),
        path=slug_path(data, among),
        parent=whole_or_none(data, "parent_category_id"),
        description=html.unescape(re.sub(r"<[^<>]*>", "", text(data, "description", ""))),
        colour=text(data, "color", ""),
        position=whole_number(data, "position", 0),
        restricted=flag(data, "read_restricted"),
        definition=definition(text(data, "topic_url", "")),
        may_create=data.get("permission") in (1, None) and not flag(data, "read_only"),
        minimum_tags=whole_number(data, "minimum_required_tags", 0),
    )


def definition(url: str) -> int:
    """The topic of an address such as `/t/about-it/12`; 0 for none, as the uncategorised have none."""
    found = re.search(r"/t/(?:[^/]+/)?([0-9]{1,17})", url)
    return int(found[1]) if found else 0


def by_number(entries: Any) -> dict[int, Json]:
    """Entries of a list by their numbers, where they have one."""
    return {number: one for one in entries if (number := ident_or_none(one, "id")) is not None}


def slug_path(data: Json, among: dict[int, Json]) -> str:
    """The slugs from the outermost category to this one. Raises Strange where it lies within itself."""
    slugs: list[str] = []
    one: Json | None = data
    while one is not None:
        slugs.insert(0, text(one, "slug", "") or f"{ident(one)}-category")
        if len(slugs) > DEEPEST:
            raise Strange("parent_category_id", data.get("parent_category_id"))
        one = among.get(whole_number(one, "parent_category_id", 0))
    return "/".join(slugs)


@clear
def category_made(data: Any) -> int:
    """The number of a category that was just made."""
    return ident(inner(data, "category"))


@clear
def for_staff(data: Any, staff: frozenset[str]) -> bool:
    """Whether `/c/ID/show.json` lets nobody but staff read."""
    shown = record(record(data)["category"])
    permissions = [record(one) for one in items(shown, "group_permissions")]
    return shown.get("group_permissions") is None or all(text(one, "group_name", "") in staff for one in permissions)


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
    return string(str(name) if isinstance(name, int) and name is not True else name, "name").casefold()


# ---- people and groups


@clear
def current_user(data: Any) -> User | None:
    """The user that a key acts as, from `/session/current.json`; None for nobody."""
    found = inner(data or {}, "current_user")
    return user({**found, "id": found.get("id", 0)}) if found else None


@clear
def member(data: Any) -> tuple[int, frozenset[int]]:
    """Somebody's number, and the groups that they are in."""
    one = inner(data, "current_user")
    return whole_number(one, "id"), frozenset(whole_number(record(group), "id") for group in items(one, "groups"))


@clear
def account(data: Any) -> User:
    """The person of a page about somebody."""
    return user(record(record(data)["user"]))


@clear
def directory(data: Any) -> Page[DirectoryEntry]:
    """A page of the directory."""
    told = sequence(record(data)["directory_items"])
    there = [one for one in told if not (isinstance(one, dict) and gone(one.get("user") or {}))]
    return each("person", there, counters, lambda one: one.person.id)


def counters(data: Json) -> DirectoryEntry:
    """What the directory says of one person."""
    names = ("days_visited", "topics_entered", "posts_read", "topic_count", "post_count")
    counts = {name: whole_number(data, name, 0) for name in (*names, "likes_given", "likes_received")}
    return DirectoryEntry(person=user(inner(data, "user")), **counts)


@clear
def groups(data: Any) -> Page[UserGroup]:
    """A page of groups."""
    return each("group", record(data)["groups"], group, number)


def group(data: Json) -> UserGroup:
    """A group."""
    return UserGroup(
        id=whole_number(data, "id"),
        name=text(data, "name"),
        full_name=text(data, "full_name", ""),
        automatic=flag(data, "automatic"),
        members=whole_or_none(data, "user_count"),
    )


@clear
def staff_groups(data: Any) -> frozenset[str]:
    """The names of the groups that only staff is in, from `/site.json`: they are known by their numbers."""
    found = [record(one) for one in items(data or {}, "groups")]
    return frozenset({"admins", "moderators", "staff"} | {text(one, "name") for one in found if one.get("id") in STAFF})


# ---- keys


@clear
def scopes(data: Any) -> tuple[Scope, ...]:
    """A key's own scopes. None may be left out: without any a key may do everything."""
    found = each("scope", items(data or {}, "scopes"), scope)
    for one in found.malformed:
        raise AnswerMalformed(one.why)
    return tuple(found)


def scope(data: Json) -> Scope:
    """One scope."""
    given = data.get("parameters")
    return Scope(text(data, "resource"), text(data, "key"), dict(record(given)) if isinstance(given, dict) else {})
