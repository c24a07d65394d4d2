"""The answer to somebody who asks what is held about them, as one page to print or to send.

Nothing of it runs or is fetched: what people wrote is shown as the text that it is.
"""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from markupsafe import Markup

from koweb_sync import dates, i18n, pages
from koweb_sync.archive.exports.captions import character
from koweb_sync.archive.store import post_words
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.safe_text import unturned

STYLE = Path(__file__).with_name("templates") / "subject.css"
SIZE = "240"  # in pixels, of the picture whose address is shown
# The facts that are times, as ISO 8601 writes them.
TIMES = frozenset((
    "created", "last_posted", "at", "after", "seen", "gone", "observed", "edited", "since", "until", "fetched",
    "lifted", "deleted",
))  # fmt: skip


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


def words() -> dict[str, dict[str, str]]:
    """What the values of some facts are called."""
    return {
        "kind": {"like": _("like"), "mention": _("mention"), "quote": _("quotation"), "reply": _("answer")},
        "status": {"held": _("held"), "wanted": _("not fetched yet"), "gone": _("gone"), "refused": _("refused")},
        "wish": {
            "not-counted": _("not to be counted in reports"),
            "quoted-by-name": _("letters may quote them with their name"),
            "quoted-without-name": _("letters may quote them without their name"),
            "not-quoted": _("letters do not quote them"),
        },
        "trust_level": {
            "0": _("0, new user"),
            "1": _("1, basic user"),
            "2": _("2, member"),
            "3": _("3, regular"),
            "4": _("4, leader"),
        },
        "reason": {"anonymised": _("the account was made anonymous"), "erased": _("the person was forgotten here")},
        "policy": {
            "keep": _("the name; the texts stay"),
            "remove": _("the name and the texts"),
            "renamed": _("earlier names"),
        },
    }


def group_words() -> dict[str, str]:
    """What the groups are called that every forum has."""
    levels = {f"trust_level_{n}": _("everybody of trust level {n} and above").format(n=n) for n in range(5)}
    everyone = {"everyone": _("everybody"), "logged_in_users": _("everybody who has an account")}
    people = {"admins": _("administrators"), "moderators": _("moderators"), "staff": _("administrators and moderators")}
    return {**levels, **everyone, **people}


def readings(runs: dict[str, Any]) -> str:
    """How often the archive read the forum, and when: nothing that the person did."""
    if not runs["first"]:
        return ""
    forum = ngettext(
        "The archive read the forum {n} time to keep it",
        "The archive read the forum {n} times to keep it",
        runs["count"],
    )
    backup = ngettext(
        "The archive read the forum, or a backup of it, {n} time to keep it",
        "The archive read the forum, or a backup of it, {n} times to keep it",
        runs["count"],
    )
    said = (backup if runs["backups"] else forum).format(n=number(runs["count"]))
    first, last = (dates.day(dates.instant(runs[name])) for name in ("first", "last"))
    if first == last:
        return _("{readings}, on {day}.").format(readings=said, day=first)
    return _("{readings}, from {first} to {last}.").format(readings=said, first=first, last=last)


def cell(name: str, value: Any) -> str | Markup:
    """A value in a table: times by the reader's clock, places as links."""
    said = plain(name, value)
    if isinstance(value, bool) or value is None:
        return said
    if name in TIMES:
        return Markup('<time datetime="{}">{}</time>').format(value, said)
    if name == "url":
        return Markup('<a href="{0}">{0}</a>').format(value)
    return Markup("<bdi>{}</bdi>").format(unturned(said))


def plain(name: str, value: Any) -> str:
    """A value in words: times by the reader's clock."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return ""
    if name in TIMES:
        return dates.minute(dates.instant(value))
    if name == "avatar":
        value = value.replace("{size}", SIZE)  # the forum gives a template
    if name == "choice":
        return post_words.words(value)
    known = words().get(name, {})
    if name == "kind" and value not in known:
        return character(value)  # a reaction is called as its emoji
    return known.get(str(value), str(value))


def lists(facts: dict[str, Any]) -> tuple[tuple[str, str, list[dict[str, Any]]], ...]:
    """The tables of the page: key, heading, rows."""
    named = (
        ("likes", _("Likes that you gave")),
        ("votes", _("Votes in polls")),
        ("accepted", _("Answers that you accepted")),
        ("mentioned", _("Where others mention, quote or answer you")),
        ("edited", _("Posts of others that you edited")),
        ("groups", _("Groups")),
        ("activity", _("Public counters")),
        ("pictures", _("Pictures")),
        ("wishes", _("Wishes")),
        ("erasures", _("Erasures")),
        ("notes", _("Notes")),
    )
    said = group_words()
    groups = [{**one, "name": said.get(one["name"], one["name"])} for one in facts["groups"]]
    return tuple((key, heading, groups if key == "groups" else facts[key]) for key, heading in named)


def page(facts: dict[str, Any]) -> str:
    """The page, in the language that is spoken and by the clock of the reader."""
    environment = pages.environment("koweb_sync.archive.privacy")
    environment.filters["pairs"] = dict.items
    environment.globals |= {"cell": cell, "day": lambda said: dates.day(dates.instant(said))}
    style = pages.style(STYLE)
    person = facts["person"]
    return environment.get_template("subject.html").render(
        facts=facts,
        name=f"{person['name']} (@{person['username']})" if person["name"] else person["username"],
        parts=explanation(),
        lists=lists(facts),
        readings=readings(facts["runs"]),
        labels=labels(),
        language=i18n.active(),
        style=style,
        digest=b64encode(sha256(style.encode()).digest()).decode(),
    )
