"""The tables that queries may name, as a server of a flavour has them.

Names and types are those of Discourse 2.9.0.beta3; of what changed later, only where files are used is known.
What the forum's state does not keep is empty or what a new forum has: visits, views of posts, addresses, passwords.
"""

from koweb_sync.sandbox.core.flavour import Flavour
from koweb_sync.sandbox.explorer import counted, people, talk, things
from koweb_sync.sandbox.explorer.schema import Table

ALL = {table.name: table for table in (*people.TABLES, *talk.TABLES, *things.TABLES, *counted.TABLES)}


def of(flavour: Flavour) -> dict[str, Table]:
    """The tables of a flavour, by name."""
    return {name: table for name, table in ALL.items() if flavour.name in table.flavours}
