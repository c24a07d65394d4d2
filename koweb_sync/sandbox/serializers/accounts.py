"""People with their accounts, as profiles, the directory and administrators see them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from koweb_sync.sandbox.model.data_files import data, usual
from koweb_sync.sandbox.model.permissions import Caller
from koweb_sync.sandbox.model.personal import Notice, UserKey
from koweb_sync.sandbox.model.records import PostRecord, UserRecord
from koweb_sync.sandbox.model.refusals import words
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.model.user_keys import of_user
from koweb_sync.sandbox.serializers.fields import fields
from koweb_sync.sandbox.serializers.groups import group, groups_of
from koweb_sync.sandbox.serializers.people import avatar, basic, roles
from koweb_sync.sandbox.serializers.posts import fancy
from koweb_sync.times import DAY_IN_SECONDS

FOREVER = "3026-01-01T00:00:00.000Z"  # until when somebody is suspended or silenced
BESIDE, STAFFS = (2, 3, 4), 3  # the categories that a new person has beside every page; the one of the team
BEST = 6  # of their kind, in a summary


def regular_posts(state: ForumState, user: UserRecord) -> list[PostRecord]:
    """What somebody wrote that is still there."""
    found = (state.posts[number] for number in state.written[user.id])
    mine = (one for one in found if one.alive and one.type == 1)
    return [one for one in mine if state.topics[one.topic_id].archetype != "private_message"]


def profile(state: ForumState, caller: Caller, user: UserRecord) -> dict[str, Any]:
    """`/u/NAME.json`."""
    written, mine, table = regular_posts(state, user), groups_of(state, user), data("profile.json")
    may_edit = caller.staff or (caller.user is not None and caller.user.id == user.id)
    reaches = ("can_ignore_user", "can_mute_user", "can_send_private_messages", "can_send_private_message_to_user")
    keys = [programs_key(state, one) for one in of_user(state, user)] if may_edit else []
    shown = {
        **usual("profile", newer=state.newer),
        **basic(user),
        **fields(user, "created_at trust_level moderator admin staged"),
        "last_posted_at": iso(max((one.created_at for one in written), default=None)),
        **dict.fromkeys(reaches, caller.user is not None),
        **({"suspended_till": FOREVER} if user.suspended else {}),
        "pending_posts_count": sum(one.user_id == user.id for one in state.pending),
        "post_count": sum(one.number > 1 for one in written),
        "can_be_deleted": caller.admin and not user.staff,
        "can_delete_all_posts": caller.staff,
        "system_avatar_template": avatar(user),
        "groups": [group(state, caller, one) for one in mine],
        "group_users": [{"group_id": one["id"], "user_id": user.id, "notification_level": 3} for one in mine],
        "user_option": {"user_id": user.id, **table["options"], **(table["newer options"] if state.newer else {})},
        **dict.fromkeys(table["editable"], may_edit),
        "user_api_keys": keys or None,
        **({"muted_category_ids": sorted(user.muted)} if may_edit else {}),
    }
    if state.newer:
        seen = [number for number in BESIDE if number in state.categories]
        shown["sidebar_category_ids"] = [number for number in seen if number != STAFFS or user.trust_level >= 3]
        shown["accepted_answers"] = solved(state, user)
    return shown


def solved(state: ForumState, user: UserRecord) -> int:
    """How many answers of somebody were accepted."""
    return sum(state.posts[number].user_id == user.id for one in state.topics.values() for number in one.answers)


def card(state: ForumState, caller: Caller, user: UserRecord) -> dict[str, Any]:
    """`/u/NAME/card.json`: of all that their page says, a part."""
    shown = profile(state, caller, user)
    return {name: shown[name] for name in data("profile.json")["card"] if name in shown}


def programs_key(state: ForumState, one: UserKey) -> dict[str, Any]:
    """A key that somebody gave to a program, as they see it themselves."""
    said = {
        "read": words(state, "Read all"),
        "write": words(state, "Write all"),
        "message_bus": words(state, "Live updates"),
        "push": words(state, "Push notifications to external services"),
        "notifications": words(state, "Read and clear notifications"),
        "session_info": words(state, "Read user session info"),
        "one_time_password": words(state, "Create a one-time login token"),
    }
    shown = fields(one, "id created_at last_used_at", application_name="application")
    return {**shown, "scopes": [said.get(scope, scope) for scope in one.scopes]}


def summary(state: ForumState, user: UserRecord) -> dict[str, Any]:
    """`/u/NAME/summary.json`, the counts alone."""
    written = regular_posts(state, user)
    return {
        **fields(user, "topics_entered days_visited", posts_read_count="posts_read"),
        "likes_given": sum(liker == user.id for post in state.posts.values() for liker, _at in post.likes),
        "likes_received": sum(len(one.likes) for one in written),
        "topic_count": sum(one.number == 1 for one in written),
        "post_count": sum(one.number > 1 for one in written),
        "time_read": 0,
        "bookmark_count": len(state.bookmarks[user.id]),
        "can_see_summary_stats": True,
    }


def summarized(state: ForumState, user: UserRecord, seen: Sequence[PostRecord]) -> dict[str, Any]:
    """`/u/NAME/summary.json`. `seen`: what the reader may see of it."""
    ranked = sorted(seen, key=lambda one: (-len(one.likes), one.id))
    opened = [one for one in ranked if one.number == 1][:BEST]
    replied = [one for one in ranked if one.number > 1][:BEST]
    topics = {one.topic_id: state.topics[one.topic_id] for one in (*opened, *replied)}
    likers = (liker for one in seen for liker, _at in one.likes)
    liked = (one.user_id for one in state.posts.values() if one.alive and any(who == user.id for who, _at in one.likes))
    answered = (state.numbered(state.topics[one.topic_id], one.reply_to) for one in seen if one.reply_to)
    places = [(state.topics[one.topic_id].category_id or 0, one.number == 1) for one in seen]
    shown = {
        **summary(state, user),
        **data("profile.json")["summary"],
        "topic_ids": [one.topic_id for one in opened],
        "replies": [
            {**fields(one, "created_at topic_id", post_number="number"), "like_count": len(one.likes)}
            for one in replied
        ],
        "solved_count": solved(state, user),
        "most_liked_by_users": people(state, likers),
        "most_liked_users": people(state, liked),
        "most_replied_to_users": people(state, (one.user_id for one in answered if one)),
        "top_categories": [
            {
                **fields(state.categories[number], "id name color text_color slug read_restricted"),
                "parent_category_id": state.categories[number].parent_id,
                "topic_count": places.count((number, True)),
                "post_count": places.count((number, False)),
            }
            for number in dict.fromkeys(number for number, _opens in places)
        ],
    }
    briefly = [
        {**fields(one, "id title slug category_id created_at"), "fancy_title": fancy(one.title)}
        for one in topics.values()
    ]
    return {"topics": briefly, "badges": [], "badge_types": [], "users": [], "user_summary": shown}


def people(state: ForumState, ids: Iterable[int]) -> list[dict[str, Any]]:
    """People and how often each comes, the most often first."""
    ranked = sorted(Counter(ids).items(), key=lambda one: (-one[1], one[0]))[:BEST]
    known = [(state.users[number], count) for number, count in ranked]
    return [{**basic(one), "count": count, **roles(one), "trust_level": one.trust_level} for one, count in known]


def notice(state: ForumState, one: Notice) -> dict[str, Any]:
    topic = state.topics.get(one.topic_id or 0)
    return {
        **({"fancy_title": fancy(topic.title)} if topic else {}),
        **fields(one, "id user_id read topic_id data", notification_type="kind", created_at="at", post_number="number"),
        "high_priority": one.kind == 6,
        "slug": topic.slug if topic else None,
    }


def directory_item(user: UserRecord, counts: Mapping[str, int]) -> dict[str, Any]:
    """A person in the directory."""
    return {"id": user.id, **counts, "user": {**basic(user), "title": None}}


def in_admin_list(state: ForumState, user: UserRecord, *, email: bool) -> dict[str, Any]:
    """A person in `/admin/users/list/active.json`. `email`: one's own alone, unless one asks for all."""
    return {
        **basic(user),
        **fields(user, "active admin moderator created_at trust_level staged days_visited topics_entered"),
        **data("person_for_admins.json")["in list"],
        **({"email": user.email, "secondary_emails": []} if email else {}),
        "created_at_age": state.clock() - user.created_at,
        "posts_read_count": user.posts_read,
        "post_count": sum(one.number > 1 for one in regular_posts(state, user)),
        **({"suspended": True, "suspended_till": FOREVER} if user.suspended else {}),
        **({"silenced": True, "silenced_till": FOREVER} if user.silenced else {}),
        **({"can_be_deleted": not user.staff, "silence_reason": None} if state.newer else {}),
    }


def in_admin(state: ForumState, caller: Caller, user: UserRecord) -> dict[str, Any]:
    """`/admin/users/ID.json`."""
    written = regular_posts(state, user)
    return {
        **in_admin_list(state, user, email=False),
        **data("person_for_admins.json")["page"],
        "next_penalty": iso(state.clock() + DAY_IN_SECONDS),
        "can_grant_admin": not user.admin,
        "can_revoke_admin": user.admin,
        "can_grant_moderation": not user.moderator,
        "can_revoke_moderation": user.moderator,
        "like_count": sum(len(one.likes) for one in written),
        "like_given_count": sum(liker == user.id for post in state.posts.values() for liker, _at in post.likes),
        "topic_count": sum(one.number == 1 for one in written),
        "post_edits_count": sum(rev.user_id == user.id for one in state.posts.values() for rev in one.revisions),
        "private_topics_count": sum(user.id in one.allowed for one in state.topics.values()),
        "api_key_count": sum(key.username == user.username and not key.revoked for key in state.keys.values()),
        "tl3_requirements": requirements(state, user, written) if user.trust_level >= 2 else None,
        "groups": [group(state, caller, one) for one in as_held(state, user)],
    }


def as_held(state: ForumState, user: UserRecord) -> list[Mapping[str, Any]]:
    """Somebody's groups in the order in which the databases of the recorded forums held them."""
    first, *others = groups_of(state, user)
    if state.newer:
        return [first, *reversed(others)]
    return [*reversed([first, *others[:-1]]), *others[-1:]]


DAYS = 100  # over which the third level of trust is judged
QUARTER = 4


def requirements(state: ForumState, user: UserRecord, written: Sequence[PostRecord]) -> dict[str, Any]:
    """What somebody must have done in a hundred days for the third level of trust, and what they did."""
    received = [(liker, at) for one in written for liker, at in one.likes]
    done = {
        **fields(user, "days_visited", topics_viewed="topics_entered", topics_viewed_all_time="topics_entered"),
        **fields(user, "posts_read", posts_read_all_time="posts_read"),
        "num_topics_replied_to": len({one.topic_id for one in written if one.number > 1}),
        "num_likes_given": sum(liker == user.id for post in state.posts.values() for liker, _at in post.likes),
        "num_likes_received": len(received),
        "num_likes_received_days": len({int(at // DAY_IN_SECONDS) for _liker, at in received}),
        "num_likes_received_users": len({liker for liker, _at in received}),
    }
    living = {"topics_viewed": len(state.topics) // QUARTER, "posts_read": len(state.posts) // QUARTER}
    least = {**data("person_for_admins.json")["least for it"], **living}
    met = all(done[name] >= least[name] for name in done)
    return {
        **data("person_for_admins.json")["third level of trust"],
        "time_period": DAYS,
        "requirements_met": met,
        "requirements_lost": user.trust_level >= 3 and not met,
        **done,
        **{f"min_{name.removeprefix('num_')}": number for name, number in least.items()},
    }
