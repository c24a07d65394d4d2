"""Addresses are opened in the person's browser here, which inherits no secret of ours."""

import webbrowser

from koweb_sync.redaction import without_secrets


def open_in_browser(address: str) -> bool:
    """Open an address in the browser; whether that worked."""
    with without_secrets():
        return webbrowser.open(address)
