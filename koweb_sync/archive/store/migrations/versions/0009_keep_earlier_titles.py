"""Keep earlier titles, categories and tags of topics."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Go from the revision before to this one."""
    op.create_table(
        "topic_edits",
        sa.Column("forum", WHOLE, autoincrement=False, nullable=False),
        sa.Column("topic", WHOLE, autoincrement=False, nullable=False),
        sa.Column("n", WHOLE, autoincrement=False, nullable=False),
        sa.Column("title", WORDS, nullable=True),
        sa.Column("category", WHOLE, nullable=True),
        sa.Column("tags", WORDS, nullable=True),
        sa.Column("person", WHOLE, nullable=True),
        sa.Column("at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["forum"], ["forums.id"], name=op.f("fk_topic_edits_forum")),
        sa.PrimaryKeyConstraint("forum", "topic", "n", name=op.f("pk_topic_edits")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
