"""`koweb init --ci`: write the files with which GitHub or GitLab run koweb-sync by themselves."""

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.automation.files import INCLUDING, AutomationFile, AutomationSettings, Host, make
from koweb_sync.automation.package import installed, is_pinned
from koweb_sync.cli.output import echo, say
from koweb_sync.config import Settings
from koweb_sync.errors import InputError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.keys import key_name, url_name


def automate(repo: Repo, wanted: AutomationSettings, host: Host, *, dry_run: bool, force: bool) -> None:
    """Write the files and say what is left to do by hand. Raises InputError, and writes nothing, where a file of
    another text is in the way.
    """
    made = make(host, wanted)
    there = {file.path: safe_files.read(repo.root, file.path).decode("utf-8", "replace") for file in made}
    changed = [file for file in made if differs(there[file.path], file)]
    mine = [file for file in changed if not (file.shared and there[file.path])]
    old = [file for file in mine if there[file.path]]
    if old and not force and not dry_run:
        raise in_the_way(old)
    for file in mine:
        if dry_run:
            echo("".join(patch(there[file.path], file)), nl=False)
        else:
            safe_files.write(repo.root, file.path, file.text)
            say(_("Wrote {file}.").format(file=file.path), fg="green")
    for file in changed:
        if file not in mine:
            say(_("{file} is there already. Add this to it:").format(file=file.path), fg="yellow")
            say(file.text)
    if not changed:
        say(_("The files of the automation are there already."))
    elif not dry_run:
        next_steps(host, wanted)


def wanted_of(repo: Repo, settings: Settings, path: Path, package: str | None) -> AutomationSettings:
    """What to write for the forum of the koweb.toml at `path`. Raises InputError for a package that is not pinned: it
    runs in jobs that hold the key, so nobody may change it afterwards.
    """
    found = package or installed()
    if not is_pinned(found):
        raise InputError(
            _("It is not known for certain what the automation is to install: {package}.").format(
                package=found or _("this koweb-sync comes from a folder or an index of packages")
            ),
            where="--package",
            remedy=_(
                "Name a commit with all its 40 characters, --package git+https://…@COMMIT, or a file with its hash, "
                "--package https://….whl#sha256=…"
            ),
        )
    folder = path.resolve().parent.relative_to(repo.root.resolve()).as_posix()
    return AutomationSettings(settings, found, folder)


def differs(text: str, file: AutomationFile) -> bool:
    """Whether what is there lacks what we would write."""
    return file.holds not in text if file.shared else text != file.text


def in_the_way(files: Sequence[AutomationFile]) -> InputError:
    """The error that names files which somebody changed, or which another version wrote."""
    return InputError(
        _("These files are there already, with another text: {files}. Nothing was written.").format(
            files=", ".join(file.path for file in files)
        ),
        remedy=_("--dry-run shows the difference. Commit what you have, then --force replaces them."),
    )


def patch(text: str, file: AutomationFile) -> Iterator[str]:
    """The change as “git apply” takes it."""
    old = text.splitlines(keepends=True)
    before = f"a/{file.path}" if text else "/dev/null"
    return difflib.unified_diff(old, file.text.splitlines(keepends=True), before, f"b/{file.path}")


def next_steps(host: Host, wanted: AutomationSettings) -> None:
    """What a person does on the site, once."""
    steps = on_github(wanted.settings) if host == "github" else on_gitlab(wanted.settings)
    say(_("Next, once:"))
    for number, step in enumerate(steps, 1):
        say(f"{number}. {step}")


def on_github(settings: Settings) -> list[str]:
    """The settings of GitHub that the workflow needs."""
    names = {"branch": settings.branch, "variable": key_name(settings), "bookmark": settings.bookmark}
    names |= {"address": url_name(settings), "url": settings.url}
    return [
        _(
            "Settings → Environments: make “koweb”, allow only the branch “{branch}” to use it, and put the forum's key"
            " there as the secret {variable}, and the forum's address as the variable {address}: {url}"
        ).format(**names),
        _("Settings → Actions → General: tick “Allow GitHub Actions to create and approve pull requests”."),
        protected(settings, _("Settings → Rules: protect “{branch}” as you like; nothing here pushes to it.")),
        _("Commit the new files and push them to “{branch}”.").format(**names),
    ]


def on_gitlab(settings: Settings) -> list[str]:
    """The settings of GitLab that the jobs need."""
    names = {"branch": settings.branch, "variable": key_name(settings), "including": INCLUDING}
    names |= {"address": url_name(settings), "url": settings.url}
    return [
        _(
            "Settings → CI/CD → Variables: add the forum's key as {variable}, masked and protected, and the forum's"
            " address as {address}, protected: {url}"
        ).format(**names),
        _(
            "Settings → Access tokens: make one with the role Developer and the scope write_repository, and add it as"
            " the variable KOWEB_GIT_TOKEN, masked and protected."
        ),
        _("Build → Pipeline schedules: one for each night, on the branch “{branch}”.").format(**names),
        protected(
            settings, _("Settings → Repository: keep “{branch}” protected as you like; nothing here pushes to it.")
        ),
        _("Commit the new files and push them to “{branch}”.").format(**names),
    ]


def protected(settings: Settings, text: str) -> str:
    """Which rules may not concern the bookmark."""
    text = text.format(branch=settings.branch)
    if settings.bookmark.startswith("refs/heads/"):
        more = _("No rule may keep the branch “{bookmark}” from being pushed: the bookmark lives there.")
    else:
        more = _("Rules for branches leave {bookmark} alone, where the bookmark lives; other rules must allow it.")
    return f"{text} {more.format(bookmark=settings.bookmark.removeprefix('refs/heads/'))}"
