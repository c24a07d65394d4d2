"""The forum's themes and their components: looked up, imported, set, taken away. One request each.

Only an administrator's key without scopes may do any of this. Routes and answers are read in Discourse's sources
(Admin::ThemesController, ThemeSerializer, 2019 to 2026) and in those of its theme command line; none is recorded.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from koweb_sync.errors import ForumRefused
from koweb_sync.forum.connection import Connection
from koweb_sync.forum.decode import clear, flag, inner, items, record, text, whole_number

MANY = 1_000  # themes of a forum


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme, or a component of themes. `parents`: the numbers of the themes that a component is part of. `version`:
    what its bundle said of itself. `settings`: their values by name, empty where a list does not show them; `changed`:
    those of them that have another value than the bundle gave them.
    """

    id: int
    name: str
    component: bool
    default: bool
    enabled: bool
    parents: tuple[int, ...]
    version: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, Any] = field(default_factory=dict)


def themes(forum: Connection) -> tuple[Theme, ...]:
    """All of them. Raises ForumKeyRefused or ForumNotFound where the key is no administrator's."""
    path = "/admin/themes.json"
    with forum.reading(path):
        return listed(forum._get(path))


def theme(forum: Connection, number: int) -> Theme:
    """One of them, with its settings. Raises ForumNotFound."""
    path = f"/admin/themes/{number}.json"
    with forum.reading(path):
        return shown(forum._get(path))


def send_bundle(forum: Connection, bundle: bytes, number: int | None) -> Theme:
    """Import a bundle as a new theme or component, or in the place of the one of that `number`. Its number is new then:
    PostgreSQL gives none twice, but after a backup was restored.

    A number is always sent, if an empty one: older servers take a bundle without it for the theme of its name.

    Raises ForumRefused for what the forum cannot read, and where it only takes themes from a list.
    """
    path = "/admin/themes/import.json"
    files = {"bundle": ("koweb.zip", bytes(bundle), "application/zip")}
    more = {"theme_id": "" if number is None else number}
    with forum.reading(path):
        return shown(forum._post(path, files=files, **more))


def change(forum: Connection, number: int, **what: Any) -> None:
    """Change one: `settings` those that are named, `parent_theme_ids` the themes that a component is part of (and of no
    others), `enabled` whether it is switched on. Raises ForumRefused where it is gone, or has no such setting.
    """
    forum._put(f"/admin/themes/{number}.json", json=True, theme=what)


def set_setting(forum: Connection, number: int, name: str, value: str) -> None:
    """Set one setting. Raises ForumRefused where the component is gone (Discourse answers 400, not 404), or has no such
    setting.
    """
    forum._put(f"/admin/themes/{number}/setting.json", json=True, name=name, value=value)


def remove(forum: Connection, number: int) -> None:
    """Take a theme or component away, with its settings. One that is gone is fine."""
    with suppress(ForumRefused):
        forum._delete(f"/admin/themes/{number}.json")


@clear
def listed(data: object) -> tuple[Theme, ...]:
    """What a list of themes says."""
    return tuple(map(read, items(data, "themes")[:MANY]))


@clear
def shown(data: object) -> Theme:
    """What an answer about one theme says."""
    return read(record(record(data).get("theme"), "theme"))


def read(data: object) -> Theme:
    """A theme. Raises what `clear` makes plain."""
    one = record(data)
    settings = [record(said) for said in items(one, "settings")]
    values = {text(said, "setting"): said.get("value") for said in settings}
    given = {text(said, "setting"): said.get("default") for said in settings}
    return Theme(
        whole_number(one, "id"),
        text(one, "name"),
        flag(one, "component"),
        flag(one, "default"),
        flag(one, "enabled?", default=True),
        tuple(whole_number(record(parent), "id") for parent in items(one, "parent_themes")),
        text(inner(one, "remote_theme"), "theme_version", ""),
        values,
        {name: value for name, value in values.items() if value != given[name]},
    )
