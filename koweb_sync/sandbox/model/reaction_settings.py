"""What the reactions' plugin is set to."""

from koweb_sync.sandbox.model.records import PostRecord
from koweb_sync.sandbox.model.state import ForumState

UNDO = 600.0  # seconds in which a like or a reaction can be taken back


def main(state: ForumState) -> str:
    """The reaction that is a like."""
    return str(state.settings["discourse_reactions_reaction_for_like"])


def offered(state: ForumState) -> list[str]:
    """The reactions that one may choose, the main one first."""
    enabled = str(state.settings["discourse_reactions_enabled_reactions"]).split("|")
    return list(dict.fromkeys([main(state), *filter(None, enabled)]))


def excluded(state: ForumState) -> set[str]:
    """The reactions that do not count as a like."""
    return set(str(state.settings["discourse_reactions_excluded_from_like"]).split("|"))


def hearts(state: ForumState, one: PostRecord) -> list[tuple[int, float]]:
    """Who likes a post and chose no other reaction, and when."""
    first = main(state)
    return [(user, at) for user, at in one.likes if user not in one.reacted or one.reacted[user].emoji == first]
