"""The tables of plugins: who chose which reaction, and which posts were accepted as answers.

Names and types are those of the plugins' migrations.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from koweb_sync.sandbox.explorer.table_schema import NEWER, RowSource, SqlTable, traits
from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.records import PostRecord, Reacted, ReactionRecord, TopicRecord


def reactions(source: RowSource) -> Sequence[tuple[PostRecord, ReactionRecord]]:
    """The emojis under each post that somebody chose once, in the order of their numbers."""
    found = [(post, row) for post in source.state.posts.values() for row in post.reactions.values()]
    return sorted(found, key=lambda one: one[1].id)


def people_in(row: tuple[PostRecord, ReactionRecord]) -> int | None:
    """How many people chose an emoji; None where it only ever stood for plain likes."""
    post, reaction = row
    return sum(one.emoji == reaction.emoji for one in post.reacted.values()) if reaction.used else None


REACTIONS = SqlTable(
    "discourse_reactions_reactions",
    reactions,
    {
        "id": lambda row: row[1].id,
        "post_id": lambda row: row[0].id,
        "reaction_value": lambda row: row[1].emoji,
        "reaction_users_count": people_in,
        "created_at updated_at": lambda row: row[1].at,
    },
)


def reacted(source: RowSource) -> Sequence[tuple[PostRecord, int, Reacted]]:
    """Who chose which emoji, in the order of their numbers."""
    found = [(post, user, one) for post in source.state.posts.values() for user, one in post.reacted.items()]
    return sorted(found, key=lambda one: one[2].id)


REACTED = SqlTable(
    "discourse_reactions_reaction_users",
    reacted,
    {
        "id": lambda row: row[2].id,
        "reaction_id": lambda row: row[0].reactions[row[2].emoji].id,
        "user_id": lambda row: row[1],
        "created_at updated_at": lambda row: row[2].at,
        "post_id": lambda row: row[0].id,
    },
)


@dataclass(frozen=True, slots=True)
class Solved:
    """An answer that was accepted: its row's number, where, by whom, and when."""

    id: int
    topic: TopicRecord
    post: int
    by: int
    at: float


def solved(source: RowSource) -> Sequence[Solved]:
    """All accepted answers, the first first."""
    found = [
        (one.at, topic, post, one.by) for topic in source.state.topics.values() for post, one in topic.answers.items()
    ]
    found.sort(key=lambda one: (one[0], one[2]))
    known = source.numbers.of("solved_topics", ((at, post) for at, _topic, post, _by in found))
    return [Solved(known[at, post], topic, post, by, at) for at, topic, post, by in found]


SOLVED = SqlTable(
    "discourse_solved_solved_topics",
    solved,
    {
        **traits("id", topic_id="topic.id", answer_post_id="post", accepter_user_id="by"),
        "created_at updated_at": "at",
    },
    flavours=NEWER,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that somebody changed."""

    id: int
    name: str
    value: str


def settings(source: RowSource) -> Sequence[Setting]:
    """The settings that are not what a new forum has."""
    now, usual = source.state.settings, data("site_settings.json")["every server"]
    changed = [name for name, value in now.items() if name not in usual or usual[name] != value]
    known = source.numbers.of("site_settings", changed)
    return [Setting(known[name], name, shown(now[name])) for name in changed]


def shown(value: object) -> str:
    """A setting's value as the table holds it."""
    return ("t" if value else "f") if isinstance(value, bool) else str(value)


SETTINGS = SqlTable("site_settings", settings, traits("id name value"))

TABLES = (REACTIONS, REACTED, SOLVED, SETTINGS)
