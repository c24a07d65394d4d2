"""`koweb fetch --rebuild`: a lost bookmark made again, without guessing.

A file and a topic agree where some version in the file's history says exactly what the forum stores. For the others a
person chooses whose text holds. The result is a note about what was seen; the next push agrees on it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from koweb_sync.agreements import Agreement, Fields
from koweb_sync.config import Settings
from koweb_sync.errors import HumanNeeded, KowebError
from koweb_sync.forum.models import TopicView
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import from_raw
from koweb_sync.posts.document import PostFile, parse, with_key
from koweb_sync.posts.ids import PostId
from koweb_sync.posts.titles import same_title
from koweb_sync.sync.adopt.bind import bind
from koweb_sync.sync.links.forum_files import context, uses_in_raw
from koweb_sync.sync.lock.hold import Hold
from koweb_sync.sync.lock.publisher import publisher
from koweb_sync.sync.publish.ambiguous_files import doubles, place_of_keys
from koweb_sync.sync.publish.anchors import style_of
from koweb_sync.sync.publish.push import known_site, with_journal
from koweb_sync.sync.pull.commits import committer, last_edit, message, signature
from koweb_sync.sync.pull.readers import keyed
from koweb_sync.sync.recover.identity import is_foreign
from koweb_sync.sync.recover.past_versions import FileVersion, Past
from koweb_sync.sync.recover.settle import replay
from koweb_sync.sync.survey import survey
from koweb_sync.sync.world.cherry_picks import forward, need_clean_state
from koweb_sync.sync.world.compose import StoredPost
from koweb_sync.sync.world.incoming import UNREADABLE, Look, State, no_text, sources, states, with_body, words
from koweb_sync.sync.world.seen import LastEdit, Seen, load, save
from koweb_sync.sync.world.world import PostAtHead, World, desired
from koweb_sync.times import seconds

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum

FavouredSide = Literal["", "ours", "theirs"]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it: paths that agree again, paths for which the user chose, those whose topics are not on the forum
    any more or are others' now, and what is left to a person.
    """

    agreed: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()
    left: tuple[KowebError, ...] = ()


@dataclass
class Rebuild:
    """One rebuilding."""

    hold: Hold
    forum: "Forum"
    world: World
    side: FavouredSide

    def __post_init__(self) -> None:
        self.past = Past(self.repo, self.settings, self.world)

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
        doubled = list(doubles(self.world.sources, lambda _path: True, alone=self.settings.alone))
        left: list[KowebError] = [one.error for one in doubled]
        unknown = [pair for pair in unknown if pair[0].path not in {one.path for one in doubled}]
        views: list[tuple[PostAtHead, PostFile, TopicView]] = []
        for source, post in unknown:
            found = self.find(source, post)
            if isinstance(found, KowebError):
                left.append(found)
            elif found is not None:
                views.append((source, post, found))
                self.world.atlas.topics[source.ident] = (found.id, found.first.id)
        good: dict[str, Seen] = {}
        rest: list[tuple[PostAtHead, PostFile, TopicView]] = []
        for source, post, view in views:
            seen = bind(self.forum, self.past, source, view)
            if seen is None:
                rest.append((source, post, view))
            else:
                good[source.path] = seen
        chosen = self.choose(rest) if self.side else {}
        left += [] if self.side else [self.unsure(source, view) for source, _post, view in rest]
        self.keep({**good, **chosen})
        return Rebuilt(tuple(good), tuple(chosen), left=tuple(left))

    # ---- finding

    def find(self, source: PostAtHead, post: PostFile) -> TopicView | KowebError | None:
        """The topic of a file: the one that it names, else the one that was published with its id."""
        if post.front.topic:
            view = keyed(self.forum, post.front.topic).view
        else:
            view = self.forum.find(f"koweb-{post.front.id}")
        if view is None:
            return self.proposal(source, post) or self.nowhere(source, post)
        blank = Agreement("", "", "", view.id, view.first.id, "", says=Fields(), sent=Fields())
        state = next((one for one in states(Look(view), blank, None) if one in UNREADABLE), None)
        if state is not None:
            return HumanNeeded(words(state, view.id), where=source.path, remedy=self.forum.topic_url(view.id))
        return view

    def proposal(self, source: PostAtHead, post: PostFile) -> KowebError | None:
        """A topic with exactly this title in this category: perhaps the file's, which only a person can tell."""
        wants = desired(source, self.settings)
        category = self.forum.site().named(wants.category) if wants.category is not None else None
        for one in self.forum.search_title(post.front.title):
            if same_title(one.title, post.front.title) and category is not None and one.category == category.id:
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

    def nowhere(self, source: PostAtHead, post: PostFile) -> KowebError | None:
        """A file that names a topic which the forum does not show; None where the number may be another forum's."""
        if post.front.topic is None or not self.settings.alone:
            return None
        return HumanNeeded(
            no_text(State.GONE, post.front.topic),
            where=place_of_keys(source.path, post, "topic"),
            remedy=_("Write another number, or remove the line “topic:” to publish a new topic."),
        )

    # ---- choosing

    def unsure(self, source: PostAtHead, view: TopicView) -> KowebError:
        """The forum's text is none that git ever had."""
        return HumanNeeded(
            _("The forum's text is none of the versions in this file's history: {url}").format(
                url=self.forum.topic_url(view.id)
            ),
            where=source.path,
            remedy=_("Compare them. “koweb fetch --rebuild --ours” keeps git's text, --theirs takes the forum's."),
        )

    def choose(self, rest: list[tuple[PostAtHead, PostFile, TopicView]]) -> dict[str, Seen]:
        """Commit that a person chose one side: the other one stays in git's history too."""
        found: dict[str, Seen] = {}
        at = self.world.head
        for source, post, view in rest:
            data = self.theirs(post, view)
            fresh = parse(source.path, data)
            blobs = {path: str(entry.sha) for path, entry in self.world.tree.items()}
            raw = view.first.raw or ""
            version = FileVersion(fresh, self.repo.write_blob(data), uses_in_raw(fresh, raw, blobs, self.world.atlas))
            stored = StoredPost(view.id, view.first.id, raw, view.first.version, view.first.locale)
            seen = Seen(version.agreement(self.settings, stored, view.title, view.tags), "", self.editor(view))
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

    def editor(self, view: TopicView) -> LastEdit:
        """Who wrote the forum's text last: one request."""
        found = self.forum.revision(PostId(view.first.id))
        if found is None:
            return last_edit(view, self.settings)
        return LastEdit(found.username, found.name, seconds(found.at), found.reason)

    def theirs(self, post: PostFile, view: TopicView) -> bytes:
        """The file with the forum's text and title."""
        raw = view.first.raw or ""
        links = sources(raw, post.path, self.world.atlas)
        body = from_raw(raw, None, context(raw, post.path, {}, links, home=self.settings.url))
        data = with_body(post, body)
        return data if same_title(post.front.title, view.title) else with_key(post.path, data, "title", view.title)

    def keep(self, found: Mapping[str, Seen]) -> None:
        """Note what was seen; what was seen before about other topics stays."""
        known = load(self.repo, self.settings, self.world.bookmark)
        texts = {**known.texts, **{seen.ident: (seen,) for seen in found.values()}}
        save(self.repo, self.settings, replace(known, texts=texts), self.hold.clock())


def rebuild(
    repo: Repo, settings: Settings, connect: "Callable[[], Forum]", side: FavouredSide, clock: Callable[[], float]
) -> Rebuilt:
    """Rebuild what is lost of the bookmark. With a `side`, commits are made where nothing agrees."""
    if side:
        need_clean_state(repo, settings)
    with Hold(repo, settings, clock) as hold:
        bookmark = with_journal(hold.bookmark, *replay(hold.bookmark, hold.journal.notes()))
        world = survey(repo, settings, bookmark, style_of(bookmark, known_site(settings)))
        forum = connect()
        gone = lost(forum, Past(repo, settings, world))
        if gone:
            hold.forget(publisher(repo), gone)
            world = survey(repo, settings, hold.bookmark, style_of(hold.bookmark, known_site(settings)))
        found = Rebuild(hold, forum, world, side).run()
        again = {*found.agreed, *found.chosen}
        return replace(found, forgotten=tuple(one.path for one in gone if one.path not in again))


def lost(forum: "Forum", past: Past) -> list[Agreement]:
    """What was agreed on about topics that are not on the forum any more, or are others' now, as on one that was put
    back from a backup. One request for thirty topics, and one for each that is not called as it was.
    """
    living = [agreed for agreed in past.world.bookmark.agreed.values() if not agreed.withdrawn]
    if not living:
        return []
    shown = forum.states([agreed.topic for agreed in living])
    titles = {topic: state.title for topic, state in shown.items()}
    doubtful = [one for one in living if not same_title(titles.get(one.topic, ""), one.sent.title or one.title)]
    staff = bool(doubtful) and forum.site().staff  # for others a deleted topic looks like one that never was
    return [one for one in doubtful if is_lost(keyed(forum, one.topic), past, one, staff=staff)]


def is_lost(look: Look, past: Past, agreed: Agreement, *, staff: bool) -> bool:
    """Whether a topic is not there any more, or is somebody else's."""
    if look.view is None:
        return staff and not look.unclear
    return is_foreign(past, agreed, look.view)
