"""Keep the languages of posts."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Go from the revision before to this one."""
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("locale", WORDS, server_default="", nullable=False))
        batch_op.add_column(sa.Column("localised", WHOLE, server_default="0", nullable=False))
