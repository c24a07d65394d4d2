"""What went wrong on the way to the forum, as errors for a person; and how long the forum asks us to wait."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from koweb_sync.errors import (
    ForumAnswerUnclear,
    ForumDown,
    ForumError,
    ForumUnreachable,
    HostGone,
    LimitReached,
    ReadOnly,
)
from koweb_sync.forum.wire import Failure
from koweb_sync.i18n import _, ngettext
from koweb_sync.times import DAY_IN_SECONDS

if TYPE_CHECKING:
    from koweb_sync.forum.transport import Answer, Call

LONGEST = 366 * DAY_IN_SECONDS  # seconds that anybody is believed to want us to wait


class TooSlow(ForumUnreachable):
    """An answer that came, but would never have ended. The same again would take as long."""


# ---- how long to wait


def asked_to_wait(answer: "Answer") -> float | None:
    """Seconds that the forum asks us to wait, in any of its shapes; None if it does not.

    The middleware's 429 is text with `Retry-After`; the controller's is JSON with `extras.wait_seconds`; a forum in
    read-only mode says 503.
    """
    read_only = answer.status == 503 and (
        answer.headers.get("Discourse-Readonly") == "true" or answer.peek().get("error_type") == "read_only"
    )
    if answer.status != 429 and not read_only:
        return None
    header = retry_after(answer.headers.get("Retry-After", ""), answer.headers.get("Date", ""))
    extras = answer.peek().get("extras")
    said = extras.get("wait_seconds") if isinstance(extras, dict) else None
    waits = [wait for wait in (header, said) if isinstance(wait, int | float) and wait >= 0]
    return min(max(1.0, *waits), LONGEST) if waits else 15.0


def retry_after(value: str, date: str) -> float | None:
    """Seconds from a `Retry-After` header: a number, or a date, counted from the answer's own date."""
    if value.strip().isdecimal():
        return min(float(value), LONGEST)  # of 400 digits it is infinite
    try:
        then = parsedate_to_datetime(value)
        now = parsedate_to_datetime(date) if date else datetime.now(UTC)
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def site_wide(answer: "Answer") -> bool:
    """Whether a 429 concerns the whole site or address, not one user."""
    code = answer.headers.get("Discourse-Rate-Limit-Error-Code", "")
    return code.startswith(("admin_api_key", "ip_", "user_api_key")) or "error_type" not in answer.peek()


# ---- as errors


def elsewhere(call: "Call", target: str) -> ForumAnswerUnclear:
    """The error about an answer that sends us where we do not go."""
    return ForumAnswerUnclear(
        _("The forum sends us to another address: {url}").format(url=target.partition("?")[0]),
        where=call.where,
        remedy=_(
            "If that is the forum's address now, use it instead (“url” in koweb.toml); the key was not sent there."
        ),
    )


def unreachable(call: "Call", failed: Failure) -> ForumUnreachable:
    """The error about a missing answer."""
    remedy = _("Check the forum's address and your connection, and whether the forum opens in a browser.")
    if failed.sent and not call.reads:
        remedy = _("Push again: what arrived is found, nothing is sent twice.")
    kind = TooSlow if failed.slow else ForumUnreachable
    text = _("The forum does not answer: {why}.").format(why=failed.why)
    return kind(text, where=call.where, remedy=remedy, sent=failed.sent)


def no_answer(call: "Call", server: str, failed: Failure) -> HostGone:
    """The error about a server beside the forum's that gives no answer."""
    text = _("{server} does not answer: {why}.").format(server=server, why=failed.why)
    remedy = _("The forum keeps files there, or kept them once: its administrators may know where they are now.")
    return HostGone(text, where=call.where, remedy=remedy, server=server, why=failed.why)


def down(answer: "Answer") -> ForumError:
    """The error about a server error, or about a forum that stays read-only."""
    if asked_to_wait(answer) is not None:
        text, remedy = (
            _("The forum is in read-only mode."),
            _("Wait until its maintenance is over, then try again."),
        )
        return ReadOnly(text, where=answer.where, remedy=remedy, status=answer.status)
    text = _("The forum has a problem of its own (server error {status}).").format(status=answer.status)
    remedy = _("Nothing is lost. Try again in a few minutes.")
    return ForumDown(text, where=answer.where, remedy=remedy, status=answer.status)


def limit_reached(answer: "Answer", wait: float) -> LimitReached:
    """The error about a limit that does not pass in time."""
    minutes = round(wait / 60)
    return LimitReached(
        ngettext(
            "The forum allows no more of this for now; it says to wait {n} minute.",
            "The forum allows no more of this for now; it says to wait {n} minutes.",
            minutes,
        ).format(n=minutes),
        where=answer.where,
        remedy=_("Try again then: it goes on where it stopped."),
        seconds=wait,
    )
