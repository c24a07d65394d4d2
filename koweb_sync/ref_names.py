"""Names of branches and git remotes, as a file that somebody else wrote may give them."""

import re

_ODD = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|\.lock(/|$)|(^|/)\.|^[-/]|[/.]$")


def plain_ref(name: str) -> bool:
    """Whether git takes a name for a branch or a git remote, and for nothing else (git-check-ref-format(1))."""
    return bool(name) and _ODD.search(name) is None and name != "@"
