"""How chat stands in an archive: a channel as a topic, a message as a post. Both have the number that the forum gave
them, made negative, so that it is mistaken for no other topic's or post's, and no run asks the forum for it.
"""

import re

CHAT = "chat"  # the archetype of such a topic
# A channel, a thread of it, a message in either (plugins/chat, chat-route-map.js; a guess: no recording shows them).
_PLACE = r"/chat/c/[^/\s\"'<>]+/(\d{1,18})(?:/t/\d{1,18})?(?:/(\d{1,18}))?"
_PATH = re.compile(rf"{_PLACE}/?(?:[?#].*)?")
_NAMED = re.compile(rf"{_PLACE}(?!\d)")


def is_chat(ident: int) -> bool:
    """Whether the number of a topic is that of a channel, or the number of a post that of a message."""
    return ident < 0


def number_of_topic(channel: int) -> int:
    """The number under which a channel stands among topics."""
    return -channel


def number_of_post(message: int) -> int:
    """The number under which a message stands among posts."""
    return -message


def forum_path(topic: int, number: int | None = None, post: int | None = None) -> str:
    """Where a topic or a post is on the forum, below its address. `number`: the post's in its topic; `post`: its own,
    by which the forum knows a message.
    """
    if is_chat(topic):
        return f"chat/c/-/{-topic}" + ("" if post is None else f"/{-post}")
    return f"t/{topic}" + ("" if number is None else f"/{number}")


def at_path(path: str) -> tuple[int, int | None] | None:
    """The topic that the forum shows at a path, and the number of a post of its own; None for what is no chat. Which
    message a thread began with, no address says.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    return number_of_topic(int(found[1])), number_of_post(int(found[2])) if found[2] else None


def messages_named(text: str) -> set[int]:
    """The posts whose addresses a text may hold, by the numbers that their forum gave them."""
    if "/chat/c/" not in text:
        return set()
    return {number_of_post(int(one[2])) for one in _NAMED.finditer(text) if one[2]}


def file_name(topic: int) -> str:
    """What a file about a topic is called, without its ending."""
    return f"chat-{-topic}" if is_chat(topic) else str(topic)


def reference(topic: int, number: int | None = None) -> str:
    """A topic or a post of it as `koweb archive show` takes it."""
    name = f"chat/{-topic}" if is_chat(topic) else str(topic)
    return name if number is None else f"{name}/{number}"
