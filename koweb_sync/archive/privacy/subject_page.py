"""The answer to somebody who asks what is held about them, as one page to print or to send.

Nothing of it runs or is fetched: what people wrote is shown as the text that it is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from koweb_sync import dates, i18n, pages
from koweb_sync.i18n import _
from koweb_sync.times import microseconds


@dataclass(frozen=True, slots=True)
class Explanation:
    """A part of the explanation: a heading and a paragraph, for the facilitator to adapt."""

    heading: str
    text: str


def explanation() -> tuple[Explanation, ...]:
    """What an answer has to say besides the data (GDPR, article 15, 1 and 2)."""
    return (
        Explanation(
            _("Why we keep this"),
            _(
                "The archive keeps a community's discussions readable when its forum closes or changes host, and lets "
                "us describe how the discussion lives. The community has a legitimate interest in its own memory."
            ),
        ),
        Explanation(
            _("Where it comes from"),
            _("From the forum itself: what you published there, and what it shows about you to its members."),
        ),
        Explanation(
            _("Who receives it"),
            _("The facilitators who keep the archive, and whoever reads the exports and reports that they publish."),
        ),
        Explanation(
            _("How long it is kept"),
            _(
                "As long as the archive is kept. If the forum makes your account anonymous, your name is removed here "
                "as well. You may ask at any time for your name, or for what you wrote, to be removed."
            ),
        ),
        Explanation(
            _("Your rights"),
            _(
                "You may have mistakes corrected, have data erased, restrict or object to its use, and take this "
                "page's data with you in a form that programs read. You may complain to your data protection authority."
            ),
        ),
        Explanation(
            _("What is decided by machines"),
            _("Nothing is decided about you. Figures in reports are about the community; you may ask not to count."),
        ),
    )


def labels() -> dict[str, str]:
    """What the keys of the facts are called."""
    return {
        "id": _("Number"),
        "username": _("Username"),
        "name": _("Name"),
        "created": _("Created"),
        "trust_level": _("Trust level"),
        "admin": _("Administrator"),
        "moderator": _("Moderator"),
        "bot": _("Machine"),
        "staged": _("Known by e-mail only"),
        "suspended": _("Suspended"),
        "anonymised": _("Made anonymous"),
        "title": _("Title"),
        "avatar": _("Picture"),
        "post_count": _("Posts"),
        "last_posted": _("Last post"),
        "url": _("Place"),
        "kind": _("Kind"),
        "at": _("When"),
        "after": _("Not before"),
        "seen": _("Seen"),
        "gone": _("Taken back by"),
        "poll": _("Poll"),
        "choice": _("Choice"),
        "observed": _("Seen"),
        "since": _("Since"),
        "until": _("Until"),
        "days_visited": _("Days visited"),
        "topics_entered": _("Topics opened"),
        "posts_read": _("Posts read"),
        "topic_count": _("Topics written"),
        "likes_given": _("Likes given"),
        "likes_received": _("Likes received"),
        "source": _("Address"),
        "status": _("State"),
        "sha256": _("Checksum"),
        "fetched": _("Fetched"),
        "wish": _("Wish"),
        "policy": _("Manner"),
        "reason": _("Reason"),
        "lifted": _("Ended"),
    }


def cell(value: Any) -> str:
    """A value in a table."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def day(moment: str) -> str:
    """The day of a time in the facts, in words."""
    return dates.day(microseconds(datetime.fromisoformat(moment)))


def page(facts: dict[str, Any]) -> str:
    """The page, in the language that is spoken."""
    environment = pages.environment("koweb_sync.archive.privacy")
    environment.filters["dictvalues"] = dict.values
    environment.filters["cell"] = cell
    environment.filters["day"] = day
    template = environment.get_template("subject.html")
    return template.render(facts=facts, parts=explanation(), labels=labels(), language=i18n.active())
