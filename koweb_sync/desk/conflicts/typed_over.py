"""What somebody typed over an earlier content of a file, and what came into the file meanwhile, in one text: as a pull
merges what both sides wrote, and with a choice for each place that both changed.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from koweb_sync import safe_files
from koweb_sync.desk.conflicts.fields import chosen_form, with_fields
from koweb_sync.desk.conflicts.pieces import Choice, ConflictPiece, cut, pieces, resolved
from koweb_sync.desk.texts import unsaved
from koweb_sync.desk.texts.earlier_texts import history
from koweb_sync.desk.texts.post_folder import readable
from koweb_sync.desk.texts.writing import PostForm, form_of, mark, need_readable, written
from koweb_sync.errors import KowebError
from koweb_sync.forum.site import Site
from koweb_sync.git.repo import Repo
from koweb_sync.sync.pull.apply_commit import combined

RECENT = 20  # versions of a file among which the one is sought that somebody typed over


@dataclass(frozen=True, slots=True)
class MeanwhileMerge:
    """Both in one file. `pieces`: where both changed the same place, the file piece by piece; nothing where `data` is
    the file that comes of both. `typed`: the form that the file shows where every choice is for what was typed.
    """

    data: bytes
    pieces: tuple[ConflictPiece, ...] = ()
    typed: PostForm | None = None


def put_together(
    repo: Repo, path: str, form: PostForm, over: str, now: bytes, site: Site | None
) -> MeanwhileMerge | None:
    """The file `now` with what `form` changed of the content whose mark is `over`. Where git has no
    such content, all that differs is a place to choose. None where one of both can be read as a post, the other not.
    """
    base = content_marked(repo, path, over)
    ground = now if base is None else base
    try:
        was = form_of(readable(path, ground).post, ground)
        if form.whole != was.whole or form.whole != form_of(readable(path, now).post, now).whole:
            return None
        mine = written(path, ground, was, form)
        found = combined(repo, path, (base or b"", mine, now))
        if not found.conflicts and base is not None and not form.whole:
            need_readable(path, found.data)
            return MeanwhileMerge(found.data)
    except KowebError:
        return None
    text, ours, theirs = (one.decode("utf-8", "surrogateescape") for one in (found.data, mine, now))
    parts = pieces(text, ours, theirs)
    if parts is None or not any(one.clash for one in parts):
        parts = tuple(cut(ConflictPiece(ours=ours, theirs=theirs, clash=True)))
    return MeanwhileMerge(found.data, with_fields(path, parts, site), chosen_form(path, parts))


def decide(
    repo: Repo, path: str, form: PostForm, now: bytes, merge: MeanwhileMerge, choices: Mapping[int, tuple[Choice, str]]
) -> None:
    """Write the file that comes of choices; what was typed, and what the file said, can both be had back. Raises
    PostFileError for what would be no post file.
    """
    data = resolved(merge.pieces, choices).encode("utf-8", "surrogateescape")
    if not form.whole:
        need_readable(path, data)
    new, at = form_of(readable(path, data).post, data), time.time_ns() // 1_000
    for number, text in enumerate((form_of(readable(path, now).post, now), form)):
        if not unsaved.same(text, new):
            unsaved.put_aside(repo, path, text, at + number, unsaved.AsideReason("choice"))
    safe_files.write(repo.root, path, data)


def content_marked(repo: Repo, path: str, over: str) -> bytes | None:
    """The content with this mark among the last versions that git has of a file."""
    blobs = dict.fromkeys(one.blob for one in history(repo, path)[:RECENT])
    contents = (data for _blob, data in repo.blobs(blobs))
    return next((data for data in contents if mark(data) == over), None)
