"""The way to the forum: its budgets, its key, and the user's consent where a key goes to a new address."""

from collections.abc import Callable
from time import time
from typing import TYPE_CHECKING

import click

from koweb_sync import keys
from koweb_sync.cli.output import complain, say
from koweb_sync.cli.questions import ask_yes_no, can_ask
from koweb_sync.config import Settings
from koweb_sync.errors import KeyBound
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum


def key_to_send(settings: Settings) -> str:
    """The key, which is about to be sent. Where it belongs to another address the user is asked, and may agree.

    Raises ConfigError; KeyBound where the user does not agree, or cannot be asked.
    """
    try:
        return keys.use_key(settings)
    except KeyBound as error:
        if not error.may_agree or not can_ask():
            raise
        complain(error)
        if not ask_yes_no(_("Send the key to {url} from now on?").format(url=settings.url), default=False):
            raise
    keys.trust_url(settings)
    return keys.use_key(settings)


def connector(settings: Settings) -> "Callable[[], Forum]":
    """How to reach the forum. The key is looked for only when the forum is."""

    def connect() -> "Forum":
        from koweb_sync.forum.budget import budgets_of
        from koweb_sync.forum.client import Forum
        from koweb_sync.forum.own_key import own_key

        budgets = budgets_of(settings.rates)
        key, own = key_to_send(settings), own_key(settings)
        if settings.login and (end := settings.login.end) and end.by_age and end.near(time()):
            from koweb_sync.sync.setup.login import warning

            say(warning(settings.login, time(), unused=False), fg="yellow")
        forum = Forum(settings.url, settings.username, key, limits=budgets, own=own, say=say)
        click.get_current_context().call_on_close(forum.close)
        return forum

    return connect
