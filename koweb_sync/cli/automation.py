"""`koweb init --ci`: write the files with which GitHub or GitLab run koweb-sync by themselves."""

import difflib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from koweb_sync.automation.files import INCLUDING, File, Host, Wanted, make
from koweb_sync.automation.package import installed
from koweb_sync.cli.output import echo, say
from koweb_sync.config import Settings, key_name
from koweb_sync.errors import InputError
from koweb_sync.git import Repo
from koweb_sync.i18n import _


def automate(repo: Repo, wanted: Wanted, host: Host, *, dry_run: bool, force: bool) -> None:
    """Write the files and say what is left to do by hand. Raises InputError, and writes nothing, where a file of
    another text is in the way.
    """
    made = make(host, wanted)
    changed = [file for file in made if differs(inside(repo, file), file)]
    mine = [file for file in changed if not (file.shared and inside(repo, file).exists())]
    old = [file for file in mine if inside(repo, file).exists()]
    if old and not force and not dry_run:
        raise in_the_way(old)
    for file in mine:
        if dry_run:
            echo("".join(patch(inside(repo, file), file)), nl=False)
        else:
            write(inside(repo, file), file.text)
            say(_("Wrote {file}.").format(file=file.path), fg="green")
    for file in changed:
        if file not in mine:
            say(_("{file} is there already. Add this to it:").format(file=file.path), fg="yellow")
            say(file.text)
    if not changed:
        say(_("The files of the automation are there already."))
    elif not dry_run:
        next_steps(host, wanted)


def wanted_of(repo: Repo, settings: Settings, path: Path, package: str | None) -> Wanted:
    """What to write for the forum of the koweb.toml at `path`. Says so where the package is only a guess."""
    found, sure = (package, True) if package else installed()
    if not sure:
        text = _(
            "The automation will install “{package}”: see that it can be had there, or say otherwise with --package."
        )
        say(text.format(package=found), fg="yellow")
    folder = path.resolve().parent.relative_to(repo.root.resolve()).as_posix()
    return Wanted(settings, found, folder)


def inside(repo: Repo, file: File) -> Path:
    """Where a file goes. Raises InputError if a symbolic link leads out of the repository."""
    full = repo.root / file.path
    if repo.root.resolve() not in full.resolve().parents:
        raise InputError(
            _("{path} is outside of the repository.").format(path=file.path),
            where=str(full),
            remedy=_("Remove the symbolic link, then try again."),
        )
    return full


def differs(full: Path, file: File) -> bool:
    """Whether what is there lacks what we would write."""
    text = full.read_text(encoding="utf-8", errors="replace") if full.is_file() else ""
    return file.holds not in text if file.shared else text != file.text


def in_the_way(files: Sequence[File]) -> InputError:
    """The error that names files which somebody changed, or which another version wrote."""
    return InputError(
        _("These files are there already, with another text: {files}. Nothing was written.").format(
            files=", ".join(file.path for file in files)
        ),
        remedy=_("--dry-run shows the difference. Commit what you have, then --force replaces them."),
    )


def patch(full: Path, file: File) -> Iterator[str]:
    """The change as “git apply” takes it."""
    old = full.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True) if full.exists() else []
    before = f"a/{file.path}" if full.exists() else "/dev/null"
    return difflib.unified_diff(old, file.text.splitlines(keepends=True), before, f"b/{file.path}")


def write(full: Path, text: str) -> None:
    """Write a file as a whole: a kill in between leaves what was there."""
    full.parent.mkdir(parents=True, exist_ok=True)
    beside = full.with_name(f".{full.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(full)


def next_steps(host: Host, wanted: Wanted) -> None:
    """What a person does on the site, once."""
    steps = on_github(wanted.settings) if host == "github" else on_gitlab(wanted.settings)
    say(_("Next, once:"))
    for number, step in enumerate(steps, 1):
        say(f"{number}. {step}")


def on_github(settings: Settings) -> list[str]:
    """The settings of GitHub that the workflow needs."""
    names = {"branch": settings.branch, "variable": key_name(settings), "bookmark": settings.bookmark}
    return [
        _(
            "Settings → Environments: make “koweb”, allow only the branch “{branch}” to use it, and put the forum's key"
            " there as the secret {variable}. (As a secret of the whole repository it serves plans too, but everybody"
            " who may push a branch can then read it.)"
        ).format(**names),
        _("Settings → Actions → General: tick “Allow GitHub Actions to create and approve pull requests”."),
        protected(settings, _("Settings → Rules: protect “{branch}” as you like; nothing here pushes to it.")),
        _("Commit the new files and push them to “{branch}”.").format(**names),
    ]


def on_gitlab(settings: Settings) -> list[str]:
    """The settings of GitLab that the jobs need."""
    names = {"branch": settings.branch, "variable": key_name(settings), "including": INCLUDING}
    return [
        _("Settings → CI/CD → Variables: add the forum's key as {variable}, masked and protected.").format(**names),
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
