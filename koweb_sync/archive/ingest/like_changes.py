"""Likes and other reactions: who came, who went, and how sure we are of when. Pure.

`at` is the forum's own time. Where it tells none, a like came between `after`, the last time that we looked, and
`seen`; one that went did so between `there` and `gone`. A like and its taking back between two looks leave no trace.
Looking means comparing numbers. Where one like took the place of another, the numbers were equal for we do not know how
long: then nothing is said but when we saw the people themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from koweb_sync.forum.models import Like
from koweb_sync.times import SECOND

Row = dict[str, Any]
Name = tuple[int, int, str]  # post, person, kind


def changes(
    seen: Iterable[Like], known: Sequence[Mapping[str, Any]], top: Mapping[Name, int], now: int, looked: int | None
) -> list[Row]:
    """The rows that change when `seen` is all that there is among the likes in question.

    `known` are the rows of those that we hold open; `top` the highest number of each, closed ones included; `looked`
    is when we looked before, None if never.
    """
    held = {(row["post"], row["person"], row["kind"]): row for row in known}
    found: dict[Name, Like] = {}
    for one in seen:
        name = (one.post, one.person.id, one.kind)
        if name not in found or found[name].at is None:
            found[name] = one
    left = held.keys() - found.keys()
    swapped = {post for post, _person, _kind in left} & {post for post, _person, _kind in found.keys() - held.keys()}
    rows = []
    for name, like in found.items():
        row = held.get(name)
        if row is None:
            rows.append(came(name, like, top.get(name, 0) + 1, now, None if name[0] in swapped else looked))
        elif like.at is not None and row["at"] is None:
            rows.append({**row, "at": like.at})
        elif like.at is not None and not same_time(like.at, row["at"]):
            gone = like.at if like.at > row["seen"] else now  # the earlier one was taken back before the later one came
            rows += [went(row, gone, None), came(name, like, top.get(name, 0) + 1, now, looked)]
    return rows + [went(held[name], now, None if name[0] in swapped else looked) for name in held if name in left]


def same_time(one: int, other: int) -> bool:
    """Whether two times are the same moment, as far as the one that is told less exactly goes."""
    unit = next((unit for unit in (SECOND, SECOND // 1_000) if not one % unit or not other % unit), 1)
    return one // unit == other // unit


def same_moment(one: int | None, other: int | None) -> bool:
    """Whether two things that a forum does together were done at two times; an unknown one may be any."""
    return one is None or other is None or abs(one - other) < SECOND


def same_act(row: Mapping[str, Any], at: int | None) -> bool:
    """Whether a like that we hold and a reaction at a time are the same act. Of a like whose time nobody told: if the
    reaction was there when we saw it.
    """
    return same_moment(row["at"], at) if row["at"] is not None or at is None else bool(at <= row["seen"])


def came(name: Name, like: Like, n: int, now: int, looked: int | None) -> Row:
    """A like that we see for the first time."""
    post, person, kind = name
    first = {"post": post, "person": person, "kind": kind, "n": n, "at": like.at, "after": looked, "seen": now}
    return {**first, "there": None, "gone": None}


def went(row: Mapping[str, Any], now: int, looked: int | None) -> Row:
    """A like that is not there any more."""
    return {**row, "there": row["seen"] if looked is None else max(looked, row["seen"]), "gone": now}
