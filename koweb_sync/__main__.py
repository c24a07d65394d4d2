"""`koweb`, `koweb-sync` and `python -m koweb_sync`."""

import gc
import os
import sys


def main() -> None:
    """Run the command that the command line names, and end with its exit code."""
    sys.path[:] = trusted(sys.path)  # before anything else is imported
    try:
        from koweb_sync.interrupts import loading

        loading()
    except (KeyboardInterrupt, RuntimeError):  # Python 3.11 makes the latter of a Ctrl-C within an enum
        os._exit(1)
    # Posts come and go by the thousand and none refers to itself: looking for such takes a twentieth of the time.
    gc.set_threshold(10_000, 10, 10)
    from koweb_sync.cli import last_resort

    sys.exit(last_resort.run(start, sys.argv[1:]))


def start() -> int:
    """Choose the language before any command is imported, for help texts are translated at import."""
    from koweb_sync import i18n
    from koweb_sync.cli import last_resort
    from koweb_sync.cli.language import choose
    from koweb_sync.interrupts import loaded, loading

    last_resort.watch(sys.argv[1:])
    i18n.activate(choose(sys.argv[1:]))
    loading(last_resort.say_stopped)
    from koweb_sync.cli.root import koweb  # after the language is known

    loaded()
    koweb.main(prog_name="koweb")


def trusted(folders: list[str]) -> list[str]:
    """Where programs are imported from, without the folder that koweb was started in: whoever wrote a repository could
    put a “click.py” there. A folder that this very program lies in is no stranger's.
    """
    try:
        here, mine = os.path.realpath(os.curdir), os.path.realpath(f"{__file__}/../..")
    except OSError:  # somebody removed it
        return [one for one in folders if one]
    return [one for one in folders if here == mine or os.path.realpath(one or os.curdir) != here]


if __name__ == "__main__":
    main()
