"""The forum's things as Discourse's JSON shows them."""

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from koweb_sync.sandbox.people import Caller, may_edit, may_edit_topic, may_see, permission
from koweb_sync.sandbox.state import Category, Post, Revision, State, Topic, Upload, User, iso

ACTIONS = (3, 4, 8, 7)


def basic_user(user: User) -> dict[str, Any]:
    """A person in passing."""
    return {"id": user.id, "username": user.username, "name": user.name, "avatar_template": avatar(user)}


def listed_user(user: User) -> dict[str, Any]:
    """A person beside a list of topics."""
    roles = {"admin": True} if user.admin else {}
    roles |= {"moderator": True} if user.moderator else {}
    return {**basic_user(user), "flair_name": None, **roles, "trust_level": user.trust_level}


def avatar(user: User) -> str:
    """Where a person's picture would be."""
    return f"/letter_avatar/{user.username}/{{size}}/5.png"


def post(state: State, caller: Caller, one: Post, *, raw: bool) -> dict[str, Any]:
    """A post. `raw`: with its Markdown; a hidden one shows it to staff and its author alone."""
    user, topic = state.users[one.user_id], state.topics[one.topic_id]
    me = caller.user
    replies = [other for other in state.posts_of(topic) if other.reply_to == one.number and other.deleted_at is None]
    shown = {
        "id": one.id,
        "name": user.name,
        "username": user.username,
        "avatar_template": avatar(user),
        "created_at": iso(one.created_at),
        "cooked": one.cooked if not hidden_from(caller, one) else "",
        "post_number": one.number,
        "post_type": one.type,
        "updated_at": iso(one.updated_at),
        "reply_count": len(replies),
        "reply_to_post_number": one.reply_to,
        "quote_count": 0,
        "incoming_link_count": 0,
        "reads": 0,
        "readers_count": 0,
        "score": 0,
        "yours": me is not None and me.id == one.user_id,
        "topic_id": topic.id,
        "topic_slug": topic.slug,
        "display_username": user.name,
        **dict.fromkeys(("primary_group_name", "flair_name", "flair_url", "flair_bg_color", "flair_color")),
        "version": one.version,
        **rights(caller, topic, one),
        "user_title": None,
        "bookmarked": False,
        "actions_summary": actions(caller, one),
        "moderator": user.moderator,
        "admin": user.admin,
        "staff": user.staff,
        "user_id": user.id,
        "hidden": one.hidden,
        "trust_level": user.trust_level,
        "deleted_at": iso(one.deleted_at),
        "user_deleted": one.user_deleted,
        "edit_reason": one.edit_reason,
        "can_view_edit_history": True,
        "wiki": one.wiki,
        **dict.fromkeys(("reviewable_id", "reviewable_score_count", "reviewable_score_pending_count"), 0),
    }
    if one.action_code:
        shown["action_code"] = one.action_code
    if raw:
        shown["raw"] = None if hidden_from(caller, one) else one.raw
    return shown


def rights(caller: Caller, topic: Topic, one: Post) -> dict[str, bool]:
    """What this person may do with a post."""
    return {
        "can_edit": caller.user is not None and may_edit(caller.user, topic, one),
        "can_delete": caller.staff and one.number > 1 and one.deleted_at is None,
        "can_recover": caller.staff and one.deleted_at is not None,
        "can_wiki": caller.staff,
    }


def hidden_from(caller: Caller, one: Post) -> bool:
    """Whether moderation hid a post from this person."""
    return one.hidden and not caller.staff and not (caller.user and caller.user.id == one.user_id)


def actions(caller: Caller, one: Post) -> list[dict[str, Any]]:
    """Likes, and what else the viewer may do."""
    me = caller.user
    mine = me is not None and me.id == one.user_id
    liked = me is not None and any(user == me.id for user, _at in one.likes)
    like: dict[str, Any] = {"id": 2}
    like |= {"count": len(one.likes)} if one.likes else {}
    like |= {"acted": True, "can_undo": True} if liked else {}
    like |= {"can_act": True} if me is not None and not mine and not liked and one.deleted_at is None else {}
    others = [{"id": number, "can_act": True} for number in ACTIONS] if me is not None else []
    return [*([like] if len(like) > 1 else []), *others]


def topic(state: State, caller: Caller, one: Topic, page: Sequence[Post], *, raw: bool) -> dict[str, Any]:
    """A topic with a page of its posts."""
    living = [other for other in state.posts_of(one) if other.deleted_at is None or one.deleted_at is not None]
    regular = [other for other in living if other.type == 1]
    likes = sum(len(other.likes) for other in living)
    me = caller.user
    shown = {
        "post_stream": {
            "posts": [post(state, caller, other, raw=raw) for other in page],
            "stream": [other.id for other in living],
        },
        "timeline_lookup": [[1, 0]],
        "suggested_topics": [],
        "tags": tags(state, one.tags),
        "tags_descriptions": {},
        "id": one.id,
        "title": one.title,
        "fancy_title": fancy(one.title),
        "posts_count": len(living),
        "created_at": iso(one.created_at),
        "views": one.views,
        "reply_count": sum(other.reply_to is not None for other in living),
        "like_count": likes,
        "last_posted_at": iso(max((other.created_at for other in regular), default=one.created_at)),
        **status(one),
        "has_summary": False,
        "archetype": one.archetype,
        "slug": one.slug,
        "category_id": one.category_id,
        "word_count": sum(len(other.raw.split()) for other in living),
        "deleted_at": iso(one.deleted_at),
        "user_id": one.user_id,
        "featured_link": None,
        "pinned_globally": one.pinned_globally,
        "pinned_at": iso(one.pinned_at),
        "pinned_until": None,
        "draft": None,
        "draft_key": f"topic_{one.id}",
        "draft_sequence": 0 if me is not None else None,
        "unpinned": None,
        "pinned": one.pinned_at is not None,
        "highest_post_number": max((other.number for other in living), default=1),
        "deleted_by": basic_user(state.users[one.deleted_by]) if one.deleted_by else None,
        "actions_summary": [],
        "chunk_size": 20,
        "bookmarked": False,
        "topic_timer": None,
        "details": details(state, caller, one, living),
    }
    return {**shown, **({"external_id": one.external_id} if one.external_id else {})}


def details(state: State, caller: Caller, one: Topic, living: Sequence[Post]) -> dict[str, Any]:
    """Who takes part in a topic, and what this person may do with it."""
    regular = [other for other in living if other.type == 1]
    author = state.users[one.user_id]
    people = {other.user_id: state.users[other.user_id] for other in regular}
    return {
        "can_edit": caller.user is not None and may_edit_topic(caller.user, one),
        "notification_level": 1,
        "participants": [
            {**basic_user(user), "post_count": sum(other.user_id == user.id for other in regular)}
            for user in people.values()
        ],
        "created_by": basic_user(author),
        "last_poster": basic_user(state.users[living[-1].user_id] if living else author),
    }


def status(one: Topic) -> dict[str, bool]:
    """Whether a topic is listed, open, alive."""
    return {"visible": one.visible, "closed": one.closed, "archived": one.archived}


def listed_topic(state: State, one: Topic) -> dict[str, Any]:
    """A topic in a list."""
    living = [other for other in state.posts_of(one) if other.deleted_at is None]
    last = state.users[living[-1].user_id] if living else state.users[one.user_id]
    return {
        "id": one.id,
        "title": one.title,
        "fancy_title": fancy(one.title),
        "slug": one.slug,
        "posts_count": len(living),
        "reply_count": sum(other.reply_to is not None for other in living),
        "highest_post_number": max((other.number for other in living), default=1),
        "image_url": None,
        "created_at": iso(one.created_at),
        "last_posted_at": iso(living[-1].created_at if living else one.created_at),
        "bumped": True,
        "bumped_at": iso(one.bumped_at),
        "archetype": one.archetype,
        "unseen": False,
        "pinned": one.pinned_at is not None,
        "unpinned": None,
        **status(one),
        "bookmarked": None,
        "liked": None,
        "tags": tags(state, one.tags),
        "tags_descriptions": {},
        "views": one.views,
        "like_count": sum(len(other.likes) for other in living),
        "has_summary": False,
        "last_poster_username": last.username,
        "category_id": one.category_id,
        "pinned_globally": one.pinned_globally,
        "featured_link": None,
        "posters": [{"extras": "latest single", "user_id": one.user_id, "primary_group_id": None}],
    }


def tags(state: State, names: Iterable[str]) -> list[Any]:
    """Tags as this server gives them: strings, or objects on newer ones."""
    if not state.settings.get("tags_as_objects"):
        return list(names)
    known = list(state.tags)
    return [{"id": known.index(name) + 1 if name in known else 0, "name": name, "slug": name} for name in names]


def fancy(title: str) -> str:
    """A title as HTML, with typographic apostrophes."""
    return html.escape(title, quote=False).replace("'", "&rsquo;")


def category(state: State, caller: Caller, one: Category) -> dict[str, Any]:
    """A category."""
    shown = {
        "id": one.id,
        "name": one.name,
        "color": one.color,
        "text_color": one.text_color,
        "slug": one.slug,
        "topic_count": sum(topic.category_id == one.id for topic in state.topics.values()),
        "position": one.position,
        "description": one.description,
        "read_restricted": one.read_restricted,
        "permission": permission(caller.user, one) if caller.user else None,
        "notification_level": 1,
        "topic_url": f"/t/{one.topic_id}" if one.topic_id else None,
        "minimum_required_tags": 0,
    }
    return {**shown, **({"parent_category_id": one.parent_id} if one.parent_id else {})}


def visible_categories(state: State, caller: Caller) -> list[Category]:
    """The categories that somebody may see, in their order."""
    seen = [one for one in state.categories.values() if permission(caller.user, one) is not None]
    return sorted(seen, key=lambda one: (one.position, one.id))


def topic_list(
    state: State, caller: Caller, given: Mapping[str, str], within: set[int] | None = None
) -> dict[str, Any]:
    """A page of topics, newest activity first; pinned ones before them on the first page."""
    found = visible_topics(state, caller, within)
    if given.get("topic_ids"):
        wanted = {int(number) for number in given["topic_ids"].split(",") if number.strip().isdigit()}
        found = [one for one in found if one.id in wanted]
    order = {"created": lambda one: one.created_at, "views": lambda one: one.views}.get(
        given.get("order", ""), lambda one: one.bumped_at
    )
    found.sort(key=order, reverse=given.get("ascending") != "true")
    number = int(given.get("page") or 0)
    if "order" not in given:
        found.sort(key=lambda one: one.pinned_at is None)
    size = 30
    page = found[number * size : (number + 1) * size]
    more = {"more_topics_url": f"/latest?no_definitions=true&page={number + 1}"} if len(page) == size else {}
    people = {one.user_id: state.users[one.user_id] for one in page}
    return {
        "users": [listed_user(user) for user in people.values()],
        "primary_groups": [],
        "flair_groups": [],
        "topic_list": {
            "can_create_topic": caller.user is not None,
            **more,
            "per_page": size,
            "top_tags": [name for name, count in sorted(state.tags.items()) if count][:10],
            "topics": [listed_topic(state, one) for one in page],
        },
    }


def visible_topics(state: State, caller: Caller, within: set[int] | None = None) -> list[Topic]:
    """Topics that lists show: regular, alive, no category definitions; unlisted ones to staff alone."""
    definitions = {one.topic_id for one in state.categories.values()}
    return [
        one
        for one in state.topics.values()
        if one.archetype == "regular"
        and one.deleted_at is None
        and one.id not in definitions
        and (within is None or one.category_id in within)
        and (one.visible or caller.staff)
        and may_see(state, caller, one)
    ]


def site(state: State, caller: Caller) -> dict[str, Any]:
    """`/site.json`."""
    me = caller.user
    level = int(state.settings["min_trust_to_create_tag"])
    return {
        "default_archetype": "regular",
        "groups": [{"id": group["id"], "name": group["name"]} for group in state.groups],
        "filters": ["latest", "unread", "new", "top", "categories"],
        "uncategorized_category_id": state.settings["uncategorized_category_id"],
        "post_action_types": [{"id": 2, "name_key": "like", "is_flag": False}],
        "trust_levels": {"newuser": 0, "basic": 1, "member": 2, "regular": 3, "leader": 4},
        "can_create_tag": me is not None and (me.staff or me.trust_level >= level),
        "can_tag_topics": me is not None and bool(state.settings["tagging_enabled"]),
        "can_tag_pms": False,
        "top_tags": tags(state, [name for name, count in sorted(state.tags.items()) if count][:10]),
        "categories": [category(state, caller, one) for one in visible_categories(state, caller)],
    }


def upload(one: Upload) -> dict[str, Any]:
    """A stored file."""
    return {
        "id": one.id,
        "url": one.path,
        "original_filename": one.name,
        "filesize": len(one.data),
        "width": one.width,
        "height": one.height,
        "thumbnail_width": one.width,
        "thumbnail_height": one.height,
        "extension": one.extension,
        "short_url": one.short_url,
        "short_path": "/uploads/short-url/" + one.short_url.removeprefix("upload://"),
        "retain_hours": None,
        "human_filesize": f"{len(one.data)} Bytes" if len(one.data) < 1024 else f"{len(one.data) / 1024:.1f} KB",
    }


def revision(state: State, one: Post, which: Revision) -> dict[str, Any]:
    """What one edit changed, without the HTML differences."""
    user = state.users[which.user_id]
    return {
        "created_at": iso(which.at),
        "post_id": one.id,
        "previous_hidden": False,
        "current_hidden": False,
        "first_revision": one.revisions[0].number,
        "previous_revision": which.number - 1 if which.number > 2 else None,
        "current_revision": which.number,
        "next_revision": which.number + 1 if which.number < one.version else None,
        "last_revision": one.revisions[-1].number,
        "current_version": which.number,
        "version_count": one.version,
        "username": user.username,
        "display_username": user.name,
        "avatar_template": avatar(user),
        "edit_reason": which.reason,
        "body_changes": {},
        "title_changes": None,
        "wiki": one.wiki,
        "can_edit": True,
    }
