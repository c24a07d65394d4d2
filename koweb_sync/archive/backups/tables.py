"""What may be read of a backup at all: these tables, these columns of theirs, and of some only certain rows.

A backup holds passwords, sessions, keys, addresses and private letters. Whatever is not named here is passed over
unread, so that a column or a table of tomorrow's Discourse is not taken before somebody thought about it. Columns are
found by their names: those of `columns` a table must have, those of `newer` some years' servers do not have.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SETTINGS = (
    *("title", "default_locale", "vapid_base_url", "discourse_reactions_enabled"),
    *("discourse_reactions_enabled_reactions", "discourse_reactions_excluded_from_like"),
    "discourse_reactions_reaction_for_like",
)
LIKE, CHANGED_USERNAME, ANONYMISED, SOLVED, ALL_TIME = "2", "21", "24", "15", "1"
ACCEPTED = "accepted_answer_post_id"
OF_CHAT = ("ChatMessage", "Chat::Message")  # a guess for the second: as Rails calls a model in a module


@dataclass(frozen=True, slots=True)
class AllowedTable:
    """A table of which some columns are read. `rows`: of which rows, by a column and its values; None for all.
    `must`: no forum is without it.
    """

    columns: tuple[str, ...]
    newer: tuple[str, ...] = ()
    rows: tuple[str, frozenset[str]] | None = None
    must: bool = False

    @property
    def read(self) -> tuple[str, ...]:
        """All columns that are read."""
        return (*self.columns, *self.newer)


def words(text: str) -> tuple[str, ...]:
    """Names, as they are typed here."""
    return tuple(text.split())


ALLOWED: Mapping[str, AllowedTable] = {
    "site_settings": AllowedTable(words("name value"), rows=("name", frozenset(SETTINGS))),
    "categories": AllowedTable(
        words("id name slug parent_category_id description color position read_restricted topic_id"), must=True
    ),
    "category_groups": AllowedTable(words("category_id group_id permission_type"), must=True),
    "groups": AllowedTable(
        words("id name automatic user_count visibility_level"), words("full_name members_visibility_level"), must=True
    ),
    "group_users": AllowedTable(words("group_id user_id")),
    "users": AllowedTable(
        words(
            "id username name created_at trust_level admin moderator staged active last_seen_at suspended_till title"
        ),
        must=True,
    ),
    # Of what staff did only how people were called before, and whose name was taken away.
    "user_histories": AllowedTable(
        words("id action target_user_id created_at previous_value new_value"),
        rows=("action", frozenset({CHANGED_USERNAME, ANONYMISED})),
    ),
    "directory_items": AllowedTable(
        words(
            "period_type user_id days_visited topics_entered posts_read topic_count post_count likes_given"
            " likes_received"
        ),
        rows=("period_type", frozenset({ALL_TIME})),
    ),
    "tags": AllowedTable(words("id name"), must=True),
    "topic_tags": AllowedTable(words("topic_id tag_id"), must=True),
    "topics": AllowedTable(
        words(
            "id title slug archetype category_id user_id created_at bumped_at last_posted_at deleted_at deleted_by_id"
            " visible closed archived pinned_at pinned_globally views posts_count highest_post_number like_count"
        ),
        words("external_id"),
        must=True,
    ),
    "posts": AllowedTable(
        words(
            "id topic_id post_number post_type action_code user_id reply_to_post_number raw cooked public_version"
            " created_at updated_at last_editor_id edit_reason deleted_at deleted_by_id user_deleted hidden wiki"
            " like_count reads"
        ),
        words("locale"),
        must=True,
    ),
    "post_revisions": AllowedTable(words("post_id user_id number modifications created_at hidden"), must=True),
    "post_actions": AllowedTable(
        words("id post_id user_id post_action_type_id created_at deleted_at"),
        rows=("post_action_type_id", frozenset({LIKE})),
        must=True,
    ),
    "discourse_reactions_reactions": AllowedTable(words("id reaction_value")),
    "discourse_reactions_reaction_users": AllowedTable(words("id reaction_id user_id post_id created_at")),
    "discourse_solved_solved_topics": AllowedTable(words("topic_id answer_post_id accepter_user_id created_at")),
    "topic_custom_fields": AllowedTable(words("topic_id name value created_at"), rows=("name", frozenset({ACCEPTED}))),
    "user_actions": AllowedTable(
        words("action_type target_post_id acting_user_id"), rows=("action_type", frozenset({SOLVED}))
    ),
    "polls": AllowedTable(
        words("id post_id name type status results visibility close_at"), words("title anonymous_voters")
    ),
    "poll_options": AllowedTable(words("id poll_id digest html"), words("anonymous_votes")),
    "poll_votes": AllowedTable(words("poll_id poll_option_id user_id")),
    "post_localizations": AllowedTable(words("post_id locale raw cooked"), words("localizer_user_id created_at")),
    "topic_localizations": AllowedTable(words("topic_id locale title"), words("localizer_user_id created_at")),
    "permalinks": AllowedTable(words("id url topic_id post_id category_id external_url"), words("tag_id")),
    "uploads": AllowedTable(words("id url sha1 original_filename"), words("secure")),
    "chat_channels": AllowedTable(
        words("id name chatable_type chatable_id status created_at deleted_at deleted_by_id"), words("slug description")
    ),
    "chat_threads": AllowedTable(words("id original_message_id"), words("title")),
    "chat_messages": AllowedTable(
        words(
            "id chat_channel_id user_id created_at updated_at deleted_at deleted_by_id in_reply_to_id message cooked"
        ),
        words("last_editor_id thread_id"),
    ),
    "chat_message_revisions": AllowedTable(
        words("id chat_message_id old_message new_message created_at"), words("user_id")
    ),
    "chat_message_reactions": AllowedTable(words("id chat_message_id user_id emoji created_at")),
    "chat_uploads": AllowedTable(words("chat_message_id upload_id")),  # of servers before 2023
    "upload_references": AllowedTable(
        words("upload_id target_type target_id"), rows=("target_type", frozenset(OF_CHAT))
    ),
    "direct_message_users": AllowedTable(words("direct_message_channel_id user_id")),
}
# The tables of chat: read where it is asked for, and else counted.
CHAT = frozenset(name for name in ALLOWED if name.startswith("chat_")) | {"upload_references", "direct_message_users"}
