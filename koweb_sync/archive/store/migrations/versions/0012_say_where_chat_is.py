"""Say where chat is on the forum: views are made anew with every revision."""

revision = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    """Go from the revision before to this one: no table changes."""
