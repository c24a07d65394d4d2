"""Records that outlive a command: each says its version, and what this version does not know in one stays in it.

Several versions of koweb-sync work on the same bookmark, journal and caches: one on each computer, another one in CI.
So an older record is upgraded when it is read, a newer one is refused in words, and keys that are unknown here are kept
when a record is written again.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from koweb_sync import safe_files
from koweb_sync.errors import ConfigError, KowebError
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _

LARGEST = 2**63
FIRST = 1  # of a record that does not say its version: 0.1.0 wrote some without

RecordData = dict[str, Any]
Upgrades = Mapping[int, Callable[[RecordData], RecordData]]  # a version -> what makes the next one of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """What a record is read into. `extra` are the keys that this version does not know: to it they mean nothing."""

    extra: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


T = TypeVar("T", bound=Extended)
KINDS: dict[type[Extended], Mapping[str, Any]] = {}  # as found so far: a bookmark holds thousands of records


def read(data: str | bytes, where: str, version: int, upgrades: Upgrades | None = None, remedy: str = "") -> RecordData:
    """A record from its JSON, in the form of `version`; its key "version" is left out.

    `where` names the file or git reference for people, `remedy` what to do where it is damaged. Raises KowebError for a
    record of a newer version, and for what is no record.
    """
    with undamaged(where, remedy):
        return upgraded(json.loads(data), where, version, upgrades)


def upgraded(found: Any, where: str, version: int, upgrades: Upgrades | None = None) -> RecordData:
    """What JSON gave, as a record of `version`; as `read`."""
    with undamaged(where):
        record: RecordData = {key: value for key, value in found.items() if key != "version"}
        number = found.get("version", FIRST)
        for step in range(supported(number, where, version), version):
            record = (upgrades or {})[step](record)
        return record


def supported(number: Any, where: str, version: int) -> int:
    """The number of a version. Raises KowebError if it is newer than what is read here, TypeError if it is none."""
    if not isinstance(number, int):
        raise TypeError
    if number <= version:
        return number
    raise KowebError(
        _("A newer koweb-sync wrote this: its format is {number}, and this koweb-sync reads up to {version}.").format(
            number=number, version=version
        ),
        where=where,
        remedy=_("Upgrade koweb-sync on this computer, then try again. Nothing was changed."),
    )


@contextmanager
def changed(file: Path, version: int, read: Callable[[], RecordData], failed: str) -> Iterator[RecordData]:
    """The record of a file that only the user may read, to be changed by one process at a time: it is written when the
    context ends, if it is another. `read` reads the file; `failed` says what cannot be written, with “{why}”.

    Raises ConfigError where that cannot be, and as `read`.
    """
    safe_files.folder(file.parent, mode=0o700)
    from filelock import FileLock

    try:
        with FileLock(file.with_suffix(".lock")):
            before = read()
            known = deepcopy(before)
            yield known
            if known != before:
                text = json.dumps({"version": version, **known}, indent=1, sort_keys=True)
                safe_files.write(file.parent, file.name, f"{text}\n", mode=0o600)
    except OSError as error:
        raise ConfigError(
            failed.format(why=reason(error)),
            where=str(file.parent),
            remedy=_("See that you may write there, then try again."),
        ) from error


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file with one record that only the user may read, and what is said of it: `remedy` where it is damaged,
    `failed` where it cannot be written, with “{why}”.
    """

    path: Path
    version: int
    remedy: str
    failed: str

    def read(self) -> RecordData:
        """What the file holds; empty where there is none. Raises KowebError."""
        text = safe_files.read(self.path.parent, self.path.name)
        return read(text, str(self.path), self.version, remedy=self.remedy) if text else {}

    def changed(self) -> AbstractContextManager[RecordData]:
        """What the file holds, to be changed by one process at a time. Raises KowebError."""
        return changed(self.path, self.version, self.read, self.failed)

    def undamaged(self) -> AbstractContextManager[None]:
        """Around what takes the file's content to pieces. Raises KowebError where it is damaged."""
        return undamaged(str(self.path), self.remedy)


@contextmanager
def undamaged(where: str, remedy: str = "") -> Iterator[None]:
    """Around what takes a record to pieces. Raises KowebError where something is missing or of another kind."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise KowebError(
            _("What koweb-sync keeps here is damaged."),
            where=where,
            remedy=remedy or _("Another clone or a backup may have it whole: put that in its place, then try again."),
        ) from error


def made(cls: type[T], record: Mapping[str, Any], **changed: Any) -> T:
    """A dataclass from its record, with values that `changed` from JSON's; unknown keys become its `extra`.

    Raises TypeError where a value is missing or of another kind: whoever wrote the record may be anybody.
    """
    kinds = kinds_of(cls)
    values = {**{key: value for key, value in record.items() if key in kinds}, **changed}
    odd = next((key for key, value in values.items() if not is_of(kinds[key], value)), None)
    if odd is not None:
        raise TypeError(odd)
    extra = {key: value for key, value in record.items() if key not in kinds and key != "version"}
    return cls(**values, extra=extra)


def kinds_of(cls: type[Extended]) -> Mapping[str, Any]:
    """The names of a dataclass's values, and of which kind each is."""
    if cls not in KINDS:
        KINDS[cls] = {name: kind for name, kind in get_type_hints(cls).items() if name != "extra"}
    return KINDS[cls]


def is_of(kind: Any, value: Any) -> bool:
    """Whether a value is of a kind, as a dataclass declares it. Numbers are such as a database holds."""
    kind = getattr(kind, "__supertype__", kind)
    if isinstance(kind, UnionType):
        return any(is_of(one, value) for one in get_args(kind))
    if kind in (int, float):
        return type(value) in (int, kind) and abs(value) < LARGEST
    if get_origin(kind) is tuple:
        return isinstance(value, tuple) and all(is_of(get_args(kind)[0], one) for one in value)
    return isinstance(value, get_origin(kind) or kind)


def plain(thing: Extended) -> RecordData:
    """The inverse, without a version: its values, then what was unknown."""
    return {name: getattr(thing, name) for name in kinds_of(type(thing))} | dict(thing.extra)


def write(thing: Extended, version: int) -> bytes:
    """A dataclass as JSON, with its version."""
    return json.dumps({"version": version, **plain(thing)}, ensure_ascii=False).encode()


def over(was: Any, now: Any) -> Any:
    """A record written again: `now`, with the keys that only the earlier one has. Things of a list are told by "id"."""
    if isinstance(was, dict) and isinstance(now, dict):
        return {**was, **{key: over(was.get(key), value) for key, value in now.items()}}
    if isinstance(was, list) and isinstance(now, list | tuple):
        known = {one["id"]: one for one in was if isinstance(one, dict) and isinstance(one.get("id"), int)}
        return [over(known.get(one["id"]), one) if isinstance(one, dict) and "id" in one else one for one in now]
    return now
