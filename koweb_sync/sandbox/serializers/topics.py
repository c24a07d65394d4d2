"""Topics, as Discourse's JSON shows them: one with a page of its posts, and many in lists."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from koweb_sync.sandbox.model.data_files import data, usual
from koweb_sync.sandbox.model.languages import shown_title, tag_name
from koweb_sync.sandbox.model.permissions import Caller, may_edit_topic, sees_whispers
from koweb_sync.sandbox.model.reaction_settings import offered
from koweb_sync.sandbox.model.records import WHISPER, PostRecord, TopicRecord
from koweb_sync.sandbox.model.refusals import words
from koweb_sync.sandbox.model.state import ForumState, TopicCounts, iso
from koweb_sync.sandbox.model.texts import slug
from koweb_sync.sandbox.serializers import bookmarks_and_drafts, localization, posts, reaction_lists
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.people import basic, participant

MEGA = 10_000  # posts from which on a topic no longer lists the ids of all
PARTICIPANTS = 24
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
    # Of a very large topic only the last post is named.
    mega = {"isMegaTopic": True, "lastId": stream[-1].id} if len(stream) >= MEGA else None
    ids: dict[str, Any] = mega or {"stream": [other.id for other in stream]}
    return {
        **usual("topic", newer=state.newer),
        **fields(
            one, "id title created_at views archetype slug category_id deleted_at user_id pinned_globally pinned_at"
        ),
        **fields(one, "visible closed archived", topic_timer="timer", slow_mode_seconds="slow_seconds"),
        **fields(counts, "last_posted_at", reply_count="replies", like_count="likes", highest_post_number="highest"),
        "post_stream": {"posts": shown_posts, **ids},
        "fancy_title": posts.fancy(shown_title(state, caller, one)),
        "posts_count": len(counts.living),
        "word_count": None if state.newer and not counts.living else counts.words,
        "pinned": one.pinned_at is not None,
        "current_post_number": page[0].number if page else 1,
        "participant_count": len(counts.people),
        "deleted_by": basic(state.users[one.deleted_by]) if one.deleted_by is not None else None,
        "actions_summary": flags(state, caller),
        **bookmarks_and_drafts.of_topic(state, me, one),
        "details": details(state, caller, one, counts),
        **localization.within(state, caller, one, page),
        **sometimes(state, caller, one),
    }


def sometimes(state: ForumState, caller: Caller, one: TopicRecord) -> dict[str, Any]:
    """What only some topics say of themselves, or only to some."""
    me = caller.user
    follows = state.follows.get((one.id, me.id)) if me else None
    read = follows.last_read if follows else None
    last_read = state.numbered(one, read) if read else None
    waiting = [each for each in state.pending if each.topic_id == one.id] if state.newer else []
    mine = [each for each in waiting if me is not None and each.user_id == me.id]
    parts = (
        (state.settings["tagging_enabled"], {"tags": tags(state, caller, one.tags)}),
        (follows and follows.posted, {"posted": True}),
        (read, {"last_read_post_number": read, "last_read_post_id": last_read.id if last_read else None}),
        (caller.staff, {"has_deleted": False}),
        (one.external_id, {"external_id": one.external_id}),
        (state.settings["solved_enabled"], reaction_lists.answers(state, one)),
        (state.settings["discourse_reactions_enabled"], {"valid_reactions": offered(state)}),
        (state.newer, posts.in_unicode(one.title)),
        (state.newer and me, {"pending_posts": [fields(each, "id raw", created_at="at") for each in mine]}),
        (state.newer and caller.staff, {"queued_posts_count": len(waiting)}),
    )
    return {name: value for told, facts in parts if told for name, value in facts.items()}


def flags(state: ForumState, caller: Caller) -> list[dict[str, Any]]:
    """What can be reported about a whole topic, and whether the viewer may do so."""
    numbers = (4, 8, posts.ILLEGAL, 7) if state.newer else (4, 8, 7)
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
        nothing = {"flair_group_id": None} if state.newer else {}
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
    names = [*data("topic.json")["powers of members"]] if one.deleted_at is None else []
    names += ["can_invite_via_email"] if me.trust_level >= MAY_INVITE else []
    names += ["can_edit_tags"] if wiki and not may_edit_topic(me, one) else []
    if caller.staff:
        names += data("topic.json")["powers of staff"]
        names += ["can_recover"] if one.deleted_at is not None else ["can_delete", "can_convert_topic"]
    leaves = caller.staff or me.id in one.allowed
    return {**dict.fromkeys(names, True), **({"can_remove_self_id": me.id} if leaves else {})}


def tags(state: ForumState, caller: Caller, names: Iterable[str]) -> list[Any]:
    """A topic's tags, the most used first: strings, or objects on newer servers."""
    counts = state.tag_counts()
    known = sorted(names, key=lambda name: (counts.get(name, 0), state.tags.get(name, 0)), reverse=True)
    return known if not state.flavour.tags_as_objects else [tag(state, caller, name) for name in known]


def tag(state: ForumState, caller: Caller, name: str) -> dict[str, Any]:
    """A tag as an object: its name in the reader's language, while its slug stays."""
    return {"id": state.tags[name], "name": tag_name(state, caller, name), "slug": slug(name)}


def in_list(state: ForumState, caller: Caller, one: TopicRecord) -> dict[str, Any]:
    counts, me = state.counts(one), caller.user
    follows = state.follows.get((one.id, me.id)) if me else None
    read, private = follows.last_read if follows else None, one.archetype == "private_message"
    shown = {
        **data("topic.json")["in list"],
        **fields(one, "id title slug created_at bumped_at archetype views category_id pinned_globally"),
        **fields(one, "visible closed archived"),
        **fields(counts, "", reply_count="replies", highest_post_number="highest", like_count="likes"),
        "fancy_title": posts.fancy(shown_title(state, caller, one)),
        **posts.in_unicode(one.title),
        "posts_count": len(counts.living),
        "last_posted_at": None if one.id in state.definitions() else iso(counts.last_posted_at),
        "unseen": me is not None and not read,
        **read_state(caller, one, counts, read),
        "pinned": one.pinned_at is not None,
        "bookmarked": False if follows else None,
        "liked": liked(caller, counts) if follows else None,
        "last_poster_username": state.users[counts.posters[-1]].username,
        "posters": posters(state, counts),
    }
    shown |= {"excerpt": beginning(state, one)} if one.pinned_at is not None else {}
    shown |= {"notification_level": follows.level} if follows else {}
    shown |= {"has_accepted_answer": bool(one.answers)} if state.settings["solved_enabled"] else {}
    shown |= {"can_vote": False} if state.newer else {}
    if not private:
        return {**shown, "tags": tags(state, caller, one.tags)}
    shown |= {"allowed_user_count": len(one.allowed), "participants": participants(caller, one, counts)}
    return {**shown, **({"participant_groups": []} if state.newer else {})}


def only_listed() -> list[str]:
    """What a list says of a topic, and what such a list as beside a category does not."""
    names: list[str] = data("topic.json")["only in lists"]
    return names


def brief(state: ForumState, caller: Caller, one: TopicRecord) -> dict[str, Any]:
    """A topic with little around it, as a search shows it."""
    shown = in_list(state, caller, one)
    kept = ("tags", "tags_descriptions", "category_id", "featured_link", "can_vote")
    return {name: value for name, value in shown.items() if name not in only_listed() or name in kept}


def featured(state: ForumState, caller: Caller, one: TopicRecord) -> dict[str, Any]:
    shown = in_list(state, caller, one)
    last = basic(state.users[state.counts(one).posters[-1]])
    return {**{name: value for name, value in shown.items() if name not in only_listed()}, "last_poster": last}


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
    opened, often = words(state, "Opened the topic"), words(state, "Writes often")
    latest = words(state, "Wrote last")
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
