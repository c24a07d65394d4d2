"""Running a saved query with Data Explorer's limits."""

import threading
from collections.abc import Mapping
from typing import Any

from koweb_sync.sandbox.explorer import parameters
from koweb_sync.sandbox.explorer.database import ForumDatabase, QueryResult
from koweb_sync.sandbox.explorer.query_errors import invalid
from koweb_sync.sandbox.explorer.saved_queries import SavedQueries
from koweb_sync.sandbox.model.refusals import words
from koweb_sync.sandbox.model.state import ForumState

MOST = 10_000  # rows of an answer


class Explorer:
    """Data Explorer of one forum. Whoever runs a query does not hold the state's lock: it may take ten seconds."""

    def __init__(self, state: ForumState) -> None:
        self.state = state
        self.queries = SavedQueries(state)
        self.database = ForumDatabase(state)
        self.lock = threading.Lock()

    def run(self, text: str, given: Mapping[str, Any], limit: int | None, *, explain: bool = False) -> QueryResult:
        """The rows of a query, at most `limit`, None for all. Raises QueryFailed."""
        if ";" in text:  # anywhere, in texts and comments too
            raise invalid(words(self.state, "Remove the semicolons from the query."))
        with self.state.lock:
            values = parameters.values(text, given, self.state)
        return self.database.run(text, values, limit, explain=explain)
