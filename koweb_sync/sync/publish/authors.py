"""Why somebody's post was refused with a 403: the forum gives one answer for all reasons, and most of them are no fault
of the key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from koweb_sync.config import Settings
from koweb_sync.errors import ForumForbidden, ForumKeyRefused, ForumNotFound, InputError, KowebError
from koweb_sync.forum.decode import clear, flag, inner, text_or_none, whole_number
from koweb_sync.i18n import _
from koweb_sync.sync.publish.actions import Create

if TYPE_CHECKING:
    from koweb_sync.sync.publish.carry_out_action import PublishRun

CLOSED = (ForumForbidden, ForumKeyRefused, ForumNotFound)


class AuthorBarred(InputError):
    """Somebody may not write, in a category or anywhere."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What keeps an author from writing, in words. `everywhere`: in every category."""

    message: str
    remedy: str
    everywhere: bool = True

    def error(self, path: str) -> AuthorBarred:
        """The same about one of the author's posts."""
        return AuthorBarred(self.message, where=path, remedy=self.remedy)


@dataclass(slots=True)
class Bars:
    """What is known of those who may not write, for the time of a push: found once for each."""

    found: dict[tuple[str, object], Bar] = field(default_factory=dict)

    def known(self, action: Create, author: str) -> Bar | None:
        """What keeps a post's author from writing, as far as it was found."""
        name = author.casefold()
        return self.found.get((name, None)) or self.found.get((name, action.category or 0))

    def look(self, run: "PublishRun", action: Create, author: str) -> Bar:
        """Find out what does: up to four requests."""
        bar = barred(run, action, author)
        self.found[author.casefold(), None if bar.everywhere else action.category or 0] = bar
        return bar


def another_name(settings: Settings, author: str) -> Bar | None:
    """What keeps a person who logged in with their own account from publishing in another name."""
    login = settings.login
    if login is None or author.casefold() == login.username.casefold():
        return None
    return Bar(
        _("You are logged in as “{user}”, and cannot publish as “{author}”: nothing was sent.").format(
            user=login.username, author=author
        ),
        _("Take “author” out of the file, and it appears in your name; another one needs an administrator's API key."),
    )


def concerns_author(run: "PublishRun", error: KowebError | None, author: str) -> bool:
    """Whether a refusal is about who writes: another person than the key's user, and not about the scopes."""
    other = author.casefold() != run.settings.username.casefold()
    return other and isinstance(error, ForumKeyRefused | ForumForbidden) and not getattr(error, "scope", "")


def barred(run: "PublishRun", action: Create, author: str) -> Bar:
    """What keeps somebody from writing a post."""
    try:
        path = f"/u/{quote(author, safe='')}.json"
        with run.forum.reading(path):
            person = profile(run.forum._get(path))
    except ForumNotFound:
        return unknown(run, author)
    except (ForumForbidden, ForumKeyRefused):
        return nobody_knows(author)
    person |= account(run, int(person["id"]))
    for what, bar in penalties(author).items():
        if person.get(what):
            return bar
    if not may_act_as(run, author):
        return Bar(
            _("The key may not act as “{user}”.").format(user=author),
            _("A post with an author needs a key for all users, and a user of that name."),
        )
    return not_here(run, action, author)


def penalties(author: str) -> Mapping[str, Bar]:
    """What the forum tells of an account, and what that means, the strongest first."""
    staff = _("Ask the forum's moderators, or name another author.")
    return {
        "suspended": Bar(_("“{user}” is suspended on the forum and may not write.").format(user=author), staff),
        "staged": Bar(
            _("“{user}” never made an account: the forum only keeps their e-mail.").format(user=author),
            _("Let them sign up first, or name another author."),
        ),
        "inactive": Bar(
            _("The account “{user}” is deactivated on the forum.").format(user=author),
            _("Ask an administrator to activate it, or name another author."),
        ),
        "silenced": Bar(_("“{user}” is silenced on the forum and may not write.").format(user=author), staff),
    }


@clear
def profile(data: Any) -> dict[str, Any]:
    """What everybody is told of a person: their number, and whether they are suspended or staged."""
    found = inner(data or {}, "user")
    suspended = text_or_none(found, "suspended_till") is not None
    return {"id": whole_number(found, "id", 0), "suspended": suspended, "staged": flag(found, "staged")}


@clear
def standing(data: Any) -> dict[str, Any]:
    """What administrators are told of an account."""
    silenced = flag(data, "silenced") or text_or_none(data, "silenced_till") is not None
    suspended = flag(data, "suspended") or text_or_none(data, "suspended_till") is not None
    inactive = not flag(data, "active", True)
    return {"suspended": suspended, "silenced": silenced, "inactive": inactive, "staged": flag(data, "staged")}


def account(run: "PublishRun", number: int) -> dict[str, Any]:
    """What administrators are told of an account; nothing for others: one request, none where we are no staff."""
    if not number or (run.site is not None and not run.site.staff):
        return {}
    path = f"/admin/users/{number}.json"
    try:
        with run.forum.reading(path):
            return {name: value for name, value in standing(run.forum._get(path)).items() if value}
    except CLOSED:
        return {}


def may_act_as(run: "PublishRun", author: str) -> bool:
    """Whether the key may act as somebody who may log in: one request."""
    try:
        run.forum._request("GET", "/session/current.json", override_request_kwargs={"username": author})
    except (ForumForbidden, ForumKeyRefused):
        return False
    except ForumNotFound:
        return True
    return True


def unknown(run: "PublishRun", author: str) -> Bar:
    """Nobody has that name; perhaps somebody had: who wrote what was published in that name. One request."""
    named = (a for a in run.hold.bookmark.agreed.values() if (a.sent.author or "").casefold() == author.casefold())
    agreed = next(named, None)
    now = ""
    if agreed is not None:
        try:
            now = run.forum.topic(agreed.topic).first.username
        except CLOSED:
            now = ""
    if now and now.casefold() != author.casefold():
        return Bar(
            _("“{user}” is called “{now}” on the forum now.").format(user=author, now=now),
            _("Write “author: {now}” into the file.").format(now=now),
        )
    return Bar(
        _("The forum has no user “{user}”, or their account is deactivated.").format(user=author),
        _("Correct the name in the file, or let them sign up first."),
    )


def nobody_knows(author: str) -> Bar:
    """The key may not even ask who that is."""
    return Bar(
        _("The forum does not let the key write as “{user}”, and does not tell it why.").format(user=author),
        _("A post with an author needs a key for all users, and an author who may write there."),
    )


def not_here(run: "PublishRun", action: Create, author: str) -> Bar:
    """An author who may write, but not there."""
    known = run.site.named(action.wants.category) if run.site and action.wants.category is not None else None
    return Bar(
        _("{user} may not start topics in the category “{category}”.").format(
            user=f"“{author}”", category=known.shown if known else action.wants.category or "?"
        ),
        _("Choose another category, or ask an administrator of the forum for the right."),
        everywhere=False,
    )
