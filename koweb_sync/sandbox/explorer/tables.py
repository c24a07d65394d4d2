"""The tables that queries may name, as a server of a flavour has them.

Names and types are those of Discourse 2.9.0.beta3; of what changed later, only where files are used is known.
What the forum's state does not keep is empty or what a new forum has: visits, views of posts, addresses, passwords.
"""

from koweb_sync.sandbox.explorer import (
    category_tables,
    people_tables,
    poll_and_directory_tables,
    post_tables,
    reaction_tables,
)
from koweb_sync.sandbox.explorer.table_schema import SqlTable
from koweb_sync.sandbox.model.flavour import Flavour

ROOMS = (people_tables, post_tables, category_tables, poll_and_directory_tables, reaction_tables)
ALL = {table.name: table for room in ROOMS for table in room.TABLES}


def of(flavour: Flavour) -> dict[str, SqlTable]:
    """The tables of a flavour, by name."""
    return {table.name: table for table in ALL.values() if flavour.name in table.flavours}
