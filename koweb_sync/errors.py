"""Every error that a user can meet, with its exit code.

An error says what happened, where, and what to do next. Its text is already in the user's language and never holds a
key. Exit codes: 0 done, 1 failed, 2 your input, 3 a human must look; of several outcomes 1 wins over 2, 2 over 3.
"""

import re
from collections.abc import Iterable

from koweb_sync.i18n import _
from koweb_sync.redaction import redact

DONE, FAILED, INPUT, HUMAN = 0, 1, 2, 3


def beside(where: str, words: str) -> str:
    """Words behind the place that they are about. A line of a file keeps its colon: editors lead there by it."""
    if re.search(r":\d+$", where) and "://" not in where:  # a port is none
        return f"{where}: {words}"
    return _("{what}: {detail}").format(what=where, detail=words)


def ended(text: str) -> str:
    """A sentence with a sign at its end; one that is quoted may have its own, and an address may stand behind it."""
    text = text.rstrip()
    return text if re.search(r"(?:[.!?…:]|[.!?…][\s”»’\"')]*\s\S+://\S+)[\s”»’\"')]*$", text) else f"{text}."


class KowebError(Exception):
    """An error to show to a user.

    `message` says what happened, `where` names a `file:line` or a URL, `remedy` says what to do next.
    None of them holds a secret of this run, wherever the error is written to.
    """

    exit_code = FAILED

    def __init__(self, message: str, *, where: str = "", remedy: str = "") -> None:
        self.message, self.where, self.remedy = redact(message), redact(where), redact(remedy)
        super().__init__(self.message, self.where, self.remedy)

    def __str__(self) -> str:
        return beside(self.where, self.told) if self.where else self.told

    @property
    def told(self) -> str:
        """What happened and what to do next, without the place: a sentence ends before another follows."""
        return f"{ended(self.message)} {self.remedy}" if self.remedy else self.message


class InputError(KowebError):
    """What the user wrote or asked for cannot be used."""

    exit_code = INPUT


class PostRefused(InputError):
    """A post is not published as it is. `remedy`: at most that nothing of it was sent."""


class PostFileError(InputError):
    """A post file cannot be read. `line` counts from 1; 0 where no line can be named."""

    def __init__(self, path: str, line: int, message: str, remedy: str = "") -> None:
        super().__init__(message, where=f"{path}:{line}" if line else path, remedy=remedy)
        self.path = path
        self.line = line


class ConfigError(InputError):
    """koweb.toml or the environment lacks or contradicts something."""


class KeyLacksScopes(InputError):
    """A key has scopes, and publishing needs others besides."""


class IdentityUnknown(InputError):
    """git does not know in whose name to commit."""


class WrongBranch(InputError):
    """Another branch is checked out than the one that publishes."""


class HumanNeeded(KowebError):
    """Nothing is broken, but a person has to look or to decide."""

    exit_code = HUMAN


class PullWaits(HumanNeeded):
    """A pull waits for a person to resolve its conflicts."""


class EditedThere(HumanNeeded):
    """Somebody edited a topic on the forum, and the branch does not hold that text."""


class KeyBound(HumanNeeded):
    """A key that was used with one address is to go to another. `may_agree`: the user may be asked, and agree."""

    def __init__(self, message: str, *, where: str = "", remedy: str = "", may_agree: bool = True) -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.may_agree = may_agree


class SomebodyPublishing(HumanNeeded):
    """Another push holds the lock of this forum."""


class PlanMoved(HumanNeeded):
    """A saved plan no longer describes what a push would do."""


class StoreUnusable(InputError):
    """An archive cannot be opened, read or written. `where` is its place, without a password."""


class NoArchive(StoreUnusable):
    """Nothing is where an archive is to be read."""


class Stopped(KowebError):
    """Somebody stopped the command."""


class GitError(KowebError):
    """git, or the git remote, refused."""


class GitSilent(GitError):
    """The git remote did not answer in time. What was asked may have been done."""


class ForumError(KowebError):
    """The forum, or the way to it, failed. `where` is the URL, without its query."""


class ForumUnreachable(ForumError):
    """No answer: name resolution, connection, TLS, or time-out. `sent` tells whether the request may have been done."""

    def __init__(self, message: str, *, where: str = "", remedy: str = "", sent: bool = False) -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.sent = sent


class HostGone(ForumUnreachable):
    """A server beside the forum's own, on which it keeps files, gives no answer: it is not asked again. `server` is its
    scheme and name, `why` the reason in words.
    """

    def __init__(self, message: str, *, where: str = "", remedy: str = "", server: str = "", why: str = "") -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.server = server
        self.why = why


class ForumDown(ForumError):
    """The forum answered with a server error (5xx) that did not pass. `status` is the last one."""

    def __init__(self, message: str, *, where: str = "", remedy: str = "", status: int = 500) -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.status = status


class ReadOnly(ForumDown):
    """The forum's maintenance lasts longer than our patience."""


class ForumAnswerUnclear(ForumError):
    """The answer is not what Discourse's API gives: HTML, broken JSON, a missing field."""


class AnswerMalformed(ForumAnswerUnclear):
    """One thing that an answer shows is not what Discourse gives; others may well be."""


class AddressRefused(ForumAnswerUnclear):
    """An address is not one of the forum's files, or leads where nobody may send us: it was not asked."""


class ForumKeyRefused(ForumError):
    """The key is unknown, revoked, not for this user, or its scopes do not cover this request (403): `scope` is then
    what it lacks.
    """

    exit_code = INPUT

    def __init__(self, message: str, *, where: str = "", remedy: str = "", scope: str = "") -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.scope = scope


class ForumForbidden(ForumError):
    """The key is good, but its user may not do this (403 or 422 with a permission text)."""


class ForumNotFound(ForumError):
    """The topic, post, or route does not exist, or this user may not see it (404, 410)."""


class ForumRefused(ForumError):
    """The forum's validations refused what was sent (400, 422). `reasons` are the forum's own sentences."""

    exit_code = INPUT

    def __init__(self, message: str, *, where: str = "", remedy: str = "", reasons: tuple[str, ...] = ()) -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.reasons = reasons


class EditConflict(ForumError):
    """The guard did not match: somebody edited the post since we agreed on its text (409)."""

    exit_code = HUMAN


class LimitReached(ForumError):
    """A limit that will not pass within minutes (429). `seconds` until it passes, as the forum says."""

    exit_code = HUMAN

    def __init__(self, message: str, *, where: str = "", remedy: str = "", seconds: float = 0) -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.seconds = seconds


def worst(codes: Iterable[int]) -> int:
    """The exit code of several outcomes: 1 wins over 2, 2 over 3, 3 over 0."""
    found = set(codes)
    return next((code for code in (FAILED, INPUT, HUMAN) if code in found), DONE)
