"""What `koweb init` finds out and writes."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from koweb_sync import safe_files
from koweb_sync.config_file import NAME
from koweb_sync.errors import (
    AnswerMalformed,
    ConfigError,
    ForumForbidden,
    ForumKeyRefused,
    ForumNotFound,
    GitError,
    InputError,
    KeyBound,
    KeyLacksScopes,
)
from koweb_sync.forum.client import Forum
from koweb_sync.forum.typed_addresses import forum_address
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.posts.paths import parted
from koweb_sync.spelling import latin

SHORT = 20  # letters of a name that is taken from what a forum is called
# A name and a key that do not go together, or are not enough.
BY_KEY = (ForumKeyRefused, ForumForbidden, KeyBound, KeyLacksScopes, ConfigError)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person answered. `bookmark` is a branch where the git host refuses refs of our own, else "". `time_zone`
    is an IANA name, or UTC where this machine names none.
    """

    name: str
    url: str
    username: str
    posts: str
    branch: str
    locale: str
    bookmark: str
    time_zone: str = "UTC"


def reached(text: str, tell: Callable[[str], None]) -> tuple[str, str]:
    """The address of a forum that answers there, and what it is called: one request, without a key. Raises KowebError.

    `tell` hears why a request waits.
    """
    url = forum_address(text)
    try:
        with Forum(url, "", "", say=tell) as forum:
            return url, forum.title()
    except (ForumForbidden, ForumKeyRefused, ForumNotFound, AnswerMalformed) as error:  # every forum tells its name
        raise InputError(
            _("Something answers at this address, but it is no forum of Discourse."),
            where=url,
            remedy=_("Open the forum in your browser, and copy the address of any topic."),
        ) from error


def short_name(text: str) -> str:
    """A name for a part of koweb.toml. Raises InputError."""
    if not NAME.fullmatch(text.strip().lower()):
        raise InputError(
            _("A forum cannot be named “{name}”.").format(name=text.strip()),
            remedy=_("Use small letters without accents, digits and - only."),
        )
    return text.strip().lower()


def posts_folder(text: str) -> str:
    """The folder of the post files, as koweb.toml wants it: one beside that file. Raises InputError."""
    path = PurePosixPath(text.strip().replace("\\", "/"))
    if path.is_absolute() or re.match(r"[A-Za-z]:", str(path)) or any(part in ("..", ".git") for part in path.parts):
        raise InputError(
            _("“{folder}” is no folder for posts.").format(folder=text.strip()),
            remedy=_("Name one inside this folder, such as posts."),
        )
    return str(path)


def user(text: str) -> str:
    """A username, as people write it in a text or alone."""
    return text.strip().removeprefix("@")


def suggest_name(url: str, title: str = "") -> str:
    """A short name for a forum from its address: kafe for https://kafe.example.org. Where that is a number, or this
    computer, from what the forum is called.
    """
    host = parted(url).hostname or ""
    first = re.sub(r"[^a-z0-9-]", "", host.removeprefix("www.").split(".")[0].lower())
    if first and not first.isdigit() and first != "localhost" and ":" not in host:
        return first
    called = re.sub(r"[^a-z0-9]+", "-", latin(title)).strip("-")
    whole = called if len(called) <= SHORT else called[: SHORT + 1].rpartition("-")[0]  # whole words, if it has some
    return whole or called[:SHORT] or "forum"


def probe_bookmark(repo: Repo, name: str, remote: str = "origin") -> str:
    """Whether the git host takes refs outside of branches and tags: tries one and removes it again.

    Returns "" if it does, or if there is no git remote; else the branch to use instead.
    """
    if not repo.has_remote(remote):
        return ""
    ref = f"refs/koweb-probe/{name}"
    try:
        repo.push_ref(remote, repo.write_commit(None, {}, "Probe", 0), ref, None)
        repo.git("push", "--quiet", "--no-verify", remote, f":{ref}")
    except GitError:
        return f"koweb/{name}"
    return ""


def render(answers: Answers, categories: Mapping[str, str]) -> str:
    """The text of koweb.toml, with comments for the person who will change it."""
    lines = [
        f"[forum.{answers.name}]",
        f"url = {quoted(answers.url)}",
        said("username", answers.username, _("whom the key acts as")),
        said("posts", answers.posts, _("folder of the post files")),
        said("branch", answers.branch, _("only this branch publishes")),
        f"locale = {quoted(answers.locale)}",
        said("withdraw", "keep", _("when a file is gone: keep, unlist, close or delete its topic")),
    ]
    if answers.time_zone != "UTC":
        lines.append(said("time_zone", answers.time_zone, _("whose days a report counts")))
    if answers.bookmark:
        lines.append(said("bookmark", answers.bookmark, _("the git host takes branches only")))
    lines += ["", f"[forum.{answers.name}.categories]  # " + _("folder = category on the forum (slug path)")]
    lines += [f"{quoted(folder)} = {quoted(category)}" for folder, category in categories.items()]
    return "\n".join(lines) + "\n"


def said(key: str, value: str, comment: str) -> str:
    """A line of koweb.toml, with a word for the person who will change it."""
    return f"{key} = {quoted(value)}  # {comment}"


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", "", escaped) + '"'


def write(path: Path, text: str, folders: Sequence[PurePosixPath]) -> None:
    """Write koweb.toml, where there is none, and make the folders of the posts."""
    safe_files.write(path.parent, path.name, text, fresh=True)
    for folder in folders:
        safe_files.folder(path.parent, folder)
