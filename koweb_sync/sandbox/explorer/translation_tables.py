"""Discourse's tables of translations; servers of 2022 have none. Guess: sources of 2025, their models."""

from collections.abc import Sequence
from typing import Any

from koweb_sync.sandbox.explorer.table_schema import NEWER, RowSource, SqlTable, in_order


def posts(source: RowSource) -> Sequence[tuple[Any, ...]]:
    """Every post in every language that it was put into."""
    return [
        (one.id, post.id, one.locale, one.raw, one.html, one.version)
        for post in source.state.posts.values()
        for one in post.translations.values()
    ]


def titles(source: RowSource) -> Sequence[tuple[Any, ...]]:
    """Every title in every language that it was put into."""
    found = [(one.id, *pair) for one in source.state.topics.values() for pair in one.translations.items()]
    known = source.numbers.of("topic_localizations", (one[:2] for one in found))
    return [(known[one[:2]], *one) for one in found]


TABLES = (
    SqlTable("post_localizations", posts, in_order("id", "post_id", "locale", "raw", "cooked", "post_version"), NEWER),
    SqlTable("topic_localizations", titles, in_order("id", "topic_id", "locale", "title fancy_title"), NEWER),
)
