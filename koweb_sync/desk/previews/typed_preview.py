"""The preview of a text that is typed, and not in its file."""

from dataclasses import replace

from koweb_sync.desk.previews.local_html import LocalPlaces
from koweb_sync.desk.previews.preview import PostState, PostSummary, Preview, Previewer
from koweb_sync.desk.texts import unsaved, writing
from koweb_sync.desk.texts.post_folder import FolderState, bytes_of, readable
from koweb_sync.desk.texts.writing import PostForm
from koweb_sync.errors import KowebError

OF_FORUM = (PostState.CONFLICT, PostState.DECIDED, PostState.EDITED)  # somebody else wrote there, too


def with_content(current: Previewer, places: LocalPlaces, path: str, data: bytes) -> Preview:
    """The preview of a post file as if it held something else, which is not saved."""
    now = with_text(current.now, path, data)
    if now is current.now:
        return current.preview(path, places)
    made = Previewer(current.repo, current.settings, now).preview(path, places)
    return replace(made, state=state_unsaved(made))


def state_unsaved(post: Preview | PostSummary) -> PostState:
    """How a post stands of which a text is not saved: what others wrote on the forum comes before that."""
    if post.state in OF_FORUM:
        return post.state
    return PostState.UNSAVED_CHANGE if post.topic and post.state is not PostState.NEW else PostState.UNSAVED


def with_text(now: FolderState, path: str, data: bytes) -> FolderState:
    """The folder as if one of its post files held something else."""
    same = data == now.shown[path].post.data
    return now if same else replace(now, shown={**now.shown, path: readable(path, data)})


def lenient(path: str, data: bytes, was: PostForm, form: PostForm) -> bytes:
    """The file as a form would have it; where its keys cannot be written so, with its text alone; where nothing can,
    the file as it is.
    """
    try:
        return writing.written(path, data, was, form)
    except KowebError:
        return data if was.whole else writing.written(path, data, was, replace(was, body=form.body))


def as_typed(current: Previewer, places: LocalPlaces, path: str) -> Preview | None:
    """The preview of what somebody typed for a post file and did not save; None where nothing is kept."""
    data = bytes_of(current.repo, path) or b""
    opened = writing.form_of(current.now.shown[path].post, data)
    kept = unsaved.kept(current.repo, path, opened)
    if kept is None:
        return None
    made = with_content(current, places, path, lenient(path, data, opened, kept.form))
    return replace(made, state=state_unsaved(made))
