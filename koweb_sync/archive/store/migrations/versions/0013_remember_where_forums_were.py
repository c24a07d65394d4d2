"""Remember where forums were before they moved: an older koweb would not know whom it erased there."""

revision = "0013"
down_revision: str | None = "0012"


def upgrade() -> None:
    """Go from the revision before to this one: no table changes, for settings of a forum hold any facts."""
