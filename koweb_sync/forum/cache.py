"""What this machine remembers about a forum: its facts.

It imports no HTTP, so that a push with nothing to send starts quickly. Everything here may be deleted at any time.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from koweb_sync import records, safe_files
from koweb_sync.errors import InputError
from koweb_sync.forum.machine import site_file
from koweb_sync.forum.site import Category, ColourScheme, Limits, Site
from koweb_sync.posts.ids import CategoryId

VERSION = 3
KEPT = ("id", "name", "path", "may_create", "minimum_tags", "restricted", "definition", "colour")  # of a category


def cached_site(url: str, username: str, folder: Path | None = None) -> Site | None:
    """What was last read about a forum as this user, whatever its age; None if nothing was, or it cannot be read."""
    data = record(site_file(url, username, folder))
    try:
        return site_of(data["site"])
    except (ValueError, KeyError, TypeError):
        return None


def record(path: Path) -> records.RecordData:
    """What a file holds; nothing if it cannot be read or is older. Raises KowebError if it is newer."""
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(data, dict) or not isinstance(data.get("version"), int) or data["version"] < VERSION:
        return {}
    return records.upgraded(data, str(path), VERSION)


def keep_site(url: str, username: str, site: Site, folder: Path | None = None) -> None:
    """Remember a forum's facts. Where the cache cannot be written they are read again next time."""
    path = site_file(url, username, folder)
    known = records.over(record(path), {"site": {**asdict(site), "categories": [kept(one) for one in site.categories]}})
    text = json.dumps({"version": VERSION, **known}, ensure_ascii=False, default=plain)
    with suppress(InputError):
        safe_files.write(path.parent, path.name, text, lasting=False)


def kept(category: Category) -> dict[str, object]:
    """What of a category decides whether a post may go there, and how a preview draws it."""
    return {name: getattr(category, name) for name in KEPT}


def plain(value: object) -> object:
    """What JSON does not know, as JSON knows it."""
    return value.isoformat() if isinstance(value, datetime) else sorted(value) if isinstance(value, frozenset) else ""


def site_of(data: Mapping[str, Any]) -> Site:
    """Facts as they were kept, without what is unknown here. Raises KeyError, TypeError or ValueError for others."""
    limits = {field.name: data["limits"][field.name] for field in fields(Limits)}
    known = [{name: value for name, value in one.items() if name in KEPT} for one in data["categories"]]
    schemes = {name: data.get(name) and ColourScheme(**data[name]) for name in ("light", "dark")}
    categories = [Category(**{**one, "id": CategoryId(one["id"])}) for one in known]
    return Site(
        **{
            **{field.name: data[field.name] for field in fields(Site) if field.name in data},
            "categories": tuple(categories),
            "limits": Limits(**{**limits, "extensions": frozenset(limits["extensions"])}),
            "tags": frozenset(data["tags"]),
            "plugins": tuple(data["plugins"]),
            **schemes,
            "read_at": datetime.fromisoformat(data["read_at"]),
        }
    )
