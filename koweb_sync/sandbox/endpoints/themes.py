"""Themes and their components: listed, imported from a bundle, set, taken away.

Nothing of this is recorded. Routes, fields and answers are read in Discourse's sources (Admin::ThemesController,
ThemeSerializer) and in those of its theme command line.
"""

import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import yaml
from flask import Response, request

from koweb_sync.sandbox.model.records import ThemeRecord
from koweb_sync.sandbox.model.refusals import invalid, unprocessable
from koweb_sync.sandbox.request_data import Routes, admins, answer, given, state
from koweb_sync.sandbox.rules.validations import listed, number_of, truthy
from koweb_sync.sandbox.serializers.fields import fields

routes = Routes("themes", only=admins)
TYPES = {bool: "bool", int: "integer", float: "float", str: "string"}


def basic(one: ThemeRecord) -> dict[str, Any]:
    """What any answer says of a theme."""
    return {**fields(one, "id name component"), **({"default": True} if one.default else {})}


def shown(one: ThemeRecord) -> dict[str, Any]:
    """A theme, with what may be set, and what it belongs to."""
    about = about_of(one.files)
    parents = [basic(state.themes[number]) for number in one.parents if number in state.themes]
    children = [basic(other) for other in state.themes.values() if one.id in other.parents]
    return {
        **basic(one),
        "enabled?": one.enabled,
        "supported?": True,
        "settings": [setting(one, name, told) for name, told in settings_of(one.files).items()],
        "theme_fields": [{"name": name, "target": "extra_js"} for name in sorted(one.files)],
        "parent_themes": parents,
        **({} if one.component else {"child_themes": children}),
        "remote_theme": {name: about.get(name) for name in ("theme_version", "minimum_discourse_version", "authors")},
    }


def setting(one: ThemeRecord, name: str, told: dict[str, Any]) -> dict[str, Any]:
    """A setting, with its value."""
    default = told.get("default")
    value = one.settings.get(name, default)
    return {"setting": name, "type": told.get("type") or TYPES[type(default)], "default": default, "value": value}


def settings_of(files: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What may be set. Raises Refused for what is no YAML."""
    try:
        return yaml.safe_load(files.get("settings.yml", "")) or {}
    except yaml.YAMLError as error:
        raise unprocessable([f"Error: settings.yml: {error}"]) from error


def about_of(files: dict[str, str]) -> dict[str, Any]:
    """What a bundle says of itself. Raises Refused for one that says nothing."""
    if not files:
        return {}
    try:
        return dict(json.loads(files["about.json"]))
    except (KeyError, ValueError) as error:
        raise unprocessable(["Error: about.json: invalid"]) from error


def unpacked(data: bytes) -> dict[str, str]:
    """The files of a bundle, of either form, without a folder around them. Raises Refused for what is none."""
    with suppress(zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, UnicodeDecodeError):
        found = dict(members(data))
        top = {name.partition("/")[0] for name in found}
        if "about.json" not in found and len(top) == 1:
            found = {name.partition("/")[2]: text for name, text in found.items()}
        return found
    raise unprocessable(["Error: the theme archive could not be read"])


def members(data: bytes) -> Iterator[tuple[str, str]]:
    """Each file of a zip, or of a tar that is compressed."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            for name in bundle.namelist():
                if not name.endswith("/"):
                    yield name, bundle.read(name).decode()
        return
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as packed:
        for member in packed.getmembers():
            if file := packed.extractfile(member):
                yield member.name.removeprefix("./"), file.read().decode()


@routes.get("/admin/themes")
def index() -> Response:
    return answer({"themes": [shown(one) for one in sorted(state.themes.values(), key=lambda one: one.name)]})


@routes.get("/admin/themes/<number>")
def show(number: str) -> Response:
    return answer({"theme": shown(found(number))})


@routes.post("/admin/themes/import")
def bring_in() -> Response:
    """A bundle makes a new theme, or renews the one that is named."""
    sent = request.files.get("bundle") or request.files.get("theme")
    if sent is None:
        raise unprocessable(["The file you've chosen isn't a theme"])
    files = unpacked(sent.read())
    about = about_of(files)
    settings_of(files)
    name = str(about.get("name") or "theme")
    one = asked_for(name) or ThemeRecord(state.next_id("themes") + 2, name)
    one.files, one.component = files, truthy(about.get("component"))
    state.themes[one.id] = one
    return answer({"theme": shown(one)}, 201)


def asked_for(name: str) -> ThemeRecord | None:
    """The theme in whose place a bundle comes: of the number that was sent, else, on older servers, of its name."""
    said = given()
    if "theme_id" in said:
        return state.themes.get(number_of(said["theme_id"]) or 0)
    same = (one for one in state.themes.values() if one.name == name)
    return next(same, None) if state.flavour.finds_themes_by_name else None


@routes.put("/admin/themes/<number>")
def update(number: str) -> Response:
    one, said = found(number), given("theme")["theme"]
    if not isinstance(said, dict):
        raise invalid(state, "theme")
    if "parent_theme_ids" in said:  # the list replaces the one before
        one.parents = [parent for parent in map(number_of, listed(said["parent_theme_ids"])) if parent in state.themes]
    if "child_theme_ids" in said:
        wanted = {*map(number_of, listed(said["child_theme_ids"]))}
        for other in state.themes.values():
            others = [parent for parent in other.parents if parent != one.id]
            other.parents = [*others, one.id] if other.id in wanted else others
    if "enabled" in said:
        one.enabled = truthy(said["enabled"])
    for name, value in (said.get("settings") or {}).items():
        put_setting(one, name, value)
    one.name = str(said.get("name") or one.name)
    return answer({"theme": shown(one)})


@routes.put("/admin/themes/<number>/setting")
def set_one(number: str) -> Response:
    one, said = found(number), given("name")
    name = str(said["name"])
    put_setting(one, name, said.get("value"))
    return answer({name: one.settings[name]})


def put_setting(one: ThemeRecord, name: str, value: object) -> None:
    """Set what a bundle says may be set. Raises Refused for anything else."""
    told = settings_of(one.files).get(name)
    if told is None:
        raise invalid(state, "setting_name")
    one.settings[name] = truthy(value) if isinstance(told.get("default"), bool) else str(value or "")


@routes.delete("/admin/themes/<number>")
def destroy(number: str) -> Response:
    one = found(number)
    del state.themes[one.id]
    for other in state.themes.values():
        other.parents = [parent for parent in other.parents if parent != one.id]
    return Response(status=204)


def found(number: str) -> ThemeRecord:
    """A theme. Raises Refused where there is none."""
    one = state.themes.get(number_of(number) or 0)
    if one is None:
        raise invalid(state, "id")
    return one
