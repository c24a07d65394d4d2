"""What `koweb init` has to know about a forum: from flags, or from a person, who is asked again for what does not hold,
and for nothing else.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from koweb_sync import config, keyrings, keys, logins, zones
from koweb_sync.cli.forum_access import connector
from koweb_sync.cli.output import labelled, say
from koweb_sync.cli.questions import ask, ask_for, ask_yes_no
from koweb_sync.config import Settings
from koweb_sync.errors import ConfigError, InputError, KeyBound, KowebError
from koweb_sync.forum.typed_addresses import forum_address
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import LANGUAGES, _, active, spoken
from koweb_sync.sync.setup.doctor import Finding, Verdict, examine
from koweb_sync.sync.setup.init import BY_KEY, Answers, posts_folder, reached, render, short_name, suggest_name, user

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum


class Tried(NamedTuple):
    """Answers that hold, the way to the forum, and the key that was typed for it: "" where it was there already."""

    answers: Answers
    forum: "Forum"
    typed: str


def collect(repo: Repo, given: Mapping[str, str | None], *, asks: bool, offline: bool) -> Answers:
    """The first answers. Raises InputError where there is neither a flag, nor a default, nor somebody to ask."""
    address = named if asks and not offline else forum_address
    url = answer(_("Address of the forum"), given["url"], "", address, asks=asks)
    name = answer(_("Short name of the forum"), given["name"], suggest_name(url), short_name, asks=asks)
    login = logins.find(url)
    username = given["username"] or (login.username if login else "")
    username = answer(_("Username that the key acts as"), username, "", user, asks=asks)
    posts = answer(_("Folder of the post files"), given["posts"], "posts", posts_folder, asks=asks)
    return Answers(name, url, username, posts, repo.branch() or "main", active(), "", zones.here())


def answer(question: str, given: str | None, default: str, understood: Callable[[str], str], *, asks: bool) -> str:
    """A flag's value, else what the person answers, else the default. Raises InputError where there is none of them, or
    where it cannot be used.
    """
    if given:
        return understood(given)
    if asks:
        return ask_for(question, understood, default or None)
    if default:
        return default
    raise InputError(
        _("Not known: {question}.").format(question=question), remedy=_("Give it as a flag: see “koweb init --help”.")
    )


def named(text: str) -> str:
    """The address of a forum that answers there, and says its name. Raises KowebError."""
    url, title = reached(text, say)
    say(labelled(url, title))
    return url


def locale_of(given: str | None, forum: "Forum | None", *, asks: bool) -> str:
    """The forum's language: a flag's, else what it says itself, else what the person answers, else theirs."""
    if given:
        return given
    if forum:
        return spoken(forum.site().locale) or active()
    return ask_for(_("Language of the forum"), language, active()) if asks else active()


def language(text: str) -> str:
    """A language of ours. Raises InputError."""
    if found := spoken(text.strip()):
        return found
    raise InputError(_("“{key}” must be one of: {names}.").format(key=text.strip(), names=", ".join(LANGUAGES)))


# ---- whether they hold


def tried(answers: Answers, *, asks: bool) -> Tried:
    """Answers with which the forum can be used. What does not hold is asked again.

    Raises InputError where nobody can be asked.
    """
    typed = ""
    while True:
        settings = config.from_text(render(answers, {}), answers.name)
        if asks and not has_key(settings):
            username, typed = key_or_login(settings)
            answers = replace(answers, username=username or answers.username)
            settings = config.from_text(render(answers, {}), answers.name)
        connect = connector(settings)
        bad = first_bad(settings, connect, asked=True)
        if bad is None:
            forum = connect()
            return Tried(replace(answers, username=forum.site().user_name(answers.username)), forum, typed)
        if not asks:
            raise InputError(
                _("The forum cannot be used like this, so nothing was written."),
                where=settings.url,
                remedy=_("Mend what is named above and try again, or add --offline."),
            )
        if of_key(bad):
            username = ask_for(_("Username that the key acts as"), user, answers.username)
            logged_in, typed = key_or_login(settings)
            answers = replace(answers, username=logged_in or username)
        else:
            answers = replace(answers, url=ask_for(_("Address of the forum"), named, answers.url))


def first_bad(settings: Settings, connect: "Callable[[], Forum]", *, asked: bool = False) -> Finding | None:
    """What keeps the forum from being used; all that was looked at is shown. `asked`: koweb.toml is not written yet."""
    for finding in examine(None, settings, connect, asked=asked):
        say(labelled(finding.what, finding.detail), fg="red" if finding.verdict is Verdict.BAD else None)
        if finding.verdict is Verdict.BAD:
            return finding
    return None


def of_key(bad: Finding) -> bool:
    """Whether another key, or the name that it acts as, may help."""
    return bad.cause is None or isinstance(bad.cause, BY_KEY)


# ---- the key


def key_for(settings: Settings, again: Callable[[], Settings]) -> tuple[Settings, str]:
    """A key with which the forum that koweb.toml names can be used, asked until it is one: the settings with it, as
    `again` reads them, and the key that was typed, "" for a login. Raises KowebError for what no key mends.
    """
    while True:
        _username, typed = key_or_login(settings)
        settings = again()
        bad = first_bad(settings, connector(settings))
        if bad is None:
            return settings, typed
        if not of_key(bad):
            raise bad.cause or InputError(labelled(bad.what, bad.detail))


def has_key(settings: Settings) -> bool:
    """Whether a key is there already, be it one that belongs elsewhere: who connects is told so."""
    try:
        keys.find_key(settings)
    except KeyBound:
        return True
    except ConfigError:
        return False
    return True


def type_key(settings: Settings) -> str:
    """Let a person type a key, unseen, for this process alone."""
    question = _("API key (what you type is not shown; without one, Enter lets you log in with your own account)")
    typed = ask(question, "", hidden=True)
    os.environ[keys.key_name(settings)] = typed
    return typed


def key_or_login(settings: Settings) -> tuple[str, str]:
    """Who logged in, "" for a key that was typed; and that key, "" for a login. Where a login comes to nothing, the
    person is told why, and asked again.
    """
    while True:
        if typed := type_key(settings):
            return "", typed
        try:
            return login_to(settings.url), ""
        except KowebError as error:
            say(str(error), fg="red")


def login_to(url: str) -> str:
    """Whoever logs in. Raises KowebError."""
    from koweb_sync.install import needing

    with needing("login", _("Logging in with your own account")):
        from koweb_sync.cli.setup.logging_in import log_in
    return log_in(url).username


def keep_key(settings: Settings, key: str) -> None:
    """A key that was typed goes into the system's keyring, if the person agrees; else they are told what to do."""
    if keyrings.usable():
        if ask_yes_no(_("Keep the key in this computer's keyring, so that you need not type it again?"), default=True):
            keyrings.keep(settings.url, settings.username, key)
            say(_("The key is in the keyring."), fg="green")
            return
    elif keyrings.library() is None:
        from koweb_sync.install import how_to_install

        say(
            _("With the extra “keyring”, koweb can keep keys in this computer's keyring.")
            + f" {how_to_install('keyring')}"
        )
    say(
        _("The key was not kept. In each new window, before you publish: export {variable}=…").format(
            variable=keys.key_name(settings)
        )
    )
