"""`koweb fetch --rebuild`: a lost bookmark made again, without guessing.

A file and a topic agree where some version in the file's history says exactly what the forum stores. For the others a
person chooses whose text holds. The result is a note about what was seen; the next push agrees on it.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from koweb_sync.bookmark import Agreement, Fields, Used
from koweb_sync.config import Settings
from koweb_sync.errors import HumanNeeded, KowebError, PostFileError
from koweb_sync.forum.models import TopicView
from koweb_sync.git import Repo, Sha
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import Context, from_raw, normalise, to_raw
from koweb_sync.posts.document import PostFile, parse, with_key
from koweb_sync.posts.ids import PostId
from koweb_sync.sync.commits import committer, last_edit, message, signature
from koweb_sync.sync.compose import alike
from koweb_sync.sync.files import between, context
from koweb_sync.sync.hold import Hold
from koweb_sync.sync.incoming import UNREADABLE, Look, sources, states, with_body, words
from koweb_sync.sync.links import targets
from koweb_sync.sync.picks import forward, ready
from koweb_sync.sync.push import known_site, style_of, with_journal
from koweb_sync.sync.readers import keyed
from koweb_sync.sync.seen import Edit, Seen, load, load_states, save
from koweb_sync.sync.settle import replay
from koweb_sync.sync.survey import survey
from koweb_sync.sync.world import Source, World, desired, says

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum

Side = Literal["", "ours", "theirs"]
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it: paths that agree again, paths for which the user chose, and what is left to a person."""

    agreed: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    left: tuple[KowebError, ...] = ()


@dataclass(slots=True)
class Rebuild:
    """One rebuilding."""

    hold: Hold
    forum: "Forum"
    world: World
    side: Side

    @property
    def repo(self) -> Repo:
        """The repository."""
        return self.hold.repo

    @property
    def settings(self) -> Settings:
        """The forum's settings."""
        return self.hold.settings

    def run(self) -> Rebuilt:
        """Look every unknown post file up on the forum: two or three requests each."""
        unknown = [(s, s.post) for s in self.world.sources if s.post and s.ident not in self.world.bookmark.agreed]
        left: list[KowebError] = []
        views: list[tuple[Source, PostFile, TopicView]] = []
        for source, post in unknown:
            found = self.find(source, post)
            if isinstance(found, KowebError):
                left.append(found)
            elif found is not None:
                views.append((source, post, found))
                self.world.atlas.topics[source.ident] = (found.id, found.first.id)
        good: dict[str, Seen] = {}
        rest: list[tuple[Source, PostFile, TopicView]] = []
        for source, post, view in views:
            pair = next(self.versions(source, view), None)
            if pair is None:
                rest.append((source, post, view))
            else:
                good[source.path] = Seen(pair, "", last(view))
        chosen = self.choose(rest) if self.side else {}
        left += [] if self.side else [self.unsure(source, view) for source, _post, view in rest]
        self.keep({**good, **chosen})
        return Rebuilt(tuple(good), tuple(chosen), tuple(left))

    # ---- finding

    def find(self, source: Source, post: PostFile) -> TopicView | KowebError | None:
        """The topic of a file: the one that it names, else the one that was published with its id."""
        if post.front.topic:
            view = keyed(self.forum, post.front.topic).view
        else:
            view = self.forum.find(f"koweb-{post.front.id}")
        if view is None:
            return self.proposal(source, post)
        blank = Agreement("", "", "", view.id, view.first.id, "", says=Fields(), sent=Fields())
        state = next((one for one in states(Look(view), blank, None) if one in UNREADABLE), None)
        if state is not None:
            return HumanNeeded(words(state, view.id), where=source.path, remedy=self.forum.topic_url(view.id))
        return view

    def proposal(self, source: Source, post: PostFile) -> KowebError | None:
        """A topic with exactly this title in this category: perhaps the file's, which only a person can tell."""
        wants = desired(source, self.settings)
        category = self.forum.site().category(wants.category) if wants.category is not None else None
        for one in self.forum.search_title(post.front.title):
            if alike(one.title, post.front.title) and category is not None and one.category == category.id:
                return HumanNeeded(
                    _("The forum has a topic with this title in this category: {url}").format(
                        url=self.forum.topic_url(one.id)
                    ),
                    where=source.path,
                    remedy=_("If it is this post, write “topic: {topic}” into the file, and run this again.").format(
                        topic=one.id
                    ),
                )
        return None

    # ---- agreeing

    def versions(self, source: Source, view: TopicView) -> Iterator[Agreement]:
        """The pairs of a version of the file and the forum's raw that say the same, newest first."""
        raw = view.first.raw or ""
        blobs = {path: str(entry.sha) for path, entry in self.world.tree.items()}
        for blob in self.history(source.path):
            try:
                post = parse(source.path, self.repo.blob(blob))
            except PostFileError:
                continue
            if post.front.id.lower() != source.ident:
                continue
            used = between(post, raw, blobs, self.world.atlas)
            made = to_raw(post.body, None, Context(targets(used)))
            plain = from_raw(raw, None, Context())
            same = normalise(made) in (normalise(raw), normalise(plain))
            if same and all(self.same_file(one) for one in used.values()):
                yield self.pair(post, blob, view, used)

    def history(self, path: str) -> tuple[Sha, ...]:
        """The contents that a file had, newest first, under its earlier names too."""
        out = self.repo.git("log", "--follow", "--format=", "--raw", "--no-abbrev", self.world.head, "--", path)
        rows = (line.split()[3] for line in out.decode("utf-8", "replace").splitlines() if line.startswith(":"))
        return tuple(Sha(sha) for sha in dict.fromkeys(rows) if set(sha) != {"0"})

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

    def pair(self, post: PostFile, blob: Sha, view: TopicView, used: Mapping[str, Used]) -> Agreement:
        """What is agreed on."""
        source = Source(post.path, blob, post.front.id.lower(), says(post.front), draft=False, post=post)
        return Agreement(
            id=post.front.id,
            path=post.path,
            blob=blob,
            topic=view.id,
            post=view.first.id,
            raw=view.first.raw or "",
            says=source.says,
            sent=desired(source, self.settings),
            used=used,
            title=view.title,
            tags=view.tags,
            revision=view.first.version,
        )

    # ---- choosing

    def unsure(self, source: Source, view: TopicView) -> KowebError:
        """The forum's text is none that git ever had."""
        return HumanNeeded(
            _("The forum's text is none of the versions in this file's history: {url}").format(
                url=self.forum.topic_url(view.id)
            ),
            where=source.path,
            remedy=_("Compare them. “koweb fetch --rebuild --ours” keeps git's text, --theirs takes the forum's."),
        )

    def choose(self, rest: list[tuple[Source, PostFile, TopicView]]) -> dict[str, Seen]:
        """Commit that a person chose one side: the other one stays in git's history too."""
        found: dict[str, Seen] = {}
        at = self.world.head
        for source, post, view in rest:
            data = self.theirs(post, view)
            fresh = parse(source.path, data)
            blobs = {path: str(entry.sha) for path, entry in self.world.tree.items()}
            used = between(fresh, view.first.raw or "", blobs, self.world.atlas)
            seen = Seen(self.pair(fresh, self.repo.write_blob(data), view, used), "", self.editor(view))
            text = message(self.settings, [(seen, None)])
            who, person, now = signature(self.settings, seen.edit), committer(self.repo), self.hold.clock()
            at = self.repo.write_commit(at, {source.path: data}, text, now, who, person)
            if self.side == "ours":
                keep = f"Keep git's text of {source.path}\n"
                at = self.repo.write_commit(at, {source.path: source.blob}, keep, now, "", person)
            found[source.path] = seen
        if at != self.world.head:
            forward(self.repo, at)
        return found

    def editor(self, view: TopicView) -> Edit:
        """Who wrote the forum's text last: one request."""
        found = self.forum.revision(PostId(view.first.id))
        if found is None:
            return last_edit(view, self.settings)
        return Edit(found.username, found.name, found.at.timestamp(), found.reason)

    def theirs(self, post: PostFile, view: TopicView) -> bytes:
        """The file with the forum's text and title."""
        raw = view.first.raw or ""
        body = from_raw(raw, None, context(raw, post.path, {}, sources(raw, post.path, self.world.atlas)))
        data = with_body(post, body)
        return data if alike(post.front.title, view.title) else with_key(post.path, data, "title", view.title)

    def keep(self, found: Mapping[str, Seen]) -> None:
        """Note what was seen; what was seen before about other topics stays."""
        known = load(self.repo, self.settings, self.world.bookmark)
        states = load_states(self.repo, self.settings)
        save(self.repo, self.settings, {**known, **{s.ident: (s,) for s in found.values()}}, states, self.hold.clock())


def last(view: TopicView) -> Edit:
    """The author of the forum's text, as far as a topic tells."""
    return Edit(view.first.username, view.first.name, view.first.updated.timestamp())


def rebuild(
    repo: Repo, settings: Settings, connect: "Callable[[], Forum]", side: Side, clock: Callable[[], float]
) -> Rebuilt:
    """Rebuild what is lost of the bookmark. With a `side`, commits are made where nothing agrees."""
    if side:
        ready(repo)
    with Hold(repo, settings, clock) as hold:
        bookmark = with_journal(hold.bookmark, *replay(hold.bookmark, hold.journal.notes()))
        world = survey(repo, settings, bookmark, style_of(bookmark, known_site(settings)))
        return Rebuild(hold, connect(), world, side).run()
