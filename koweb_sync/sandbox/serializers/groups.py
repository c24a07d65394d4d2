"""Groups, as Discourse's JSON shows them."""

from collections.abc import Mapping
from typing import Any

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.model.permissions import Caller, inside
from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.serializers.people import basic, roles

MODERATORS, STAFF = 2, 3
# What only an administrator's view of a group has.
NOT_SET = (
    *("automatic_membership_email_domains", "smtp_server", "smtp_port", "smtp_updated_at", "smtp_updated_by"),
    *("imap_server", "imap_port", "imap_ssl", "imap_updated_at", "imap_updated_by", "email_username"),
    *("email_password", "email_from_alias", "imap_last_error", "imap_old_emails", "imap_new_emails"),
)
NO = ("smtp_enabled", "smtp_ssl", "imap_enabled", "email_password_set")
NO_LISTS = (
    *("imap_mailboxes", "watching_category_ids", "tracking_category_ids", "watching_first_post_category_ids"),
    *("regular_category_ids", "muted_category_ids", "watching_tags", "watching_first_post_tags", "tracking_tags"),
    *("regular_tags", "muted_tags"),
)


def group(state: ForumState, caller: Caller, one: Mapping[str, Any]) -> dict[str, Any]:
    """A group."""
    empty = ("title", "grant_trust_level", "incoming_email", "flair_url", "flair_bg_color", "flair_color", "bio_raw")
    no = ("primary_group", "has_messages", "public_admission", "public_exit", "allow_membership_requests")
    number, told = one["id"], about(state, one)
    return {
        "id": number,
        "automatic": bool(one.get("automatic")),
        "name": one["name"],
        "display_name": one["name"],
        "user_count": sum(inside(user, number) for user in state.users.values() if user.id > 0 or number > STAFF),
        "mentionable_level": 0,
        "messageable_level": 99 if number == MODERATORS else 0,
        "visibility_level": 1,
        **dict.fromkeys((*empty, "full_name", "membership_request_template")),
        "bio_cooked": told,
        "bio_excerpt": told,
        **dict.fromkeys(no, False),
        "default_notification_level": 2 if number == MODERATORS else 3,
        "members_visibility_level": 0,
        "can_see_members": True,
        "can_admin_group": caller.staff,
        "publish_read_state": False,
    }


def about(state: ForumState, one: Mapping[str, Any]) -> str | None:
    """What newer servers say about a group of their own."""
    if state.flavour.fields == "2022" or not one.get("automatic"):
        return None
    return catalog(str(state.settings.get("default_locale", "en"))).gettext("The forum itself keeps this group.")


def whole(state: ForumState, caller: Caller, one: Mapping[str, Any]) -> dict[str, Any]:
    """A group as its own page shows it: to administrators of newer servers with everything that can be set."""
    shown = group(state, caller, one)
    if state.flavour.fields == "2022":
        return shown
    shown["is_group_user"] = caller.user is not None and inside(caller.user, one["id"])
    if caller.admin:
        shown |= {**dict.fromkeys(NOT_SET), **dict.fromkeys(NO, False), **{name: [] for name in NO_LISTS}}
        shown |= {"imap_mailbox_name": "", "message_count": 0, "allow_unknown_sender_topic_replies": False}
        shown |= {"associated_group_ids": [], "has_visible_data_explorer_queries": False, "assignable_level": 0}
        shown |= {"can_show_assigned_tab": False, "assignment_count": 0, "smtp_ssl_mode": 0}
        shown |= dict.fromkeys(("is_group_owner_display", "mentionable", "messageable"), False)
    return shown


def member(state: ForumState, user: UserRecord) -> dict[str, Any]:
    """Somebody in a list of a group's members."""
    shown = {**basic(user), "title": None, "last_seen_at": None}
    if state.flavour.fields == "2022":
        return shown
    written = (state.posts[number] for number in state.written[user.id])
    posted = iso(max((one.created_at for one in written if one.alive), default=None))
    added = {"added_at": iso(user.created_at), "timezone": None}
    return {**shown, **roles(user), "trust_level": user.trust_level, "last_posted_at": posted, **added}


def members(state: ForumState, one: Mapping[str, Any], *, ascending: bool = False) -> list[UserRecord]:
    """Who is in a group, by name, from the end of the alphabet unless it is `ascending`."""
    found = [user for user in state.users.values() if user.id > 0 and inside(user, one["id"])]
    return sorted(found, key=lambda user: user.username.lower(), reverse=not ascending)


def groups_of(state: ForumState, user: UserRecord) -> list[Mapping[str, Any]]:
    """The groups that somebody is in: those of the team, and one for each level of trust so far."""
    return [one for one in state.groups if one["id"] and inside(user, one["id"])]
