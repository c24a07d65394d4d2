"""Run by Alembic: migrates within the transaction of the connection that koweb_sync.archive.store.upgrade gives."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from koweb_sync.archive.store.columns import WHOLE, WORDS
from koweb_sync.archive.store.schema import METADATA
from koweb_sync.archive.store.upgrade import TABLE

NAMES = {id(WHOLE): "WHOLE", id(WORDS): "WORDS"}


def ours(name: str | None, kind: str, _parents: Any) -> bool:
    """The search index, the tables in which SQLite keeps it, and the seals are made by hand."""
    return not (kind == "table" and name is not None and (name in ("search", "seals") or name.startswith("search_")))


def rendered(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """A column's type under the name that the script's template gives it."""
    return NAMES.get(id(item), False) if kind == "type" else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=TABLE,
    include_name=ours,
    render_item=rendered,
    render_as_batch=context.config.attributes.get("batch", True),  # SQLite alters a table by making it anew
)
context.run_migrations()
