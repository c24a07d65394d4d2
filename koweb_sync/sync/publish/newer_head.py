"""Whether HEAD is newer than what was published last. Pure."""

from koweb_sync.agreements import Agreement
from koweb_sync.errors import HumanNeeded, KowebError
from koweb_sync.i18n import _
from koweb_sync.sync.world.world import World


def behind(world: World, agreed: Agreement, where: str) -> KowebError:
    """The version that was published last is not in HEAD's history."""
    if world.shallow:
        return HumanNeeded(
            _("This clone is shallow: it lacks the history that tells whether this file is newer than the forum."),
            where=where,
            remedy=_("Fetch it with “git fetch --unshallow” (in CI: fetch-depth: 0)."),
        )
    return HumanNeeded(
        _("Topic {topic} was last published from a version that is not in your branch's history.").format(
            topic=agreed.topic
        ),
        where=where,
        remedy=_("Bring that version here first (git pull, or merge the branch that published it)."),
    )
