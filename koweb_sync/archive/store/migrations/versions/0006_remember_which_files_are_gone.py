"""Remember which files are gone: since when, on which server that does not answer, and when each is asked for again.

Before, those that were not there were never asked for again, those that were refused every day, and those on a server
that did not answer in every run. What was found out so far counts as one try.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DAY = 86_400_000_000  # microseconds


def upgrade() -> None:
    """Go from the revision before to this one."""
    with op.batch_alter_table("uploads") as batch:
        batch.add_column(sa.Column("server", WORDS, server_default="", nullable=False))
        batch.add_column(sa.Column("since", WHOLE, nullable=True))
        batch.add_column(sa.Column("tries", WHOLE, server_default="0", nullable=False))
        batch.add_column(sa.Column("again", WHOLE, nullable=True))
    names = ("status", "fetched", "since", "tries", "again")
    table = sa.table("uploads", *map(sa.column, names))
    for status, days in (("gone", 30), ("refused", 1)):
        known = {"since": table.c.fetched, "tries": 1, "again": table.c.fetched + days * DAY}
        op.execute(sa.update(table).where(table.c.status == status, table.c.fetched.is_not(None)).values(**known))
