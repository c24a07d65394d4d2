"""The files with which GitHub or GitLab check, publish and pull by themselves. Pure: settings in, texts out.

Values stand only where YAML reads a text, never inside a script: scripts get them through their environment.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files as resources
from string import Template
from typing import Literal

from koweb_sync.automation.comments import in_language
from koweb_sync.config import Settings
from koweb_sync.errors import InputError
from koweb_sync.i18n import _, catalog
from koweb_sync.keys import key_name, url_name

Host = Literal["github", "gitlab"]
HOSTS: tuple[Host, ...] = ("github", "gitlab")
INCLUDING = ".gitlab-ci.yml"
HOOKS = ".pre-commit-config.yaml"

# What GitHub and GitLab would take for their own signs, or for more than one value, is in none of these.
PATH = r"[\w.][\w./ -]*"
ALLOWED = {
    "branch": r"[A-Za-z0-9_][\w./-]*",
    "bookmark": r"refs/[\w./-]+",
    "url": r"https?://[\w.:/~-]+",
    "package": r"[\w./][\w./:@+=<>~!,;\[\] #%-]*",
    "folder": PATH,
    "posts": PATH,
}


class Slots(Template):
    """A template whose places are `@@{name}`: `$` belongs to the shell, GitHub and GitLab."""

    delimiter = "@@"


@dataclass(frozen=True, slots=True)
class AutomationSettings:
    """What the files are made for: a forum, what pip installs there, and the folder of koweb.toml ("." at the root)."""

    settings: Settings
    package: str
    folder: str = "."

    @property
    def suffix(self) -> str:
        """What keeps the files of several forums apart."""
        return "" if self.settings.alone else f"-{self.settings.name}"

    @property
    def edits(self) -> str:
        """The branch of the pull request with the forum's edits. git has no folder beside a branch of the same name."""
        beside = self.settings.bookmark == "refs/heads/koweb"
        return ("koweb-edits" if beside else "koweb/forum-edits") + self.suffix


@dataclass(frozen=True, slots=True)
class AutomationFile:
    """One file at `path` from the repository's root. A `shared` file may hold other things of the team, so it is never
    replaced; where it exists and `holds` does not stand in it, a person adds our lines.
    """

    path: str
    text: str
    shared: bool = False
    holds: str = ""


def make(host: Host, wanted: AutomationSettings) -> tuple[AutomationFile, ...]:
    """The files for one host. Raises InputError for names that its configuration would misread."""
    values, locale = slots(wanted), wanted.settings.locale
    found = [*(github(wanted, values) if host == "github" else gitlab(wanted, values))]
    if wanted.folder == ".":  # a hook runs at the root of the repository
        found.append(
            AutomationFile(
                HOOKS, fill("pre-commit-config.yaml", values, locale), shared=True, holds=f"koweb-check{wanted.suffix}"
            )
        )
    return tuple(found)


def github(wanted: AutomationSettings, values: Mapping[str, str]) -> tuple[AutomationFile, ...]:
    """A workflow, and the action that its jobs begin with."""
    locale = wanted.settings.locale
    return (
        AutomationFile(f".github/workflows/koweb{wanted.suffix}.yml", fill("github-workflow.yml", values, locale)),
        AutomationFile(".github/actions/koweb/action.yml", fill("github-action.yml", values, locale)),
    )


def gitlab(wanted: AutomationSettings, values: Mapping[str, str]) -> tuple[AutomationFile, ...]:
    """The jobs, and the file that includes them."""
    path, locale = f".gitlab/koweb{wanted.suffix}.yml", wanted.settings.locale
    including = fill("gitlab-ci.yml", {"include": quoted(path)}, locale)
    return AutomationFile(path, fill("gitlab-koweb.yml", values, locale)), AutomationFile(
        INCLUDING, including, shared=True, holds=path
    )


def fill(name: str, values: Mapping[str, str], locale: str) -> str:
    """A template with its comments in a language, and its places filled."""
    text = (resources("koweb_sync.automation") / "templates" / name).read_text(encoding="utf-8")
    return Slots(in_language(text, catalog(locale).gettext)).substitute(values)


def slots(wanted: AutomationSettings) -> dict[str, str]:
    """What stands in the places: quoted as YAML wants it, and `…_text` bare for inside of another text."""
    settings = wanted.settings
    names = {
        "branch": settings.branch,
        "bookmark": settings.bookmark,
        "url": settings.url,
        "package": wanted.package,
        "folder": wanted.folder,
        "posts": settings.posts,
    }
    for name, value in names.items():
        plain(name, value)
    said = {**names, **words(settings), "forum": settings.name, "edits": wanted.edits, "files": pattern(settings)}
    said["pull_event"] = f"koweb-pull-{settings.name}"
    bare = {"forum_text": settings.name, "branch_text": settings.branch, "suffix": wanted.suffix}
    return {
        **{name: quoted(value) for name, value in said.items()},
        **bare,
        "key_name": key_name(settings),
        "url_name": url_name(settings),
    }


def plain(name: str, value: str) -> None:
    """Raises InputError for a value with signs that GitHub, GitLab or pip take for more than a name."""
    if not re.fullmatch(ALLOWED[name], value):
        raise InputError(
            _("“{value}” holds signs that an automation would misread.").format(value=value),
            where=name,
            remedy=_("Use letters, digits and - . / _ only, or write the automation by hand."),
        )


def pattern(settings: Settings) -> str:
    """A regular expression for the paths of post files."""
    return r"\.md$" if settings.posts == "." else rf"^{re.escape(settings.posts)}/.*\.md$"


def quoted(text: str) -> str:
    """A text as YAML and JSON both write it."""
    return json.dumps(text, ensure_ascii=False)


def words(settings: Settings) -> dict[str, str]:
    """What people read on pull requests and in lists of jobs, in the forum's language."""
    say = catalog(settings.locale)
    return {
        "action_text": say.gettext(
            "Sets up koweb-sync, and brings the bookmark that records what git and the forum agreed on."
        ),
        "package_text": say.gettext("What pip installs, pinned to a commit."),
        "bookmark_text": say.gettext("The ref of the bookmark, such as refs/koweb/kafe."),
        "python_text": say.gettext("The version of Python."),
        "install_step": say.gettext("Install koweb-sync"),
        "bookmark_step": say.gettext("Fetch the bookmark"),
        "check_name": say.gettext("Check and plan"),
        "check_step": say.gettext("Check the post files"),
        "plan_step": say.gettext("Say what would be published"),
        "plan_heading": say.gettext("What a merge would change on the forum"),
        "publish_name": say.gettext("Publish"),
        "publish_step": say.gettext("Publish what git says"),
        "pull_name": say.gettext("Bring the forum's edits"),
        "pull_step": say.gettext("Bring the forum's edits"),
        "pull_heading": say.gettext("What the community changed on the forum"),
        "pull_title": say.gettext("Edits from the forum"),
        "pull_text": say.gettext("What the community changed on the forum. Read it over and merge it."),
        "propose_step": say.gettext("Open a pull request"),
        "look_step": say.gettext("Say that a person must look"),
        "look": say.gettext("A person must look at some posts: see the summary of this job."),
    }
