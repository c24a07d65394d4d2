"""Whether everything is in place for publishing: the forum, the key, its rights, the clock, and the git remote."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from time import time

from koweb_sync import dates, login_attempts, logins
from koweb_sync.config import Settings
from koweb_sync.errors import GitError, KeyLacksScopes, KowebError
from koweb_sync.forum.client import Forum
from koweb_sync.forum.login import login_rules
from koweb_sync.forum.models import Scope
from koweb_sync.forum.own_key import OwnKey
from koweb_sync.forum.site import Limits, Site
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.logins import Login
from koweb_sync.sync.setup.login import ending, nobody_holds
from koweb_sync.sync.work_tree import settings_not_in_git
from koweb_sync.times import SECOND

CLOCK = 120.0  # seconds; more makes a new topic's date lie in the future for the forum

# What publishing needs of a key with scopes; `global:read` stands for every read.
NEEDED = (
    ("topics:write", False),
    ("posts:edit", False),
    ("topics:update", False),
    ("uploads:create", False),
    ("topics:read", True),
)


class Verdict(StrEnum):
    """How a check came out."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it came out, and in words what was found and what to do. `cause`: the error
    that ended it.
    """

    what: str
    verdict: Verdict
    detail: str
    exit_code: int = 0
    cause: KowebError | None = None


def examine(
    repo: Repo | None, settings: Settings, connect: Callable[[], Forum], *, publishing: bool = True, asked: bool = False
) -> Iterator[Finding]:
    """All checks, each as soon as it is made. About five requests. A failed one ends those that depend on it.

    `publishing`: the key must be able to; otherwise it only reads, as for an archive. `asked`: the settings are a
    person's answers, which no koweb.toml holds yet.
    """
    if repo is not None:
        yield from repository(repo, settings)
    if since := login_attempts.left(settings.url):
        yield Finding(_("login"), Verdict.NOTE, nobody_holds(settings.url, since))
    try:
        forum = connect()
        site = forum.site(max_age=0)
    except KowebError as error:
        yield Finding(_("forum"), Verdict.BAD, str(error), error.exit_code, error)
        return
    yield Finding(_("forum"), Verdict.GOOD, f"{site.title} ({settings.url})")
    if forum.own:
        known = replace(settings, login=told_rules(forum, settings, site))
        yield from own_key(forum.own, known, site, publishing=publishing)
    else:
        yield given_key(site, narrow=forum.narrow, asked=asked)
    if publishing:
        if not forum.own:
            yield from checked(lambda: scopes(forum), _("scopes"))
        yield from rights(settings, site)
    yield limits(site.limits, staff=site.staff)
    yield Finding(_("plugins"), Verdict.GOOD, ", ".join(site.plugins) or _("none that the forum tells of"))
    yield from checked(lambda: clock(forum), _("clock"))


def checked(look: Callable[[], Finding], what: str) -> Iterator[Finding]:
    """A check that asks the forum: its failure is a finding too."""
    try:
        yield look()
    except KowebError as error:
        yield Finding(what, Verdict.BAD, str(error), error.exit_code, error)


def given_key(site: Site, *, narrow: bool, asked: bool) -> Finding:
    """Whom a key that somebody was given acts as. `narrow`: the forum does not tell; `asked` as for `examine`."""
    if not narrow:
        return Finding(_("key"), Verdict.GOOD, _("acts as {user}").format(user=site.user))
    text = _("its scopes do not tell whom it acts as; koweb.toml says {user}")
    if asked:
        text = _("its scopes do not tell whom it acts as; you said {user}")
    return Finding(_("key"), Verdict.NOTE, text.format(user=site.user))


def repository(repo: Repo, settings: Settings) -> Iterator[Finding]:
    """Whether others get koweb.toml, and what was published."""
    if path := settings_not_in_git(repo):
        yield Finding(path, Verdict.NOTE, _("not in git yet; “koweb init” offers to commit it"))
    yield git_remote(repo, settings)


def git_remote(repo: Repo, settings: Settings) -> Finding:
    """Whether what was published can be recorded where others see it."""
    what = _("git remote")
    if not repo.has_remote(settings.remote):
        text = _("none named “{name}”: only this clone will know what was published").format(name=settings.remote)
        return Finding(what, Verdict.NOTE, text)
    try:
        there = repo.fetch_ref(settings.remote, settings.bookmark)
    except GitError as error:
        return Finding(what, Verdict.BAD, str(error), error.exit_code)
    state = _("bookmark found") if there else _("no bookmark yet: nothing was published from it")
    return Finding(what, Verdict.GOOD, _("{what}: {detail}").format(what=settings.remote, detail=state))


def told_rules(forum: Forum, settings: Settings, site: Site) -> Login | None:
    """The login, with when the forum ends it where it tells: administrators alone, one request. They use it now."""
    login = settings.login and replace(settings.login, used=time())
    told = login_rules(forum) if login and site.staff else None
    return logins.note_rules(settings.url, login, *told) if login and told else login


def own_key(own: OwnKey, settings: Settings, site: Site, *, publishing: bool) -> Iterator[Finding]:
    """Whom a person's own key acts as, what it cannot, and how it ends."""
    day = dates.day(round(settings.login.since * SECOND)) if settings.login else ""
    yield Finding(
        _("key"), Verdict.GOOD, _("acts as {user}, by “koweb login” of {day}").format(user=site.user, day=day)
    )
    if publishing and not own.writes:
        text = _("this login only reads. To publish, log in again: koweb login")
        yield Finding(_("login"), Verdict.BAD, text, exit_code=2)
    yield Finding(
        _("login"),
        Verdict.NOTE,
        _(
            "cannot: publish in another name, edit or read what {user} may not edit or read on the forum, use "
            "Data Explorer; koweb reads no personal messages with it"
        ).format(user=site.user)
        if not site.staff
        else _("cannot: publish in another name; koweb reads no personal messages with it"),
    )
    yield Finding(_("login"), Verdict.GOOD, _("“koweb logout” ends it."))
    if settings.login and (end := settings.login.end):
        near = end.near(time())
        yield Finding(_("login"), Verdict.NOTE if near and end.by_age else Verdict.GOOD, ending(end))


def scopes(forum: Forum) -> Finding:
    """Whether the key's scopes cover publishing."""
    found = forum.scopes()
    if not found:
        return Finding(_("scopes"), Verdict.GOOD, _("the key has no scopes: it may do what its user may"))
    missing = missing_scopes(found)
    if missing:
        text = _("missing: {names}. Make a key with them at {url}").format(
            names=", ".join(missing), url=f"{forum.host}/admin/api/keys"
        )
        cause = KeyLacksScopes(
            _("This key may not do all that publishing needs. It lacks: {names}.").format(names=", ".join(missing)),
            remedy=_("Somebody who administers the forum can make another one at {url}.").format(
                url=f"{forum.host}/admin/api/keys"
            ),
        )
        return Finding(_("scopes"), Verdict.BAD, text, exit_code=2, cause=cause)
    names = {f"{scope.resource}:{scope.key}" for scope in found}
    if "global:read" not in names:
        text = _(
            "everything that publishing needs; without global:read only what everybody may read is looked at: neither "
            "who the user is, nor what waits for a moderator, nor categories that are not public"
        )
        return Finding(_("scopes"), Verdict.NOTE, text)
    text = _("everything that publishing needs; tags need an unscoped key, for Discourse has no scope for them")
    return Finding(_("scopes"), Verdict.GOOD, text)


def missing_scopes(found: tuple[Scope, ...]) -> list[str]:
    """The scopes that publishing needs and a key lacks."""
    names = {f"{scope.resource}:{scope.key}" for scope in found}
    reads_all = "global:read" in names
    return [name for name, read in NEEDED if name not in names and not (read and reads_all)]


def rights(settings: Settings, site: Site) -> Iterator[Finding]:
    """Whether each category of koweb.toml exists, and the user may start topics there."""
    for folder, wanted in settings.categories.items():
        what = settings.posts if folder == "." else f"{settings.posts}/{folder}"
        known = site.named(wanted)
        if known is None:
            names = ", ".join(category.shown for category in site.categories[:8])
            text = _("the forum has no category “{category}”; it has: {names}").format(category=wanted, names=names)
            yield Finding(what, Verdict.BAD, text, exit_code=2)
        elif not known.may_create:
            text = _("{user} may not start topics in “{category}”").format(user=site.user, category=known.shown)
            yield Finding(what, Verdict.BAD, text, exit_code=2)
        else:
            yield Finding(what, Verdict.GOOD, f"{known.name} ({known.shown})")


def limits(found: Limits, *, staff: bool) -> Finding:
    """What the forum allows, in one line."""
    parts = [
        _("titles of {min} to {max} characters").format(min=found.title_min, max=found.title_max),
        _("texts of {min} to {max} characters").format(min=found.body_min, max=found.body_max),
        ngettext("{n} tag", "{n} tags", found.tags_max).format(n=number(found.tags_max)),
        _("images up to {n} kB").format(n=found.image_bytes_max // 1024),
        _("files: {names}").format(names=", ".join(sorted(found.extensions))),
    ]
    if not staff:
        most = found.topics_per_day
        parts.append(ngettext("{n} new topic a day", "{n} new topics a day", most).format(n=number(most)))
    return Finding(_("limits"), Verdict.GOOD, " · ".join(parts))


def clock(forum: Forum) -> Finding:
    """Whether this computer's clock agrees with the forum's."""
    skew = forum.clock_skew()
    if abs(skew) > CLOCK:
        text = _("this computer's clock is {n} s off the forum's: set it right").format(n=round(skew))
        return Finding(_("clock"), Verdict.NOTE, text)
    return Finding(_("clock"), Verdict.GOOD, _("within {n} s of the forum's").format(n=max(1, round(abs(skew)))))
