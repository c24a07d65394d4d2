"""Where servers of 2022, of 2025 and of 2026 differ. Everything else in the sandbox asks the flavour, never a version.

2022 is a recorded 2.9.0.beta3, 2025 a recorded 3.5.0.beta9-dev of August 2025. 2026 is the server of 2025 with what
sources of 2026 say: each trait in which it differs is a guess, no recording shows it.
"""

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Flavour:
    """One kind of server.

    `anchors`: heading anchors `slug-1`, or `p-POST-slug-1`. `tags_as_objects`: tags are `{id, name, slug}`.
    `inclusive_windows`: `/posts.json?before=N` answers with the ids N-49 to N, else with the newest 50 below N.
    `page_past_end`: what a topic's page beyond the last one is answered with: 404, or 301 to the last page.
    `honours_per_page`: topic lists take `per_page` up to 100. `cuts_tags`: surplus tags vanish, else they are refused.
    `guards_original_text`: `post[original_text]` guards an edit too, `original_title` and `original_tags` a topic.
    `keeps_parameters`: the redirect of an external_id keeps `include_raw`. `likers_cap`: most people whom
    `/post_action_users.json` takes as `limit`. `keys_count_for_address`: requests with a key use up the address's
    budget. `explorer_path`: where Data Explorer is; the older path is kept. `explorer_takes_all`: it understands
    `limit=ALL`. `many_answers`: a topic may have several accepted answers. `markup`: which generation of cooked HTML
    it writes: class names, and line breaks between elements. `fields`: which generation of JSON it answers with: the
    names and the order of fields, and what only one of them tells.
    `translations`: whether posts and titles have translations, and how a reader gets originals all the same: by a
    cookie, or people with an account by an option of theirs. `translates_names`: names of tags and categories have
    translations, too. `device_login`: a person gives a program a key by a short code.
    `whispers_of_groups`: the groups of a setting read and write whispers, else staff where another setting says so.
    `chat`: it comes with the forum.
    `tells_queued`: a create that waits for a moderator is answered with what waits, else with a bare `null` unless
    `nested_post` was sent.
    `many_required_groups`: a category may want tags of some
    groups, not of one alone. `lists_tags`: `/tags/list` is there, tags have no counts of messages, and are in the order
    of their numbers. `many_watched`: words are entered many at once, and the answer shows the expressions of all.
    `shadow_likes`: whoever reacts likes the post, too, so that its count of likes holds all reactions. `solved_table`:
    accepted answers have a table of their own, and the answer to accepting one is that answer.
    """

    name: str
    version: str
    anchors: Literal["plain", "post-id"]
    tags_as_objects: bool
    inclusive_windows: bool
    page_past_end: Literal[301, 404]
    honours_per_page: bool
    cuts_tags: bool
    guards_original_text: bool
    keeps_parameters: bool
    likers_cap: int | None
    keys_count_for_address: bool
    explorer_path: str
    explorer_takes_all: bool
    many_answers: bool
    markup: Literal["2022", "2025"]
    fields: Literal["2022", "2025"]
    translations: Literal["none", "cookie", "option"]
    translates_names: bool
    device_login: bool
    whispers_of_groups: bool
    chat: bool
    tells_queued: bool
    many_required_groups: bool
    lists_tags: bool
    many_watched: bool
    shadow_likes: bool
    solved_table: bool


OF_2022 = Flavour(
    name="2022",
    version="2.9.0.beta3",
    anchors="plain",
    tags_as_objects=False,
    inclusive_windows=True,
    page_past_end=404,
    honours_per_page=False,
    cuts_tags=True,
    guards_original_text=False,
    keeps_parameters=False,
    likers_cap=None,
    keys_count_for_address=True,
    explorer_path="/admin/plugins/explorer",
    explorer_takes_all=True,
    many_answers=False,
    markup="2022",
    fields="2022",
    translations="none",
    translates_names=False,
    device_login=False,
    whispers_of_groups=False,
    chat=False,
    tells_queued=False,
    many_required_groups=False,
    lists_tags=False,
    many_watched=False,
    shadow_likes=False,  # the plugin's source: since February 2024
    solved_table=False,  # the plugin's source: since March 2025
)
OF_2025 = Flavour(
    name="2025",
    version="3.5.0.beta9-dev",
    anchors="post-id",
    tags_as_objects=False,
    inclusive_windows=False,
    page_past_end=404,
    honours_per_page=True,
    cuts_tags=True,
    guards_original_text=True,
    keeps_parameters=True,
    likers_cap=200,
    keys_count_for_address=False,
    explorer_path="/admin/plugins/explorer",
    explorer_takes_all=True,
    many_answers=False,
    markup="2025",
    fields="2025",
    translations="cookie",
    translates_names=False,
    device_login=False,
    whispers_of_groups=True,
    chat=True,
    tells_queued=True,
    many_required_groups=True,
    lists_tags=True,
    many_watched=True,
    shadow_likes=True,
    solved_table=True,
)
OF_2026 = replace(
    OF_2025,
    name="2026",
    version="2026.8.0",
    tags_as_objects=True,  # guess: sources of 2026, serializers of tags
    page_past_end=301,  # guess: sources of 2026, topics_controller
    cuts_tags=False,  # guess: sources of 2026, discourse_tagging
    explorer_path="/admin/plugins/discourse-data-explorer",  # guess: sources of 2026, routes of the plugin
    explorer_takes_all=False,  # guess: sources of 2026, query_controller
    many_answers=True,  # guess: sources of 2026, serializers of solved
    translations="option",  # guess: sources of 2026, lib/content_localization
    translates_names=True,  # guess: sources of 2026, lib/content_localization
    device_login=True,  # guess: sources of 2026, user_api_keys_controller
)
FLAVOURS = {flavour.name: flavour for flavour in (OF_2022, OF_2025, OF_2026)}
