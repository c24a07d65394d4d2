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
from koweb_sync.desk.actions import settings_file
from koweb_sync.desk.actions.logging_in import quietly
from koweb_sync.desk.actions.set_up import Errors, first_bad, keep, kept_in, log_out, whom_to_ask
from koweb_sync.desk.run.session import DeskSession, connected
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
        remedy = _("Whoever looks after this computer has to change that first.")
        return {"address": InputError(told, where=fixed, remedy=remedy)}
    with Forum(url, "", "", say=quietly) as forum:
        found = posts_there(repo, settings, forum.public_topic)
    if found is PostsThere.OTHERS:
        return {"address": another_forum(title, settings)}
    if found is PostsThere.OPEN:
        told = _("A publication was cut off, and koweb does not know what the forum received: nothing was changed.")
        return {"address": InputError(told, remedy=_("Go on with it in “Publish” first."))}
    if found is PostsThere.UNSEEN and "sure" not in given:
        told = _("“{title}” answers there, but shows none of your posts to whoever has no key.").format(title=title)
        return {"sure": InputError(told, remedy=_("Is it your forum? Then tick this box: koweb looks with your key."))}
    return NewAddress(url, title, found)


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
    value = typed or key_here(settings)
    if not value:
        return {"new-key": InputError(_("Paste your key here."), remedy=whom_to_ask(settings))}
    login = None if typed else settings.login
    there = replace(settings, url=new.url, login=replace(login, key=value) if login else None)
    try:
        with on_trial(there, value):
            if (bad := first_bad(there)) is not None:
                wrong = bad.cause or InputError(f"{bad.what}: {bad.detail}")
                raise NotTaken("new-key" if isinstance(wrong, BY_KEY) or wrong.where == "" else "address", wrong)
            need_ours(repo, settings, there, new)
            if login:
                logins.keep(new.url, login, value, in_file=bool(login.key))
            else:
                keep(there, kept_in(settings))
    except NotTaken as error:
        return {error.field: error.why}
    write(run, repo, settings, new.url)
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


def take_login(run: DeskSession, repo: Repo, settings: Settings, new: NewAddress) -> Errors:
    """Take the address to which somebody just logged in; where it is another forum's, the login is given back. Raises
    KowebError.
    """
    login = logins.find(new.url)
    there = replace(settings, url=new.url, login=login, username=login.username if login else settings.username)
    try:
        need_ours(repo, settings, there, new)
    except NotTaken as error:
        log_out(there)
        return {error.field: error.why}
    write(run, repo, settings, new.url)
    return {}


def need_ours(repo: Repo, settings: Settings, there: Settings, new: NewAddress) -> None:
    """Raises NotTaken where the key shows none of the posts either, and somebody published some."""
    if new.found is not PostsThere.UNSEEN:
        return
    with connected(there, quietly) as forum:

        def seen(topic: TopicId) -> TopicView | None:
            with suppress(ForumNotFound, ForumForbidden):
                return forum.topic(topic)
            return None

        if posts_there(repo, settings, seen) is not PostsThere.OURS:
            raise NotTaken("address", another_forum(new.title, settings))


def key_here(settings: Settings) -> str:
    """The key that koweb has for the address of now; "" for none."""
    try:
        return keys.find_key(settings)
    except (ConfigError, KeyBound):
        return ""


def write(run: DeskSession, repo: Repo, settings: Settings, url: str) -> None:
    """Note the address in koweb.toml; what this computer keeps for the old one goes. Raises KowebError."""
    settings_file.change(
        run, repo, lambda text: with_values(text, settings.name, {"url": url}), _("Change the address of the forum")
    )
    keyrings.remove(settings.url, settings.username)
    kept_keys.forget(settings.url, settings.username)
    if logins.find(settings.url) is not None:
        logins.forget(settings.url)
