"""Discourse's tables of translations; servers of 2022 have none. Guess: sources of 2025, their models."""

from collections.abc import Sequence

from koweb_sync.sandbox.explorer.table_schema import NEWER, RowSource, SqlTable
from koweb_sync.sandbox.model.records import PostRecord, TopicRecord, Translation


def posts(source: RowSource) -> Sequence[tuple[PostRecord, Translation]]:
    """Every post in every language that it was put into."""
    return [(post, one) for post in source.state.posts.values() for one in post.translations.values()]


def titles(source: RowSource) -> Sequence[tuple[int, TopicRecord, str, str]]:
    """Every title in every language that it was put into: row's number, topic, language, title."""
    found = [(one, *pair) for one in source.state.topics.values() for pair in one.translations.items()]
    known = source.numbers.of("topic_localizations", ((one.id, locale) for one, locale, _title in found))
    return [(known[one.id, locale], one, locale, title) for one, locale, title in found]


TABLES = (
    SqlTable(
        "post_localizations",
        posts,
        {
            "id": lambda row: row[1].id,
            "post_id": lambda row: row[0].id,
            "locale": lambda row: row[1].locale,
            "raw": lambda row: row[1].raw,
            "cooked": lambda row: row[1].html,
            "post_version": lambda row: row[1].version,
        },
        NEWER,
    ),
    SqlTable(
        "topic_localizations",
        titles,
        {
            "id": lambda row: row[0],
            "topic_id": lambda row: row[1].id,
            "locale": lambda row: row[2],
            "title fancy_title": lambda row: row[3],
        },
        NEWER,
    ),
)
