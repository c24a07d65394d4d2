"""Keys that the system's own keyring holds."""


def key(url: str, username: str) -> str:
    """The API key that the system's keyring holds for somebody on a forum, or "" where there is none."""
    if not username:
        return ""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(f"koweb-sync {url}", username) or ""
    except KeyringError:
        return ""  # A machine without a running keyring is no error: the environment is the other way.
