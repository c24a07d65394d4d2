"""Posts, as Discourse's JSON shows them."""

import html
import re
from dataclasses import replace
from typing import Any

from koweb_sync.sandbox.cooking import emoji
from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.permissions import Caller, hidden_from, may_edit, sees_whispers
from koweb_sync.sandbox.model.records import LIKE, REGULAR, SMALL_ACTION, SYSTEM, WHISPER, PostRecord, TopicRecord
from koweb_sync.sandbox.model.refusals import words
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.serializers import localization, polls, reactions
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.people import avatar, basic

TO_AUTHOR, ILLEGAL = 6, 10  # a flag that is a message to the author; one that older servers do not know
FLAGS = {"2022": (3, 4, 8, TO_AUTHOR, 7), "2025": (TO_AUTHOR, 3, 4, 8, ILLEGAL, 7)}


def post(state: ForumState, caller: Caller, one: PostRecord, *, raw: bool, listed: bool = False) -> dict[str, Any]:
    """A post. `raw`: with its Markdown; a hidden one shows it to staff and its author alone. `listed`: within its
    topic, where what has been read is known.
    """
    user, topic, me = state.users[one.user_id], state.topics[one.topic_id], caller.user
    hidden = hidden_from(caller, one)
    shown = {
        **data("post.json")["every server"],
        **fields(one, "id created_at updated_at topic_id user_id hidden deleted_at user_deleted wiki"),
        **fields(
            one, "", post_number="number", post_type="type", reply_to_post_number="reply_to", quote_count="quotes"
        ),
        **fields(user, "name username moderator admin staff trust_level", display_username="name"),
        "avatar_template": avatar(user),
        "cooked": f"<p>{notice_of_hiding(state)}</p>" if hidden else localization.cooked(state, caller, one),
        "reply_count": len(one.replies),
        "yours": me is not None and me.id == one.user_id,
        "topic_slug": topic.slug,
        "version": one.version if caller.staff else one.version - sum(rev.hidden for rev in one.revisions),
        **rights(caller, topic, one),
        "bookmarked": me is not None and ("Post", one.id) in state.bookmarks.get(me.id, ()),
        "actions_summary": actions(state, caller, topic, one),
        "edit_reason": None if hidden else one.edit_reason,
        **localization.facts(state, caller, one),
        **({"raw": None if hidden else one.raw} if raw else {}),
    }
    shown |= newer(state, caller, topic, one) if state.newer else {}
    return {**shown, **more(state, caller, topic, one), **(within(state, caller, topic, one) if listed else {})}


def newer(state: ForumState, caller: Caller, topic: TopicRecord, one: PostRecord) -> dict[str, Any]:
    """What newer servers say of a post beside."""
    found: dict[str, Any] = {
        "posts_count": len(state.counts(topic).living),
        "flair_group_id": None,
        "badges_granted": [],
        "can_see_hidden_post": not hidden_from(caller, replace(one, hidden=True)),
        "post_url": f"/t/{topic.slug}/{topic.id}/{one.number}",
    }
    return found | ({"can_vote": False} if one.number == 1 else {})


def notice_of_hiding(state: ForumState) -> str:
    """What the public reads instead of a hidden post."""
    return words(state, "This post was flagged by the community and is temporarily hidden.")


def more(state: ForumState, caller: Caller, topic: TopicRecord, one: PostRecord) -> dict[str, Any]:
    """What only some posts have."""
    found: dict[str, Any] = answered(state, caller, topic, one.reply_to) if one.reply_to else {}
    found |= {"action_code": one.action_code} if one.action_code else {}
    kept = state.bookmarks.get(caller.user.id, {}).get(("Post", one.id)) if caller.user else None
    if kept is not None:
        facts = fields(kept, "reminder_at id name", auto_delete_preference="auto_delete")
        found |= {f"bookmark_{name}": value for name, value in facts.items()}
    found |= above(state, one) if one.type != SMALL_ACTION else {}
    found |= {"last_wiki_edit": iso(one.revisions[-1].at)} if one.wiki and one.number == 1 and one.revisions else {}
    found |= {"static_doc": True} if one.number == 1 and page_of_forum(state, topic) else {}
    found |= {"locked": True} if one.locked and caller.staff else {}
    found |= {"deleted_by": basic(state.users[one.deleted_by])} if one.deleted_by is not None else {}
    found |= {"cooked_hidden": True, "can_see_hidden_post": caller.staff} if one.hidden else {}
    if caller.staff:
        found |= {"reviewable_id": None, "reviewable_score_count": 0, "reviewable_score_pending_count": 0}
    if one.polls and not hidden_from(caller, one):
        found |= polls.of_post(state, caller, one)
    found |= reactions.of_post(state, caller.user, one) if state.settings["discourse_reactions_enabled"] else {}
    return found | (reactions.of_answer(caller, topic, one) if state.settings["solved_enabled"] else {})


def above(state: ForumState, one: PostRecord) -> dict[str, Any]:
    """The notice above a post: what staff wrote there, or that its author is new or comes back."""
    if one.staff_notice is None:
        return {"notice": {"type": one.notice}} if one.notice else {}
    text, author = one.staff_notice
    cooked = state.cook(replace(one, raw=text, html=None, polls=[]))
    by = {"created_by_user_id": author} if state.newer else {}
    return {"notice": {"type": "custom", "raw": text, "cooked": cooked, **by}}


def page_of_forum(state: ForumState, topic: TopicRecord) -> bool:
    """Whether a topic is a page of the forum, as its guidelines or terms: the system wrote it for the team, and in a
    second post how it is changed.
    """
    if topic.user_id != SYSTEM or topic.id in state.definitions() or len(topic.post_ids) < 2:
        return False
    second, place = state.posts[topic.post_ids[1]], state.categories.get(topic.category_id or 0)
    return second.user_id == SYSTEM and second.type == REGULAR and place is not None and place.read_restricted


def within(state: ForumState, caller: Caller, topic: TopicRecord, one: PostRecord) -> dict[str, Any]:
    """What is known of a post within its topic: whether the viewer read it."""
    me = caller.user
    follows = state.follows.get((topic.id, me.id)) if me else None
    read = me is None or one.user_id == me.id or one.number <= ((follows.last_read if follows else 0) or 0)
    shown: dict[str, Any] = {"read": read, **({"reviewable_id": 0} if caller.staff else {})}
    if one.staff_notice is not None and caller.staff and state.newer:
        shown["notice_created_by_user"] = basic(state.users[one.staff_notice[1]])
    return shown


def answered(state: ForumState, caller: Caller, topic: TopicRecord, number: int) -> dict[str, Any]:
    """Whom a post answers."""
    found = state.numbered(topic, number)
    if found is None or (found.type == WHISPER and not sees_whispers(state, caller.user)):
        return {}
    author = state.users[found.user_id]
    if not state.newer:
        return {"reply_to_user": {"username": author.username, "avatar_template": avatar(author)}}
    return {"reply_to_user": basic(author)}


def rights(caller: Caller, topic: TopicRecord, one: PostRecord) -> dict[str, bool]:
    """What the viewer may do with a post."""
    user = caller.user
    mine = user is not None and user.id == one.user_id
    deletable = one.number > 1 and one.alive and not one.user_deleted
    return {
        "can_edit": user is not None and may_edit(user, topic, one),
        "can_delete": (caller.staff and one.number > 1) or (mine and deletable and not topic.archived),
        "can_recover": (caller.staff and not one.alive) or (mine and one.user_deleted),
        "can_wiki": user is not None and (user.staff or user.trust_level >= 3) and (user.staff or mine),
    }


def actions(state: ForumState, caller: Caller, topic: TopicRecord, one: PostRecord) -> list[dict[str, Any]]:
    """Likes, and what else the viewer may do."""
    me = caller.user
    mine = me is not None and me.id == one.user_id
    liked = me is not None and any(user == me.id for user, _at in one.likes)
    like: dict[str, Any] = {"id": LIKE}
    like |= {"count": len(one.likes)} if one.likes else {}
    like |= {"acted": True, "can_undo": True} if liked else {}
    may = me is not None and not mine and not liked and one.alive and not topic.archived and one.type != SMALL_ACTION
    like |= {"can_act": True} if may else {}
    quiet = mine or one.user_id < 0  # no messages to oneself, nor to the system
    known = FLAGS[state.flavour.fields] if me is not None and (me.staff or me.trust_level > 0) else ()
    flags = [number for number in known if not (quiet and number == TO_AUTHOR)]
    return [*([like] if len(like) > 1 else []), *({"id": number, "can_act": True} for number in flags)]


def in_list(state: ForumState, caller: Caller, one: PostRecord) -> dict[str, Any]:
    """A post in a list over all topics, with the topic that it stands in."""
    topic = state.topics[one.topic_id]
    names = {"topic_title": topic.title, "topic_html_title": fancy(topic.title), "category_id": topic.category_id}
    shown = {**post(state, caller, one, raw=True), **names}
    if state.newer:
        shown |= {"excerpt": excerpt(str(shown["cooked"]), links=True), "truncated": True}
    return shown


def excerpt(cooked: str, most: int = 300, *, links: bool = False) -> str:
    """The beginning of a post without its HTML. `links`: those stay."""
    kept = r"<(?!/?a[ >])[^>]*>" if links else r"<[^>]*>"
    named = re.sub(r'<img[^>]*alt="(:[^"]*:)"[^>]*>', r"\1", cooked)
    text = html.unescape(re.sub(kept, "", named)).strip()
    return text if len(text) <= most else text[:most].rstrip() + "&hellip;"


def in_unicode(title: str) -> dict[str, str]:
    """A title with emoji in the place of their names, where it has such names."""
    known = emoji.tables().characters
    shown = re.sub(r":([\w+-]+):", lambda found: known.get(found[1].lower(), found[0]), title)
    return {"unicode_title": shown} if shown != title else {}


def fancy(title: str) -> str:
    """A title as HTML, with typographic apostrophes."""
    return html.escape(title, quote=False).replace("'", "&rsquo;")
