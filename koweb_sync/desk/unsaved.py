"""Texts that were typed and not saved: kept among git's own files, so that a page that is closed, or a desk that ends,
loses no sentence.
"""

import hashlib

from koweb_sync import safe_files
from koweb_sync.git import Repo
from koweb_sync.posts.markdown import with_lf


def name(path: str) -> str:
    """Where the text for a post file lies in there."""
    return f"unsaved/{hashlib.sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}"


def keep(repo: Repo, path: str, text: str, saved: str) -> None:
    """Keep what is typed for a post file whose text is `saved`; forget it where both are the same."""
    if with_lf(text) == with_lf(saved):
        forget(repo, path)
    else:
        safe_files.write(repo.own / "koweb", name(path), with_lf(text), lasting=False)


def kept(repo: Repo, path: str, saved: str) -> str:
    """What was typed for a post file and is not in it; "" for nothing."""
    text = safe_files.read(repo.own / "koweb", name(path)).decode("utf-8", "replace")
    return "" if with_lf(text) == with_lf(saved) else text


def forget(repo: Repo, path: str) -> None:
    """It is saved, or nobody wants it."""
    safe_files.remove(repo.own / "koweb", name(path))
