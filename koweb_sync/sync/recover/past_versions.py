"""Which version of a post file a text of the forum is: nobody has to prove it who finds it in git's own history."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from koweb_sync.agreements import Agreement, Used
from koweb_sync.config import Settings
from koweb_sync.errors import PostFileError
from koweb_sync.forum.models import Post, TopicView
from koweb_sync.git.process import literal
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.posts.dialect import Context, from_raw, normalise, to_raw
from koweb_sync.posts.document import PostFile, parse
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.posts.tags import same_tags
from koweb_sync.sync.links.destinations import targets
from koweb_sync.sync.links.forum_files import uses_in_raw
from koweb_sync.sync.world.compose import StoredPost, compose, in_raw, same_text
from koweb_sync.sync.world.world import PostAtHead, World, desired, fields_of

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
BATCH = 50  # versions of a file that are read at once
EARLIER = 5  # old texts of a post that are asked for


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One version of a post file, and what its destinations are in a raw that says the same."""

    post: PostFile
    blob: Sha
    used: Mapping[str, Used]

    def agreement(self, settings: Settings, stored: StoredPost, title: str, tags: tuple[str, ...]) -> Agreement:
        """What is agreed on if the forum holds this version."""
        front = fields_of(self.post.front)
        source = PostAtHead(self.post.path, self.blob, self.post.front.id.lower(), front, draft=False, post=self.post)
        return Agreement(
            id=self.post.front.id,
            path=self.post.path,
            blob=self.blob,
            topic=stored.topic,
            post=stored.post,
            raw=stored.raw,
            says=front,
            sent=desired(source, settings),
            used=self.used,
            title=title,
            # What the forum shows counts as what it made of the file's tags only where it is the same.
            tags=tags if same_tags(tags) == same_tags(front.tags or ()) else front.tags or (),
            revision=stored.revision,
            locale=stored.locale or "",
        )


@dataclass(slots=True)
class Past:
    """The versions of post files in the history of the world's commit; one walk, at the first question."""

    repo: Repo
    settings: Settings
    world: World
    walked: dict[str, list[tuple[Sha, str]]] | None = None  # path -> contents newest first, and the path before each

    def saying(self, source: PostAtHead, raw: str, since: str = "") -> Iterator[FileVersion]:
        """The versions of a file, under its ids or naming its topic, that the forum stores as `raw`, newest first.

        `since`: a content of the file; only newer ones count, none where the file never had it. One process of git for
        fifty versions.
        """
        names = self.contents(source.path)
        if since:
            names = names[: names.index(Sha(since))] if since in names else []
        rest = iter(names)
        while batch := list(islice(rest, BATCH)):
            for blob, data in self.repo.blobs(batch):
                try:
                    post = parse(source.path, data)
                except PostFileError:
                    continue
                found = self.version(post, blob, raw) if is_version(post, source) else None
                if found is not None:
                    yield found

    def contents(self, path: str) -> list[Sha]:
        """The contents that a file had, newest first, under its earlier names too."""
        walked = self.walk()
        found: dict[Sha, None] = {}
        names, done = [path], set()
        while names:
            name = names.pop()
            if name not in done:
                done.add(name)
                found |= dict.fromkeys(blob for blob, _before in walked.get(name, ()))
                names += [before for _blob, before in walked.get(name, ())]
        return list(found)

    def walk(self) -> dict[str, list[tuple[Sha, str]]]:
        """Every change of a file below the folder of post files, merges included: one process."""
        if self.walked is None:
            self.walked = {}
            self.repo.gather()  # git reads contents to find what was renamed
            form = ("--format=", "--raw", "--no-abbrev", "-m", "-M", "-z")
            out = self.repo.git("log", *form, self.world.head, "--", literal(self.settings.posts))
            words = iter(out.decode("utf-8", "surrogateescape").split("\0"))
            for word in words:
                if not word.lstrip("\n").startswith(":"):
                    continue
                _old_mode, _new_mode, _old, new, status = word.split()
                before = next(words)
                after = next(words) if status[0] in "RC" else before
                if set(new) != {"0"}:
                    self.walked.setdefault(after, []).append((Sha(new), before))
        return self.walked

    def version(self, post: PostFile, blob: Sha, raw: str) -> FileVersion | None:
        """That version of a file, if the forum stores it as `raw`."""
        blobs = {place: str(entry.sha) for place, entry in self.world.tree.items()}
        used = uses_in_raw(post, raw, blobs, self.world.atlas)
        made = to_raw(post.body, None, Context(targets(used), home=self.settings.url))
        plain = from_raw(raw, None, Context(home=self.settings.url))
        same = normalise(made) in (normalise(raw), normalise(plain))
        if same and all(self.same_file(one) for one in used.values()):
            return FileVersion(post, blob, used)
        composed = compose(post, self.world.atlas, self.settings, None, None)
        if same_text(raw, post, composed, self.settings):
            return FileVersion(post, blob, in_raw(raw, composed.used, {}))
        return None

    def same_file(self, used: Used) -> bool:
        """Whether an upload certainly holds our file: its address is made of the content's SHA-1."""
        if not used.blob:
            return True
        number = int(hashlib.sha1(self.repo.blob(used.blob), usedforsecurity=False).hexdigest(), 16)
        name = ""
        while number:
            number, digit = divmod(number, 62)
            name = DIGITS[digit] + name
        return used.url.removeprefix("upload://").partition(".")[0] == name


def is_version(post: PostFile, source: PostAtHead) -> bool:
    """Whether a file of the past is an earlier version of one, and not another post that had its place."""
    now = source.post.front if source.post else None
    if post.front.id.lower() in (source.ident, now.id.lower() if now else ""):
        return True
    return now is not None and now.topic is not None and post.front.topic == now.topic


def texts(forum: "Forum", first: Post, since: int = 1) -> Iterator[StoredPost]:
    """What a post says now, then what it said at version `since` and after the next few edits: one request each.

    Texts that the forum does not tell are left out.
    """
    topic, post = TopicId(first.topic), PostId(first.id)
    if first.raw is not None:
        yield StoredPost(topic, post, first.raw, first.version, first.locale)
    for number in range(since, min(first.version, since + EARLIER)):
        raw = forum.old_raw(post, number)
        # Servers that do not know old versions answer with the text of now.
        if raw is not None and raw != first.raw:
            yield StoredPost(topic, post, raw, number, first.locale)


def is_there(view: TopicView) -> bool:
    """Whether a topic and its first post are there to be edited."""
    return not view.deleted and not view.first.user_deleted and view.first.raw is not None
