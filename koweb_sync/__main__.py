"""`koweb`, `koweb-sync` and `python -m koweb_sync`."""

import sys
from typing import NoReturn

from koweb_sync import i18n
from koweb_sync.cli import last_resort
from koweb_sync.cli.language import choose


def main() -> NoReturn:
    """Choose the language before any command is imported, for help texts are translated at import."""
    sys.exit(last_resort.run(start, sys.argv[1:]))


def start() -> NoReturn:
    """Run the command that the command line names."""
    last_resort.watch(sys.argv[1:])
    i18n.activate(choose(sys.argv[1:]))
    from koweb_sync.cli.root import koweb  # after the language is known

    koweb.main(prog_name="koweb")


if __name__ == "__main__":
    main()
