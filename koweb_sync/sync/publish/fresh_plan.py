"""The plan of a push as the forum and the git remote are now: what their caches say is asked again where it decides."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from koweb_sync.config import Settings
from koweb_sync.git.repo import Repo
from koweb_sync.sync.publish.actions import Plan
from koweb_sync.sync.publish.anchors import asks_anchors
from koweb_sync.sync.publish.options import PlanOptions
from koweb_sync.sync.publish.push import asked_again, known_site, needs_site, preview

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum


def fresh_plan(repo: Repo, settings: Settings, connect: "Callable[[], Forum]", options: PlanOptions) -> Plan:
    """The plan with the git remote's bookmark and the forum's facts; nothing is written anywhere but in caches."""
    site = known_site(settings) or connect().site()
    world, made = preview(repo, settings, options, site, time.time(), network=True)
    fresh = asked_again(connect, site, made)
    if needs_site(made) and not fresh.is_fresh():
        fresh = connect().site()
    if asks_anchors(world, fresh, made):
        connect().ask_anchors()
        fresh = known_site(settings) or fresh
    return made if fresh == site else preview(repo, settings, options, fresh, time.time(), network=True)[1]
