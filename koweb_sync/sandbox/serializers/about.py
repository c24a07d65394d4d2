"""What the forum is and how much is in it, as Discourse's JSON shows it."""

from typing import Any

from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.serializers.people import basic
from koweb_sync.times import DAY_IN_SECONDS

SPANS = {"last_day": 1, "7_days": 7, "30_days": 30}
# What newer servers count of chat, which the sandbox does not have.
CHAT = ("chat_messages", "chat_users", "chat_channels")


def about(state: ForumState) -> dict[str, Any]:
    """`/about.json`: what the forum is, who runs it, and how much is in it. Newer servers name the team by numbers,
    beside `users`.
    """
    people = sorted((user for user in state.users.values() if user.id > 0), key=lambda user: user.id)
    facts: dict[str, Any] = {
        "title": state.settings["title"],
        "description": str(state.settings.get("site_description") or ""),
        "locale": state.settings["default_locale"],
        "version": state.settings.get("version", state.flavour.version),
        "https": False,
        "can_see_about_stats": True,
        "contact_url": "",
        "category_moderators": [],
        "contact_email": str(state.settings.get("contact_email") or ""),
        "stats": stats(state),
    }
    admins, moderators = ([user for user in people if getattr(user, role)] for role in ("admin", "moderator"))
    if not state.newer:
        return {"about": {**facts, "admins": list(map(runs, admins)), "moderators": list(map(runs, moderators))}}
    first = min((user.created_at for user in state.users.values() if user.id < 0), default=None)
    more = {"extended_site_description": "", "banner_image": None, "site_creation_date": iso(first)}
    ids = {"moderator_ids": [user.id for user in moderators], "admin_ids": [user.id for user in admins]}
    team = {user.id: runs(user) for user in [*moderators, *admins]}
    return {"users": list(team.values()), "about": {**facts, **more, **ids}}


def stats(state: ForumState) -> dict[str, int]:
    """How much is in the forum, and how much came in the last days."""
    living = [one for one in state.topics.values() if one.deleted_at is None]
    posts = [one for one in state.posts.values() if one.alive]
    happened = {
        "topics": [(one.user_id, one.created_at) for one in living if one.archetype != "private_message"],
        "posts": [(one.user_id, one.created_at) for one in posts],
        "likes": [(user, at) for one in posts for user, at in one.likes],
        "users": [(user.id, user.created_at) for user in state.users.values() if user.id > 0],
    }
    found = {f"{name if state.newer else name[:-1]}_count": len(times) for name, times in happened.items()}
    for span, days in SPANS.items():
        since = state.clock() - days * DAY_IN_SECONDS
        found |= {f"{name}_{span}": sum(at > since for _user, at in times) for name, times in happened.items()}
        found[f"active_users_{span}"] = 0
        if state.newer:
            took_part = {user for name in ("posts", "likes") for user, at in happened[name] if at > since and user > 0}
            found[f"participating_users_{span}"] = len(took_part)
    spans = [*SPANS, "previous_30_days", "count"]
    return found | ({f"{name}_{span}": 0 for name in CHAT for span in spans} if state.newer else {})


def runs(user: UserRecord) -> dict[str, Any]:
    """Somebody of the team."""
    return {**basic(user), "title": None, "last_seen_at": None}
