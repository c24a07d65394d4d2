"""What the plugins of reactions and of accepted answers add to a post, and who reacted to it."""

from datetime import UTC, datetime
from typing import Any

from koweb_sync.sandbox.model.permissions import Caller
from koweb_sync.sandbox.model.reaction_settings import UNDO, excluded, hearts, main
from koweb_sync.sandbox.model.records import LIKE, WHISPER, PostRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.serializers.people import avatar

SHOWN = 27  # people that the list of a reaction names at most


def counted(state: ForumState, one: PostRecord) -> list[dict[str, Any]]:
    """How many people chose which reaction, the most frequent first, then by name."""
    found: dict[str, int] = {}
    for chosen in one.reacted.values():
        found[chosen.emoji] = found.get(chosen.emoji, 0) + 1
    first = main(state)
    likes = sum(user not in one.reacted or one.reacted[user].emoji in excluded(state) for user, _at in one.likes)
    likes += len(one.marks)  # newer servers count with them whatever else was sent as an action on the post
    if likes:
        found[first] = found.get(first, 0) + likes
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [{"id": emoji, "type": "emoji", "count": count} for emoji, count in ranked]


def of_post(state: ForumState, user: UserRecord | None, one: PostRecord) -> dict[str, Any]:
    """What the plugin adds to a post."""
    liked = user is not None and any(liker == user.id for liker, _at in one.likes)
    chosen = one.reacted.get(user.id) if user else None
    plain = chosen is None or chosen.emoji == main(state)
    return {
        "reactions": counted(state, one),
        "current_user_reaction": mine(state, user, one),
        "reaction_users_count": len({*one.reacted, *(liker for liker, _at in one.likes)}),
        "current_user_used_main_reaction": liked and plain,
    }


def mine(state: ForumState, user: UserRecord | None, one: PostRecord) -> dict[str, Any] | None:
    if user is None:
        return None
    chosen = one.reacted.get(user.id)
    if chosen is not None:
        return {"id": chosen.emoji, "type": "emoji", "can_undo": young(state, chosen.at)}
    at = next((at for liker, at in one.likes if liker == user.id), None)
    return None if at is None else {"id": main(state), "type": "emoji", "can_undo": young(state, at)}


def young(state: ForumState, at: float) -> bool:
    """Whether it can still be taken back."""
    return state.clock() - at <= UNDO


def toggled(user: UserRecord, one: PostRecord, shown: dict[str, Any], count: int) -> dict[str, Any]:
    """A post right after a reaction: its count of likes is `count`, and who already likes it is not known there."""
    like: dict[str, Any] = {"id": LIKE, **({"count": count} if count else {})}
    like |= {"can_act": True} if user.id != one.user_id else {}
    rest = [each for each in shown["actions_summary"] if each["id"] != LIKE]
    return {**shown, "actions_summary": [*([like] if len(like) > 1 else []), *rest]}


def users(state: ForumState, caller: Caller, one: PostRecord, only: str | None) -> list[dict[str, Any]]:
    """Who reacted how: the main reaction first, the others in the order in which they came up."""
    me, first = caller.user, main(state)
    found = []
    if only in (None, first):
        likes = sorted(hearts(state, one), key=lambda each: each[1])
        who = [(state.users[user], at, me is not None and me.id == user and young(state, at)) for user, at in likes]
        found += [kind(first, who)] if who else []
    for emoji in one.reactions:
        chosen = [(user, each) for user, each in one.reacted.items() if each.emoji == emoji]
        if chosen and emoji != first and only in (None, emoji):
            chosen.sort(key=lambda each: (each[1].at, each[1].id))
            found.append(kind(emoji, [(state.users[user], each.at, young(state, each.at)) for user, each in chosen]))
    return found


def kind(emoji: str, who: list[tuple[UserRecord, float, bool]]) -> dict[str, Any]:
    """One reaction with its people, the newest first: their numbers are not told."""
    shown = [
        {
            "username": user.username,
            "name": user.name,
            "avatar_template": avatar(user),
            "can_undo": undo,
            "created_at": f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC",
        }
        for user, at, undo in who[::-1][:SHOWN]
    ]
    return {"id": emoji, "count": len(who), "users": shown}


def may_accept(caller: Caller, topic: TopicRecord) -> bool:
    """Whether somebody may accept the answers of a topic: staff, and whoever opened it."""
    user = caller.user
    if user is None or topic.archetype == "private_message":
        return False
    return user.staff or user.trust_level >= 4 or (user.id == topic.user_id and not topic.closed)


def of_answer(caller: Caller, topic: TopicRecord, one: PostRecord) -> dict[str, Any]:
    """What the plugin adds to a post."""
    here = one.id in topic.answers
    may = may_accept(caller, topic) and one.number > 1 and one.type != WHISPER
    return {
        "accepted_answer": here,
        "can_accept_answer": may,
        "can_unaccept_answer": may and here,
        "topic_accepted_answer": True if topic.answers else None,
    }
