"""What this server does, found out from its answers.

One thing has to be known before any answer shows it: how it names the anchors of headings. A new post is cooked
before it has an id, so the answer to its creation, and for a moment every reading of it, shows anchors that are gone
a moment later. The server's version tells it in time; what an edit is answered with is better proof.
"""

import re

_ANCHOR = re.compile(r'<h[1-6][^<>]*>\s*<a name="(p-\d+-)?[^"<>]+" class="anchor"')
_VERSION = re.compile(r"v?(\d{1,6})\.(\d{1,6})")
WITH_POSTS = (3, 4)  # anchors hold the post's id since discourse#28070 of July 2024: 3.4.0.beta1


def anchor_style(cooked: str) -> str | None:
    """How the server names heading anchors, told by a post's HTML: "plain", "post-id", or None without a heading."""
    found = _ANCHOR.search(cooked)
    return None if found is None else "post-id" if found[1] else "plain"


def style_of_version(version: str) -> str | None:
    """How a server of that version names heading anchors; None for what is no version."""
    found = _VERSION.match(version)
    if found is None:
        return None
    return "post-id" if (int(found[1]), int(found[2])) >= WITH_POSTS else "plain"
