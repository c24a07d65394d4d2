"""What publishing does on the forum with the topic of a post whose file is gone, or a draft by now, and with a
translation whose file is gone, said before it happens. Pure.
"""

from collections.abc import Collection
from dataclasses import dataclass

from koweb_sync.agreements import AgreedTranslation, Agreement
from koweb_sync.config import Settings
from koweb_sync.i18n import _
from koweb_sync.sync.publish.withdrawals import opened_by


@dataclass(frozen=True, slots=True)
class DeletionEffect:
    """What publishing does where a file is deleted: `told` as a sentence; `waits`: whether anything changes there.
    `title`: what the text is called on the forum, `address`: where it can be seen; both "" where it has none.
    """

    told: str
    waits: bool
    title: str = ""
    address: str = ""


def deletion_effect(agreed: Collection[Agreement], path: str, settings: Settings) -> DeletionEffect:
    """What becomes on the forum of a post file, or of a translation whose original stays. `agreed`: all that is."""
    topic = next((one for one in agreed if one.path == path), None)
    found = None if topic else translation_at(agreed, path)
    if found is None:
        return DeletionEffect(
            of_deletion(topic, settings),
            changes_there(topic, settings),
            topic.title if topic else "",
            topic_address(topic, settings),
        )
    original, its = found
    kept = settings.withdraw == "keep"
    told = (
        _("This translation stays on the forum as it is: koweb only stops looking after it.")
        if kept
        else _("When you publish, this translation is taken from its topic on the forum.")
    )
    return DeletionEffect(told, not kept, its.title, topic_address(original, settings))


def translation_at(agreed: Collection[Agreement], path: str) -> tuple[Agreement, AgreedTranslation] | None:
    """The translation that the forum has of a file, with what is known of its topic; None where it has none."""
    found = ((one, its) for one in agreed if not one.withdrawn for its in one.translations.values())
    return next(((one, its) for one, its in found if its.path == path), None)


def changes_there(agreed: Agreement | None, settings: Settings) -> bool:
    """Whether publishing does anything there."""
    return agreed is not None and not agreed.withdrawn and withdrawal(agreed, settings) != "keep"


def withdrawal(agreed: Agreement, settings: Settings) -> str:
    """How a topic goes from there: as the settings have it, if it is one's own."""
    return "keep" if opened_by(agreed, settings) else settings.withdraw


def topic_address(agreed: Agreement | None, settings: Settings) -> str:
    """Where its topic can be seen; "" where it has none."""
    return f"{settings.url}/t/-/{agreed.topic}" if agreed and not agreed.withdrawn else ""


def of_draft(agreed: Agreement | None, settings: Settings) -> str:
    """What becomes of the topic of a draft, as a sentence; "" where the forum has none, or it went before."""
    if agreed is None or agreed.withdrawn not in ("", "keep"):
        return ""
    kept = agreed.withdrawn == "keep" or withdrawal(agreed, settings) == "keep"
    return _("Its topic stays on the forum as it is.") if kept else of_deletion(agreed, settings)


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
            "When you publish, its topic leaves the forum's lists: who has its address can still read it. You confirm "
            "that there."
        ),
        "close": _(
            "When you publish, its topic is closed on the forum: nobody can answer any more. You confirm that there."
        ),
        "delete": _(
            "When you publish, its topic is deleted on the forum, unless others wrote there. You confirm that there."
        ),
    }[withdrawal(agreed, settings)]
