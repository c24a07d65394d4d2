"""The text from which somebody comes to the page Publish: why it is not among what is sent, where it is not."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from koweb_sync.desk.texts.post_folder import FolderState
from koweb_sync.desk.texts.writing import form_of, written
from koweb_sync.posts.document import PostFile, parse
from koweb_sync.sync.publish.actions import Refusal


@dataclass(frozen=True, slots=True)
class AskedPost:
    """A text of which nothing is sent: it is a draft, be it by its own line alone ("own draft") or by its folder or a
    line of another tool's; nothing stands in it yet, it cannot be sent as it is, or the forum has it already. A
    translation may also have paragraphs to be translated, `left` of them, or the forum take none. Among what a version
    keeps, there is also what is sent or deleted, and files that are no texts.
    """

    path: str
    title: str
    why: Literal[
        "own draft", "draft", "to write", "refused", "same", "to translate", "not taken", "sent", "deleted", "file"
    ]
    left: int = 0


def why_not(
    path: str,
    now: FolderState,
    refusals: Collection[Refusal],
    sent: Collection[str],
    *,
    taken: bool,
    unwritten: Collection[str],
) -> AskedPost | None:
    """Why nothing of a text goes. `sent`: the paths of what the page shows; None for one of these, or for no text.
    `taken`: whether the forum takes translations; `unwritten`: the paths of new texts in which nothing stands yet.
    """
    if path in now.translations:
        return None if path in sent else why_not_translated(path, now, refusals, taken=taken)
    post = now.shown[path].post if path in now.shown else None
    if post is None:
        return None
    title = post.front.title or path
    if post.front.draft:
        return AskedPost(path, title, "own draft" if not parse(path, no_draft(post)).front.draft else "draft")
    if path in sent:
        return None
    if path in unwritten:
        return AskedPost(path, title, "to write")
    return AskedPost(path, title, "refused" if any(one.path == path for one in refusals) else "same")


def why_not_translated(path: str, now: FolderState, refusals: Collection[Refusal], *, taken: bool) -> AskedPost:
    """Why a translation does not go."""
    file = now.translations[path].file
    if file is not None and file.lacking and taken:
        return AskedPost(path, "", "to translate", file.lacking)
    if file is None or any(one.path == path for one in refusals):
        return AskedPost(path, "", "refused")
    return AskedPost(path, "", "same" if taken else "not taken")


def no_draft(post: PostFile) -> bytes:
    """A post file without its line that makes it a draft. Raises PostFileError where it cannot be read."""
    opened = form_of(post, post.data)
    return written(post.path, post.data, opened, replace(opened, draft=False))
