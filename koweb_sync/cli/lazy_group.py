"""Groups of commands whose modules are imported only when they run, so that `--help` stays instant."""

from collections.abc import Mapping
from importlib import import_module
from keyword import iskeyword
from typing import ClassVar

import click

from koweb_sync.cli import other_words
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.last_resort import DEBUG, say_stopped
from koweb_sync.cli.metavars import translate, usage
from koweb_sync.i18n import LANGUAGES, _
from koweb_sync.interrupts import loaded, loading
from koweb_sync.spelling import nearest


def global_options() -> list[click.Parameter]:
    """The options that may stand before or after the command's name."""
    return [
        click.Option(["--lang"], type=OneOf(LANGUAGES), expose_value=False, help=_("Language of what you read.")),
        click.Option(
            [DEBUG],
            is_flag=True,
            expose_value=False,
            help=_("Show the cause of an error in full."),
        ),
    ]


class LazyGroup(click.Group):
    """A group of `modules`: name of a command → its module below koweb_sync.cli, and one line of help. In the module
    the command has its own name, with `_` behind a word of Python.
    """

    modules: ClassVar[Mapping[str, tuple[str, str]]]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return usage(super().collect_usage_pieces(ctx))

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.modules:
            return None
        loading(say_stopped)  # this is what takes the time before a command begins
        try:
            module = import_module(f"koweb_sync.cli.{self.modules[cmd_name][0]}")
        finally:
            loaded()
        command = getattr(module, f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name)
        if isinstance(command, click.Command) and not any(option.name == "debug" for option in command.params):
            command.params += global_options()
            translate(command, ctx)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant. Raises UsageError, with the nearest name, where there is none."""
        if args[0] not in self.modules and not ctx.resilient_parsing:
            message = _("There is no command “{name}”.").format(name=args[0])
            if meant := self.meant(ctx, args):
                message += " " + _("Did you mean “{command}”?").format(command=meant)
            raise click.UsageError(message, ctx)
        return super().resolve_command(ctx, args)

    def meant(self, ctx: click.Context, words: list[str]) -> str:
        """The command that somebody meant: one of another group, one of this group mistyped by a letter or two, one
        that is called otherwise, or the nearest; "" for none.
        """
        name = words[0]
        found = elsewhere(ctx, name) or self.within(ctx, name) or (ctx.parent and self.near(ctx, name, alike=0.8))
        return found or called(ctx, words) or self.near(ctx, name)

    def near(self, ctx: click.Context, name: str, *, alike: float = 0.6) -> str:
        """The command of this group whose name is nearest to a mistyped one."""
        found = nearest(name, self.modules, alike=alike)
        return found and f"{ctx.command_path} {found}"

    def within(self, ctx: click.Context, name: str) -> str:
        """The command that has this name in a group of this group."""
        for one in self.modules:
            group = self.get_command(ctx, one)
            if isinstance(group, LazyGroup) and name in group.modules:
                return f"{ctx.command_path} {one} {name}"
        return ""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, text) for name, (_module, text) in self.modules.items()])


def called(ctx: click.Context, words: list[str]) -> str:
    """The command for which somebody has another word; of help, that of the command that is named behind it."""
    found = other_words.meant(words[0])
    if found == "--help" and words[1:]:
        found = f"{other_words.meant(words[1]) or words[1]} {found}"
    return found and f"{ctx.find_root().command_path} {found}"


def elsewhere(ctx: click.Context, name: str) -> str:
    """The command that has this name in a group around this one."""
    around = ctx.parent
    while around is not None:
        if isinstance(around.command, LazyGroup) and name in around.command.modules:
            return f"{around.command_path} {name}"
        around = around.parent
    return ""
