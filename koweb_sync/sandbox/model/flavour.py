"""Where servers of 2022, of 2025 and of 2026 differ. Everything else in the sandbox asks the flavour, never a version.

2022 is a recorded 2.9.0.beta3, 2025 a recorded 3.5.0.beta9-dev of August 2025. 2026 is the server of 2025 with what
sources of 2026 say: each trait in which it differs is a guess, no recording shows it.
"""

from dataclasses import dataclass, replace
from typing import Literal

from koweb_sync.sandbox.model.data_files import data


@dataclass(frozen=True, slots=True, kw_only=True)
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
    `finds_themes_by_name`: a bundle of a theme without a number comes in the place of the theme of its name.
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
    likers_cap: int | None = None
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
    finds_themes_by_name: bool


def known_flavours() -> dict[str, Flavour]:
    """The kinds of servers by their names, as data/flavours.toml has them."""
    table = data("flavours.toml")
    found = {name: Flavour(name=name, **table[name]) for name in ("2022", "2025")}
    return {**found, "2026": replace(found["2025"], name="2026", **table["2026"])}


FLAVOURS = known_flavours()
OF_2022, OF_2025 = FLAVOURS["2022"], FLAVOURS["2025"]
