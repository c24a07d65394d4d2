"""Pages below docs/fr, and the front page, speak French to a reader's browser and screen reader; the others English."""

from typing import Any

FRENCH = ("fr/", "index.md")


def on_page_context(context: dict[str, Any], *, page: Any, config: Any, **_rest: Any) -> dict[str, Any]:
    """Set the language in which the theme's own words are shown, and which `<html lang>` names."""
    config.theme["language"] = "fr" if page.file.src_uri.startswith(FRENCH) else "en"
    return context
