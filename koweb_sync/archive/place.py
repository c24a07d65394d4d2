"""Which archive is meant: as a person says, or koweb.toml, which alone may not decide on every place; and which of its
forums.
"""

import os
import re
import shlex
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from koweb_sync import safe_files, trusted
from koweb_sync.archive.store.location import address, path, without_password
from koweb_sync.config import Settings
from koweb_sync.config_file import FILE, NAME
from koweb_sync.errors import HumanNeeded, InputError
from koweb_sync.forum.typed_addresses import means
from koweb_sync.i18n import _, spoken
from koweb_sync.posts.paths import parted
from koweb_sync.spelling import called_so

VARIABLE = "KOWEB_ARCHIVE_STORE"


@dataclass(frozen=True, slots=True)
class HeldForum:
    """A forum of an archive: its name when it was archived first, its address, its language, and its own title."""

    name: str
    url: str
    locale: str = ""
    title: str = ""
    known: tuple[str, ...] = ()  # the addresses that it had as well

    def is_at(self, url: str) -> bool:
        """Whether this is its address, or was, however it is written."""
        return self.url == url or trusted.origin(url) in map(trusted.origin, (self.url, *self.known))


def placed(store: str | None, settings: Settings, folder: Path, agrees: Callable[[str], bool]) -> str:
    """Where the archive lies: as somebody says, from here; else as the settings say, from a folder. `agrees`: asks the
    user about a place that koweb.toml alone may not decide on.

    Raises HumanNeeded where the user does not agree, InputError for a link, or a place within .git.
    """
    given = store or os.environ.get(VARIABLE)
    chosen = given or settings.archive.store
    found = within(Path.cwd() if given else folder, chosen)
    if not given:
        ours(folder, found, agrees)
    return found


def within(folder: Path, place: str) -> str:
    """A place as it is seen from a folder."""
    return place if "://" in place else str(folder / Path(place).expanduser())


def ours(root: Path, chosen: str, agrees: Callable[[str], bool]) -> None:
    """Whether koweb.toml alone may decide on a store: it comes from whoever may change the repository.

    A database on a named host would get what this user's environment holds of passwords; a new file outside of the
    repository might be one that another program obeys. For these the user is asked once, and it is remembered.

    Raises HumanNeeded where the user does not agree or cannot be asked, InputError for a link, or a place within .git.
    """
    file, name = file_of(chosen)
    if file is not None:
        if os.path.abspath(root) in (os.path.abspath(above) for above in file.parents):  # noqa: PTH100 - no link is followed
            safe_files.inside(root, os.path.relpath(file, root))
            return
        if file.is_file():
            return  # only an archive is opened, and nothing else is written to
    elif chosen.startswith("sqlite") or not named_host(chosen):
        return
    if trusted.agreed(chosen):
        return
    what = _("koweb.toml wants the archive kept here: {place}.").format(place=name)
    if not agrees(what):
        raise HumanNeeded(
            what,
            where=FILE,
            remedy=_("If you trust that place, name it yourself: with --store, or in {variable}.").format(
                variable=VARIABLE
            ),
        )
    trusted.agree(chosen)


def file_of(place: str) -> tuple[Path | None, str]:
    """The file that a place is, None for a database; and the place without a password."""
    if "://" not in place:
        return Path(place), place
    url = address(place)
    return path(url), without_password(url)


def named_host(place: str) -> bool:
    """Whether the address of a database says more than the name of one on this computer: a host, a user, or options
    such as `?host=`, `?service=` or `?sslkey=`, with which libpq goes elsewhere or reads a file; or cannot be read.
    """
    parts = parted(place)
    return not parts.scheme or bool(parts.netloc or parts.query or parts.fragment)


# ---- the forum in it


def named_so(held: Sequence[HeldForum], words: str) -> list[HeldForum]:
    """The forums of an archive that a name, a title or an address means, however that is typed."""
    return (
        [one for one in held if words == one.name or one.is_at(words)]
        or [one for one in held if means(words, one.url)]
        or called_so(words, held, lambda one: (one.name, one.title))
    )


def told_apart(held: Sequence[HeldForum]) -> str:
    """The forums of an archive, each as it may be named: by its title, or the name that somebody gave it; by its
    address alone where two have one name.
    """
    names = [one.title or one.name for one in held]
    quoted = [_("“{name}” ({url})").format(name=name, url=one.url) for name, one in zip(names, held, strict=True)]
    named = zip(names, quoted, held, strict=True)
    return ", ".join(words if names.count(name) == 1 else one.url for name, words, one in named)


def chosen(held: Sequence[HeldForum], place: str, wanted: str | None, configured: str | None) -> HeldForum:
    """The forum of an archive that is meant: the one that somebody names, else the one at the address that koweb.toml
    knows, else the only one. `wanted`: a name or an address.

    Raises InputError where that is none of them, or may be more than one.
    """
    at_home = [one for one in held if configured is not None and one.is_at(configured)]
    found = at_home or list(held)
    if wanted is not None and not at_home:
        found = named_so(held, wanted)
    if len(found) == 1 or at_home:
        return found[0]
    if not held:
        raise InputError(
            _("The archive holds nothing yet."),
            where=file_of(place)[1],
            remedy=with_backup_here(
                _("Name the archive with --store, or archive a forum: “koweb archive --url https://…”.")
                if configured is None
                else _("“koweb archive” archives a forum; --store names another place.")
            ),
        )
    raise InputError(
        _("Which forum of the archive is meant is not clear.")
        if found
        else _("The archive holds no forum “{name}”.").format(name=wanted),
        where=file_of(place)[1],
        remedy=_("Name one with --forum: {names}.").format(names=told_apart(held)),
    )


def with_backup_here(remedy: str) -> str:
    """A remedy where nothing is archived yet, and the command that reads the forum's backup where one lies here."""
    dated = re.compile(r".*\d{4}-\d{2}-\d{2}.*\.(?:tar|tar\.gz|tgz|sql\.gz)")  # as Discourse calls them
    found: list[str] = []
    with suppress(OSError):  # a folder that may not be listed suggests nothing
        found += sorted(one.name for one in Path.cwd().iterdir() if dated.fullmatch(one.name))
    if not found:
        return remedy
    command = f"koweb archive --from-backup {shlex.quote(found[-1])}"
    return f"{remedy} " + _("Or read the backup that lies here: “{command}”.").format(command=command)


def settings_of(one: HeldForum) -> Settings:
    """What is known of a forum without koweb.toml: what its archive says."""
    bookmark = f"refs/koweb/{one.name if NAME.fullmatch(one.name) else 'forum'}"
    return Settings(one.name, one.url, username="", bookmark=bookmark, locale=spoken(one.locale) or "fr")
