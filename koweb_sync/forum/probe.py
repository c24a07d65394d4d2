"""What this server does, found out from its answers and never from a version number."""

import re

_ANCHOR = re.compile(r'<h[1-6][^<>]*>\s*<a name="(p-\d+-)?[^"<>]+" class="anchor"')


def anchor_style(cooked: str) -> str | None:
    """How the server names heading anchors, told by a post's HTML: "plain", "post-id", or None without a heading."""
    found = _ANCHOR.search(cooked)
    return None if found is None else "post-id" if found[1] else "plain"
