"""What `koweb init` finds out and writes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from koweb_sync.errors import GitError, InputError
from koweb_sync.forum.addresses import read
from koweb_sync.git import Repo
from koweb_sync.i18n import _
from koweb_sync.posts.paths import ROUTES, parted

LOCAL = ("localhost", "127.0.0.1", "::1")  # this computer itself, where nothing travels in the clear


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


def mended(text: str) -> str:
    """A forum's address as somebody typed or pasted it, be it that of a topic, as koweb.toml wants it. Pure.

    Raises InputError for what is no address.
    """
    words = "".join(text.split()).strip("<>\"'«»")
    if "://" not in words:
        words = f"https://{words.lstrip('/')}"
    found, parts = read(words), parted(words)
    local = found is not None and found.host in LOCAL
    if found is None or not (local or "." in found.host or ":" in found.host):
        raise InputError(
            _("“{text}” is not the address of a forum.").format(text=text.strip()),
            remedy=_("It looks like this: https://forum.example.org"),
        )
    steps = found.path.split("/")[1:]
    page = next((number for number, step in enumerate(steps) if step.partition(".")[0] in ROUTES), len(steps))
    scheme = found.scheme if local and text.strip().startswith("http") else "http" if local else "https"
    below = quote("/".join(["", *steps[:page]]).rstrip("/"), safe="/!$&'()*+,;=:@~-._")
    return f"{scheme}://{parts.netloc.lower().removesuffix('.')}{below}"


def suggest_name(url: str) -> str:
    """A short name for a forum from its address: kafe for https://kafe.example.org."""
    host = parted(url).hostname or ""
    first = host.removeprefix("www.").split(".")[0]
    return re.sub(r"[^a-z0-9-]", "", first.lower()) or "forum"


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
