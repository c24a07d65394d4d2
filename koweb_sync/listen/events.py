"""What a webhook of Discourse tells, as hints: which topic, which posts of it, which person. Pure.

Headers and signature are as read in Discourse's sources (Jobs::EmitWebHookEvent and WebHookEmitter, 2019 to 2026), and
so are the bodies (WebHookPostSerializer, WebHookTopicViewSerializer, WebHookLikeSerializer, the plugin Solved's
WebHookExtension); no recording shows a delivery. So nothing is taken from a body but numbers, and none of it is kept
in an archive.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

SIGNATURE, EVENT_ID = "X-Discourse-Event-Signature", "X-Discourse-Event-Id"
KIND, EVENT = "X-Discourse-Event-Type", "X-Discourse-Event"
METHOD = "sha256="
OWN = ("health", "metrics")  # paths at which we tell of ourselves: no forum is called so
LONGEST_ID = 64  # letters of an event's id; Discourse gives a number
HIGHEST = 2**63 - 1
OF_POSTS = {"post": "post", "solved": "solved", "like": "like"}
# Comings and goings change nothing that an archive holds.
PASSING = frozenset({"user_logged_in", "user_logged_out"})
MOVES = frozenset({"post_created", "post_destroyed", "post_recovered", "topic_created", "topic_recovered"})


@dataclass(frozen=True, slots=True)
class Hint:
    """Where something may have happened: a topic, with a post of it and the post's number as far as they are named (0
    where not), or a person. `text`: it may be the text or the title of a first post, which git may have. `moved`: the
    topic may be at another place among the topics.
    """

    kind: Literal["topic", "person"]
    id: int
    post: int = 0
    number: int = 0
    text: bool = False
    moved: bool = False


def signed(secret: str, body: bytes, signature: str) -> bool:
    """Whether a body comes from who knows the secret. It takes as long for a wrong signature as for a right one."""
    wanted = METHOD + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.strip().encode("utf-8", "replace"))


def plain_id(event: str) -> str:
    """The id of an event as it is remembered; "" for what cannot be one."""
    found = event.strip()
    return found if found.isascii() and found.isalnum() and len(found) <= LONGEST_ID else ""


def mark(ident: str, kind: str, event: str, signature: str) -> str:
    """What an event is remembered by. Only its body is signed, so its number alone would be anybody's to take; a forum
    that was restored from a backup numbers its events from an earlier one on. The signature stands for the body, of
    which it tells nothing to whoever does not know the secret.
    """
    return hashlib.sha256("\n".join((ident, kind, event, signature.strip())).encode("utf-8", "replace")).hexdigest()


def hint(kind: str, event: str, body: bytes) -> Hint | None:
    """What an event tells; None for what an archive does not follow, and for what cannot be read."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    about = told.get(kind) if isinstance(told, Mapping) else None
    if not isinstance(about, Mapping) or event in PASSING:
        return None
    if kind == "like":
        about = about.get("post")
        if not isinstance(about, Mapping):
            return None
    if kind in OF_POSTS:
        found = of_post(about, text=kind == "post")
        return replace(found, moved=moves(event, about, found)) if found else None
    if kind == "topic":
        topic = number(about, "id")
        return Hint("topic", topic, text=True, moved=event in MOVES) if topic else None
    if kind == "user":
        person = number(about, "id")
        return Hint("person", person) if person else None
    return None


def of_post(about: Mapping[str, Any], *, text: bool) -> Hint | None:
    """What is told about a post."""
    topic, post, place = number(about, "topic_id"), number(about, "id"), number(about, "post_number")
    return Hint("topic", topic, post, place, text=text and place == 1) if topic else None


def moves(event: str, about: Mapping[str, Any], found: Hint) -> bool:
    """Whether a topic may have moved: it does where a post comes or goes, and where its last one is edited."""
    return event in MOVES or (event == "post_edited" and found.number >= number(about, "topic_posts_count"))


def number(about: Mapping[str, Any], name: str) -> int:
    """A number above 0; 0 for anything else."""
    found = about.get(name)
    return found if type(found) is int and 0 < found <= HIGHEST else 0
