"""Categories and groups, as Discourse's JSON shows them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from koweb_sync.sandbox.core.languages import category_name
from koweb_sync.sandbox.core.people import Caller, inside, permission
from koweb_sync.sandbox.core.state import State
from koweb_sync.sandbox.core.things import Category, User

DAY = 86_400.0
SPANS = {"topics_day": 1, "topics_week": 7, "topics_month": 30, "topics_year": 365, "topics_all_time": 10**6}


class Census:
    """How many topics and posts each category has, counted once for one answer. Definitions do not count."""

    def __init__(self, state: State) -> None:
        self.topics: dict[int, list[float]] = defaultdict(list)
        self.posts: dict[int, int] = defaultdict(int)
        self.latest: dict[int, float] = defaultdict(float)
        definitions = state.definitions()
        for one in state.topics.values():
            if one.deleted_at is None and one.category_id and one.id not in definitions:
                counts = state.counts(one)
                self.topics[one.category_id].append(one.created_at)
                self.posts[one.category_id] += len(counts.living)
                self.latest[one.category_id] = max(self.latest[one.category_id], one.bumped_at)


def visible(state: State, caller: Caller) -> list[Category]:
    """The categories that somebody may see, in their order."""
    seen = [one for one in state.categories.values() if permission(caller.user, one) is not None]
    return sorted(seen, key=lambda one: (one.position, one.id))


def by_activity(found: Iterable[Category], census: Census) -> list[Category]:
    """The category with the newest activity first."""
    return sorted(found, key=lambda one: (-census.latest[one.id], one.id))


def category(state: State, caller: Caller, one: Category, census: Census) -> dict[str, Any]:
    """A category."""
    parents = {other.parent_id for other in state.categories.values()}
    text = one.description or None
    shown = {
        "id": one.id,
        "name": category_name(state, caller, one),
        "color": one.color,
        "text_color": one.text_color,
        "slug": one.slug,
        "topic_count": len(census.topics[one.id]),
        "post_count": census.posts[one.id],
        "position": one.position,
        "description": text,
        "description_text": text,
        "description_excerpt": text,
        "topic_url": topic_url(state, one),
        "read_restricted": one.read_restricted,
        "permission": permission(caller.user, one) if caller.user else None,
        "notification_level": 0 if caller.user and one.id in caller.user.muted else 1,
        "topic_template": None,
        "has_children": one.id in parents,
        **dict.fromkeys(("sort_order", "sort_ascending", "default_view")),
        "show_subcategory_list": False,
        "num_featured_topics": 3,
        "subcategory_list_style": "rows_with_featured_topics",
        "default_top_period": "all",
        "default_list_filter": "all",
        "minimum_required_tags": one.tag_rules.least,
        "navigate_to_first_post_after_read": False,
        "uploaded_logo": None,
        "uploaded_background": None,
    }
    more = {"parent_category_id": one.parent_id} if one.parent_id else {}
    return {**shown, **more, **({"can_edit": caller.staff} if caller.user else {})}


def topic_url(state: State, one: Category) -> str | None:
    """Where the topic that describes a category is."""
    topic = state.topics.get(one.topic_id or 0)
    return f"/t/{topic.slug}/{topic.id}" if topic else None


def tag_rules(state: State, one: Category) -> dict[str, Any]:
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


def in_site(state: State, caller: Caller, one: Category, census: Census) -> dict[str, Any]:
    """A category in `/site.json`."""
    shown = category(state, caller, one, census)
    return {**shown, **tag_rules(state, one), "topic_url": shown["topic_url"] or "/t/"}


def in_list(state: State, caller: Caller, one: Category, census: Census) -> dict[str, Any]:
    """A category in `/categories.json`."""
    now, created = state.clock(), census.topics[one.id]
    spans = {name: sum(now - at < days * DAY for at in created) for name, days in SPANS.items()}
    below = [other.id for other in visible(state, caller) if other.parent_id == one.id]
    plain = {"is_uncategorized": True} if one.id == state.settings["uncategorized_category_id"] else {}
    return {**category(state, caller, one, census), **spans, **plain, "subcategory_ids": below}


def tree(state: State, caller: Caller, *, whole: bool) -> list[dict[str, Any]]:
    """`/categories.json`: the top level; `whole` with what is below."""
    census = Census(state)
    seen = by_activity(visible(state, caller), census)
    found = []
    for one in seen:
        if one.parent_id is None:
            shown = in_list(state, caller, one, census)
            below = [in_list(state, caller, other, census) for other in seen if other.parent_id == one.id]
            found.append({**shown, **({"subcategory_list": below} if whole and below else {})})
    return found


def whole(state: State, caller: Caller, one: Category) -> dict[str, Any]:
    """A category with its settings, as its own page shows it."""
    census = Census(state)
    topics = len(census.topics[one.id])
    return {
        **category(state, caller, one, census),
        **tag_rules(state, one),
        "has_children": None,
        "custom_fields": {},
        "available_groups": [group["name"] for group in state.groups if group["id"]],
        "auto_close_hours": None,
        "auto_close_based_on_last_post": False,
        "group_permissions": permissions(one),
        "email_in": None,
        "email_in_allow_strangers": False,
        "mailinglist_mirror": False,
        "all_topics_wiki": False,
        "allow_unlimited_owner_edits_on_first_post": False,
        "cannot_delete_reason": f"topics: {topics}" if topics else None,
        "allow_badges": True,
        "topic_featured_link_allowed": True,
        "search_priority": 0,
        "default_slow_mode_seconds": None,
    }


def approval(state: State, one: Category) -> dict[str, Any]:
    """What must be approved in a category, as the answer to its making or changing tells on newer servers."""
    if not state.flavour.tells_queued:
        return {}
    rights = {"require_reply_approval": one.approves_replies, "require_topic_approval": one.approves_topics}
    return {"category_setting": {"auto_bump_cooldown_days": 1, "num_auto_bump_daily": 0, **rights}}


def permissions(one: Category) -> list[dict[str, Any]]:
    """Who may do what in a category: 1 everything, 2 reply, 3 read."""
    held = one.permissions or {"everyone": 1}
    return [{"permission_type": kind, "group_name": name} for name, kind in held.items()]


# ---- groups


def group(state: State, caller: Caller, one: Mapping[str, Any]) -> dict[str, Any]:
    """A group."""
    empty = ("title", "grant_trust_level", "incoming_email", "flair_url", "flair_bg_color", "flair_color", "bio_raw")
    more = ("bio_cooked", "bio_excerpt", "full_name", "membership_request_template")
    no = ("primary_group", "has_messages", "public_admission", "public_exit", "allow_membership_requests")
    return {
        "id": one["id"],
        "automatic": bool(one.get("automatic")),
        "name": one["name"],
        "display_name": one["name"],
        "user_count": len(members(state, one)),
        "mentionable_level": 0,
        "messageable_level": 0,
        "visibility_level": 1 if one["id"] == 1 else 0,
        **dict.fromkeys((*empty, *more)),
        **dict.fromkeys(no, False),
        "default_notification_level": 3,
        "members_visibility_level": 0,
        "can_see_members": True,
        "can_admin_group": caller.staff,
        "publish_read_state": False,
    }


def members(state: State, one: Mapping[str, Any]) -> list[User]:
    """Who is in a group."""
    return [user for user in state.users.values() if user.id > 0 and inside(user, one["id"])]


def groups_of(state: State, user: User) -> list[Mapping[str, Any]]:
    """The groups that somebody is in: those of the team, and one for each level of trust so far."""
    return [one for one in state.groups if one["id"] and inside(user, one["id"])]
