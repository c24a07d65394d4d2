"""What Discourse's own importer expects of the tables that we write for it: facts read in discourse/discourse at commit
00debccd, `migrations/db/intermediate_db_schema/100-base-schema.sql`.

Of each table: the columns of its key in their order; those that must have a value; and all columns by their types.
"""

VERSION = "00debccd"
KEYS = {
    "categories": ["original_id"],
    "permalinks": ["url"],
    "posts": ["original_id"],
    "tags": ["original_id"],
    "topic_tags": ["topic_id", "tag_id"],
    "topics": ["original_id"],
    "user_emails": ["email"],
    "users": ["original_id"],
}
MUST = {
    "categories": "original_id created_at name slug user_id",
    "permalinks": "url",
    "posts": "original_id created_at last_version_at post_number raw topic_id",
    "tags": "original_id created_at name",
    "topic_tags": "tag_id topic_id created_at original_id",
    "topics": "original_id bumped_at created_at title",
    "user_emails": "email created_at user_id",
    "users": "original_id created_at trust_level username",
}
TYPES = {
    "categories": {
        "NUMERIC": "original_id parent_category_id reviewable_by_group_id topic_id user_id",
        "INTEGER": "default_slow_mode_seconds minimum_required_tags num_featured_topics position search_priority"
        " style_type",
        "FLOAT": "auto_close_hours",
        "BOOLEAN": "all_topics_wiki allow_badges allow_global_tags allow_unlimited_owner_edits_on_first_post"
        " auto_close_based_on_last_post email_in_allow_strangers mailinglist_mirror navigate_to_first_post_after_read"
        " read_restricted show_subcategory_list sort_ascending topic_featured_link_allowed",
        "DATETIME": "created_at",
        "TEXT": "about_topic_title color default_list_filter default_top_period default_view description email_in emoji"
        " existing_id icon name read_only_banner slug sort_order subcategory_list_style text_color topic_template"
        " uploaded_background_dark_id uploaded_background_id uploaded_logo_dark_id uploaded_logo_id",
    },
    "permalinks": {
        "NUMERIC": "category_id post_id tag_id topic_id user_id",
        "TEXT": "url external_url",
        "JSON_TEXT": "external_url_placeholders",
    },
    "posts": {
        "NUMERIC": "original_id deleted_by_id hidden_reason_id last_editor_id locked_by_id reply_to_post_id"
        " reply_to_user_id topic_id user_id",
        "INTEGER": "like_count post_number post_type quote_count reads reply_count spam_count",
        "BOOLEAN": "hidden user_deleted wiki",
        "DATETIME": "created_at deleted_at hidden_at last_version_at",
        "TEXT": "image_upload_id locale original_raw raw",
    },
    "tags": {
        "NUMERIC": "original_id tag_group_id target_tag_id",
        "DATETIME": "created_at",
        "TEXT": "description name",
    },
    "topic_tags": {"NUMERIC": "tag_id topic_id original_id", "DATETIME": "created_at"},
    "topics": {
        "NUMERIC": "original_id category_id deleted_by_id featured_user1_id featured_user2_id featured_user3_id"
        " featured_user4_id user_id",
        "INTEGER": "incoming_link_count views",
        "BOOLEAN": "archived closed has_summary pinned_globally visible",
        "DATETIME": "bannered_until bumped_at created_at deleted_at pinned_at pinned_until",
        "TEXT": "archetype excerpt featured_link image_upload_id locale slug subtype title",
    },
    "user_emails": {"NUMERIC": "user_id", "BOOLEAN": "primary", "DATETIME": "created_at", "TEXT": "email"},
    "users": {
        "NUMERIC": "original_id approved_by_id flair_group_id primary_group_id",
        "INTEGER": "group_locked_trust_level manual_locked_trust_level trust_level views",
        "BOOLEAN": "active admin approved moderator staged",
        "DATE": "date_of_birth",
        "DATETIME": "approved_at created_at first_seen_at last_seen_at silenced_till",
        "TEXT": "locale name original_username title uploaded_avatar_id username",
        "INET_TEXT": "ip_address registration_ip_address",
    },
}
OURS = {"post_localizations", "topic_localizations", "uploads"}  # not in that file: see the format's own words
POST_TYPES = {1, 2, 3, 4}  # app/models/post.rb: regular, moderator_action, small_action, whisper
ARCHETYPES = {"regular", "private_message", "banner"}  # app/models/archetype.rb, and topics made banners
