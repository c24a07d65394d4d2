"""Saved queries: Data Explorer runs nothing else."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from koweb_sync.sandbox.explorer.parameters import declared
from koweb_sync.sandbox.explorer.people_tables import group_ids
from koweb_sync.sandbox.model.records import UserRecord
from koweb_sync.sandbox.model.state import ForumState, iso


@dataclass(slots=True)
class SavedQuery:
    """A query that somebody saved. `groups`: those whose members may run it. `hidden`: deleted, but not for good."""

    id: int
    name: str
    description: str
    sql: str
    user: UserRecord
    created_at: float
    last_run_at: float
    groups: list[int] = field(default_factory=list)
    hidden: bool = False


@dataclass(slots=True)
class SavedQueries:
    state: ForumState
    all: dict[int, SavedQuery] = field(default_factory=dict)
    ids: Iterable[int] = field(default_factory=lambda: itertools.count(1))

    def add(self, user: UserRecord, given: Mapping[str, Any]) -> SavedQuery:
        """Save a query. `given` has a name."""
        now = self.state.clock()
        made = SavedQuery(next(iter(self.ids)), "", "", "", user, now, now)
        self.change(made, given)
        self.all[made.id] = made
        return made

    def change(self, one: SavedQuery, given: Mapping[str, Any]) -> None:
        """Change what is given; the groups are replaced. A query that was deleted is back."""
        one.name = str(given.get("name", one.name))
        one.sql = str(given.get("sql", one.sql))
        one.description = str(given.get("description", one.description) or "")
        one.groups = list(dict.fromkeys(given.get("group_ids", ())))
        one.hidden = False

    def listed(self) -> list[SavedQuery]:
        """Those that are not hidden, in the order in which they were last run, then by name."""
        return sorted((one for one in self.all.values() if not one.hidden), key=lambda one: (one.last_run_at, one.name))

    def for_group(self, number: int) -> list[SavedQuery]:
        """Those that a group may run."""
        return [one for one in self.listed() if number in one.groups]

    def may_run(self, user: UserRecord | None, one: SavedQuery) -> bool:
        """Whether somebody may run a query: administrators, and members of its groups."""
        if user is None or one.hidden:
            return False
        return user.admin or bool(set(one.groups) & set(group_ids(self.state, user)))


def shown(one: SavedQuery, *, whole: bool) -> dict[str, Any]:
    """A query as JSON. `whole`: with its text and parameters."""
    text = {"sql": one.sql, "param_info": [item.info for item in declared(one.sql)]} if whole else {}
    times = {"created_at": iso(one.created_at), "last_run_at": iso(one.last_run_at)}
    facts = {name: getattr(one, name) for name in ("id", "name", "description", "hidden")}
    return {**text, **facts, **times, "username": one.user.username, "group_ids": one.groups, "user_id": one.user.id}
