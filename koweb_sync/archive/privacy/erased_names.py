"""Who is meant by a name that the archive gave up already: it is known by its mark, so that an erasure that was stopped
goes on when the same is typed again.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from koweb_sync.archive.names import erasures
from koweb_sync.archive.names.aliases import folded, plain_name
from koweb_sync.archive.names.erasures import Erasure
from koweb_sync.archive.names.secret import Secret, find
from koweb_sync.archive.privacy import carry_over, forget
from koweb_sync.archive.privacy.forget import ForgetOrder, PersonNames
from koweb_sync.archive.store.store import Archive


def erased_as(connection: Connection, archive: Archive, user: str) -> PersonNames | None:
    """The one person in an archive who was forgotten under a name, with that name; None where there is none, or
    several. Raises ConfigError without the secret that the names were marked with.
    """
    secret, typed = find(archive.base), user.removeprefix("@")
    found = erasures.read(connection, archive.forum, secret)
    meant = [(one.person, pair) for one in found if secret and (pair := marked(one, typed, secret)) is not None]
    if len(meant) != 1:
        return None
    person, name = meant[0]
    known = forget.known_person(connection, archive.forum, person)
    return known and replace(known, names=(*known.names, name))


def marked(one: Erasure, typed: str, secret: Secret) -> tuple[str, str] | None:
    """A name as username or as display name, if somebody was forgotten under it."""
    if secret.mark("account", folded(typed)) in one.marks["account"]:
        return typed, ""
    return ("", typed) if secret.mark("shown", plain_name(typed)) in one.marks["shown"] else None


def are_done(archive: Archive, orders: Sequence[ForgetOrder], now: int) -> bool:
    """Whether the rows of an archive are already without all that some orders take away."""
    secret = find(archive.base)
    if secret is None:
        return False
    with archive.store.read() as connection:
        here = {one.person: one for one in erasures.read(connection, archive.forum, secret)}
    wanted = [erasures.erasure(one.person, one.policy, one.alias, one.known, secret, now) for one in orders]
    return all(carry_over.covers(here.get(one.person), one) for one in wanted)
