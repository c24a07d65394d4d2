"""The post from which somebody comes to the page Publish: why it is not among what is sent, where it is not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from koweb_sync.desk.post_folder import FolderPost
from koweb_sync.desk.writing import form_of, written
from koweb_sync.posts.document import parse
from koweb_sync.posts.front_writing import with_key
from koweb_sync.sync.publish.actions import Plan


@dataclass(frozen=True, slots=True)
class AskedPost:
    """A post of which nothing is sent: it is a draft, it cannot be sent as it is, or the forum has it already."""

    path: str
    title: str
    why: Literal["draft", "refused", "same"]


def why_not(path: str, shown: Mapping[str, FolderPost], plan: Plan, sent: Collection[str]) -> AskedPost | None:
    """Why nothing of a post goes. `sent`: the paths of what the page shows; None for one of these, or for no post."""
    post = shown[path].post if path in shown else None
    if post is None:
        return None
    title = post.front.title or path
    if post.front.draft:
        return AskedPost(path, title, "draft")
    if path in sent:
        return None
    return AskedPost(path, title, "refused" if any(one.path == path for one in plan.refusals) else "same")


def no_draft(path: str, data: bytes) -> bytes:
    """The post file as it is when it is no draft any more, be it that its folder or another key makes it one.

    Raises PostFileError where it cannot be read.
    """
    opened = form_of(parse(path, data), data)
    new = written(path, data, opened, replace(opened, draft=False))
    return with_key(path, data, "draft", False) if parse(path, new).front.draft else new
