"""Say who accepted an answer, and when. Of what was archived before nobody knows until the next run tells."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go from the revision before to this one."""
    with op.batch_alter_table("topics") as batch:
        batch.add_column(sa.Column("accepted_by", WHOLE, nullable=True))
        batch.add_column(sa.Column("accepted_at", WHOLE, nullable=True))
