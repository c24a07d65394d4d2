"""`koweb`, `koweb-sync` and `python -m koweb_sync`."""

import sys

from koweb_sync import i18n
from koweb_sync.cli.language import choose


def main() -> None:
    """Choose the language before any command is imported, for help texts are translated at import."""
    i18n.activate(choose(sys.argv[1:]))
    from koweb_sync.cli.root import koweb  # after the language is known

    koweb(prog_name="koweb")


if __name__ == "__main__":
    main()
