"""The forum's things as Discourse's JSON shows them."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from koweb_sync.sandbox.core.people import Caller, may_edit, may_edit_topic
from koweb_sync.sandbox.core.state import Post, Revision, State, Topic, Upload, User, iso

FLAGS = (3, 4, 8, 6, 7)  # 6, a message to the author, is for others alone


def basic_user(user: User) -> dict[str, Any]:
    """A person in passing."""
    return {"id": user.id, "username": user.username, "name": user.name, "avatar_template": avatar(user)}


def avatar(user: User) -> str:
    """Where a person's picture would be."""
    return f"/letter_avatar/{user.username}/{{size}}/5.png"


# What every post here has in common.
SAME_POST: Mapping[str, Any] = {
    "quote_count": 0,
    "incoming_link_count": 0,
    "reads": 0,
    "readers_count": 0,
    "score": 0,
    "user_title": None,
    "bookmarked": False,
    "can_view_edit_history": True,
    "reviewable_id": None,
}


def post(state: State, caller: Caller, one: Post, *, raw: bool) -> dict[str, Any]:
    """A post. `raw`: with its Markdown; a hidden one shows it to staff and its author alone."""
    user, topic = state.users[one.user_id], state.topics[one.topic_id]
    me = caller.user
    replies = [other for other in state.posts_of(topic) if other.reply_to == one.number and other.deleted_at is None]
    shown = {
        **SAME_POST,
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
        "yours": me is not None and me.id == one.user_id,
        "topic_id": topic.id,
        "topic_slug": topic.slug,
        "display_username": user.name,
        **dict.fromkeys(("primary_group_name", "flair_name", "flair_url", "flair_bg_color", "flair_color")),
        "version": one.version,
        **rights(caller, topic, one),
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
        "wiki": one.wiki,
        **dict.fromkeys(("reviewable_score_count", "reviewable_score_pending_count"), 0),
    }
    if one.reply_to is not None:
        shown |= answered(state, topic, one.reply_to)
    if one.action_code:
        shown["action_code"] = one.action_code
    if raw:
        shown["raw"] = None if hidden_from(caller, one) else one.raw
    return shown


def answered(state: State, topic: Topic, number: int) -> dict[str, Any]:
    """Whom a post answers."""
    author = next((state.users[one.user_id] for one in state.posts_of(topic) if one.number == number), None)
    return {"reply_to_user": {"username": author.username, "avatar_template": avatar(author)}} if author else {}


def excerpt(cooked: str) -> str:
    """The beginning of a post without its HTML."""
    return html.unescape(re.sub(r"<[^>]*>", "", cooked)).strip()[:300]


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
    quiet = mine or one.user_id < 0  # no messages to oneself, nor to the system
    flags = [number for number in FLAGS if me is not None and not (quiet and number == 6)]
    others = [{"id": number, "can_act": True} for number in flags]
    return [*([like] if len(like) > 1 else []), *others]


# What every topic here has in common.
SAME_TOPIC: Mapping[str, Any] = {
    "timeline_lookup": [[1, 0]],
    "suggested_topics": [],
    "tags_descriptions": {},
    "has_summary": False,
    "featured_link": None,
    "pinned_until": None,
    "draft": None,
    "unpinned": None,
    "bookmarks": [],
    "image_url": None,
    "slow_mode_seconds": 0,
    "slow_mode_enabled_until": None,
    "has_deleted": False,
    "message_bus_last_id": 0,
    "show_read_indicator": False,
    "thumbnails": None,
    "chunk_size": 20,
    "bookmarked": False,
    "topic_timer": None,
}


def topic(state: State, caller: Caller, one: Topic, page: Sequence[Post], *, raw: bool) -> dict[str, Any]:
    """A topic with a page of its posts."""
    living = [other for other in state.posts_of(one) if other.deleted_at is None or one.deleted_at is not None]
    regular = [other for other in living if other.type == 1]
    likes = sum(len(other.likes) for other in living)
    me = caller.user
    shown = {
        **SAME_TOPIC,
        "post_stream": {
            "posts": [{**post(state, caller, other, raw=raw), "read": True} for other in page],
            "stream": [other.id for other in living],
        },
        "tags": tags(state, one.tags),
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
        "archetype": one.archetype,
        "slug": one.slug,
        "category_id": one.category_id,
        "word_count": sum(len(other.raw.split()) for other in living),
        "deleted_at": iso(one.deleted_at),
        "user_id": one.user_id,
        "pinned_globally": one.pinned_globally,
        "pinned_at": iso(one.pinned_at),
        "draft_key": f"topic_{one.id}",
        "draft_sequence": 0 if me is not None else None,
        "pinned": one.pinned_at is not None,
        "current_post_number": page[0].number if page else 1,
        "highest_post_number": max((other.number for other in living), default=1),
        "participant_count": len({other.user_id for other in regular}),
        "deleted_by": basic_user(state.users[one.deleted_by]) if one.deleted_by else None,
        "actions_summary": [topic_flag(number) for number in (4, 8, 7)] if me is not None else [],
        "details": details(state, caller, one, living),
    }
    return {**shown, **({"external_id": one.external_id} if one.external_id else {})}


def topic_flag(number: int) -> dict[str, Any]:
    """What the viewer may report about a whole topic."""
    return {"id": number, "count": 0, "hidden": False, "can_act": True}


# What staff may do with a topic, as the answer names it.
POWERS = (
    *("can_move_posts", "can_delete", "can_remove_allowed_users", "can_review_topic", "can_convert_topic"),
    *("can_close_topic", "can_archive_topic", "can_split_merge_topic", "can_edit_staff_notes"),
    *("can_toggle_topic_visibility", "can_pin_unpin_topic", "can_moderate_category"),
)
OWN_POWERS = ("can_invite_to", "can_invite_via_email", "can_create_post", "can_reply_as_new_topic", "can_flag_topic")


def details(state: State, caller: Caller, one: Topic, living: Sequence[Post]) -> dict[str, Any]:
    """Who takes part in a topic, and what this person may do with it."""
    regular = [other for other in living if other.type == 1]
    author = state.users[one.user_id]
    people = {other.user_id: state.users[other.user_id] for other in regular}
    return {
        "can_edit": caller.user is not None and may_edit_topic(caller.user, one),
        "notification_level": 1,
        **(dict.fromkeys(POWERS, True) if caller.staff else {}),
        **({**dict.fromkeys(OWN_POWERS, True), "can_remove_self_id": caller.user.id} if caller.user else {}),
        "participants": [
            {**participant(user), "post_count": sum(other.user_id == user.id for other in regular)}
            for user in people.values()
        ],
        "created_by": basic_user(author),
        "last_poster": basic_user(state.users[living[-1].user_id] if living else author),
    }


def participant(user: User) -> dict[str, Any]:
    """A person who takes part in a topic."""
    nothing = ("primary_group_name", "flair_name", "flair_url", "flair_color", "flair_bg_color")
    return {**basic_user(user), **dict.fromkeys(nothing), "trust_level": user.trust_level}


def status(one: Topic) -> dict[str, bool]:
    """Whether a topic is listed, open, alive."""
    return {"visible": one.visible, "closed": one.closed, "archived": one.archived}


def tags(state: State, names: Iterable[str]) -> list[Any]:
    """Tags as this server gives them: strings, or objects on newer ones."""
    if not state.flavour.tags_as_objects:
        return list(names)
    known = list(state.tags)
    return [{"id": known.index(name) + 1 if name in known else 0, "name": name, "slug": name} for name in names]


def fancy(title: str) -> str:
    """A title as HTML, with typographic apostrophes."""
    return html.escape(title, quote=False).replace("'", "&rsquo;")


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
