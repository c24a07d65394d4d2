"""Lists as Discourse's JSON shows them: topics, categories, groups, and the site with all of them."""

from collections.abc import Mapping
from typing import Any

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.core.people import Caller, may_see, permission
from koweb_sync.sandbox.core.state import Category, State, Topic, User, iso
from koweb_sync.sandbox.views import things as views


def listed_user(user: User) -> dict[str, Any]:
    """A person beside a list of topics."""
    roles = {"admin": True} if user.admin else {}
    roles |= {"moderator": True} if user.moderator else {}
    return {**views.basic_user(user), "flair_name": None, **roles, "trust_level": user.trust_level}


def listed_topic(state: State, one: Topic) -> dict[str, Any]:
    """A topic in a list."""
    living = [other for other in state.posts_of(one) if other.deleted_at is None]
    last = state.users[living[-1].user_id] if living else state.users[one.user_id]
    return {
        "id": one.id,
        "title": one.title,
        "fancy_title": views.fancy(one.title),
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
        **views.status(one),
        "bookmarked": None,
        "liked": None,
        "tags": views.tags(state, one.tags),
        "tags_descriptions": {},
        "views": one.views,
        "like_count": sum(len(other.likes) for other in living),
        "has_summary": False,
        "last_poster_username": last.username,
        "category_id": one.category_id,
        "pinned_globally": one.pinned_globally,
        "featured_link": None,
        "posters": posters(state, one, last),
    }


def posters(state: State, one: Topic, last: User) -> list[dict[str, Any]]:
    """Who opened a topic and who wrote last, as lists show them."""
    language = catalog(str(state.settings.get("default_locale", "en")))
    opened, latest = language.gettext("Opened the topic"), language.gettext("Wrote last")
    nothing = {"primary_group_id": None, "flair_group_id": None}
    if last.id == one.user_id:
        return [{"extras": "latest single", "description": f"{opened}, {latest}", "user_id": last.id, **nothing}]
    return [
        {"extras": None, "description": opened, "user_id": one.user_id, **nothing},
        {"extras": "latest", "description": latest, "user_id": last.id, **nothing},
    ]


def group(state: State, caller: Caller, one: Mapping[str, Any]) -> dict[str, Any]:
    """A group in the list of groups."""
    empty = ("title", "grant_trust_level", "incoming_email", "flair_url", "flair_bg_color", "flair_color", "bio_raw")
    more = ("bio_cooked", "bio_excerpt", "full_name", "membership_request_template")
    no = ("primary_group", "has_messages", "public_admission", "public_exit", "allow_membership_requests")
    return {
        "id": one["id"],
        "automatic": bool(one.get("automatic")),
        "name": one["name"],
        "display_name": one["name"],
        "user_count": members(state, one["id"]),
        "mentionable_level": 0,
        "messageable_level": 0,
        "visibility_level": 1 if one["id"] == 1 else 0,
        **dict.fromkeys((*empty, *more)),
        **dict.fromkeys(no, False),
        "default_notification_level": 3,
        "is_group_user": bool(caller.user and caller.user.admin),
        "members_visibility_level": 0,
        "can_see_members": True,
        "can_admin_group": caller.staff,
        "publish_read_state": False,
    }


def members(state: State, number: int) -> int:
    """How many people are in an automatic group."""
    people = [user for user in state.users.values() if user.id > 0]
    tests = {1: lambda user: user.admin, 2: lambda user: user.moderator, 3: lambda user: user.staff}
    if number in tests:
        return sum(map(tests[number], people))
    return sum(user.trust_level >= number - 10 for user in people)


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


def whole_category(state: State, caller: Caller, one: Category) -> dict[str, Any]:
    """A category with its settings, as its own page shows it."""
    posts = sum(len(topic.post_ids) for topic in state.topics.values() if topic.category_id == one.id)
    parents = {other.parent_id for other in state.categories.values()}
    text = one.description
    empty = ("topic_template", "sort_order", "sort_ascending", "default_view", "required_tag_group_name")
    return {
        **category(state, caller, one),
        "post_count": posts,
        "description_text": text,
        "description_excerpt": text,
        "can_edit": caller.staff,
        "has_children": True if one.id in parents else None,
        **({"is_uncategorized": True} if one.id == state.settings["uncategorized_category_id"] else {}),
        **dict.fromkeys(("email_in", "auto_close_hours", "default_slow_mode_seconds")),
        **dict.fromkeys(("email_in_allow_strangers", "auto_close_based_on_last_post", "all_topics_wiki"), False),
        "allow_unlimited_owner_edits_on_first_post": False,
        "allow_badges": True,
        "cannot_delete_reason": None,
        "available_groups": [group["name"] for group in state.groups if group["id"]],
        "group_permissions": permissions(one),
        **dict.fromkeys(empty),
        "show_subcategory_list": False,
        "num_featured_topics": 3,
        "subcategory_list_style": "rows_with_featured_topics",
        "default_top_period": "all",
        "default_list_filter": "all",
        "navigate_to_first_post_after_read": False,
        "custom_fields": {},
        "allowed_tags": [],
        "allowed_tag_groups": [],
        "allow_global_tags": False,
        "min_tags_from_required_group": 1,
    }


def permissions(one: Category) -> list[dict[str, Any]]:
    """Who may do what in a category: 1 everything, 2 reply, 3 read."""
    held = one.permissions or {"everyone": 1}
    return [{"permission_type": kind, "group_name": name} for name, kind in held.items()]


def about(state: State) -> dict[str, Any]:
    """`/about.json`: what the forum is, who runs it, and how much is in it."""
    people = sorted((user for user in state.users.values() if user.id > 0), key=lambda user: user.id)
    likes = sum(len(post.likes) for post in state.posts.values() if post.deleted_at is None)
    facts = {"topic_count": len(state.topics), "post_count": len(state.posts), "user_count": len(people)}
    return {
        "title": state.settings["title"],
        "description": str(state.settings.get("site_description") or ""),
        "locale": state.settings["default_locale"],
        "version": state.settings.get("version", "2.9.0.beta3"),
        "https": False,
        "can_see_about_stats": True,
        "contact_url": "",
        "contact_email": str(state.settings.get("contact_email") or ""),
        "stats": {**facts, "like_count": likes},
        "admins": [runs(user) for user in people if user.admin],
        "moderators": [runs(user) for user in people if user.moderator],
        "category_moderators": [],
    }


def runs(user: User) -> dict[str, Any]:
    """Somebody of the team."""
    return {**views.basic_user(user), "title": None, "last_seen_at": None}


def visible_categories(state: State, caller: Caller) -> list[Category]:
    """The categories that somebody may see, in their order."""
    seen = [one for one in state.categories.values() if permission(caller.user, one) is not None]
    return sorted(seen, key=lambda one: (one.position, one.id))


def topic_list(
    state: State,
    caller: Caller,
    given: Mapping[str, str],
    within: set[int] | None = None,
    only: set[int] | None = None,
) -> dict[str, Any]:
    """A page of topics, newest activity first; pinned ones before them on the first page."""
    found = [one for one in visible_topics(state, caller, within) if only is None or one.id in only]
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
    shown = [listed_topic(state, one) for one in page]
    people = {poster["user_id"]: state.users[poster["user_id"]] for one in shown for poster in one["posters"]}
    return {
        "users": [listed_user(user) for user in people.values()],
        "primary_groups": [],
        "flair_groups": [],
        "topic_list": {
            "can_create_topic": caller.user is not None,
            **more,
            "per_page": size,
            "top_tags": [name for name, count in sorted(state.tags.items()) if count][:10],
            "topics": shown,
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
        "top_tags": views.tags(state, [name for name, count in sorted(state.tags.items()) if count][:10]),
        "categories": [category(state, caller, one) for one in visible_categories(state, caller)],
    }


def groups_of(state: State, user: User) -> list[dict[str, Any]]:
    """The groups that somebody is in: those of the team, and one for each level of trust so far."""
    team = {1: user.admin, 2: user.moderator, 3: user.staff}
    inside = [one for one in state.groups if team.get(one["id"], 10 <= one["id"] <= 10 + user.trust_level)]
    return [{"id": one["id"], "name": one["name"], "has_messages": False} for one in inside]


# What `/session/current.json` says of a person who never changed a setting.
NO_LISTS = (
    *("muted_category_ids", "indirectly_muted_category_ids", "regular_category_ids", "tracked_category_ids"),
    *("watched_first_post_category_ids", "watched_category_ids", "muted_tag_ids", "watched_tags"),
    *("watching_first_post_tags", "tracked_tags", "muted_tags", "regular_tags", "top_category_ids", "ignored_users"),
)
NOT_SET = (
    *("notification_channel_position", "title", "dismissed_banner_key", "previous_visit_at", "flair_group_id"),
    *("timezone", "featured_topic", "do_not_disturb_until"),
)
NO = (
    *("enable_defer", "external_links_in_new_tab", "dynamic_favicon", "can_send_private_email_messages"),
    *("should_be_redirected_to_top", "is_anonymous", "read_faq", "mailing_list_mode", "hide_profile_and_presence"),
    *("second_factor_enabled", "skip_new_user_tips"),
)
YES = (
    *("read_first_notification", "any_posts", "enable_quoting", "can_send_private_messages", "can_edit"),
    *("can_invite_to_forum", "automatically_unpin_topics", "can_create_topic"),
)
ZERO = (
    *("unread_notifications", "unread_private_messages", "unread_high_priority_notifications", "reviewable_count"),
    *("seen_notification_id", "draft_count", "pending_posts_count"),
)


def current_user(state: State, user: User) -> dict[str, Any]:
    """The person whom a key acts as."""
    return {
        **views.basic_user(user),
        "admin": user.admin,
        "moderator": user.moderator,
        "staff": user.staff,
        "trust_level": user.trust_level,
        **{name: [] for name in NO_LISTS},
        **dict.fromkeys(NOT_SET),
        **dict.fromkeys(NO, False),
        **dict.fromkeys(YES, True),
        **dict.fromkeys(ZERO, 0),
        "can_review": user.staff,
        "custom_fields": {},
        "groups": groups_of(state, user),
        "treat_as_new_topic_start_date": iso(user.created_at),
        "link_posting_access": "full",
        "title_count_mode": "notifications",
        "default_calendar": "none_selected",
        "bookmark_auto_delete_preference": 3,
    }
