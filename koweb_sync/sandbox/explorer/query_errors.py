"""Why a query did not run."""


class QueryFailed(Exception):
    """A query that gives no rows. `kind` is the class of error that Discourse names before the words."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(kind, text)
        self.kind = kind
        self.text = text

    def __str__(self) -> str:
        """As Discourse writes it."""
        return f"{self.kind}: {self.text}"


def invalid(text: str) -> QueryFailed:
    """A query or a parameter that Data Explorer itself refuses."""
    return QueryFailed("DiscourseDataExplorer::ValidationError", text)


def database(kind: str, text: str) -> QueryFailed:
    return QueryFailed(f"PG::{kind}", f"ERROR:  {text}")
