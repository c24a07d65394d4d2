"""What was typed and not saved: kept among git's own files, so that a page that is closed, or a desk that ends,
loses no sentence.
"""

import hashlib
import json
from dataclasses import asdict, replace

from koweb_sync import safe_files
from koweb_sync.desk.writing import PostForm
from koweb_sync.git import Repo
from koweb_sync.posts.markdown import with_lf


def name(path: str) -> str:
    """Where the form for a post file lies in there."""
    return f"unsaved/{hashlib.sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}"


def same(one: PostForm, other: PostForm) -> bool:
    """Whether two forms say the same, whatever their line ends."""
    return replace(one, body=with_lf(one.body)) == replace(other, body=with_lf(other.body))


def keep(repo: Repo, path: str, form: PostForm, mark: str, opened: PostForm) -> None:
    """Keep what is typed for a post file that says `opened`, with the mark of what it was typed over; forget it where
    both are the same.
    """
    if same(form, opened):
        forget(repo, path)
        return
    data = json.dumps({"mark": mark, **asdict(form), "body": with_lf(form.body)}, ensure_ascii=False)
    safe_files.write(repo.own / "koweb", name(path), data, lasting=False)


def kept(repo: Repo, path: str, opened: PostForm) -> tuple[PostForm, str] | None:
    """What was typed for a post file and is not in it, and the mark of what it was typed over.

    What is no form of ours, as from a build before, is taken for a text that was typed over something unknown.
    """
    text = safe_files.read(repo.own / "koweb", name(path)).decode("utf-8", "replace")
    try:
        says = json.loads(text)
        mark = str(says.pop("mark"))
        form = PostForm(**says)
    except (ValueError, TypeError, AttributeError, KeyError):
        form, mark = replace(opened, body=text), ""
    return (form, mark or "unknown") if text and not same(form, opened) else None


def forget(repo: Repo, path: str) -> None:
    """It is saved, or nobody wants it."""
    safe_files.remove(repo.own / "koweb", name(path))
