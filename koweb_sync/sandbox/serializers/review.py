"""The review queue, as staff see it, and as people see what of theirs waits."""

from collections.abc import Sequence
from typing import Any

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.records import SYSTEM, WaitingPost
from koweb_sync.sandbox.model.refusals import words
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.people import avatar, basic
from koweb_sync.sandbox.serializers.post_action_types import names
from koweb_sync.sandbox.serializers.posts import fancy

STATUSES = ("pending", "approved", "rejected", "ignored", "deleted")
NEEDS_APPROVAL = 9  # the kind of score
EDITABLE = (("category_id", "category"), ("payload.title", "text"), ("payload.tags", "tags"))


def flags(state: ForumState) -> list[dict[str, Any]]:
    """What people may say of a post, and that something needs approval."""
    called = names(state)
    kinds = [{"id": number, "name": called[number]} for number in (3, 4, 8, 10, 7)]
    return [*kinds, {"id": NEEDS_APPROVAL, "name": words(state, "Needs approval")}]


def deeds(state: ForumState) -> list[dict[str, Any]]:
    """All that a moderator may do about something that waits."""
    done = words(state, "Post approved.")
    warning = words(state, "The user is deleted, and their e-mail and IP addresses are blocked.")
    return [
        deed("approve_post", words(state, "Approve post"), icon="check", completed_message=done),
        deed("reject_post", words(state, "Delete post"), icon="xmark", button_class="reject-post"),
        deed("delete_user", words(state, "Delete user"), icon="user-xmark"),
        {**deed("delete_user_block", words(state, "Delete and block user"), icon="ban"), "description": warning},
        deed("revise_and_reject_post", words(state, "Revise post…")),
        deed("delete", words(state, "Delete")),
    ]


def deed(name: str, label: str, **facts: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("icon", "button_class", "completed_message"))
    return {"id": name, "label": label, "server_action": name, **nothing, **facts}


def actions(one: WaitingPost) -> tuple[str, ...]:
    """What can be done about something: bundles of deeds."""
    if one.status == 0:
        return ("approve_post", f"{one.id}-reject", "revise_and_reject_post", "delete")
    return ("delete",) if one.status == 1 else ("approve_post", "delete")


def reviewable(state: ForumState, host: str, one: WaitingPost) -> dict[str, Any]:
    """Something in the queue."""
    author = state.users[one.user_id]
    editable = () if one.status else (*(EDITABLE if one.topic_id is None else ()), ("payload.raw", "editor"))
    topic = state.topics.get(one.topic_id or 0)
    made = state.posts.get(one.post_id or 0)
    place: dict[str, Any] = {"topic_id": None, "removed_topic_id": None}
    if topic is not None:
        url = f"{host}/t/{topic.slug}/{topic.id}"
        place = {"topic_id": topic.id, "topic_url": url, "topic_tags": list(topic.tags)}
        place["target_url"] = f"{url}/{made.number}" if made and made.number > 1 else url
    titled = {"title": one.title} if one.title is not None else {}
    shown = {
        **fields(one, "id category_id version status", created_at="at"),
        **data("review.json")["reviewable"],
        **place,
        "can_edit": one.status == 0,
        "target_created_by_trust_level": author.trust_level,
        "payload": {"raw": one.raw, **titled, "is_poll": True, "tags": one.given["tags"]},
        "target_created_by_id": author.id,
        "editable_fields": [{"id": name, "type": kind} for name, kind in editable],
        "reviewable_score_ids": [one.scored],
        "bundled_action_ids": list(actions(one)),
        **({"post_id": one.post_id} if one.post_id else {}),
    }
    return {**shown, **(data("review.json")["newer"] if state.flavour.tells_queued else {})}


def reason(state: ForumState, host: str, one: WaitingPost) -> dict[str, Any]:
    """Why something waits, in words."""
    if one.reason == "category":
        category = state.categories.get(one.category_id or 0)
        text = words(state, "Posts in this category must be approved by staff. See {settings}.")
        url = f"{host}/c/{category.slug if category else ''}/edit/settings"
        link = f'<a href="{url}">{words(state, "category settings")}</a>'
        return {"reason": text.format(settings=link), "reason_type": "category", "reason_data": None}
    if one.words:
        text = words(state, "This post has words that are watched: {words}. See {settings}.")
        link = f'<a href="{host}/admin/customize/watched_words">{words(state, "watched words")}</a>'
        said = text.format(words=", ".join(one.words), settings=link)
        return {"reason": said, "reason_type": "watched_word", "reason_data": list(one.words)}
    text = words(state, "What this person writes must be approved by staff.")
    return {"reason": text, "reason_type": one.reason, "reason_data": None}


def score(state: ForumState, host: str, one: WaitingPost) -> dict[str, Any]:
    """What the queue notes about something."""
    return {
        **fields(one, "status", id="scored", created_at="at", reviewed_at="settled_at", reviewed_by_id="settled_by"),
        **data("review.json")["score"],
        **reason(state, host, one),
    }


def beside(state: ForumState, host: str, found: Sequence[WaitingPost]) -> dict[str, Any]:
    """What an answer about things in the queue tells beside them: people, topics, reasons, deeds."""
    people = [user for one in found for user in (state.users.get(SYSTEM), state.users[one.user_id]) if user]
    topics = [state.topics[one.topic_id] for one in found if one.topic_id in state.topics]
    kind = {"id": NEEDS_APPROVAL, "title": words(state, "Needs approval"), "icon": "flag", "type": "needs_approval"}
    bundles = {name: name for one in found for name in actions(one)}
    possible = {name for one in bundles for name in inside(one)}
    more: dict[str, Any] = {"reviewable_notes": [], "claimed_bies": []} if state.flavour.tells_queued else {}
    return {
        "users": [{**basic(user), "custom_fields": {}} for user in people],
        "topics": [brief(state, one.id) for one in topics],
        "reviewable_scores": [score(state, host, one) for one in found],
        "score_types": [kind for _one in found],
        "reviewable_conversations": [],
        "bundled_actions": [bundle(state, name) for name in bundles],
        "actions": [one for one in deeds(state) if one["id"] in possible],
        **more,
        "__rest_serializer": "1",
    }


def inside(name: str) -> tuple[str, ...]:
    """The deeds of a bundle."""
    return ("reject_post", "delete_user", "delete_user_block") if name.endswith("-reject") else (name,)


def bundle(state: ForumState, name: str) -> dict[str, Any]:
    """Deeds that stand together."""
    label = {"label": words(state, "Reject post")} if name.endswith("-reject") else {}
    return {"id": name, **label, "action_ids": list(inside(name))}


def brief(state: ForumState, number: int) -> dict[str, Any]:
    """A topic that something in the queue is about."""
    one = state.topics[number]
    counts = state.counts(one)
    return {
        **fields(one, "id title slug created_at bumped_at archetype visible closed archived"),
        **fields(counts, "last_posted_at", reply_count="replies", highest_post_number="highest"),
        "fancy_title": fancy(one.title),
        "posts_count": len(counts.living),
        **data("review.json")["topic"],
        "has_accepted_answer": bool(one.answers),
    }


def meta(state: ForumState, given: dict[str, str | None], total: int) -> dict[str, Any]:
    """What a list of the queue says about itself. `given`: what it was chosen by."""
    table = data("review.json")
    found: dict[str, Any] = {
        "status": given.get("status") or "pending",
        **{name: given.get(name) for name in table["asked for"]},
        "additional_filters": {},
        "total_rows_reviewables": total,
        "types": table["kinds"],
        "reviewable_types": table["types"],
        "reviewable_count": len(state.pending),
    }
    if state.flavour.tells_queued:
        found |= {
            "ids": given.get("ids"),
            "unknown_reviewable_types_and_sources": [],
            "score_types": flags(state),
            "unseen_reviewable_count": len(state.pending),
        }
    return found


def performed(state: ForumState, one: WaitingPost) -> dict[str, Any]:
    """What a moderator's deed did."""
    made = state.posts.get(one.post_id or 0)
    created = {"created_post_id": made.id, "created_post_topic_id": made.topic_id} if made else {}
    unseen = {"unseen_reviewable_count": len(state.pending)} if state.flavour.tells_queued else {}
    return {
        "success": True,
        "transition_to": STATUSES[one.status],
        "transition_to_id": one.status,
        **created,
        "remove_reviewable_ids": [one.id],
        "version": one.version,
        "reviewable_count": len(state.pending),
        **unseen,
    }


def pending(state: ForumState, one: WaitingPost) -> dict[str, Any]:
    author, topic = state.users[one.user_id], state.topics.get(one.topic_id or 0)
    return {
        **fields(one, "id category_id", created_at="at", raw_text="raw"),
        **fields(author, "name username", created_by_id="id"),
        "avatar_template": avatar(author),
        "title": topic.title if topic else one.title,
        "topic_id": topic.id if topic else None,
        "topic_url": state.at(f"/t/{topic.slug}/{topic.id}") if topic else None,
    }
