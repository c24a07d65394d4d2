"""What is said of a kit once it is there, or where it was begun and is not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from koweb_sync.cli.output import say
from koweb_sync.errors import DONE, HUMAN, KowebError, Stopped
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.archive.closing.kit import Kit


@contextmanager
def saying_what_is_left(root: Path, where: Path) -> Iterator[None]:
    """Say what the folder is that stays where a kit is begun and cannot be finished."""
    try:
        yield
    except (KowebError, KeyboardInterrupt) as error:
        stopped = isinstance(error, KeyboardInterrupt)
        if where.is_dir() and (stopped or where != root):
            words = _("What was begun of the kit lies in {folder}. Run again, the command goes on there.")
            say(words.format(folder=where))
        if not stopped:
            raise
        raise Stopped(_("Stopped.") if where.is_dir() else _("Stopped. Nothing was made.")) from None


def conclude(root: Path, kit: "Kit", *, behind: bool, offline: bool) -> int:
    """Say what is there now, and what comes next: the exit code. `behind`: the letter tells of what the kit was."""
    lacking = kit.incomplete or kit.unfinished
    if lacking:
        say(_("The kit is made: {folder}").format(folder=root))
        say(_("The archive is not complete: the kit says so."), fg="yellow")
    else:
        say(_("The kit is whole: {folder}").format(folder=root), fg="green")
    say(_("Read first: {file}").format(file=root / "README.html"))
    if kit.letter:
        say_letter(root, kit.letter, behind=behind, offline=offline)
    return HUMAN if lacking else DONE


def say_letter(root: Path, name: str, *, behind: bool, offline: bool) -> None:
    """Say what is to be done with the letter."""
    from koweb_sync.archive.closing.kit import LETTER

    file = str(root / LETTER) if name == LETTER else name
    if behind:
        words = _("You changed the letter, and the kit is another one now. Read over what it says of it: {file}")
        say(words.format(file=file), fg="yellow")
    else:
        say(_("Then read the letter of farewell over: {file}").format(file=file))
    if offline:
        say(_("The forum is gone: send the letter to its members in another way, by mail for instance."))
        return
    if name == LETTER:
        say(_("To publish it, copy its title and its text into a new topic of the forum."))
    else:
        say(_('To publish it, take the line “draft: true” out, then: koweb push -m "Farewell"'))
    say(_("Run this command again afterwards: the kit then holds the letter and its answers."))
