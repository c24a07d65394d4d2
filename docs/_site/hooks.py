"""What the site shows otherwise than MkDocs by itself."""

import re
from typing import Any

FRENCH = ("fr/", "index.md")


def on_page_context(context: dict[str, Any], *, page: Any, config: Any, **_rest: Any) -> dict[str, Any]:
    """Pages below docs/fr, and the front page, speak French to a reader's browser and screen reader; others English."""
    config.theme["language"] = "fr" if page.file.src_uri.startswith(FRENCH) else "en"
    return context


def on_page_content(html: str, **_rest: Any) -> str:
    """Show a line in a table's code without its backslash, as GitHub does: Python-Markdown leaves that there."""
    return re.sub(r"<code>[^<]*</code>", lambda found: found[0].replace("\\|", "|"), html)
