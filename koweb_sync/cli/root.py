"""The command `koweb` itself, and how commands and their errors reach a person."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from koweb_sync import __version__
from koweb_sync.cli import last_resort
from koweb_sync.cli.lazy_group import LazyGroup, global_options
from koweb_sync.cli.metavars import HelpPage
from koweb_sync.errors import DONE, InputError
from koweb_sync.i18n import _
from koweb_sync.redaction import begin
from koweb_sync.safe_text import line

COMMANDS = {
    # name: (module under koweb_sync.cli, one line of help)
    "init": ("setup.init", _("Set up this repository for a forum: asks, tests the key, writes koweb.toml.")),
    "login": ("setup.login", _("Log in to the forum with your own account, without an administrator.")),
    "logout": ("setup.logout", _("Log out: the forum takes your key back.")),
    "new": ("posts.new", _("Start a new post file.")),
    "check": ("posts.check", _("Check the post files without the network.")),
    "import": ("posts.import_notes", _("Make post files of a folder of notes.")),
    "preview": ("preview", _("See post files in the browser as the forum will show them.")),
    "desk": ("desk", _("Write, see, publish, bring back and read in the browser.")),
    "status": ("sync.status", _("Say what a push would do, without the network.")),
    "diff": ("sync.diff", _("Show what would change on the forum, as text.")),
    "plan": ("sync.plan", _("Show what a push would send, and save it for review.")),
    "push": ("sync.push", _("Publish what git says.")),
    "fetch": ("sync.fetch", _("List what the community changed on the forum.")),
    "pull": ("sync.pull", _("Bring the community's edits into git.")),
    "sync": ("sync.sync", _("Pull, then push.")),
    "adopt": ("sync.adopt", _("Bring existing topics under version control.")),
    "component": ("setup.component", _("Show readers on the forum that a text is versioned, and how to change it.")),
    "archive": ("archive.command", _("Keep a forum's discussions, and read them again.")),
    "listen": ("listen", _("Keep the archive up to date within seconds, as the forum tells what happens.")),
    "report": ("report.command", _("Report who takes part, and who is left aside.")),
    "letter": ("report.letter", _("Draft a letter: what was talked about, and who waits.")),
    "feed": ("report.feed", _("Write a feed: who waits, or the letters.")),
    "doctor": ("setup.doctor", _("Check the way to the forum: URL, key, rights, limits, clock.")),
    "demo": ("demo", _("See everything work, on a forum inside this computer.")),
    "sandbox": ("sandbox", _("Run a small Discourse on this computer, to try things out.")),
}

# Commands whose libraries are an extra: who only publishes does not pay for them.
EXTRAS = {
    "login": "login",
    "logout": "login",
    "archive": "archive",
    "listen": "listen",
    "report": "report",
    "letter": "report",
    "feed": "report",
    "demo": "demo",
    "sandbox": "sandbox",
    "preview": "preview",
    "desk": "desk",
}

NAME = "koweb_sync.command"
click.Context.formatter_class = HelpPage


class Koweb(LazyGroup):
    """The command `koweb`."""

    modules = COMMANDS

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        ctx.meta[NAME] = cmd_name
        return super().get_command(ctx, cmd_name)

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> NoReturn:
        """Run a command and end with its exit code. Whatever happens is told in words."""
        words = sys.argv[1:] if args is None else list(args)
        begin(os.environ)
        extra["standalone_mode"] = False  # click would print its errors itself, and let all others through
        sys.exit(last_resort.run(lambda: super(Koweb, self).main(words, *more, **extra) or DONE, words))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line. Raises InputError for words that are neither text nor the name of a file."""
        for word in args:
            if not word.isascii() and not named_or_text(word):
                raise InputError(
                    _("“{word}” is not UTF-8 text.").format(word=line(word)),
                    remedy=_("Type it again; if that does not help, set your terminal to UTF-8."),
                )
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> None:
        """Run a command. What it returns is no exit code."""
        with extras(ctx):
            super().invoke(ctx)


def named_or_text(word: str) -> bool:
    """Whether a word of the command line is text; names of files, and of new ones in a folder, need not be."""
    try:
        word.encode()
    except UnicodeEncodeError:
        names = (word, word.partition("=")[2])
        return any(os.path.lexists(name) or os.path.lexists(name.rpartition(os.sep)[0]) for name in names)
    return True


@contextmanager
def extras(ctx: click.Context) -> Iterator[None]:
    """Say which extra to install where a command's libraries are not there. Raises InputError."""
    try:
        yield
    except ModuleNotFoundError as error:
        command = ctx.meta.get(NAME)
        if command not in EXTRAS:
            raise
        from koweb_sync.install import lacking

        raise lacking(error, EXTRAS[command], _("“koweb {command}”").format(command=command)) from error


koweb = Koweb(
    name="koweb",
    help=_("Publish posts from git to a Discourse forum, and bring the community's edits back."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    params=global_options(),
    no_args_is_help=True,
)
click.version_option(__version__, message="koweb-sync %(version)s")(koweb)
