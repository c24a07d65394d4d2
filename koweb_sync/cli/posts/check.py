"""`koweb check`: post files, before any forum is asked."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from koweb_sync import safe_files
from koweb_sync.cli.options import format_option, forum_option, paths_here
from koweb_sync.cli.output import echo, emit, label, painted, say
from koweb_sync.cli.workspace import repository_paths, workspace
from koweb_sync.config import Settings
from koweb_sync.errors import INPUT, InputError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.spelling import nearest

if TYPE_CHECKING:
    from koweb_sync.posts.lint import Problem
    from koweb_sync.sync.check import Checked


@click.command(help=_("Check the post files. Uses no network. PATH limits what is reported."))
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=paths_here)
@forum_option
@click.option("--fix", is_flag=True, help=_("Write the ids that are missing."))
@format_option("github")
def check(paths: tuple[str, ...], forum: str | None, fix: bool, style: str) -> None:
    from koweb_sync.posts.grouped_problems import bare_files, in_one
    from koweb_sync.sync.check import check as check_files

    repo, settings = workspace(forum)
    if fix:
        write_ids(repo, settings)
    checked = check_files(repo, settings, datetime.now(UTC))
    wanted = repository_paths(repo, paths)
    need_paths(repo, checked, wanted)
    mine = [one for one in checked.problems if covers(wanted, one.path)]
    show(in_one(mine, checked.posts), style)
    here = [post for post in checked.posts if covers(wanted, post.path)]
    errors, bare = sum(one.error for one in mine), bare_files(here)
    say(summary(len(here) - bare, bare, errors, len(mine) - errors))
    sys.exit(INPUT if errors else 0)


def need_paths(repo: Repo, checked: "Checked", wanted: Sequence[str]) -> None:
    """Raises InputError for a path that the user named, and that is neither there nor among what was looked at."""
    known = [one.path for one in (*checked.posts, *checked.problems)]
    for path in wanted:
        if not os.path.lexists(repo.root / path) and not any(covers([path], one) for one in known):
            near = nearest(path, known)
            remedy = _("Did you mean “{command}”?").format(command=near) if near else ""
            raise InputError(_("There is no such file."), where=path, remedy=remedy)


def covers(wanted: Sequence[str], path: str) -> bool:
    """Whether a path is among those that the user named."""
    return not wanted or any(one in ("", path) or path.startswith(f"{one}/") for one in wanted)


def write_ids(repo: Repo, settings: Settings) -> None:
    """Write an id into every post file that has none; only that line is added."""
    from koweb_sync.posts.document import MissingId, with_key
    from koweb_sync.posts.front import Text, read_front
    from koweb_sync.sync.work_tree import free_name, read, topics_to_be
    from koweb_sync.sync.world.checkout import checkout
    from koweb_sync.sync.world.world import need_folder

    tree = checkout(repo)
    need_folder(settings, tree.files)
    lacking = [error.path for error in read(repo, settings, tree) if isinstance(error, MissingId)]
    for path in [*(path for path in lacking if path not in tree.absent), *topics_to_be(repo, settings, tree)]:
        data = safe_files.read(repo.root, path)
        title = read_front(path, data).keys.get("title")
        words = title.value.text if title and isinstance(title.value, Text) else PurePosixPath(path).stem
        ident, _path = free_name(repo, settings, words, settings.posts)
        safe_files.write(repo.root, path, with_key(path, data, "id", ident))
        say(_("{path}: wrote the id “{id}”.").format(path=path, id=ident))


def show(problems: "Sequence[Problem]", style: str) -> None:
    """Problems for a person, for a program, or as remarks on a pull request."""
    if style == "json":
        keys = ("path", "line", "code", "message")
        emit([{**{key: getattr(one, key) for key in keys}, "error": one.error} for one in problems])
    for one in problems:
        if style == "github":
            level = "error" if one.error else "warning"
            place = f"file={escaped(one.path, ',:')},line={max(1, one.line)},title={one.code}"
            echo(f"::{level} {place}::{escaped(one.message)}")
        elif style == "table":
            where = f"{one.path}:{one.line}" if one.line else one.path
            word = _("error") if one.error else _("warning")
            sign = painted(word, fg="red" if one.error else "yellow")
            echo(f"{label(where)}: ", sign, f": {label(one.message)}")


def escaped(text: str, more: str = "") -> str:
    """Text as GitHub's workflow commands want it."""
    for sign in f"%\r\n{more}":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def summary(posts: int, bare: int, errors: int, warnings: int) -> str:
    """What the check came to, in one line. `bare`: files without front matter."""
    from koweb_sync.posts.grouped_problems import bare_words

    found = [ngettext("{n} post file", "{n} post files", posts).format(n=number(posts))]
    found += [bare_words(bare)] if bare else []
    found.append(ngettext("{n} error", "{n} errors", errors).format(n=number(errors)))
    if warnings:
        found.append(ngettext("{n} warning", "{n} warnings", warnings).format(n=number(warnings)))
    return ", ".join(found) + "."
