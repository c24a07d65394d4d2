"""`koweb init`: set up a repository for a forum."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from koweb_sync import config, keys, safe_files, zones
from koweb_sync.automation.files import HOSTS
from koweb_sync.cli.output import echo, say
from koweb_sync.cli.questions import ask
from koweb_sync.config_file import FILE, find
from koweb_sync.errors import InputError
from koweb_sync.git import Repo
from koweb_sync.i18n import LANGUAGES, _, active


@click.command(help=_("Set up this repository for a forum: asks, tests the key and its scopes, and writes koweb.toml."))
@click.option("--url", help=_("Address of the forum, such as https://forum.example.org."))
@click.option("--username", help=_("Whom the key acts as."))
@click.option("--name", help=_("Short name of the forum; the key's environment variable carries it."))
@click.option("--posts", help=_("Folder of the post files."))
@click.option("--locale", type=click.Choice(LANGUAGES), help=_("Language of the forum."))
@click.option("--yes", is_flag=True, help=_("Ask nothing: take the flags, and the defaults for the rest."))
@click.option("--offline", is_flag=True, help=_("Do not ask the forum; “koweb doctor” does it later."))
@click.option(
    "--ci", type=click.Choice(HOSTS), help=_("Write files with which GitHub or GitLab check, publish and pull.")
)
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
    repo = Repo.find(Path.cwd())
    path = find(repo.root, Path.cwd())
    if ci and path and not any(given[name] for name in ("url", "username", "posts", "locale")):
        settings = config.load(repo.root, forum=given["name"])
    else:
        path = Path.cwd() / FILE
        settings = begin(repo, path, given, yes=yes, offline=offline, dry_run=dry_run)
    if ci:
        automate(repo, wanted_of(repo, settings, path, given["package"]), ci, dry_run=dry_run, force=given["force"])


def begin(repo: Repo, path: Path, given: dict[str, Any], *, yes: bool, offline: bool, dry_run: bool) -> config.Settings:
    """Ask, test the key and write koweb.toml; the settings in it. Raises InputError where there is one already."""
    from koweb_sync.sync.setup.init import Answers, probe_bookmark, render, suggest_name

    if path.exists():
        raise InputError(
            _("There is a {file} already.").format(file=FILE),
            where=str(path),
            remedy=_("Change it in your editor, then run “koweb doctor”."),
        )
    asks = not yes and sys.stdin.isatty()
    url = answer(_("Address of the forum"), given["url"], "", asks).rstrip("/")
    name = answer(_("Short name of the forum"), given["name"], suggest_name(url), asks)
    username = answer(_("Username that the key acts as"), given["username"], "", asks)
    posts = answer(_("Folder of the post files"), given["posts"], "posts", asks)
    locale = answer(_("Language of the forum"), given["locale"], active(), asks)
    branch = repo.branch() or "main"
    bookmark = "" if dry_run else probe_bookmark(repo, name)  # the probe pushes
    answers = Answers(name, url, username, posts, branch, locale, bookmark, zones.here())
    settings = config.from_text(render(answers, {}), name)
    categories = {} if offline else ask_forum(settings, asks, dry_run=dry_run)
    text = render(answers, folders(Path.cwd() / posts, categories))
    if dry_run:
        echo(text)
        return settings
    safe_files.write(path.parent, path.name, text, fresh=True)
    safe_files.folder(path.parent, posts)
    say(_("Wrote {file}.").format(file=FILE), fg="green")
    say(_('Next: name the categories of your folders in it, then “koweb new "A title"”, and “koweb push”.'))
    return settings


def answer(question: str, given: str | None, default: str, asks: bool) -> str:
    """A flag's value, else what the person answers, else the default. Raises InputError where there is none of them."""
    if given:
        return given.strip()
    if asks:
        return ask(question, default or None)
    if default:
        return default
    raise InputError(
        _("Not known: {question}.").format(question=question), remedy=_("Give it as a flag: see “koweb init --help”.")
    )


def ask_forum(settings: config.Settings, asks: bool, *, dry_run: bool) -> dict[str, str]:
    """Test the key; the forum's categories, slug path -> name. The key is typed unseen, and never written anywhere."""
    from koweb_sync.cli.forum_access import connector
    from koweb_sync.cli.output import labelled
    from koweb_sync.cli.setup.data_explorer import save
    from koweb_sync.sync.setup.doctor import Verdict, examine

    variable = keys.key_name(settings)
    if asks and not os.environ.get(variable) and not os.environ.get("KOWEB_API_KEY"):
        say(_("The key is only tested now, not kept. Put it into {variable} afterwards.").format(variable=variable))
        os.environ[variable] = ask(_("API key"), hidden=True)
    connect = connector(settings)
    for finding in examine(None, settings, connect):
        say(labelled(finding.what, finding.detail), fg="red" if finding.verdict is Verdict.BAD else None)
        if finding.verdict is Verdict.BAD:
            raise InputError(
                _("The forum cannot be used like this, so nothing was written."),
                where=settings.url,
                remedy=_("Mend what is named above and try again, or add --offline."),
            )
    forum = connect()
    if not dry_run:
        save(forum)
    return {category.path: category.name for category in forum.site().categories}


def folders(posts: Path, categories: dict[str, str]) -> dict[str, str]:
    """Folders that exist already and bear a category's slug: their line is written at once."""
    by_slug = {path.rsplit("/", 1)[-1]: path for path in categories}
    names = sorted(f.name for f in posts.iterdir() if f.is_dir()) if posts.is_dir() else []
    return {name: by_slug[name] for name in names if name in by_slug}
