"""What koweb.toml says of a forum in one line each, such as its address, changed in its place. Pure."""

import re
from collections.abc import Mapping

from koweb_sync.config_file import FILE, parse
from koweb_sync.errors import ConfigError
from koweb_sync.sync.setup.folder_table import VALUE, cannot_change
from koweb_sync.sync.setup.init import quoted

HEAD = r"""\s*\[\s*forum\s*\.\s*["']?{name}["']?\s*\]"""


def with_values(text: str, name: str, wanted: Mapping[str, str]) -> str:
    """koweb.toml with other values of settings that it has already; all else keeps its bytes. Raises InputError for a
    file that is written in a way that nobody can change line by line.
    """
    before, here, lines = parse(text, FILE), False, []
    for line in text.split("\n"):
        if line.lstrip().startswith("["):
            here = bool(re.match(HEAD.format(name=re.escape(name)), line))
        key = line.partition("=")[0].strip().strip("\"'")
        parts = VALUE.fullmatch(line) if here and key in wanted else None
        lines.append(f"{parts[1]}{quoted(wanted[key])}{parts[3]}" if parts else line)
    new = "\n".join(lines)
    try:
        if parse(new, FILE) == {**before, name: {**before[name], **wanted}}:
            return new
    except ConfigError:
        pass
    raise cannot_change()
