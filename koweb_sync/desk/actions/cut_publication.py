"""What a publication that was cut off had brought to the forum already, told from what is left of its plan."""

from collections.abc import Mapping
from typing import Any

from koweb_sync.config import Settings
from koweb_sync.desk.texts.leaving_out import title_of
from koweb_sync.git.repo import Repo
from koweb_sync.sync.lock.hold import fetch
from koweb_sync.sync.publish.actions import Create, Edit, Plan, describe
from koweb_sync.sync.publish.push import with_own_journal
from koweb_sync.sync.publish.translations import described
from koweb_sync.sync.world.world import PostAtHead


def arrived(repo: Repo, settings: Settings, agreed: Plan, left: Plan) -> Mapping[str, str]:
    """The titles, by path, of the texts of a plan that the forum turned out to have; none where what is left is
    anything but the rest of that plan. No request.
    """
    planned, again = texts(agreed), texts(left)
    if left.halt or beside(agreed) != beside(left) or not again.keys() <= planned.keys():
        return {}
    known = with_own_journal(repo, settings, fetch(repo, settings, network=False)).agreed
    gone = {one: title for one, title in planned.items() if one not in again}
    there = all(ident in known and known[ident].blob == blob for ident, _path, blob in gone)
    return {path: title for (_ident, path, _blob), title in gone.items()} if there else {}


def texts(plan: Plan) -> dict[tuple[str, str, str], str]:
    """The title of every text that a plan sends, by id, path and content of its file."""
    return {key(one.source): title_of(one) for one in plan.actions if isinstance(one, Create | Edit)}


def key(source: PostAtHead) -> tuple[str, str, str]:
    """What a file is known by, and its content."""
    return source.ident, source.path, source.blob


def beside(plan: Plan) -> list[dict[str, Any]]:
    """What else a plan does."""
    others = [describe(one) for one in plan.actions if not isinstance(one, Create | Edit)]
    return [*others, *map(described, plan.translations)]
