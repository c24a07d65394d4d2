"""The tables of plugins: who chose which reaction, and which posts were accepted as answers.

Names and types are those of the plugins' migrations.
"""

from collections.abc import Sequence

from koweb_sync.sandbox.explorer.table_schema import NEWER, RowSource, SqlTable, in_order
from koweb_sync.sandbox.model.data_files import data


def reactions(source: RowSource) -> Sequence[tuple[int, int, str, int | None, float]]:
    """The emojis under each post that somebody chose once, in the order of their numbers; how many people chose each:
    None where it only ever stood for plain likes.
    """
    found = [
        (row.id, post.id, row.emoji, sum(one.emoji == row.emoji for one in chosen) if row.used else None, row.at)
        for post in source.state.posts.values()
        for row, chosen in ((row, post.reacted.values()) for row in post.reactions.values())
    ]
    return sorted(found, key=lambda one: one[0])


def reacted(source: RowSource) -> Sequence[tuple[int, int, int, float, int]]:
    """Who chose which emoji, in the order of their numbers."""
    found = [
        (one.id, post.reactions[one.emoji].id, user, one.at, post.id)
        for post in source.state.posts.values()
        for user, one in post.reacted.items()
    ]
    return sorted(found, key=lambda one: one[0])


def solved(source: RowSource) -> Sequence[tuple[int, float, int, int, int]]:
    """All accepted answers, the first first."""
    topics = source.state.topics.values()
    found = sorted((one.at, post, one.by, topic.id) for topic in topics for post, one in topic.answers.items())
    known = source.numbers.of("solved_topics", (one[:2] for one in found))
    return [(known[one[:2]], *one) for one in found]


def settings(source: RowSource) -> Sequence[tuple[int, str, str]]:
    """The settings that are not what a new forum has."""
    now, usual = source.state.settings, data("site_settings.json")["every server"]
    changed = [name for name, value in now.items() if name not in usual or usual[name] != value]
    known = source.numbers.of("site_settings", changed)
    texts = {name: ("t" if now[name] else "f") if isinstance(now[name], bool) else str(now[name]) for name in changed}
    return [(known[name], name, text) for name, text in texts.items()]


AT = "created_at updated_at"
CHOICES = in_order("id", "post_id", "reaction_value", "reaction_users_count", AT)
ANSWERS = in_order("id", AT, "answer_post_id", "accepter_user_id", "topic_id")
TABLES = (
    SqlTable("discourse_reactions_reactions", reactions, CHOICES),
    SqlTable("discourse_reactions_reaction_users", reacted, in_order("id", "reaction_id", "user_id", AT, "post_id")),
    SqlTable("discourse_solved_solved_topics", solved, ANSWERS, flavours=NEWER),
    SqlTable("site_settings", settings, in_order("id", "name", "value")),
)
