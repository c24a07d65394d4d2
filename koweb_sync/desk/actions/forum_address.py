"""Another address for the forum of a folder that is set up: it moved, or its address was mistyped.

Nothing changes before a post of the folder is seen there, if any was published: else the next publication would go into
another forum. The key goes there only then, or where somebody says so.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from koweb_sync import kept_keys, keyrings, keys, logins, trusted
from koweb_sync.config import Settings
from koweb_sync.desk.actions import archive_follows, settings_file
from koweb_sync.desk.actions.set_up import Errors, first_bad, keep, kept_in, log_out, whom_to_ask
from koweb_sync.desk.run.session import DeskSession, connected, quietly
from koweb_sync.errors import ConfigError, ForumForbidden, ForumNotFound, InputError, KeyBound, KowebError
from koweb_sync.forum.client import Forum
from koweb_sync.forum.models import TopicView
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.posts.ids import TopicId
from koweb_sync.sync.setup.forum_values import with_values
from koweb_sync.sync.setup.init import BY_KEY, reached
from koweb_sync.sync.setup.same_forum import PostsThere, posts_there


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address that answers as a forum, what that is called, and what is seen there of the folder's posts."""

    url: str
    title: str
    found: PostsThere


def ask_address(repo: Repo, settings: Settings, given: Mapping[str, str]) -> NewAddress | Errors:
    """Look at an address without a key; what does not hold, by the field of the form. Raises KowebError."""
    if not given.get("address", "").strip():
        return {"address": InputError(_("Write the address of the forum."))}
    try:
        url, title = reached(given["address"], quietly)
    except KowebError as error:
        return {"address": error}
    if trusted.origin(url) == trusted.origin(settings.url):
        return {"address": InputError(_("This is the address that koweb knows already."))}
    if fixed := next((one for one in (keys.url_name(settings), "KOWEB_URL") if one in os.environ), ""):
        told = _("On this computer it is fixed to which address your key goes.")
        remedy = _("Whoever looks after this folder has to change that first.")
        return {"address": InputError(told, where=fixed, remedy=remedy)}
    with Forum(url, "", "", say=quietly) as forum:
        found = posts_there(repo, settings, forum.public_topic)
    if found is PostsThere.OTHERS:
        return {"address": another_forum(title, settings)}
    if found is PostsThere.OPEN:
        return {"address": cut_off()}
    if found is PostsThere.UNSEEN and "sure" not in given:
        told = _("“{title}” answers there, but shows none of your posts to whoever has no key.").format(title=title)
        return {"sure": InputError(told, remedy=_("Is it your forum? Then tick this box: koweb looks with your key."))}
    return NewAddress(url, title, found)


def cut_off() -> InputError:
    """The error about a publication of which nobody knows the end."""
    told = _("A publication was cut off, and koweb does not know what the forum received: nothing was changed.")
    return InputError(told, remedy=_("Go on with it in “Publish” first."))


def another_forum(title: str, settings: Settings) -> InputError:
    """The error about a forum that has none of the posts."""
    return InputError(
        _("Another forum answers there: “{title}” does not have the posts that you published.").format(title=title),
        remedy=_("Nothing was changed: your forum is still {url}.").format(url=settings.url),
    )


def change(run: DeskSession, repo: Repo, settings: Settings, new: NewAddress, typed: str) -> Errors:
    """Take another address, with the key that koweb has, or a typed one: what does not hold, by the field of the form.
    Raises KowebError.
    """
    now = settings if typed or key_here(settings) else at(settings, new.url)  # another folder may be there already
    value = typed or key_here(now)
    if not value:
        return {"new-key": InputError(_("Paste your key here."), remedy=whom_to_ask(settings))}
    login = None if typed else now.login
    there = replace(now, url=new.url, login=replace(login, key=value) if login else None)
    try:
        with on_trial(there, value):
            if (bad := first_bad(there)) is not None:
                wrong = bad.cause or InputError(f"{bad.what}: {bad.detail}")
                raise NotTaken("new-key" if isinstance(wrong, BY_KEY) or wrong.where == "" else "address", wrong)
            with kept_there(now, there, value):
                take(run, repo, settings, there, new)
    except NotTaken as error:
        return {error.field: error.why}
    forget(settings)
    return {}


class NotTaken(Exception):
    """An address is not taken: the field of the form that says why."""

    def __init__(self, field: str, why: KowebError) -> None:
        super().__init__(field)
        self.field, self.why = field, why


@contextmanager
def on_trial(there: Settings, value: str) -> Iterator[None]:
    """A key is tried at an address: where anything is raised, all is as before. One of a login goes along as it is."""
    if there.login is not None:
        yield
        return
    name = keys.key_name(there)
    before = os.environ.get(name)
    with trusted.on_trial(value, there.url):
        os.environ[name] = value
        try:
            yield
        except BaseException:
            os.environ.pop(name) if before is None else os.environ.update({name: before})
            raise


@contextmanager
def kept_there(now: Settings, there: Settings, value: str) -> Iterator[None]:
    """The key is kept at another address as it is `now`; where anything is raised, all is as before."""
    login = now.login if there.login else None
    was = bool(logins.find(there.url)) if login else bool(kept_in(there))
    try:
        if login:
            logins.keep(there.url, login, value, in_file=bool(login.key))
        else:
            keep(there, kept_in(now))
        yield
    except BaseException:
        if not was:
            logins.forget(there.url) if login else drop(there)
        raise


def at(settings: Settings, url: str) -> Settings:
    """The settings at another address, with the login that somebody has there."""
    login = logins.find(url)
    return replace(settings, url=url, login=login, username=login.username if login else settings.username)


def take_login(run: DeskSession, repo: Repo, settings: Settings, new: NewAddress) -> Errors:
    """Take the address to which somebody just logged in; where it is another forum's, the login is given back. Raises
    KowebError.
    """
    there = at(settings, new.url)
    try:
        with without_key(settings):
            take(run, repo, settings, there, new)
    except NotTaken as error:
        log_out(there)
        return {error.field: error.why}
    except KowebError:
        log_out(there)
        raise
    forget(settings)
    return {}


@contextmanager
def without_key(settings: Settings) -> Iterator[None]:
    """The key that this process knows goes to the old address alone; where anything is raised, it is as before."""
    before = {name: os.environ.pop(name) for name in (keys.key_name(settings), "KOWEB_API_KEY") if name in os.environ}
    try:
        yield
    except BaseException:
        os.environ.update(before)
        raise


def take(run: DeskSession, repo: Repo, settings: Settings, there: Settings, new: NewAddress) -> None:
    """Note the address in koweb.toml, and have the archive know it where our posts were seen there, while no work runs
    that goes by the old one. Raises NotTaken and KowebError.
    """
    with run.work.lock:
        run.work.need_none()
        if need_ours(repo, settings, there, new):
            archive_follows.follow(repo, settings, new.url)
        settings_file.change(
            run,
            repo,
            lambda text: with_values(text, settings.name, {"url": new.url}),
            _("Change the address of the forum"),
        )


def need_ours(repo: Repo, settings: Settings, there: Settings, new: NewAddress) -> bool:
    """Whether our posts are there, which proves that it is the same forum. Raises NotTaken where the key shows none
    of the posts either, and somebody published some, be it meanwhile.
    """
    if new.found is PostsThere.OURS:
        return True
    with connected(there, quietly) as forum:

        def seen(topic: TopicId) -> TopicView | None:
            with suppress(ForumNotFound, ForumForbidden):
                return forum.topic(topic)
            return None

        found = posts_there(repo, settings, seen)
    if found not in (PostsThere.OURS, PostsThere.UNBOUND):
        raise NotTaken("address", cut_off() if found is PostsThere.OPEN else another_forum(new.title, settings))
    return found is PostsThere.OURS


def key_here(settings: Settings) -> str:
    """The key that koweb has for the address of now; "" for none."""
    try:
        return keys.find_key(settings)
    except (ConfigError, KeyBound):
        return ""


def forget(settings: Settings) -> None:
    """What this computer keeps for the old address goes. Raises KowebError."""
    drop(settings)
    if logins.find(settings.url) is not None:
        logins.forget(settings.url)


def drop(settings: Settings) -> None:
    """A key is kept for an address no more. Raises KowebError."""
    keyrings.remove(settings.url, settings.username)
    kept_keys.forget(settings.url, settings.username)
