"""Topics, as Discourse's JSON shows them: one with a page of its posts, and many in lists."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.model.languages import shown_title, tag_name
from koweb_sync.sandbox.model.permissions import Caller, may_edit_topic, sees_whispers
from koweb_sync.sandbox.model.reaction_settings import offered
from koweb_sync.sandbox.model.records import WHISPER, PostRecord, TopicRecord
from koweb_sync.sandbox.model.state import ForumState, TopicCounts, iso
from koweb_sync.sandbox.model.texts import slug
from koweb_sync.sandbox.serializers import bookmarks_and_drafts, localization, posts, reaction_lists
from koweb_sync.sandbox.serializers.people import basic, participant

MEGA = 10_000  # posts from which on a topic no longer lists the ids of all
PARTICIPANTS = 24

# What every topic here has in common.
SAME: Mapping[str, Any] = {
    "timeline_lookup": [[1, 0]],
    "suggested_topics": [],
    "tags_descriptions": {},
    "has_summary": False,
    "featured_link": None,
    "pinned_until": None,
    "unpinned": None,
    "image_url": None,
    "slow_mode_enabled_until": None,
    "message_bus_last_id": 0,
    "show_read_indicator": False,
    "thumbnails": None,
    "chunk_size": 20,
}
STAFF_POWERS = (
    *("can_move_posts", "can_remove_allowed_users", "can_review_topic", "can_close_topic", "can_archive_topic"),
    *("can_split_merge_topic", "can_edit_staff_notes", "can_toggle_topic_visibility", "can_pin_unpin_topic"),
    *("can_moderate_category", "can_invite_to", "can_invite_via_email", "can_reply_as_new_topic", "can_flag_topic"),
)
OWN_POWERS = ("can_invite_to", "can_create_post", "can_reply_as_new_topic", "can_flag_topic")
MAY_INVITE = 2  # the trust level from which on people may send invitations by e-mail


def readable(state: ForumState, caller: Caller, topic: TopicRecord, *, deleted: bool = False) -> Sequence[PostRecord]:
    """The posts of a topic that somebody reads, in order: no whispers for the public; deleted ones for staff who ask
    for them, or where the whole topic is deleted.
    """
    if caller.staff and (deleted or topic.deleted_at is not None):
        return state.posts_of(topic)
    living = state.counts(topic).living
    if sees_whispers(state, caller.user):
        return [one for one in state.posts_of(topic) if one.alive]
    return living


def topic(
    state: ForumState, caller: Caller, one: TopicRecord, page: Sequence[PostRecord], **how: Any
) -> dict[str, Any]:
    """A topic with a page of its posts. `how`: `raw` for their Markdown; `stream`, all posts that this person reads."""
    counts, me = state.counts(one), caller.user
    stream: Sequence[PostRecord] = how["stream"]
    shown_posts = [posts.post(state, caller, other, raw=how["raw"], listed=True) for other in page]
    follows = state.follows.get((one.id, me.id)) if me else None
    return {
        **SAME,
        "post_stream": {"posts": shown_posts, **ids_of(stream)},
        **({"tags": tags(state, caller, one.tags)} if state.settings["tagging_enabled"] else {}),
        "id": one.id,
        "title": one.title,
        "fancy_title": posts.fancy(shown_title(state, caller, one)),
        "posts_count": len(counts.living),
        "created_at": iso(one.created_at),
        "views": one.views,
        "reply_count": counts.replies,
        "like_count": counts.likes,
        "last_posted_at": iso(counts.last_posted_at),
        **status(one),
        "archetype": one.archetype,
        "slug": one.slug,
        "category_id": one.category_id,
        "word_count": None if state.flavour.fields != "2022" and not counts.living else counts.words,
        "deleted_at": iso(one.deleted_at),
        "user_id": one.user_id,
        "pinned_globally": one.pinned_globally,
        "pinned_at": iso(one.pinned_at),
        "slow_mode_seconds": one.slow_seconds,
        **({"posted": follows.posted} if follows and follows.posted else {}),
        **({"last_read_post_number": follows.last_read} if follows and follows.last_read else {}),
        **({"last_read_post_id": read_post(state, one, follows.last_read)} if follows and follows.last_read else {}),
        "pinned": one.pinned_at is not None,
        "current_post_number": page[0].number if page else 1,
        "highest_post_number": counts.highest,
        "participant_count": len(counts.people),
        "deleted_by": basic(state.users[one.deleted_by]) if one.deleted_by is not None else None,
        **({"has_deleted": False} if caller.staff else {}),
        "actions_summary": flags(state, caller),
        **bookmarks_and_drafts.of_topic(state, me, one),
        "topic_timer": one.timer,
        "details": details(state, caller, one, counts),
        **({"external_id": one.external_id} if one.external_id else {}),
        **(reaction_lists.answers(state, one) if state.settings["solved_enabled"] else {}),
        **({"valid_reactions": offered(state)} if state.settings["discourse_reactions_enabled"] else {}),
        **localization.within(state, caller, one, page),
        **(newer(state, caller, one) if state.flavour.fields != "2022" else {}),
    }


def newer(state: ForumState, caller: Caller, one: TopicRecord) -> dict[str, Any]:
    """What newer servers say of a topic beside."""
    found: dict[str, Any] = {
        "can_vote": False,
        "vote_count": 0,
        "user_voted": False,
        **posts.in_unicode(one.title),
    }
    waiting = [each for each in state.pending if each.topic_id == one.id]
    if caller.user is not None:
        mine = [each for each in waiting if each.user_id == caller.user.id]
        found["pending_posts"] = [{"id": each.id, "raw": each.raw, "created_at": iso(each.at)} for each in mine]
    return found | ({"queued_posts_count": len(waiting)} if caller.staff else {})


def ids_of(stream: Sequence[PostRecord]) -> dict[str, Any]:
    """The ids of all posts; of a very large topic only the last one."""
    if len(stream) >= MEGA:
        return {"isMegaTopic": True, "lastId": stream[-1].id}
    return {"stream": [other.id for other in stream]}


def read_post(state: ForumState, one: TopicRecord, number: int | None) -> int | None:
    """The id of the post up to which somebody read."""
    found = state.numbered(one, number) if number else None
    return found.id if found else None


def flags(state: ForumState, caller: Caller) -> list[dict[str, Any]]:
    """What can be reported about a whole topic, and whether the viewer may do so."""
    numbers = (4, 8, 7) if state.flavour.fields == "2022" else (4, 8, posts.ILLEGAL, 7)
    may = {"can_act": True} if caller.user is not None and (caller.staff or caller.user.trust_level > 0) else {}
    return [{"id": number, "count": 0, "hidden": False, **may} for number in numbers]


def details(state: ForumState, caller: Caller, one: TopicRecord, counts: TopicCounts) -> dict[str, Any]:
    """Who takes part in a topic, and what this person may do with it."""
    author, me = state.users[one.user_id], caller.user
    follows = state.follows.get((one.id, me.id)) if me else None
    last = next((post for post in reversed(counts.living) if post.type != WHISPER), None)
    shown: dict[str, Any] = {
        "can_edit": me is not None and may_edit_topic(me, one),
        "notification_level": follows.level if follows else 1,
        **({"notifications_reason_id": follows.reason} if follows and follows.reason else {}),
        **powers(caller, one, wiki=state.first_post(one).wiki),
        "created_by": basic(author),
        "last_poster": basic(state.users[last.user_id] if last else author),
    }
    if counts.people:
        busiest = list(writers(state, caller, one, counts).items())[:PARTICIPANTS]
        nothing = {"flair_group_id": None} if state.flavour.fields != "2022" else {}
        shown["participants"] = [{**participant(state.users[user], number), **nothing} for user, number in busiest]
    if one.archetype == "private_message":
        shown["allowed_users"] = [basic(state.users[user]) for user in sorted(one.allowed)]
        shown["allowed_groups"] = []
    return shown


def powers(caller: Caller, one: TopicRecord, *, wiki: bool) -> dict[str, Any]:
    """What the viewer may do with a topic, as the answer names it. `wiki`: whether its first post is everybody's."""
    me = caller.user
    if me is None:
        return {}
    names = [*OWN_POWERS] if one.deleted_at is None else []
    names += ["can_invite_via_email"] if me.trust_level >= MAY_INVITE else []
    names += ["can_edit_tags"] if wiki and not may_edit_topic(me, one) else []
    if caller.staff:
        names += STAFF_POWERS
        names += ["can_recover"] if one.deleted_at is not None else ["can_delete", "can_convert_topic"]
    leaves = caller.staff or me.id in one.allowed
    return {**dict.fromkeys(names, True), **({"can_remove_self_id": me.id} if leaves else {})}


def status(one: TopicRecord) -> dict[str, bool]:
    """Whether a topic is listed, open, kept."""
    return {"visible": one.visible, "closed": one.closed, "archived": one.archived}


def tags(state: ForumState, caller: Caller, names: Iterable[str]) -> list[Any]:
    """A topic's tags, the most used first: strings, or objects on newer servers."""
    counts = state.tag_counts()
    known = sorted(names, key=lambda name: (counts.get(name, 0), state.tags.get(name, 0)), reverse=True)
    return known if not state.flavour.tags_as_objects else [tag(state, caller, name) for name in known]


def tag(state: ForumState, caller: Caller, name: str) -> dict[str, Any]:
    """A tag as an object: its name in the reader's language, while its slug stays."""
    return {"id": state.tags[name], "name": tag_name(state, caller, name), "slug": slug(name)}


# ---- lists


def in_list(state: ForumState, caller: Caller, one: TopicRecord) -> dict[str, Any]:
    """A topic in a list."""
    counts, me = state.counts(one), caller.user
    follows = state.follows.get((one.id, me.id)) if me else None
    pinned = one.pinned_at is not None
    grouped = one.archetype == "private_message" and state.flavour.fields != "2022"
    return {
        "id": one.id,
        "title": one.title,
        "fancy_title": posts.fancy(shown_title(state, caller, one)),
        **posts.in_unicode(one.title),
        "slug": one.slug,
        "posts_count": len(counts.living),
        "reply_count": counts.replies,
        "highest_post_number": counts.highest,
        "image_url": None,
        "created_at": iso(one.created_at),
        "last_posted_at": None if one.id in state.definitions() else iso(counts.last_posted_at),
        "bumped": True,
        "bumped_at": iso(one.bumped_at),
        "archetype": one.archetype,
        "unseen": me is not None and not (follows and follows.last_read),
        **read_state(caller, one, counts, follows.last_read if follows else None),
        "pinned": pinned,
        "unpinned": None,
        **({"excerpt": beginning(state, one)} if pinned else {}),
        **status(one),
        **({"notification_level": follows.level} if follows else {}),
        "bookmarked": False if follows else None,
        "liked": liked(caller, counts) if follows else None,
        **({"tags": tags(state, caller, one.tags)} if one.archetype != "private_message" else {}),
        "tags_descriptions": {},
        "views": one.views,
        "like_count": counts.likes,
        "has_summary": False,
        "last_poster_username": state.users[counts.posters[-1]].username,
        "category_id": one.category_id,
        "pinned_globally": one.pinned_globally,
        "featured_link": None,
        **({"allowed_user_count": len(one.allowed)} if one.archetype == "private_message" else {}),
        **({"has_accepted_answer": bool(one.answers)} if state.settings["solved_enabled"] else {}),
        **({"can_vote": False} if state.flavour.fields != "2022" else {}),
        "posters": posters(state, counts),
        **({"participants": participants(caller, one, counts)} if one.archetype == "private_message" else {}),
        **({"participant_groups": []} if grouped else {}),
    }


# What a list says of a topic, and what such a list as beside a category does not.
LISTED_ONLY = (
    *("tags", "tags_descriptions", "views", "like_count", "has_summary", "last_poster_username", "category_id"),
    *("pinned_globally", "featured_link", "can_vote", "posters"),
)


def brief(state: ForumState, caller: Caller, one: TopicRecord) -> dict[str, Any]:
    """A topic with little around it, as a search shows it."""
    shown = in_list(state, caller, one)
    kept = ("tags", "tags_descriptions", "category_id", "featured_link", "can_vote")
    return {name: value for name, value in shown.items() if name not in LISTED_ONLY or name in kept}


def featured(state: ForumState, caller: Caller, one: TopicRecord) -> dict[str, Any]:
    """A topic beside its category."""
    shown = in_list(state, caller, one)
    last = basic(state.users[state.counts(one).posters[-1]])
    return {**{name: value for name, value in shown.items() if name not in LISTED_ONLY}, "last_poster": last}


def beginning(state: ForumState, one: TopicRecord) -> str | None:
    """How a pinned topic begins; nothing of the definition of a category."""
    first = state.first_post(one)
    return None if one.id in state.definitions() or first.hidden else posts.excerpt(first.cooked) or None


def read_state(caller: Caller, one: TopicRecord, counts: TopicCounts, read: int | None) -> dict[str, Any]:
    """How far the viewer has read, once they have begun."""
    if caller.user is None or (read is None and one.archetype != "private_message"):
        return {}
    left = counts.highest - read if read else 0
    return {"last_read_post_number": read, "unread": 0, "new_posts": left, "unread_posts": left}


def liked(caller: Caller, counts: TopicCounts) -> bool:
    """Whether the viewer likes anything in a topic."""
    me = caller.user
    return me is not None and any(user == me.id for one in counts.living for user, _at in one.likes)


def posters(state: ForumState, counts: TopicCounts) -> list[dict[str, Any]]:
    """Who opened a topic, who else wrote, and who wrote last."""
    say = catalog(str(state.settings.get("default_locale", "en"))).gettext
    opened, often, latest = say("Opened the topic"), say("Writes often"), say("Wrote last")
    first, *others = counts.posters
    if not others:
        return [poster(first, f"{opened}, {latest}", "latest single")]
    middle = [poster(user, often, None) for user in others[:-1]]
    return [poster(first, opened, None), *middle, poster(others[-1], latest, "latest")]


def poster(user: int, text: str | None, extras: str | None) -> dict[str, Any]:
    """One of the people whom a list shows beside a topic."""
    nothing = {"primary_group_id": None, "flair_group_id": None}
    return {"extras": extras, "description": text, "user_id": user, **nothing}


def writers(state: ForumState, caller: Caller, one: TopicRecord, counts: TopicCounts) -> Mapping[int, int]:
    """Who wrote how many posts in a topic, the busiest first; whispers count for those who read them."""
    if not sees_whispers(state, caller.user):
        return counts.people
    found = dict(counts.people)
    for post in state.posts_of(one):
        if post.alive and post.type == WHISPER:
            found[post.user_id] = found.get(post.user_id, 0) + 1
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def participants(caller: Caller, one: TopicRecord, counts: TopicCounts) -> list[dict[str, Any]]:
    """Who else reads a private message, the last writer first."""
    last, me = counts.posters[-1], caller.user.id if caller.user else None
    others = [user for user in sorted(one.allowed) if user not in (last, me)]
    return [poster(last, None, "latest"), *(poster(user, None, None) for user in others)]
