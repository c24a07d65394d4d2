"""What somebody typed over an earlier content of a file, and what came into the file meanwhile, in one text: as a pull
merges what both sides wrote.
"""

from koweb_sync.desk.earlier_texts import history
from koweb_sync.desk.writing import PostForm, form_of, mark, written
from koweb_sync.errors import KowebError
from koweb_sync.git import Repo
from koweb_sync.posts.document import parse
from koweb_sync.sync.pull.onto import combined

RECENT = 20  # versions of a file among which the one is sought that somebody typed over


def merged(repo: Repo, path: str, form: PostForm, over: str, now: bytes) -> bytes | None:
    """The file `now` with what `form` changed of the content whose mark is `over`. None where git has no such content,
    where both changed the same place, and for what would be no post file.
    """
    base = content_marked(repo, path, over)
    if base is None or form.whole:
        return None
    try:
        mine = written(path, base, form_of(parse(path, base), base), form)
        found = combined(repo, path, (base, now, mine))
        if not found.conflicts:
            parse(path, found.data)
    except KowebError:
        return None
    return None if found.conflicts else found.data


def content_marked(repo: Repo, path: str, over: str) -> bytes | None:
    """The content with this mark among the last versions that git has of a file."""
    blobs = dict.fromkeys(one.blob for one in history(repo, path)[:RECENT])
    contents = (data for _blob, data in repo.blobs(blobs))
    return next((data for data in contents if mark(data) == over), None)
