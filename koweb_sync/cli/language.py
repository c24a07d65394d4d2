"""Which language to speak: `--lang`, then the person's own, then the forum's in koweb.toml."""

import os
from collections.abc import Sequence
from pathlib import Path

from koweb_sync import i18n


def choose(argv: Sequence[str]) -> str:
    """The language for this run. Reads koweb.toml only where there is one, and never complains: the command will."""
    return from_arguments(argv) or i18n.from_environment(os.environ) or from_file(Path.cwd()) or "en"


def from_arguments(argv: Sequence[str]) -> str | None:
    """What `--lang fr` or `--lang=fr` asks for."""
    for number, word in enumerate(argv):
        if word == "--":
            return None
        if word.startswith("--lang="):
            return i18n.spoken(word.removeprefix("--lang="))
        if word == "--lang" and number + 1 < len(argv):
            return i18n.spoken(argv[number + 1])
    return None


def from_file(folder: Path) -> str | None:
    """The `locale` of the first forum in the nearest koweb.toml, from `folder` upward."""
    path = next((p for f in (folder, *folder.parents) if (p := f / "koweb.toml").is_file()), None)
    if path is None:
        return None
    import tomllib  # `koweb --help` without a koweb.toml does not pay for it

    try:
        forums = tomllib.loads(path.read_text(encoding="utf-8")).get("forum", {})
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(forums, dict):
        return None
    first = next(iter(forums.values()), None)
    locale = first.get("locale") if isinstance(first, dict) else None
    return i18n.spoken(locale) if isinstance(locale, str) else None
