"""What publishing does on the forum with the topic of a post whose file is gone, said before it happens. Pure."""

from koweb_sync.agreements import Agreement
from koweb_sync.config import Settings
from koweb_sync.i18n import _
from koweb_sync.sync.publish.withdrawals import opened_by


def of_deletion(agreed: Agreement | None, settings: Settings) -> str:
    """The same as a sentence. `agreed`: what is known of its topic, None where the forum has none."""
    if agreed is None or agreed.withdrawn:
        return _("The forum does not have it: nothing changes there.")
    return {
        "keep": _(
            "Its topic stays on the forum as it is. koweb only stops looking after it: to take it off, delete it "
            "there, too."
        ),
        "unlist": _(
            "When you publish, its topic leaves the forum's lists: who has its address can still read it. You are "
            "asked once more before."
        ),
        "close": _(
            "When you publish, its topic is closed on the forum: nobody can answer any more. You are asked once more "
            "before."
        ),
        "delete": _(
            "When you publish, its topic is deleted on the forum, unless others wrote there. You are asked once more "
            "before."
        ),
    }["keep" if opened_by(agreed, settings) else settings.withdraw]
