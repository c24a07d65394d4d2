"""Keep other languages and old addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Go from the revision before to this one."""
    op.create_table(
        "localisations",
        sa.Column("forum", WHOLE, autoincrement=False, nullable=False),
        sa.Column("kind", WORDS, autoincrement=False, nullable=False),
        sa.Column("id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("locale", WORDS, autoincrement=False, nullable=False),
        sa.Column("title", WORDS, server_default="", nullable=False),
        sa.Column("raw", WORDS, server_default="", nullable=False),
        sa.Column("cooked", WORDS, server_default="", nullable=False),
        sa.Column("person", WHOLE, nullable=True),
        sa.Column("at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["forum"], ["forums.id"], name=op.f("fk_localisations_forum")),
        sa.PrimaryKeyConstraint("forum", "kind", "id", "locale", name=op.f("pk_localisations")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "permalinks",
        sa.Column("forum", WHOLE, autoincrement=False, nullable=False),
        sa.Column("id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("url", WORDS, server_default="", nullable=False),
        sa.Column("topic", WHOLE, nullable=True),
        sa.Column("post", WHOLE, nullable=True),
        sa.Column("category", WHOLE, nullable=True),
        sa.Column("tag", WORDS, server_default="", nullable=False),
        sa.Column("target", WORDS, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["forum"], ["forums.id"], name=op.f("fk_permalinks_forum")),
        sa.PrimaryKeyConstraint("forum", "id", name=op.f("pk_permalinks")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
