"""What a push tells the theme component (`sync.component`), and what it asks for that.

Staff may have moved a topic on the forum: what a pull or a fetch saw counts at once. Now and then a push that has
something to tell looks where all of them are, and once a day which categories everybody may read.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from koweb_sync.agreements import Agreement
from koweb_sync.bookmark import Component
from koweb_sync.errors import KowebError
from koweb_sync.forum.site import Site
from koweb_sync.i18n import _
from koweb_sync.sync.component.in_sight import hidden_topics, is_recent
from koweb_sync.sync.component.published import PublishedTopics, everybody_reads
from koweb_sync.sync.component.update import news, tell
from koweb_sync.sync.lock.hold import Hold
from koweb_sync.sync.world.world import World

if TYPE_CHECKING:  # whoever has nothing to tell does not pay for HTTP
    from koweb_sync.sync.publish.carry_out_action import PublishRun


def unsaid(hold: Hold, site: Site, world: World, done: Mapping[str, Agreement]) -> PublishedTopics | None:
    """What the component is to be told as far as we know without a request, None for nothing."""
    agreed = {**hold.bookmark.agreed, **done}.values()
    return news(hold.bookmark.component, agreed, site, hold.settings.branch, moved(world, site, done))


def moved(world: World, site: Site, done: Mapping[str, Agreement]) -> frozenset[int]:
    """The topics that were seen where not everybody reads them, or not at all, since they were agreed on."""
    agreed = world.bookmark.agreed
    taken = (agreed[ident] for ident in world.taken if ident in agreed and ident not in done)
    shut = {one.topic for one in (*taken, *world.newer.values()) if not everybody_reads(one, site)}
    return frozenset(shut | {agreed[ident].topic for ident in world.states if ident in agreed})


def tell_component(run: "PublishRun") -> str:
    """Renew what readers are told: one request, if it changed. Where nobody looked for long, up to four for the
    forum's facts and one for each thirty topics come before. A sentence for a person where that failed.
    """
    hold = run.hold
    agreed = {**hold.bookmark.agreed, **run.done}
    try:
        site = run.site if run.site is not None and run.site.is_fresh() else run.forum.site()
        component = looked(run, site, agreed)
    except KowebError:
        return _("The note under the topics was not renewed this time; the next push tries again.")
    shut = moved(run.world, site, run.done)
    found, note = news(component, agreed.values(), site, hold.settings.branch, shut), ""
    if found is not None:
        component, note = tell(run.forum, component, found)
    hold.component = component
    return note


def looked(run: "PublishRun", site: Site, agreed: Mapping[str, Agreement]) -> Component:
    """What is known of the component, with where its topics are, as it was looked not long ago."""
    component, now = run.hold.bookmark.component, run.hold.clock()
    if is_recent(component, len(agreed), now):
        return component
    return replace(component, looked=now, hidden=hidden_topics(run.forum, site, agreed.values()))
