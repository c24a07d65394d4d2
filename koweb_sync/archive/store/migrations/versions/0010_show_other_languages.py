"""Show titles and texts in other languages in a view of their own: views are made anew with every revision."""

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    """Go from the revision before to this one: no table changes."""
