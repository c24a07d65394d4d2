"""koweb.toml and the environment, as settings.

The file lies beside the folder of the posts: at the root of the repository, or in a folder of it. It never holds a key:
that comes from the environment or from the system's keyring.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, cast, get_args

from koweb_sync import logins, zones
from koweb_sync.config_file import FILE, find, line_of, parse, read
from koweb_sync.errors import ConfigError
from koweb_sync.i18n import LANGUAGES, _
from koweb_sync.logins import Login
from koweb_sync.posts.paths import base_path, category_at, parted, plain_folder
from koweb_sync.ref_names import plain_ref
from koweb_sync.spelling import nearest, nfc

MARKDOWN = frozenset(
    [".md", ".markdown", ".mdown", ".mdwn", ".mkd", ".mkdn", ".mdx", ".mdtext", ".mdtxt", ".qmd", ".rmd"]
)
Withdraw = Literal["keep", "unlist", "close", "delete"]
Deleted = Literal["leave", "recover"]
ErasurePolicy = Literal["follow", "ask"]
Deletions = Literal["keep", "purge"]
Taken = Literal["human", "all", "none", "topic"]
Quotes = Literal["unnamed", "agreed", "none"]


# What stands beside a setting's type is its line in docs/reference/koweb-toml.md: a new setting needs no other.


@dataclass(frozen=True, slots=True)
class Rates:
    """How many requests the forum allows, in sliding windows; 0 switches a window off."""

    key_per_minute: Annotated[int, "With any of the forum's keys, in 60 seconds."] = 60
    anonymous_per_minute: Annotated[int, "From this computer's address, in 60 seconds."] = 200
    anonymous_per_10_seconds: Annotated[int, "From this computer's address, in 10 seconds."] = 50
    login_per_minute: Annotated[int, "With your own key, as `koweb login` gets it, in 60 seconds."] = 20
    login_per_day: Annotated[int, "With that key, in a day."] = 2880


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a forum is archived. What is not public is archived only if somebody says so."""

    store: Annotated[str, "A file beside koweb.toml, or a `postgresql://` address without its password."] = (
        "koweb-archive.sqlite"
    )
    rolling_days: Annotated[int, "Every post is read again within so many days, a part of them a day; 0: never."] = 30
    files: Annotated[bool, "Keep images and attachments."] = True
    revisions: Annotated[bool, "Keep what edited posts said before, by whom and why: a request each, with a key."] = (
        True
    )
    translations: Annotated[
        bool, "Keep posts in other languages, too: a request for each that has translations, 500 a run, with a key."
    ] = True
    avatars: Annotated[bool, "Keep the pictures of people, too."] = False
    staff: Annotated[bool, "Keep the categories that only staff may read, too."] = False
    messages: Annotated[bool, "Keep the personal messages of the key's user, too."] = False
    public_only: Annotated[bool, "Keep only what everybody may read."] = False
    erasure: Annotated[
        ErasurePolicy,
        "When the forum made somebody anonymous: take their old name out of the archive, or ask first.",
    ] = "follow"
    deletions: Annotated[Deletions, "Keep the texts of posts that the forum deleted, or empty them."] = "keep"
    purge_after_days: Annotated[int, "So many days after the forum deleted them; 0: at once."] = 30


@dataclass(frozen=True, slots=True)
class Settings:
    """One forum of koweb.toml. Folders are POSIX paths; `bookmark` is a full ref name; `alone`: no other forum is
    configured. `login`: this computer's login to the forum, if its key is the one to be used; `username` is its owner.
    """

    name: str
    url: Annotated[str, "The forum's address, with the path below which it lies if there is one. With https://."]
    username: Annotated[
        str, "Whom the key acts as. May be left out where no key is used: an archive of what is public needs none."
    ]
    posts: Annotated[str, "Folder of the post files, beside koweb.toml."] = "posts"
    root: Annotated[
        str, "Folder beside koweb.toml from which links such as `/img/a.png` are counted; empty: the repository's root."
    ] = ""
    branch: Annotated[str, "Only this branch publishes, unless you say `--branch-ok`."] = "main"
    remote: Annotated[str, "The git remote that keeps the bookmark."] = "origin"
    bookmark: Annotated[
        str, "Branch for the bookmark where the git host takes no other refs; empty: the ref `refs/koweb/NAME`."
    ] = ""
    withdraw: Annotated[Withdraw, "What happens to a topic whose file is gone, or says `draft: true`."] = "keep"
    deleted: Annotated[
        Deleted, "What an edit does about a topic that somebody deleted on the forum: leave it, or bring it back."
    ] = "leave"
    translations: Annotated[
        Taken,
        "Which translations a pull brings from the forum: those of people, all of them, machines' too, or none. "
        '`"topic"`: those of people; where the forum keeps none, each becomes a topic of its own.',
    ] = "human"
    quotes: Annotated[
        Quotes,
        "Whom letters quote: everybody, without names; or only who agreed (`koweb archive consent`); or none.",
    ] = "unnamed"
    footer: Annotated[bool, "Write at the end of each post that its text is kept in git, and where."] = False
    comment: Annotated[bool, "Write that as a comment that only those see who edit the post on the forum."] = False
    time_zone: Annotated[
        str, "Whose days and hours reports and exported pages show: `Europe/Paris`. Empty: this computer's."
    ] = ""
    locale: Annotated[
        str, "The forum's language, `fr` or `en`. koweb speaks yours, and this one where your computer names none."
    ] = "fr"
    categories: Annotated[
        Mapping[str, str | int],
        'Folder below `posts` = category: slug path, or number. `"."` is `posts` itself, `"*.en"` each file `….en.md`.',
    ] = field(default_factory=dict)
    rates: Rates = Rates()
    archive: Keeping = Keeping()
    alone: bool = True
    login: Login | None = None

    @property
    def base_path(self) -> str:
        """The path below which the forum is on its host: "" for most, "/forum" for https://example.org/forum."""
        return base_path(self.url)

    def category_of(self, path: str) -> str | int | None:
        """The category that koweb.toml names for the post file `path`; None without one."""
        return category_at(tuple(self.categories.items()), self.posts, path)

    def left_out(self, path: str) -> bool:
        """Whether a path is Markdown under `posts` that is no post file for the ending of its name: `.MD`, `.mdx`…"""
        name = PurePosixPath(path)
        other = name.suffix.lower() in MARKDOWN and name.suffix != ".md" and name.stem.lower() != "readme"
        return other and self.is_post(f"{path}.md")

    def is_post(self, path: str) -> bool:
        """Whether a path of the repository is a post file: Markdown under `posts`, not a folder's README.md, and not in
        a folder of a program's own.
        """
        return self.is_text(path) and not self.is_hidden(path)

    def is_text(self, path: str) -> bool:
        """Whether a path is Markdown under `posts`, be it in a folder that a program keeps for itself."""
        inside = self.posts == "." or nfc(path).startswith(f"{nfc(self.posts)}/")
        return inside and path.endswith(".md") and PurePosixPath(path).name.lower() != "readme.md"

    def is_hidden(self, path: str) -> bool:
        """Whether a path under `posts` has a dot before its name or a folder's: `.trash`, `.obsidian`, `.github`."""
        below = path if self.posts == "." else nfc(path).removeprefix(f"{nfc(self.posts)}/")
        return below.startswith(".") or "/." in below


def variable(name: str) -> str:
    """The environment variable of a forum's key, such as KOWEB_KAFE_API_KEY."""
    return f"KOWEB_{name.upper().replace('-', '_')}_API_KEY"


def load(
    root: Path, *, start: Path | None = None, forum: str | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """The settings of one forum, from the nearest koweb.toml between `start` (default: here) and the root.

    `forum` picks one by name, else KOWEB_FORUM does, else the first counts. Raises ConfigError.
    """
    env = os.environ if environ is None else environ
    shown, text, forums = found(root, start)
    wanted = forum or env.get("KOWEB_FORUM") or next(iter(forums))
    if wanted not in forums:
        raise ConfigError(
            _("No forum is named “{name}”.").format(name=wanted),
            where=shown,
            remedy=_("It names these: {names}.").format(names=", ".join(forums)),
        )
    base = PurePosixPath(shown).parent
    return TableReader(wanted, forums[wanted], shown, text).settings(base, env, alone=len(forums) == 1)


def names(root: Path, start: Path | None = None) -> tuple[str, ...]:
    """The names of all forums in the koweb.toml nearest to `start` (default: here). Raises ConfigError."""
    return tuple(found(root, start)[2])


def found(root: Path, start: Path | None) -> tuple[str, str, Mapping[str, Mapping[str, Any]]]:
    """The nearest koweb.toml between `start` (default: here) and the root: its path, its text, and the tables of its
    forums. Raises ConfigError.
    """
    path = find(root, start or Path.cwd())
    if path is None:
        raise ConfigError(
            _("There is no {file} here.").format(file=FILE),
            where=str(root),
            remedy=_("Run “koweb init” in your repository to write one."),
        )
    shown = path.relative_to(root).as_posix()
    text = read(root, shown)
    return shown, text, parse(text, shown)


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads one `[forum.NAME]` table and complains with the line of what is wrong."""

    name: str
    table: Mapping[str, Any]
    shown: str
    text: str

    def settings(self, base: PurePosixPath, env: Mapping[str, str], *, alone: bool) -> Settings:
        """The table as settings, with what the environment overrides."""
        self.known(self.table, {*Settings.__dataclass_fields__, "limits"} - {"name", "alone", "rates", "login"})
        url = self.url()
        login, rates = self.login(url, env, alone=alone), self.rates()
        return Settings(
            name=self.name,
            url=url,
            username=login.username if login else env.get("KOWEB_API_USERNAME") or self.string("username"),
            posts=self.folder(base, "posts", "posts"),
            root=self.folder(base, "root") if "root" in self.table else "",
            branch=self.ref("branch", "main"),
            remote=self.ref("remote", "origin"),
            bookmark=self.bookmark(),
            withdraw=cast("Withdraw", self.one_of("withdraw", get_args(Withdraw))),
            deleted=cast("Deleted", self.one_of("deleted", get_args(Deleted))),
            quotes=cast("Quotes", self.one_of("quotes", get_args(Quotes))),
            translations=cast("Taken", self.one_of("translations", get_args(Taken))),
            footer=self.flag("footer"),
            comment=self.flag("comment"),
            time_zone=self.time_zone(),
            locale=self.one_of("locale", ("fr", *(name for name in LANGUAGES if name != "fr"))),
            categories=self.categories(),
            rates=replace(rates, key_per_minute=rates.login_per_minute) if login else rates,
            archive=self.keeping(base),
            alone=alone,
            login=login,
        )

    def login(self, url: str, env: Mapping[str, str], *, alone: bool) -> Login | None:
        """This computer's login to the forum, unless a key in the environment comes before it. Raises KowebError."""
        names = (variable(self.name), *(("KOWEB_API_KEY",) if alone else ()))
        return None if any(env.get(name, "").strip() for name in names) else logins.find(url)

    def wrong(self, key: str, message: str, remedy: str = "") -> ConfigError:
        """The error about one key."""
        return ConfigError(message, where=f"{self.shown}:{line_of(self.text, key)}", remedy=remedy)

    def known(self, table: Mapping[str, Any], names: set[str]) -> None:
        """Refuse keys that nobody reads: they are nearly always typing errors."""
        for key in table:
            if key not in names:
                near = nearest(key, names)
                these = _("These are: {names}.").format(names=", ".join(sorted(names)))
                remedy = _("Did you mean “{command}”?").format(command=near) if near else these
                raise self.wrong(key, _("“{key}” is not a setting.").format(key=key), remedy)

    def string(self, key: str, default: str = "") -> str:
        """A text, or the default where the key is missing."""
        value = self.table.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, _("“{key}” must be a text in quotes.").format(key=key))
        return value.strip()

    def ref(self, key: str, default: str) -> str:
        """The name of a branch or of a git remote: what git could take for an option or an address is none."""
        value = self.string(key, default)
        if not plain_ref(value):
            raise self.wrong(key, _("“{key}” must be a plain name, as git lists it.").format(key=key))
        return value

    def flag(self, key: str) -> bool:
        """true or false; false where the key is missing."""
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, _("“{key}” must be true or false.").format(key=key))
        return value

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        """One of the words in `choices`; the first is the default."""
        value = self.string(key, choices[0])
        if value not in choices:
            raise self.wrong(key, _("“{key}” must be one of: {names}.").format(key=key, names=", ".join(choices)))
        return value

    def time_zone(self) -> str:
        """An IANA name such as Europe/Paris; "" where none is set."""
        name = self.string("time_zone")
        if name and not zones.known(name):
            raise self.wrong("time_zone", _("“{zone}” is no time zone.").format(zone=name), zones.remedy(name))
        return name

    def url(self) -> str:
        """The forum's address without a slash at its end; http only for this computer itself."""
        url = self.string("url").rstrip("/")
        parts = parted(url)
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
            raise self.wrong("url", _("“url” must be the forum's address, such as https://forum.example.org."))
        if parts.username or parts.password:
            raise self.wrong("url", _("“url” must not hold a name or password."))
        if parts.scheme == "http" and not local:
            raise self.wrong("url", _("“url” must begin with https://, or the key would travel in the clear."))
        return url

    def folder(self, base: PurePosixPath, key: str, default: str = "") -> str:
        """A folder beside koweb.toml, relative to the repository's root."""
        value = self.string(key, default)
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts or "\\" in value or not value:
            raise self.wrong(key, _("“{key}” must be a folder beside koweb.toml.").format(key=key))
        return str(base / path)

    def bookmark(self) -> str:
        """The ref that records what was agreed: refs/koweb/NAME, or the branch that “bookmark” names."""
        branch = self.string("bookmark")
        if branch and not (re.fullmatch(r"[A-Za-z0-9_./-]+", branch) and plain_ref(branch)):
            raise self.wrong(
                "bookmark", _("“bookmark” must be a branch name, such as koweb/{name}.").format(name=self.name)
            )
        return f"refs/heads/{branch.removeprefix('refs/heads/')}" if branch else f"refs/koweb/{self.name}"

    def categories(self) -> dict[str, str | int]:
        """Folder under the posts -> category (slug path or id)."""
        table = self.table.get("categories", {})
        if not isinstance(table, dict):
            raise self.wrong("categories", _("“categories” must be a table: folder = category."))
        for folder, category in table.items():
            if isinstance(category, bool) or not isinstance(category, str | int) or not category:
                raise self.wrong(
                    folder, _("The category of “{folder}” must be a slug path or a number.").format(folder=folder)
                )
        return {plain_folder(folder): category for folder, category in table.items()}

    def rates(self) -> Rates:
        """The windows of `[forum.NAME.limits]`."""
        table = self.table.get("limits", {})
        if not isinstance(table, dict):
            raise self.wrong("limits", _("“limits” must be a table of numbers."))
        self.known(table, set(Rates.__dataclass_fields__))
        for key, value in table.items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise self.wrong(key, _("“{key}” must be a whole number; 0 means no limit.").format(key=key))
        return Rates(**table)

    def keeping(self, base: PurePosixPath) -> Keeping:
        """What `[forum.NAME.archive]` says; a path is taken from koweb.toml's own folder."""
        table = self.table.get("archive", {})
        if not isinstance(table, dict):
            raise self.wrong("archive", _("“archive” must be a table, [forum.{name}.archive].").format(name=self.name))
        self.known(table, set(Keeping.__dataclass_fields__))
        inner, plain = TableReader(self.name, table, self.shown, self.text), Keeping()
        days = inner.days("rolling_days", plain.rolling_days)
        store = inner.string("store", plain.store)
        if "://" in store and not parted(store).scheme:
            raise self.wrong(
                "store",
                _("The address of the archive's database cannot be read."),
                _("Name a file for SQLite, or a postgresql:// address."),
            )
        if "://" in store and parted(store).password:
            raise self.wrong(
                "store",
                _("“store” must not hold a password."),
                _("Put it into the environment variable PGPASSWORD, or the whole address into KOWEB_ARCHIVE_STORE."),
            )
        flags = {key: inner.flag(key) for key in ("avatars", "staff", "messages", "public_only")}
        files, revisions, translations = (
            inner.flag(key) if key in table else True for key in ("files", "revisions", "translations")
        )
        place = store if "://" in store or store.startswith(("/", "~")) else str(base / store)
        return Keeping(
            place,
            days,
            files,
            revisions,
            translations,
            **flags,
            erasure=cast("ErasurePolicy", inner.one_of("erasure", get_args(ErasurePolicy))),
            deletions=cast("Deletions", inner.one_of("deletions", get_args(Deletions))),
            purge_after_days=inner.days("purge_after_days", plain.purge_after_days),
        )

    def days(self, key: str, default: int) -> int:
        """A whole number of days; of `rolling_days`, 0 means never."""
        value = self.table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            message = _("“{key}” must be a whole number; 0 means never.")
            if key != "rolling_days":
                message = _("“{key}” must be a whole number of days; 0 means at once.")
            raise self.wrong(key, message.format(key=key))
        return value


def from_text(text: str, name: str) -> Settings:
    """The settings in the text of a koweb.toml that is not written yet. Raises ConfigError."""
    forums = parse(text, FILE)
    return TableReader(name, forums[name], FILE, text).settings(PurePosixPath(), {}, alone=True)
