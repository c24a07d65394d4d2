"""Accounts: new people, new names, and people who leave."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.refusals import RefusedRequest, words
from koweb_sync.sandbox.model.state import ForumState

_NAME = re.compile(r"\w[\w.-]{1,58}\w")
PASSWORD = 10


def sign_up(state: ForumState, given: Mapping[str, Any]) -> UserRecord:
    """A new person. Raises Refused, with status 200 and `success: false` as Discourse does."""
    name, email = str(given.get("username") or "").strip(), str(given.get("email") or "").strip()
    errors: dict[str, list[str]] = {}
    if not _NAME.fullmatch(name):
        errors["username"] = [words(state, "is invalid")]
    elif name.lower() in state.names:
        errors["username"] = [words(state, "must be unique")]
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        errors["email"] = [words(state, "is invalid")]
    elif any((user.email or "").casefold() == email.casefold() for user in state.users.values()):
        errors["email"] = [words(state, "has already been taken")]
    if len(str(given.get("password") or "")) < PASSWORD:
        errors["password"] = [words(state, "is too short")]
    if errors:
        text = "; ".join(f"{field} {why[0]}" for field, why in errors.items())
        raise RefusedRequest(
            200, {"success": False, "message": text, "errors": errors, "values": {}, "is_developer": False}
        )
    number = state.next_id("users")
    user = UserRecord(
        number, name, str(given.get("name") or name), email=email, trust_level=1, created_at=state.clock()
    )
    state.add_user(user)
    state.changes += 1
    state.tell("user", "user_created", user.id)
    return user


def rename(state: ForumState, user: UserRecord, name: str) -> None:
    """A new name: mentions and quotes are rewritten without a version and without `updated_at`. Raises Refused."""
    taken = state.names.get(name.lower())
    if user.id <= 0 or not _NAME.fullmatch(name) or (taken is not None and taken is not user):
        raise RefusedRequest(422, {"errors": [words(state, "must be unique")]})
    old = user.username
    del state.names[old.lower()]
    for key in list(state.keys.values()):
        if key.username is not None and key.username.lower() == old.lower():
            state.keys[key.key] = replace(key, username=name)
    user.username = name
    state.names[name.lower()] = user
    mention = re.compile(rf"(?<![\w/`.])@{re.escape(old)}(?![\w-]|\.\w)", re.IGNORECASE)
    quote = re.compile(rf'(\[quote="?|\[quote="?[^"\]\n]*,\s*username:){re.escape(old)}(?=[,"\]])', re.IGNORECASE)
    for post in state.posts.values():
        raw = quote.sub(lambda match: match[1] + name, mention.sub(f"@{name}", post.raw))
        if raw != post.raw:
            post.raw = raw
        post.html = None
    state.counted.clear()
    state.changes += 1
    state.tell("user", "user_updated", user.id)


def anonymize(state: ForumState, user: UserRecord) -> None:
    """Somebody leaves: what they wrote stays, under a name that says nothing. There is no full name any more, but in
    quotes that others took with it (2.9, as measured).
    """
    rename(state, user, f"anon{user.id * 7919 % 10**8:08d}")
    user.name, user.email = None, f"{user.username}@anonymized.invalid"
