"""Erasures of one copy of an archive, done in another one as well: in the archive that a kit was made of.

A copy knows by their marks what cannot be read in it any more: so the same names go, and the same are spared.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from koweb_sync.archive.names import erasures
from koweb_sync.archive.names.aliases import folded, plain_name
from koweb_sync.archive.names.erasures import KINDS, STRENGTH, Erasure
from koweb_sync.archive.names.secret import Secret
from koweb_sync.archive.privacy import forget
from koweb_sync.archive.privacy.forget import ForgetOrder, PersonNames


def to_be_done(connection: Connection, forum: int, there: Sequence[Erasure], secret: Secret) -> list[ForgetOrder]:
    """The erasures of a copy that are not, or not wholly, those of an archive. Raises ConfigError where the archive's
    own were marked with another secret.
    """
    here = {one.person: one for one in erasures.read(connection, forum, secret)}
    missing = [one for one in there if not covers(here.get(one.person), one)]
    return [order for one in missing if (order := order_of(connection, forum, one, secret)) is not None]


def covers(here: Erasure | None, there: Erasure) -> bool:
    """Whether an erasure does all that another one does."""
    if here is None or STRENGTH[here.policy] < STRENGTH[there.policy]:
        return False
    return all(there.marks[kind] <= here.marks[kind] for kind in KINDS)


def order_of(connection: Connection, forum: int, one: Erasure, secret: Secret) -> ForgetOrder | None:
    """The order that does an erasure of a copy here; None for somebody whom the archive does not know."""
    known = forget.known_person(connection, forum, one.person)
    if known is None:
        return None
    if one.policy == "renamed":
        order = forget.former_names(known, (), spared(known, one, secret))
        return replace(order, marked=replace(one, alias=order.alias))
    order = forget.whole_person(known, one.policy, (), spared(known, one, secret))
    return replace(order, alias=one.alias, marked=one)


def spared(known: PersonNames, one: Erasure, secret: Secret) -> list[str]:
    """Those of somebody's names that were theirs in the copy, too, and were left alone there in running text."""
    names = dict.fromkeys(name for pair in (*known.names, (known.username, known.name)) for name in pair if name)
    return [
        name
        for name in names
        if (secret.mark("account", folded(name)) in one.marks["account"]
            or secret.mark("shown", plain_name(name)) in one.marks["shown"])
        and secret.mark("free", plain_name(name)) not in one.marks["free"]
    ]  # fmt: skip
