"""A translation whose original is not there: which one that was, and what can be done about it."""

from koweb_sync.desk.previews.local_html import path_in_address
from koweb_sync.desk.serving.app import page, shown
from koweb_sync.desk.texts import deleted_texts, unsaved, writing
from koweb_sync.desk.texts.post_folder import FolderState, bytes_of, readable
from koweb_sync.posts.side_by_side import in_place
from koweb_sync.posts.translation import TranslationFile


def lone_page(path: str, fault: str = "") -> str:
    """Its page. `fault`: why it was not deleted."""
    repo, now = shown.another(), shown.current().now
    one, data = now.lone[path], bytes_of(repo, path) or b""
    opened = writing.form_of(readable(path, data).post, data)
    return page(
        "lone_translation.html",
        path=path,
        one=one,
        title=title_of(path, one.file),
        original=original_title(now, path),
        deleted=deleted_texts.newest(repo, shown.settings, now, one.original),
        text=in_place(one.file.written) if one.file else "",
        mark=writing.mark_of_all({path: data}),
        unsaved=bool(unsaved.typed(repo, path, opened)),
        fault=fault,
        inside=path_in_address,
    )


def title_of(path: str, file: TranslationFile | None) -> str:
    """What a translation is called."""
    return (file.title if file else "") or path.rpartition("/")[2]


def original_title(now: FolderState, path: str) -> str:
    """What the original of such a translation was called, as far as that is known; else the name of its file."""
    original = now.lone[path].original
    deleted = deleted_texts.newest(shown.another(), shown.settings, now, original)
    topic = next((its.title for its in now.known.bookmark.agreed.values() if its.path == original), "")
    return deleted.title if deleted else topic or original.rpartition("/")[2]
