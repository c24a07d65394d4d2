"""People, as Discourse's JSON shows them in passing."""

from typing import Any

from koweb_sync.sandbox.model.records import UserRecord

FLAIR = ("flair_url", "flair_bg_color", "flair_color")


def avatar(user: UserRecord) -> str:
    """Where a person's picture is; `{size}` in pixels."""
    return f"{user.base_path}/letter_avatar/{user.username}/{{size}}/5.png"


def basic(user: UserRecord) -> dict[str, Any]:
    return {"id": user.id, "username": user.username, "name": user.name, "avatar_template": avatar(user)}


def roles(user: UserRecord) -> dict[str, Any]:
    """Roles, named only where somebody has them."""
    return {**({"admin": True} if user.admin else {}), **({"moderator": True} if user.moderator else {})}


def beside_list(user: UserRecord, *, flair: bool) -> dict[str, Any]:
    """A person beside a list of topics. `flair`: whether it is named though there is none, as on older servers."""
    nothing = {"flair_name": None} if flair else {}
    return {**basic(user), **nothing, **roles(user), "trust_level": user.trust_level}


def participant(user: UserRecord, posts: int) -> dict[str, Any]:
    """A person who takes part in a topic."""
    nothing = dict.fromkeys(("primary_group_name", "flair_name", "flair_url", "flair_color", "flair_bg_color"))
    return {**basic(user), "post_count": posts, **nothing, **roles(user), "trust_level": user.trust_level}
