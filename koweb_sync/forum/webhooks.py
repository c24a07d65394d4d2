"""The forum's webhooks, as administrators set them up: looked up, made, changed. One request each.

Only an administrator's key without scopes may. Routes and answers are recorded, but for the numbers of the kinds of
events, which servers before 2024 grouped: they are asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koweb_sync.forum.connection import Connection
from koweb_sync.forum.decode import clear, flag, inner, items, record, text, whole_number

PLACE = "/admin/api/web_hooks"
MOST = 20  # pages
PAGE = 50


@dataclass(frozen=True, slots=True)
class ForumHook:
    """A webhook: where it goes, and of which kinds of events by their numbers."""

    id: int
    url: str
    kinds: frozenset[int]
    everything: bool
    active: bool


@dataclass(frozen=True, slots=True)
class ForumHooks:
    """All of a forum, and the kinds of events that it knows: their names by their numbers."""

    found: tuple[ForumHook, ...]
    kinds: Mapping[int, str]


def webhooks(forum: Connection) -> ForumHooks:
    """All of them, fifty to a request. Raises ForumKeyRefused or ForumNotFound where the key is no administrator's."""
    found: list[ForumHook] = []
    kinds: dict[int, str] = {}
    path = f"{PLACE}.json"
    with forum.reading(path):
        for page in range(MOST):
            data = forum._get(path, limit=PAGE, offset=page * PAGE)
            kinds |= known(data)
            some = listed(data)
            found += some
            if len(some) < PAGE:
                break
    return ForumHooks(tuple(found), kinds)


def make(forum: Connection, wish: Mapping[str, Any]) -> ForumHook:
    """A new one. Raises ForumRefused for an address that the forum does not send to."""
    path = f"{PLACE}.json"
    with forum.reading(path):
        return shown(forum._post(path, json=True, web_hook=dict(wish)))


def change(forum: Connection, number: int, wish: Mapping[str, Any]) -> ForumHook:
    """Change one. Raises ForumNotFound, ForumRefused."""
    path = f"{PLACE}/{number}.json"
    with forum.reading(path):
        return shown(forum._put(path, json=True, web_hook=dict(wish)))


@clear
def listed(data: object) -> Sequence[ForumHook]:
    """What a list says."""
    return [read(one) for one in items(data, "web_hooks")]


@clear
def shown(data: object) -> ForumHook:
    """What an answer about one says."""
    return read(record(data).get("web_hook"))


@clear
def known(data: object) -> Mapping[int, str]:
    """The kinds of events: a list, on newer servers one for each group."""
    extras = inner(record(data), "extras")
    groups = extras.get("grouped_event_types")
    some = [one for group in groups.values() for one in group] if isinstance(groups, Mapping) else None
    each = some if some is not None else items(extras, "event_types")
    return {whole_number(record(one), "id"): text(record(one), "name") for one in each}


def read(data: object) -> ForumHook:
    """A webhook. Raises what `clear` makes plain."""
    one = record(data)
    kinds = frozenset(whole_number(record(kind), "id") for kind in items(one, "web_hook_event_types"))
    return ForumHook(
        whole_number(one, "id"), text(one, "payload_url"), kinds, flag(one, "wildcard_web_hook"), flag(one, "active")
    )
