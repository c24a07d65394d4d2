-- The tables of Discourse, as PostgreSQL and DuckDB both make them. The comment of a column names the servers that have it:
-- all, where none is named. What the sandbox keeps no value of is the default: what a new forum has. `timestamp` has no
-- time zone and means UTC.

CREATE TABLE users (
  id integer,
  username varchar,
  created_at timestamp,
  updated_at timestamp,
  name varchar,
  seen_notification_id integer DEFAULT 0,
  last_posted_at timestamp,
  password_hash varchar,
  salt varchar,
  active boolean DEFAULT true,
  username_lower varchar,
  last_seen_at timestamp,
  admin boolean,
  last_emailed_at timestamp,
  trust_level integer,
  approved boolean DEFAULT false,
  approved_by_id integer,
  approved_at timestamp,
  previous_visit_at timestamp,
  suspended_at timestamp,
  suspended_till timestamp,
  date_of_birth date,
  views integer DEFAULT 0,
  flag_level integer DEFAULT 0,
  ip_address inet,
  moderator boolean,
  title varchar,
  uploaded_avatar_id integer,
  locale varchar,
  primary_group_id integer,
  registration_ip_address inet,
  staged boolean DEFAULT false,
  first_seen_at timestamp,
  silenced_till timestamp,
  group_locked_trust_level integer,
  manual_locked_trust_level integer,
  secure_identifier varchar,
  flair_group_id integer
);

CREATE TABLE user_emails (
  id integer,
  user_id integer,
  email varchar,
  normalized_email varchar,
  "primary" boolean DEFAULT true,
  created_at timestamp,
  updated_at timestamp
);

CREATE TABLE user_stats (
  user_id integer,
  topics_entered integer,
  time_read integer DEFAULT 0,
  days_visited integer,
  posts_read_count integer,
  likes_given integer,
  likes_received integer,
  new_since timestamp,
  read_faq timestamp,
  first_post_created_at timestamp,
  post_count integer,
  topic_count integer,
  bounce_score double precision DEFAULT 0.0,
  reset_bounce_score_after timestamp,
  flags_agreed integer DEFAULT 0,
  flags_disagreed integer DEFAULT 0,
  flags_ignored integer DEFAULT 0,
  first_unread_at timestamp,
  distinct_badge_count integer DEFAULT 0,
  first_unread_pm_at timestamp,
  digest_attempted_at timestamp,
  post_edits_count integer DEFAULT 0,
  draft_count integer DEFAULT 0,
  pending_posts_count integer DEFAULT 0
);

CREATE TABLE user_profiles (
  user_id integer,
  location varchar,
  website varchar,
  bio_raw text,
  bio_cooked text,
  dismissed_banner_key integer,
  bio_cooked_version integer,
  badge_granted_title boolean DEFAULT false,
  views integer DEFAULT 0,
  profile_background_upload_id integer,
  card_background_upload_id integer,
  granted_title_badge_id bigint,
  featured_topic_id integer
);

CREATE TABLE groups (
  id integer,
  name varchar,
  created_at timestamp,
  updated_at timestamp,
  automatic boolean,
  user_count integer,
  automatic_membership_email_domains text,
  primary_group boolean DEFAULT false,
  title varchar,
  grant_trust_level integer,
  incoming_email varchar,
  has_messages boolean DEFAULT false,
  bio_raw text,
  bio_cooked text,
  allow_membership_requests boolean DEFAULT false,
  full_name varchar,
  default_notification_level integer DEFAULT 3,
  visibility_level integer DEFAULT 0,
  public_exit boolean DEFAULT false,
  public_admission boolean DEFAULT false,
  membership_request_template text,
  messageable_level integer DEFAULT 0,
  mentionable_level integer DEFAULT 0,
  publish_read_state boolean DEFAULT false,
  members_visibility_level integer DEFAULT 0
);

CREATE TABLE group_users (
  id integer,
  group_id integer,
  user_id integer,
  created_at timestamp,
  updated_at timestamp,
  owner boolean DEFAULT false,
  notification_level integer DEFAULT 2,
  first_unread_pm_at timestamp
);

CREATE TABLE topics (
  id integer,
  title varchar,
  last_posted_at timestamp,
  created_at timestamp,
  updated_at timestamp,
  views integer,
  posts_count integer,
  user_id integer,
  last_post_user_id integer,
  reply_count integer,
  featured_user1_id integer,
  featured_user2_id integer,
  featured_user3_id integer,
  deleted_at timestamp,
  highest_post_number integer,
  like_count integer,
  incoming_link_count integer DEFAULT 0,
  category_id integer,
  visible boolean,
  moderator_posts_count integer,
  closed boolean,
  archived boolean,
  bumped_at timestamp,
  has_summary boolean DEFAULT false,
  archetype varchar,
  featured_user4_id integer,
  notify_moderators_count integer DEFAULT 0,
  spam_count integer DEFAULT 0,
  pinned_at timestamp,
  score double precision,
  percent_rank double precision DEFAULT 1.0,
  subtype varchar,
  slug varchar,
  deleted_by_id integer,
  participant_count integer,
  word_count integer,
  excerpt varchar,
  pinned_globally boolean,
  pinned_until timestamp,
  fancy_title varchar,
  highest_staff_post_number integer,
  featured_link varchar,
  reviewable_score double precision DEFAULT 0.0,
  image_upload_id bigint,
  slow_mode_seconds integer DEFAULT 0,
  bannered_until timestamp,
  external_id varchar,
  locale varchar  -- 2025, 2026
);

CREATE TABLE posts (
  id integer,
  user_id integer,
  topic_id integer,
  post_number integer,
  raw text,
  cooked text,
  created_at timestamp,
  updated_at timestamp,
  reply_to_post_number integer,
  reply_count integer,
  quote_count integer,
  deleted_at timestamp,
  off_topic_count integer DEFAULT 0,
  like_count integer,
  incoming_link_count integer DEFAULT 0,
  bookmark_count integer DEFAULT 0,
  score double precision,
  reads integer DEFAULT 0,
  post_type integer,
  sort_order integer,
  last_editor_id integer,
  hidden boolean,
  hidden_reason_id integer,
  notify_moderators_count integer DEFAULT 0,
  spam_count integer DEFAULT 0,
  illegal_count integer DEFAULT 0,
  inappropriate_count integer DEFAULT 0,
  last_version_at timestamp,
  user_deleted boolean,
  reply_to_user_id integer,
  percent_rank double precision,
  notify_user_count integer DEFAULT 0,
  like_score integer,
  deleted_by_id integer,
  edit_reason varchar,
  word_count integer,
  version integer,
  cook_method integer DEFAULT 1,
  wiki boolean,
  baked_at timestamp,
  baked_version integer DEFAULT 2,
  hidden_at timestamp,
  self_edits integer,
  reply_quoted boolean DEFAULT false,
  via_email boolean DEFAULT false,
  raw_email text,
  public_version integer,
  action_code varchar,
  locked_by_id integer,
  image_upload_id bigint,
  locale varchar  -- 2025, 2026
);

CREATE TABLE post_revisions (
  id integer,
  user_id integer,
  post_id integer,
  modifications text,
  number integer,
  created_at timestamp,
  updated_at timestamp,
  hidden boolean
);

CREATE TABLE post_actions (
  id integer,
  post_id integer,
  user_id integer,
  post_action_type_id integer DEFAULT 2,
  deleted_at timestamp,
  created_at timestamp,
  updated_at timestamp,
  deleted_by_id integer,
  related_post_id integer,
  staff_took_action boolean DEFAULT false,
  deferred_by_id integer,
  targets_topic boolean DEFAULT false,
  agreed_at timestamp,
  agreed_by_id integer,
  deferred_at timestamp,
  disagreed_at timestamp,
  disagreed_by_id integer
);

CREATE TABLE post_action_types (
  name_key varchar,
  is_flag boolean,
  icon varchar,
  created_at timestamp DEFAULT '1970-01-01',
  updated_at timestamp DEFAULT '1970-01-01',
  id integer,
  position integer,
  score_bonus double precision DEFAULT 0.0,
  reviewable_priority integer DEFAULT 0
);

CREATE TABLE user_actions (
  id integer,
  action_type integer,
  user_id integer,
  target_topic_id integer,
  target_post_id integer,
  target_user_id integer,
  acting_user_id integer,
  created_at timestamp,
  updated_at timestamp
);

CREATE TABLE post_replies (
  post_id integer,
  created_at timestamp,
  updated_at timestamp,
  reply_post_id integer
);

CREATE TABLE categories (
  id integer,
  name varchar,
  color varchar,
  topic_id integer,
  topic_count integer,
  created_at timestamp,
  updated_at timestamp,
  user_id integer DEFAULT -1,
  topics_year integer DEFAULT 0,
  topics_month integer DEFAULT 0,
  topics_week integer DEFAULT 0,
  slug varchar,
  description text,
  text_color varchar,
  read_restricted boolean,
  auto_close_hours double precision,
  post_count integer,
  latest_post_id integer,
  latest_topic_id integer,
  position integer,
  parent_category_id integer,
  posts_year integer DEFAULT 0,
  posts_month integer DEFAULT 0,
  posts_week integer DEFAULT 0,
  email_in varchar,
  email_in_allow_strangers boolean DEFAULT false,
  topics_day integer DEFAULT 0,
  posts_day integer DEFAULT 0,
  allow_badges boolean DEFAULT true,
  name_lower varchar,
  auto_close_based_on_last_post boolean DEFAULT false,
  topic_template text,
  contains_messages boolean DEFAULT false,
  sort_order varchar,
  sort_ascending boolean,
  uploaded_logo_id integer,
  uploaded_background_id integer,
  topic_featured_link_allowed boolean DEFAULT true,
  all_topics_wiki boolean DEFAULT false,
  show_subcategory_list boolean DEFAULT false,
  num_featured_topics integer DEFAULT 3,
  default_view varchar,
  subcategory_list_style varchar DEFAULT 'rows_with_featured_topics',
  default_top_period varchar DEFAULT 'all',
  mailinglist_mirror boolean DEFAULT false,
  minimum_required_tags integer DEFAULT 0,
  navigate_to_first_post_after_read boolean DEFAULT false,
  search_priority integer DEFAULT 0,
  allow_global_tags boolean DEFAULT false,
  reviewable_by_group_id integer,
  required_tag_group_id integer,
  min_tags_from_required_group integer DEFAULT 1,
  read_only_banner varchar,
  default_list_filter varchar DEFAULT 'all',
  allow_unlimited_owner_edits_on_first_post boolean DEFAULT false,
  default_slow_mode_seconds integer
);

CREATE TABLE category_groups (
  id integer,
  category_id integer,
  group_id integer,
  created_at timestamp DEFAULT '1970-01-01',
  updated_at timestamp DEFAULT '1970-01-01',
  permission_type integer
);

CREATE TABLE tags (
  id integer,
  name varchar,
  topic_count integer,
  created_at timestamp DEFAULT '1970-01-01',
  updated_at timestamp DEFAULT '1970-01-01',
  pm_topic_count integer DEFAULT 0,
  target_tag_id integer,
  description varchar
);

CREATE TABLE topic_tags (
  id integer,
  topic_id integer,
  tag_id integer,
  created_at timestamp,
  updated_at timestamp
);

CREATE TABLE uploads (
  id integer,
  user_id integer DEFAULT -1,
  original_filename varchar,
  filesize bigint,
  width integer,
  height integer,
  url varchar,
  created_at timestamp DEFAULT '1970-01-01',
  updated_at timestamp DEFAULT '1970-01-01',
  sha1 varchar,
  origin varchar,
  retain_hours integer,
  extension varchar,
  thumbnail_width integer,
  thumbnail_height integer,
  etag varchar,
  secure boolean DEFAULT false,
  access_control_post_id bigint,
  original_sha1 varchar,
  animated boolean,
  verification_status integer DEFAULT 1,
  security_last_changed_at timestamp,
  security_last_changed_reason varchar
);

CREATE TABLE post_uploads (
  id integer,
  post_id integer,
  upload_id integer
);

CREATE TABLE upload_references (
  id bigint,
  upload_id bigint,
  target_type varchar DEFAULT 'Post',
  target_id bigint,
  created_at timestamp,
  updated_at timestamp
);

CREATE TABLE topic_links (
  id integer,
  topic_id integer,
  post_id integer,
  user_id integer,
  url varchar,
  domain varchar,
  internal boolean,
  link_topic_id integer,
  created_at timestamp,
  updated_at timestamp,
  reflection boolean DEFAULT false,
  clicks integer DEFAULT 0,
  link_post_id integer,
  title varchar,
  crawled_at timestamp,
  quote boolean DEFAULT false,
  extension varchar
);

CREATE TABLE user_visits (
  id integer,
  user_id integer,
  visited_at date,
  posts_read integer DEFAULT 0,
  mobile boolean DEFAULT false,
  time_read integer DEFAULT 0
);

CREATE TABLE topic_custom_fields (
  id integer,
  topic_id integer,
  name varchar,
  value text,
  created_at timestamp,
  updated_at timestamp
);

CREATE TABLE post_custom_fields (
  id integer,
  post_id integer,
  name varchar,
  value text,
  created_at timestamp,
  updated_at timestamp
);

CREATE TABLE user_custom_fields (
  id integer,
  user_id integer,
  name varchar,
  value text,
  created_at timestamp,
  updated_at timestamp
);

CREATE TABLE polls (
  id bigint,
  post_id bigint,
  name varchar,
  close_at timestamp,
  type integer,
  status integer,
  results integer,
  visibility integer,
  min integer,
  max integer,
  step integer,
  anonymous_voters integer,
  created_at timestamp,
  updated_at timestamp,
  chart_type integer,
  groups varchar,
  title varchar
);

CREATE TABLE poll_options (
  id bigint,
  poll_id bigint,
  digest varchar,
  html text,
  anonymous_votes integer,
  created_at timestamp,
  updated_at timestamp
);

CREATE TABLE poll_votes (
  poll_id bigint,
  poll_option_id bigint,
  user_id bigint,
  created_at timestamp,
  updated_at timestamp
);

CREATE TABLE directory_items (
  id integer,
  period_type integer DEFAULT 1,
  user_id integer,
  likes_received integer,
  likes_given integer,
  topics_entered integer,
  topic_count integer,
  post_count integer,
  created_at timestamp,
  updated_at timestamp,
  days_visited integer,
  posts_read integer
);

CREATE TABLE post_localizations (
  id bigint,
  post_id integer,
  locale varchar,
  raw text,
  cooked text,
  post_version integer
);

CREATE TABLE topic_localizations (
  id bigint,
  topic_id integer,
  locale varchar,
  title varchar,
  fancy_title varchar
);

CREATE TABLE discourse_reactions_reactions (
  id bigint,
  post_id integer,
  reaction_type integer DEFAULT 0,
  reaction_value varchar,
  reaction_users_count integer,
  created_at timestamp,
  updated_at timestamp
);

CREATE TABLE discourse_reactions_reaction_users (
  id bigint,
  reaction_id bigint,
  user_id integer,
  created_at timestamp,
  updated_at timestamp,
  post_id integer
);

CREATE TABLE discourse_solved_solved_topics (
  id bigint,
  topic_id integer,
  answer_post_id integer,
  accepter_user_id integer,
  topic_timer_id integer,
  created_at timestamp,
  updated_at timestamp
);

CREATE TABLE site_settings (
  id integer,
  name varchar,
  data_type integer DEFAULT 1,
  value text,
  created_at timestamp DEFAULT '1970-01-01',
  updated_at timestamp DEFAULT '1970-01-01'
);
