"""`koweb init`: set up a repository for a forum."""

from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from koweb_sync import config
from koweb_sync.automation.files import HOSTS
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.output import echo, say
from koweb_sync.cli.questions import ask, ask_for, ask_yes_no, can_ask
from koweb_sync.config_file import FILE, find
from koweb_sync.errors import InputError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import LANGUAGES, _

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum


@click.command(help=_("Set up this repository for a forum: asks, tests the key and its scopes, and writes koweb.toml."))
@click.option("--url", help=_("Address of the forum, such as https://forum.example.org."))
@click.option("--username", help=_("Whom the key acts as."))
@click.option("--name", help=_("Short name of the forum; the key's environment variable carries it."))
@click.option("--posts", help=_("Folder of the post files."))
@click.option("--locale", type=OneOf(LANGUAGES), help=_("Language of the forum (default: what it says itself)."))
@click.option("--yes", is_flag=True, help=_("Ask nothing: take the flags, and the defaults for the rest."))
@click.option("--offline", is_flag=True, help=_("Do not ask the forum; “koweb doctor” does it later."))
@click.option("--ci", type=OneOf(HOSTS), help=_("Write files with which GitHub or GitLab check, publish and pull."))
@click.option(
    "--package",
    metavar="SPEC",
    help=_("What pip installs there: a commit, or an archive with its hash (default: this koweb-sync)."),
)
@click.option("--force", is_flag=True, help=_("Replace files of --ci that have another text."))
@click.option("--dry-run", is_flag=True, help=_("Only show what would be written."))
def init(*, yes: bool, offline: bool, ci: Any, dry_run: bool, **given: Any) -> None:
    from koweb_sync.cli.setup.automation_files import automate, wanted_of

    if not ci and (given["package"] or given["force"]):
        raise click.UsageError(_("--package and --force go with --ci."))
    asks = not yes and can_ask()
    repo = repository(asks=asks)
    path = find(repo.root, Path.cwd())
    if ci and path and not any(given[name] for name in ("url", "username", "posts", "locale")):
        settings = config.load(repo.root, forum=given["name"])
    else:
        path = Path.cwd() / FILE
        if path.exists() and asks and not (offline or dry_run or any(given.values())):
            go_on(repo, path)
            return
        settings = begin(repo, path, given, asks=asks, offline=offline, dry_run=dry_run)
    if ci:
        automate(repo, wanted_of(repo, settings, path, given["package"]), ci, dry_run=dry_run, force=given["force"])


def repository(*, asks: bool) -> Repo:
    """The repository around this folder; one that is made now, where there is none and a person agrees.

    Raises InputError.
    """
    from koweb_sync.sync.setup import repository as folders

    here = Path.cwd()
    if asks and folders.repository_at(here) is None:
        say(_("git keeps every version of your texts, so that nothing is lost; but it does not know this folder yet."))
        if ask_yes_no(_("Let git keep it from now on (git init)?"), default=True):
            return folders.begin(here)
    return Repo.find(here)


def begin(
    repo: Repo, path: Path, given: dict[str, Any], *, asks: bool, offline: bool, dry_run: bool
) -> config.Settings:
    """Ask, test the key and write koweb.toml; the settings in it. Raises InputError where there is one already."""
    from koweb_sync.cli.setup import folders, forum_answers
    from koweb_sync.sync.setup.folders import known_folders
    from koweb_sync.sync.setup.init import probe_bookmark, render, write

    if path.exists():
        raise InputError(
            _("There is a {file} already.").format(file=FILE),
            where=str(path),
            remedy=_("Change it in your editor, then run “koweb doctor”."),
        )
    answers = forum_answers.collect(repo, given, asks=asks, offline=offline)
    found: dict[str, str] = {}
    forum, typed = None, ""
    if not offline:
        answers, forum, typed = forum_answers.tried(answers, asks=asks)
        site, posts = forum.site(), path.parent / answers.posts
        found = folders.ask_folders(posts, site) if asks else known_folders(posts, site)
    answers = replace(answers, locale=forum_answers.locale_of(given["locale"], forum, asks=asks))
    if not dry_run:  # the probe pushes
        answers = replace(answers, bookmark=probe_bookmark(repo, answers.name))
    text = render(answers, found)
    settings = config.from_text(text, answers.name)
    if dry_run:
        echo(text)
    else:
        write(path, text, [PurePosixPath(answers.posts, folder) for folder in (".", *found)])
        say(_("Wrote {file}.").format(file=FILE), fg="green")
        if asks:
            offer_commit(repo, path)
        after(settings, forum if asks else None, typed, ready=bool(found))
    return settings


def go_on(repo: Repo, path: Path) -> None:
    """What is still missing beside a koweb.toml that is there: a key on this computer, a version of the file in git.

    Raises KowebError.
    """
    from koweb_sync.cli.setup import forum_answers
    from koweb_sync.sync.work_tree import settings_not_in_git

    settings, lacking = config.load(repo.root), False
    say(_("{file} is there already: it names {url}.").format(file=FILE, url=settings.url))
    if not forum_answers.has_key(settings):
        lacking = True
        settings, typed = forum_answers.key_for(settings, lambda: config.load(repo.root))
        if typed:
            forum_answers.keep_key(settings, typed)
    if settings_not_in_git(repo):
        lacking = True
        offer_commit(repo, path)
    if not lacking:
        say(_("Everything is set up. To change something, edit {file}, then: koweb doctor").format(file=FILE))
    say(next_steps(ready=bool(settings.categories)))


def offer_commit(repo: Repo, path: Path) -> None:
    """Commit koweb.toml, if a person agrees. Raises GitError."""
    from koweb_sync.git.commit import commit_files, full_name, knows_identity, set_identity
    from koweb_sync.sync.world.cherry_picks import unfinished

    if unfinished(repo):
        return
    say(_("Your colleagues get {file} with your texts once a version of it is kept.").format(file=FILE))
    if not ask_yes_no(_("Keep this version of it now (git commit)?"), default=True):
        return
    if not knows_identity(repo):
        set_identity(repo, ask(_("Your name"), full_name() or None), ask_for(_("Your e-mail address"), email_address))
    commit_files(repo, [path.resolve().relative_to(repo.root.resolve()).as_posix()], _("Set up koweb"))


def email_address(text: str) -> str:
    """An e-mail address, as it was typed. Raises InputError for what is none."""
    from koweb_sync.git.commit import is_address

    if not is_address(text.strip()):
        raise InputError(_("Write an e-mail address, such as you@example.org."))
    return text.strip()


def after(settings: config.Settings, forum: "Forum | None", typed: str, *, ready: bool) -> None:
    """What a person may wish besides, and what comes next. `ready`: it is known where posts go."""
    from koweb_sync.cli.setup import data_explorer, forum_answers

    if forum:
        data_explorer.offer(forum)
    if typed:
        forum_answers.keep_key(settings, typed)
    say(next_steps(ready=ready))


def next_steps(*, ready: bool) -> str:
    """What comes next. `ready`: it is known where posts go."""
    if ready:
        return _('Next: “koweb new "A title"”, then “koweb push -m "Why"”.')
    return _('Next: “koweb new "A title"”, which asks for a category; then “koweb push -m "Why"”.')
