"""Categories, as Discourse's JSON shows them."""

from collections import defaultdict
from typing import Any

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.languages import category_name
from koweb_sync.sandbox.model.permissions import Caller, may_see, permission
from koweb_sync.sandbox.model.records import SYSTEM, CategoryRecord, TopicRecord
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.serializers import topics
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.times import DAY_IN_SECONDS

FEATURED = 3
SPANS = {"topics_day": 1, "topics_week": 7, "topics_month": 30, "topics_year": 365, "topics_all_time": 10**6}


class Census:
    """How many topics and posts each category has, counted once for one answer. Definitions do not count."""

    def __init__(self, state: ForumState) -> None:
        self.topics: dict[int, list[float]] = defaultdict(list)
        self.posts: dict[int, int] = defaultdict(int)
        self.latest: dict[int, float] = defaultdict(float)
        self.listed: dict[int, list[TopicRecord]] = defaultdict(list)
        definitions = state.definitions()
        for one in state.topics.values():
            if one.deleted_at is None and one.category_id and one.id not in definitions:
                counts = state.counts(one)
                self.topics[one.category_id].append(one.created_at)
                self.posts[one.category_id] += len(counts.living)
                self.latest[one.category_id] = max(self.latest[one.category_id], one.bumped_at)
                self.listed[one.category_id].append(one)

    def featured(self, state: ForumState, caller: Caller, category: CategoryRecord) -> list[TopicRecord]:
        """The topics that a list of categories shows with one: pinned ones before those of the latest activity."""
        seen = [one for one in self.listed[category.id] if one.visible and may_see(state, caller, one)]
        return sorted(seen, key=lambda one: (one.pinned_at is None, -one.bumped_at))[:FEATURED]


def visible(state: ForumState, caller: Caller) -> list[CategoryRecord]:
    """The categories that somebody may see, in their order."""
    seen = [one for one in state.categories.values() if permission(caller.user, one) is not None]
    return sorted(seen, key=lambda one: (one.position, one.id))


def category(state: ForumState, caller: Caller, one: CategoryRecord, census: Census) -> dict[str, Any]:
    children = sum(other.parent_id == one.id for other in state.categories.values())
    shown = {
        **data("category.json")["every server"],
        **fields(one, "id color text_color slug position read_restricted"),
        "name": category_name(state, caller, one),
        "topic_count": len(census.topics[one.id]),
        "post_count": census.posts[one.id],
        **dict.fromkeys(("description", "description_text", "description_excerpt"), one.description or None),
        "topic_url": topic_url(state, one),
        "permission": permission(caller.user, one) if caller.user else None,
        "notification_level": 0 if caller.user and one.id in caller.user.muted else 1,
        "has_children": children > 0,
        "minimum_required_tags": one.tag_rules.least,
        **({"parent_category_id": one.parent_id} if one.parent_id else {}),
        **({"can_edit": caller.staff} if caller.user else {}),
    }
    return {**shown, **(newer(state, one, children) if state.newer else {})}


# The categories that a newer forum brings with it have an emoji; the chat plugin opens a channel in two of them.
EMOJI = {2: "thought_balloon", 3: "shield", 4: "blue_book"}
CHATTED = (3, 4)


def newer(state: ForumState, one: CategoryRecord, children: int) -> dict[str, Any]:
    """What newer servers say of a category beside: how it is drawn, and what plugins keep with it."""
    topic = state.topics.get(one.topic_id or 0)
    brought = topic is not None and topic.user_id == SYSTEM
    emoji = EMOJI.get(one.id) if brought else None
    chatted = {"has_chat_enabled": True} if brought and one.id in CHATTED else {}
    return {
        **data("category.json")["newer"],
        "style_type": "emoji" if emoji else "square",
        "emoji": emoji,
        "subcategory_count": children or None,
        "custom_fields": {**data("category.json")["custom fields"], **chatted},
    }


def topic_url(state: ForumState, one: CategoryRecord) -> str | None:
    """Where the topic that describes a category is."""
    topic = state.topics.get(one.topic_id or 0)
    return state.at(f"/t/{topic.slug}/{topic.id}") if topic else None


def tag_rules(state: ForumState, one: CategoryRecord) -> dict[str, Any]:
    """Which tags a category takes, and which it wants: on older servers of one group at most."""
    rules, groups = one.tag_rules, state.labels.groups
    wanted = [{"name": groups[number].name, "min_count": least} for number, least in rules.required if number in groups]
    first = wanted[0] if wanted else {"name": None, "min_count": 1}
    older = {"min_tags_from_required_group": first["min_count"], "required_tag_group_name": first["name"]}
    return {
        "allowed_tags": sorted(rules.allowed),
        "allowed_tag_groups": [groups[number].name for number in sorted(rules.groups) if number in groups],
        "allow_global_tags": rules.open_to_all,
        "minimum_required_tags": rules.least,
        **({"required_tag_groups": wanted} if state.flavour.many_required_groups else older),
        "read_only_banner": None,
    }


def in_site(state: ForumState, caller: Caller, one: CategoryRecord, census: Census) -> dict[str, Any]:
    """A category in `/site.json`."""
    shown = category(state, caller, one, census)
    more: dict[str, Any] = {"form_template_ids": []} if state.newer else {}
    return {**shown, **more, **tag_rules(state, one), "topic_url": shown["topic_url"] or state.at("/t/")}


def in_list(state: ForumState, caller: Caller, one: CategoryRecord, census: Census) -> dict[str, Any]:
    """A category in `/categories.json`."""
    now, created = state.clock(), census.topics[one.id]
    spans = {name: sum(now - at < days * DAY_IN_SECONDS for at in created) for name, days in SPANS.items()}
    below = [other.id for other in visible(state, caller) if other.parent_id == one.id]
    plain = {"is_uncategorized": True} if one.id == state.settings["uncategorized_category_id"] else {}
    shown = {**category(state, caller, one, census), **spans, **plain, "subcategory_ids": below}
    featured = census.featured(state, caller, one) if state.newer else []
    return shown | ({"topics": [topics.featured(state, caller, topic) for topic in featured]} if featured else {})


def tree(state: ForumState, caller: Caller, *, whole: bool) -> list[dict[str, Any]]:
    """`/categories.json`: the top level; `whole` with what is below. The one for topics without a category is there
    only where such topics are allowed.
    """
    census = Census(state)
    plain = None if state.settings["allow_uncategorized_topics"] else state.settings["uncategorized_category_id"]
    seen = [one for one in visible(state, caller) if one.id != plain]
    seen.sort(key=lambda one: (-census.latest[one.id], one.id))
    found = []
    for one in seen:
        if one.parent_id is None:
            shown = in_list(state, caller, one, census)
            below = [in_list(state, caller, other, census) for other in seen if other.parent_id == one.id]
            found.append({**shown, **({"subcategory_list": below} if whole and below else {})})
    return found


def whole(state: ForumState, caller: Caller, one: CategoryRecord) -> dict[str, Any]:
    """A category with its settings, as its own page shows it."""
    census = Census(state)
    held = len(census.topics[one.id])
    return {
        **category(state, caller, one, census),
        **tag_rules(state, one),
        **data("category.json")["page"],
        "custom_fields": {"enable_topic_voting": False} if state.newer else {},
        "available_groups": [group["name"] for group in state.groups if group["id"]],
        "group_permissions": [
            {"permission_type": kind, "group_name": name} for name, kind in (one.permissions or {"everyone": 1}).items()
        ],
        **deletable(state, held),
    }


def approval(state: ForumState, one: CategoryRecord) -> dict[str, Any]:
    """What must be approved in a category, as the answer to its making or changing tells on newer servers."""
    if not state.flavour.tells_queued:
        return {}
    rights = {"require_reply_approval": one.approves_replies, "require_topic_approval": one.approves_topics}
    return {"category_setting": {"auto_bump_cooldown_days": 1, "num_auto_bump_daily": 0, **rights}}


def deletable(state: ForumState, held: int) -> dict[str, Any]:
    """Whether a category with so many topics can be deleted, and what newer servers say beside."""
    reason = f"topics: {held}" if held else None
    if not state.newer:
        return {"cannot_delete_reason": reason}
    more: dict[str, Any] = {"form_template_ids": [], "category_localizations": []}
    return {**more, **({"cannot_delete_reason": reason} if held else {"can_delete": True})}
