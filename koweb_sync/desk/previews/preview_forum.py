"""The forum of a preview: what is remembered of the real one, with the post files of the work tree as its topics.

Our own cooking works on such a forum, so that a preview is cooked as the forum will cook it. Nothing is asked: what
this computer does not know, such as whether somebody of that name has an account, it says.
"""

import html
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from koweb_sync.agreements import Agreement
from koweb_sync.config import Settings
from koweb_sync.desk.texts.post_folder import FolderPost, FolderState
from koweb_sync.forum.display_names import remembered
from koweb_sync.forum.machine import machine_folder
from koweb_sync.posts.document import new_id
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.sandbox.cooking.cook import cook
from koweb_sync.sandbox.model.flavour import OF_2022, OF_2025, Flavour
from koweb_sync.sandbox.model.records import CategoryRecord, PostRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.state import ForumState

TO_COME = 1_000_000_000  # from here on, topics and posts that the forum does not have yet
AUTHOR = 1  # of posts that name none: who publishes


@dataclass(slots=True)
class PreviewForum:
    """The forum, and where the work tree's files are on it. `topics`: key of a post file -> topic and first post;
    `paths`: topic -> path of its file.
    """

    state: ForumState
    topics: dict[str, tuple[TopicId, PostId]]
    paths: dict[int, str]
    keys: dict[str, str]
    agreed: Mapping[str, Agreement]


def forum_of(settings: Settings, now: FolderState) -> PreviewForum:
    """The forum as this computer knows it, with a topic for each post file."""
    state = ForumState(time.time, cook, flavour_of(now), settings.base_path)
    state.home = settings.url.removesuffix("/")
    state.settings["default_locale"] = now.site.locale if now.site else settings.locale
    add_people(settings, state, now)
    add_categories(state, now)
    made = PreviewForum(state, {}, {}, keys_of(now), now.known.bookmark.agreed)
    categories: dict[int | str | None, int | None] = {}
    for number, (path, one) in enumerate(sorted(now.shown.items())):
        said = one.post.front.category
        wanted = settings.category_of(path) if said is None else said
        if wanted not in categories:
            categories[wanted] = category_called(wanted, state)
        add_topic(settings, made, path, one, TO_COME + number, categories[wanted])
    return made


def flavour_of(now: FolderState) -> Flavour:
    """The kind of server: an older one where it is known to name anchors as those do, else one of today, with the
    anchors that published texts have.
    """
    if now.known.bookmark.server.sure and now.anchors == "plain":
        return OF_2022
    return replace(OF_2025, anchors="plain") if now.anchors == "plain" and now.known.bookmark.agreed else OF_2025


def keys_of(now: FolderState) -> dict[str, str]:
    """By path, what is agreed on about a file stands under: its key, or one of its path where it has no id yet."""
    fronts = {path: one.post.front for path, one in now.shown.items() if one.post.front.id}
    keys = now.known.keys(fronts)
    return {path: keys.get(path) or f"file {path}" for path in now.shown}


def add_people(settings: Settings, state: ForumState, now: FolderState) -> None:
    """Everybody whose name was met: authors, editors, and whose name was asked for."""
    known = remembered(machine_folder(settings.url))
    editors = {one.edit.username: one.edit.name for texts in now.seen.texts.values() for one in texts}
    own = now.site.user_name(settings.username) if now.site else settings.username
    told = {one: name for one, name in editors.items() if name or one not in known}
    names = {own: "", **dict.fromkeys(authors(now), ""), **known, **told}
    if now.site and now.site.person and own == now.site.user:
        names[own] = now.site.person
    for number, (username, name) in enumerate(sorted(names.items()), AUTHOR + 1):
        ident = AUTHOR if username == own else number
        state.add_user(UserRecord(ident, username, name or username, trust_level=3))


def authors(now: FolderState) -> frozenset[str]:
    """The user names that files give as their authors."""
    said = (one.post.front.says.get("author") for one in now.shown.values())
    return frozenset(str(one) for one in said if one)


def add_categories(state: ForumState, now: FolderState) -> None:
    """The categories and tags that are remembered."""
    for position, one in enumerate(now.site.categories if now.site else ()):
        slug = one.slug or one.path.rpartition("/")[2]
        parent = now.site.category(one.path.rpartition("/")[0]) if now.site and "/" in one.path else None
        made = CategoryRecord(one.id, one.name, slug, parent_id=parent.id if parent else None, position=position)
        made.color = one.colour or made.color
        state.categories[one.id] = made
    for tag in sorted(now.site.tags) if now.site else ():
        state.tags.setdefault(tag, len(state.tags) + 1)


def add_topic(
    settings: Settings, forum: PreviewForum, path: str, one: FolderPost, to_come: int, category: int | None
) -> None:
    """The topic of one file, in a category: its own where it was published, else one to come."""
    key = forum.keys[path]
    agreed = forum.agreed.get(key)
    topic, post = (agreed.topic, agreed.post) if agreed else (TopicId(to_come), PostId(to_come))
    if int(topic) in forum.paths:
        topic, post = TopicId(to_come), PostId(to_come)  # a second file of one topic, which the check names
    title = one.post.front.title or path
    author = forum.state.names.get(str(one.post.front.says.get("author") or settings.username).lower())
    user = author.id if author else AUTHOR
    now = forum.state.clock()
    forum.topics[key], forum.paths[int(topic)] = (topic, post), path
    forum.state.topics[int(topic)] = TopicRecord(int(topic), title, new_id(title), user, category, now, now)
    forum.state.posts[int(post)] = PostRecord(
        int(post), int(topic), 1, user, one.post.body, now, now, forum.state.cook, html=html.escape(title)
    )
    forum.state.topics[int(topic)].post_ids.append(int(post))


def category_called(wanted: int | str | None, state: ForumState) -> int | None:
    """The number of the category that a file names, as far as it is known."""
    found = (c.id for c in state.categories.values() if wanted in (c.id, state.slug_path(c), c.slug, c.name))
    return next(found, None)
