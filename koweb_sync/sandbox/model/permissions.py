"""Who asks, and what they may see and do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.records import WHISPER, CategoryRecord, KeyRecord, PostRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.refusals import RefusedRequest, bad_key, forbidden, no_topic, not_found
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.model.user_keys import asking

OPEN = ("/session/scopes", "/srv/status")  # source of 2022 and 2026: session#scopes alone needs no scope


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: nobody in particular, or a user with a key.

    `locale`: the language in which they read, None for the forum's. `originals`: they want no translations.
    """

    user: UserRecord | None = None
    key: KeyRecord | None = None
    locale: str | None = None
    originals: bool = False

    @property
    def staff(self) -> bool:
        return self.user is not None and self.user.staff

    @property
    def admin(self) -> bool:
        return self.user is not None and self.user.admin


def identify(state: ForumState, headers: Mapping[str, str], verb: str, path: str) -> Caller:
    """Who asks. Raises Refused for a key that does not hold here."""
    given = headers.get("Api-Key")
    if given is None:
        return Caller(asking(state, headers, verb, path))
    # An empty key is a wrong one, on public pages too (sources of 2022 and 2026: guess, no recording shows it).
    key = state.keys.get(given)
    name = headers.get("Api-Username", "").encode("latin-1", "replace").decode("utf-8", "replace")
    number = headers.get("Api-User-Id", "")
    if not name and re.fullmatch(r"-?[0-9]{1,9}", number) and int(number) in state.users:
        name = state.users[int(number)].username
    if key is None or key.revoked:
        raise bad_key(state)
    # An empty name is none of the key's (sources of 2022: guess, no recording shows it).
    if key.username is not None and (name or "Api-Username" in headers) and name.lower() != key.username.lower():
        raise bad_key(state)
    user = state.names.get((key.username or name).lower())
    if user is None or user.suspended or not user.active or not covers(key, verb, path):
        raise bad_key(state)
    return Caller(user, key)


def covers(key: KeyRecord, verb: str, path: str) -> bool:
    """Whether a key's scopes cover a request."""
    if not key.scopes or path in OPEN:
        return True
    verb = "GET" if verb == "HEAD" else verb
    # Anything that is not in the list needs a key without scopes, or global:read for a GET.
    known = data("api_key_scopes.json")
    return any(verb == method and re.fullmatch(rule, path) and scope in key.scopes for method, rule, scope in known)


def inside(user: UserRecord, number: int) -> bool:
    """Whether somebody is in an automatic group."""
    team = {0: True, 1: user.admin, 2: user.moderator, 3: user.staff}
    return team.get(number, 10 <= number <= 10 + user.trust_level)


def sees_whispers(state: ForumState, user: UserRecord | None) -> bool:
    """Whether somebody reads what the team says among itself: newer servers have a setting with groups for that, and
    where it is empty nobody does.
    """
    if user is None or not state.flavour.whispers_of_groups:
        return user is not None and user.staff
    named = [one for one in str(state.settings["whispers_allowed_groups"]).split("|") if one.isdecimal()]
    return bool(named) and (user.admin or any(inside(user, int(one)) for one in named))


def may_whisper(state: ForumState, user: UserRecord) -> bool:
    """Whether somebody may say something to the team alone."""
    allowed = state.flavour.whispers_of_groups or bool(state.settings["enable_whispers"])
    return allowed and sees_whispers(state, user)


def groups(user: UserRecord | None) -> set[str]:
    """The automatic groups of a person."""
    if user is None:
        return {"everyone"}
    found = {"everyone", *(f"trust_level_{level}" for level in range(user.trust_level + 1))}
    found |= {"responsables", "staff"} if user.staff else set()
    return (
        found | ({"administrateurs", "admins"} if user.admin else set()) | ({"moderators"} if user.moderator else set())
    )


def permission(user: UserRecord | None, category: CategoryRecord) -> int | None:
    """1: may start topics, 2: may reply, 3: may read; None: may not even see it."""
    if user is not None and user.admin:
        return 1
    mine = groups(user)
    levels = [level for name, level in category.permissions.items() if name in mine]
    if levels:
        return min(levels)
    if category.read_restricted:
        return None
    return 3 if category.permissions else 1


def may_see(state: ForumState, caller: Caller, topic: TopicRecord) -> bool:
    """Whether a topic exists for somebody."""
    if topic.archetype == "private_message":
        return caller.admin or (caller.user is not None and caller.user.id in topic.allowed)
    category = state.categories.get(topic.category_id or 0)
    if category is not None and permission(caller.user, category) is None:
        return False
    return topic.deleted_at is None or caller.staff


def seen_categories(state: ForumState, caller: Caller) -> set[int | None]:
    """The categories that exist for somebody, and None for topics without one."""
    seen = {one.id for one in state.categories.values() if permission(caller.user, one) is not None}
    return {*seen, None}


def seen_topic(state: ForumState, caller: Caller, number: int) -> TopicRecord:
    """A topic that somebody may see. Raises Refused."""
    topic = state.topics.get(number)
    if topic is None or (topic.deleted_at is not None and not caller.staff):
        raise no_topic(state)
    if not may_see(state, caller, topic):
        raise no_topic(state) if caller.user else forbidden(state)
    return topic


def seen_post(state: ForumState, caller: Caller, number: int) -> PostRecord:
    """A post that somebody may see. Raises Refused."""
    post = state.posts.get(number)
    if post is None or (not caller.staff and not post.alive):
        raise not_found(state)
    if post.type == WHISPER and not sees_whispers(state, caller.user):
        raise not_found(state)
    if not may_see(state, caller, state.topics[post.topic_id]):
        raise not_found(state)
    return post


def in_public(state: ForumState, caller: Caller, one: PostRecord) -> bool:
    """Whether a post is among what its author is seen to have done: in no message, nothing deleted or unlisted."""
    topic = state.topics[one.topic_id]
    living = one.alive and topic.deleted_at is None and topic.archetype != "private_message"
    return living and (topic.visible or caller.staff) and may_see(state, caller, topic)


def hidden_from(caller: Caller, one: PostRecord) -> bool:
    """Whether moderation hid a post from this person."""
    return one.hidden and not caller.staff and not (caller.user and caller.user.id == one.user_id)


def known_user(state: ForumState, name: str) -> UserRecord:
    """The person of that name, whatever its case. Raises Refused."""
    found = state.names.get(name.lower())
    if found is None:
        raise not_found(state)
    return found


def logged_in(caller: Caller) -> UserRecord:
    """The user who writes. Raises Refused for nobody."""
    if caller.user is None:
        raise RefusedRequest(403, ["BAD CSRF"])
    return caller.user


def staff_only(state: ForumState, caller: Caller) -> UserRecord:
    """The member of staff who acts. Raises Refused for others."""
    user = logged_in(caller)
    if not user.staff:
        raise forbidden(state)
    return user


def may_edit(user: UserRecord, topic: TopicRecord, post: PostRecord) -> bool:
    """Whether somebody may change a post: their own, a wiki from trust level 1, any at 4; staff always."""
    if user.staff:
        return True
    if post.locked or topic.archived or post.user_deleted or post.deleted_at is not None:
        return False
    return post.user_id == user.id or user.trust_level >= 4 or (post.wiki and user.trust_level >= 1)


def may_turn_wiki(user: UserRecord, post: PostRecord) -> bool:
    """Whether somebody may let everybody edit a post: from trust level 3 their own, which is not hidden; at 4 any."""
    mine = user.id == post.user_id and user.trust_level >= 3 and not post.hidden
    return user.staff or user.trust_level >= 4 or mine


def may_reply(state: ForumState, caller: Caller, topic: TopicRecord) -> bool:
    """Whether a topic takes replies of somebody."""
    user, category = caller.user, state.categories.get(topic.category_id or 0)
    if user is None or topic.deleted_at is not None or topic.archived or not may_see(state, caller, topic):
        return False
    if topic.closed and not (user.staff or user.trust_level >= 4):
        return False
    return category is None or (permission(user, category) or 3) <= 2


def may_edit_topic(user: UserRecord, topic: TopicRecord) -> bool:
    """Whether somebody may change a topic's fields."""
    return user.staff or user.trust_level >= 3 or topic.user_id == user.id


def admin_only(state: ForumState, caller: Caller) -> UserRecord:
    """The administrator who acts; for anybody else the route does not exist. Raises Refused."""
    if caller.user is None or not caller.user.admin:
        raise not_found(state)
    return caller.user
