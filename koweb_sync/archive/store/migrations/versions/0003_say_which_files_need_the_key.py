"""Say which files need the key.

What was fetched before is left unknown, which counts as needing it: the first daily run asks for those files again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go from the revision before to this one."""
    with op.batch_alter_table("uploads") as batch:
        batch.add_column(sa.Column("keyed", WHOLE, nullable=True))
