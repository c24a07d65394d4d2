"""`koweb fetch` and `koweb pull`: bring the community's edits into git, without losing either side.

Nothing here moves an agreement. A pull that dies at any moment is run again: what was seen is a note, commits that
nothing points at are nothing, and the branch moves in one step of git's.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from koweb_sync.agreements import Agreement
from koweb_sync.bookmark import Bookmark
from koweb_sync.config import Settings
from koweb_sync.errors import KowebError
from koweb_sync.forum.models import TopicView
from koweb_sync.forum.site import Site
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.posts.document import parse
from koweb_sync.posts.front_writing import Value
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.posts.merge_files import Combined
from koweb_sync.sync.links.forum_files import Downloads, lower_paths
from koweb_sync.sync.lock.hold import Hold
from koweb_sync.sync.publish.actions import Refusal
from koweb_sync.sync.publish.anchors import style_of
from koweb_sync.sync.publish.push import with_journal
from koweb_sync.sync.pull.apply_commit import combined
from koweb_sync.sync.pull.branches import stale, tip, unagreed, unread
from koweb_sync.sync.pull.changes import Change
from koweb_sync.sync.pull.commits import by_itself, last_edit
from koweb_sync.sync.pull.due_topics import LookStart, TopicsDue, all_due, looks_at, topics_due, with_authors
from koweb_sync.sync.pull.last_look import note_look
from koweb_sync.sync.pull.left_files import by_download, with_files
from koweb_sync.sync.pull.news import Fate, Incoming, News, Pulled, Side
from koweb_sync.sync.pull.observer import ReadingObserver
from koweb_sync.sync.pull.options import PullOptions
from koweb_sync.sync.pull.own_edits import settled_own_edit
from koweb_sync.sync.pull.readers import FEW, ByKey, ByTopic, TopicToRead, choose, keyed
from koweb_sync.sync.pull.translations import TranslationsRead
from koweb_sync.sync.pull.unfinished import waiting
from koweb_sync.sync.pull.write_commits import Bringing
from koweb_sync.sync.recover.identity import is_foreign
from koweb_sync.sync.recover.past_versions import Past
from koweb_sync.sync.recover.settle import replay
from koweb_sync.sync.survey import survey_with_seen
from koweb_sync.sync.world import cherry_picks
from koweb_sync.sync.world.compose import untouched
from koweb_sync.sync.world.incoming import (
    UNREADABLE,
    ArrivalContext,
    Look,
    State,
    arrive,
    kept_uploads,
    new_fields,
    states,
    words,
)
from koweb_sync.sync.world.seen import LastEdit, Seen, hear, save, seen_of
from koweb_sync.sync.world.world import PostAtHead
from koweb_sync.times import seconds

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum

KEPT = 20  # texts of one topic since the last agreement
WALK = 10  # earlier edits of one topic that are asked for


class Pull:
    """One fetch or pull."""

    def __init__(
        self, hold: Hold, forum: "Forum", wishes: PullOptions, watch: ReadingObserver, site: Site | None
    ) -> None:
        self.repo = repo = hold.repo
        self.settings = settings = hold.settings
        self.hold = hold
        self.forum = forum
        self.wishes = wishes
        self.watch = watch
        self.site = site
        self.bookmark: Bookmark = with_journal(hold.bookmark, *replay(hold.bookmark, hold.journal.notes()))
        forum.tagging.hint(self.bookmark.tag_names)
        self.tip = wishes.options.at or tip(repo, settings, wishes.branch)
        style = style_of(self.bookmark, site)
        self.world, self.kept = survey_with_seen(repo, settings, self.bookmark, style, at=self.tip)
        self.seen = dict(self.kept.texts)
        self.states = dict(self.kept.states)
        self.locales = dict(self.kept.locales)
        here = () if wishes.branch or not wishes.download else cherry_picks.present(repo, settings.posts)
        taken = lower_paths([*self.world.tree, *here]) if wishes.download else set()
        self.downloads = Downloads(forum.download, taken, settings.url)
        self.past = Past(repo, settings, self.world)
        self.changes: list[Change] = []
        self.news: list[News] = []
        self.refusals: list[Refusal] = []
        self.translations = TranslationsRead(self)
        self.spared: list[tuple[PostAtHead, Agreement]] = []  # whose topics were not read

    # ---- reading

    def look(self) -> int:
        """Read every topic of the branch and find out what changed. How many were read."""
        sources = self.readable()
        if not sources:
            self.looked()
            return 0
        self.site = self.forum.site()
        reader = choose(self.forum, self.site, len(sources))
        by_topic = {agreed.topic: (source, agreed) for source, agreed in sources}
        chosen = self.due(by_topic) if isinstance(reader, ByTopic) and len(sources) > FEW else None
        if chosen and not chosen.all:
            by_topic, reader = {one: by_topic[one] for one in map(TopicId, chosen.topics)}, ByKey(self.forum)
        wanted = [TopicToRead(topic, str(agreed.sent.category or "")) for topic, (_source, agreed) in by_topic.items()]
        authors: set[str] = set()
        self.watch.reading(len(wanted), reader.requests(len(wanted)))
        for topic, look in reader.read(wanted):
            source, base = by_topic[topic]
            authors |= {look.view.first.username} if look.view else set()
            self.compare(source, base, look)
            self.watch.read(source.path)
        self.spared += [one for one in sources if one[1].topic not in by_topic]
        for source, base in self.spared:
            self.left(source, base)
        order = {source.ident: n for n, source in enumerate(self.world.sources)}
        self.changes.sort(key=lambda change: order[change.source.ident])
        self.news.sort(key=lambda one: one.path)
        past = with_authors(chosen.after(), authors) if chosen else self.kept.looked
        kept = replace(self.kept, texts=self.seen, states=self.states, locales=self.locales, looked=past)
        save(self.repo, self.settings, kept, self.hold.clock())
        self.looked()
        return len(wanted)

    def looked(self) -> None:
        """Note it for people, unless it was about some posts alone."""
        if not self.wishes.options.only:
            note_look(self.repo, self.settings, self.hold.clock())

    def due(self, topics: Iterable[TopicId]) -> TopicsDue:
        """Which of the topics to read, where each costs a request: all those that the user named."""
        agreed: dict[int, Agreement] = {one.topic: one for one in self.bookmark.agreed.values()}
        waiting = {*self.kept.states, *self.world.newer}
        restless = frozenset(self.bookmark.agreed[i].topic for i in waiting if i in self.bookmark.agreed)
        staff = self.site is not None and self.site.staff
        start = LookStart(
            self.forum, looks_at(self.forum, self.kept.looked), agreed, restless, staff, self.hold.clock()
        )
        named = self.wishes.every or bool(self.wishes.options.only)
        return all_due(start, topics) if named else topics_due(start, topics)

    def readable(self) -> list[tuple[PostAtHead, Agreement]]:
        """The files of the branch with what they were agreed on; those of a stale branch are refused."""
        found = []
        self.refusals += unread(self.world, self.wishes.options, alone=self.settings.alone)
        refused = {refusal.path for refusal in self.refusals}
        for source in self.world.sources:
            agreed = self.world.bookmark.agreed.get(source.ident)
            if not self.wishes.options.covers(source.path) or source.path in refused:
                continue
            if agreed is None:
                left = list(unagreed(source, self.world, self.settings))
                self.news += [one for one in left if isinstance(one, News)]
                self.refusals += [Refusal(source.path, one) for one in left if isinstance(one, KowebError)]
            elif agreed.withdrawn:
                continue
            elif agreed.blob not in self.world.ahead and agreed.blob != source.blob:
                self.refusals.append(Refusal(source.path, stale(source, agreed, shallow=self.world.shallow)))
            else:
                found.append((source, agreed))
        return found

    def compare(self, source: PostAtHead, base: Agreement, look: Look) -> None:
        """One topic against what this branch has of it."""
        brief = look.brief and look.view and look.view.closed and not base.sent.closed
        if brief or is_foreign(self.past, base, look.view):  # a reader may not tell everything
            look = keyed(self.forum, base.topic)
        base = settled_own_edit(self.hold, self.forum, self.past, source, (base, look))
        changed = self.changed(base, look)
        if changed is not None and look.public:  # what everybody sees may be a minute old
            look = replace(keyed(self.forum, base.topic), public=True)
            base = settled_own_edit(self.hold, self.forum, self.past, source, (base, look))
            changed = self.changed(base, look)
        found = [State.FOREIGN] if is_foreign(self.past, base, look.view) else list(states(look, base, self.site))
        if "category" in (changed or {}):
            found.append(State.MOVED)
        self.news += [self.story(source, base, state) for state in found]
        self.states.pop(source.ident, None)
        unreadable = next((state for state in found if state in UNREADABLE), None)
        if unreadable is not None:
            self.states[source.ident] = str(unreadable)
        if look.view is None or unreadable is not None:
            return
        hear(self.locales, self.bookmark, source.ident, look.view.first.locale)
        self.translations.compare(source, base, look.view, brief=look.brief)
        if changed is None:
            self.back(source, base)
            self.left(source, base)
        else:
            self.changes.append(self.change(source, base, look, look.view, changed))

    def changed(self, base: Agreement, look: Look) -> dict[str, Value] | None:
        """The fields that the forum changed; None where nothing changed, neither text nor fields."""
        view = look.view
        if view is None or view.first.raw is None or is_foreign(self.past, base, look.view):
            return None
        if UNREADABLE & set(states(look, base, self.site)):
            return None
        fields = new_fields(
            view, base, self.site, exact=bool(base.over), author="" if look.brief else view.first.username
        )
        return fields if fields or view.first.raw != base.raw else None

    def story(self, source: PostAtHead, base: Agreement, state: str) -> News:
        """A state in words."""
        url = self.forum.topic_url(base.topic)
        recovered = state == State.DELETED and self.settings.deleted == "recover"
        human = state in UNREADABLE and not recovered
        return News(source.path, base.topic, url, state, words(state, base.topic), human)

    def back(self, source: PostAtHead, base: Agreement) -> None:
        """The forum has what this branch started from: what was seen after it is no newer text any more."""
        versions = self.seen.get(source.ident, ())
        if versions and (versions[-1].pair.raw, versions[-1].pair.sent) != (base.raw, base.sent):
            agreed = self.bookmark.agreed.get(source.ident)
            again = next((one for one in versions if one.pair.raw == base.raw and one.pair.sent == base.sent), None)
            edit = again.edit if again else versions[-1].edit
            fresh = seen_of(replace(base, over=""), agreed, edit)
            self.seen[source.ident] = (*versions, fresh)[-KEPT:]

    def change(
        self, source: PostAtHead, base: Agreement, look: Look, view: TopicView, fields: Mapping[str, Value]
    ) -> Change:
        """The file with the forum's edit, merged with the branch's own; and a note that it was seen."""
        agreed = self.bookmark.agreed.get(source.ident)
        old = self.repo.blob(base.blob)
        post = parse(source.path, old)
        around, files = self.around(source.path, base, view.first.raw or "")
        came = arrive(base, post, view, fields, around)
        pair = replace(came.pair, blob=self.repo.write_blob(came.data))
        versions = self.seen.get(source.ident, ())
        known = versions[-1] if versions else None
        same = known is not None and (known.pair.raw, known.pair.sent) == (pair.raw, pair.sent)
        edit = known.edit if known and same else self.edit(look, view, base)
        seen = seen_of(pair, agreed, edit)
        self.seen[source.ident] = (*(versions[:-1] if same else versions), seen)[-KEPT:]
        what = (*(("text",) if view.first.raw != base.raw else ()), *fields)
        if files:  # an earlier pull may have brought the text without them
            before = arrive(base, post, view, fields, ArrivalContext(self.world.atlas)).data
            old = before if self.holds(source, old, before) else old
        return self.coming(source, seen, (old, came.data), what, files)

    def left(self, source: PostAtHead, base: Agreement) -> None:
        """The files of the forum that an unchanged post file still leaves there, where they are asked for."""
        if not self.wishes.download:
            return
        old = self.repo.blob(base.blob)
        post = parse(source.path, old)
        around, files = self.around(source.path, base, post.body)
        if files:
            came = with_files(base, post, around)
            pair = replace(came.pair, blob=self.repo.write_blob(came.data))
            seen = seen_of(pair, self.bookmark.agreed.get(source.ident), by_download(self.settings, self.hold.clock()))
            self.seen[source.ident] = (*self.seen.get(source.ident, ()), seen)[-KEPT:]
            self.changes.append(self.coming(source, seen, (old, came.data), ("files",), files))

    def coming(
        self, source: PostAtHead, seen: Seen, sides: tuple[bytes, bytes], what: tuple[str, ...], files: dict[str, bytes]
    ) -> Change:
        """What comes from the forum, between the file that it starts from and the one that it makes of it, merged with
        the branch's own.
        """
        old, theirs = sides
        ours = self.repo.blob(source.blob)
        merged, chosen, side = self.merge(source.path, (old, ours, theirs))
        agreed = self.bookmark.agreed.get(source.ident)
        held = merged == Combined(ours, conflicts=False)
        return Change(source, agreed, seen, old, theirs, merged, what, held, files, chosen, side)

    def holds(self, source: PostAtHead, old: bytes, theirs: bytes) -> bool:
        """Whether the branch says already what the forum made of a file."""
        ours = self.repo.blob(source.blob)
        return combined(self.repo, source.path, (old, ours, theirs)) == Combined(ours, conflicts=False)

    def around(self, path: str, base: Agreement, raw: str) -> tuple[ArrivalContext, dict[str, bytes]]:
        """What the file can name, and the files that were just saved for it, if that is asked for."""
        atlas = self.world.atlas
        if not self.wishes.download:
            return ArrivalContext(atlas), {}
        known = {used.url for used in base.used.values()} | kept_uploads(raw, path, atlas, {}).keys()
        places = self.downloads.save(raw, path, known)
        files = {place: self.downloads.content[place] for place in places.values()}
        blobs = {place: self.repo.write_blob(data) for place, data in files.items()}
        return ArrivalContext(atlas, places, {**atlas.files, **blobs}), files

    def merge(self, path: str, sides: tuple[bytes, bytes, bytes]) -> tuple[Combined, bytes | None, Side]:
        """The three-way merge; with the forum's side where both changed the same and the user prefers one. Then the
        file with git's side there, where it is that one; and which one it is.
        """
        merged, side = combined(self.repo, path, sides), self.wishes.favour
        if not (merged.conflicts and side):
            return merged, None, ""
        theirs = replace(combined(self.repo, path, sides, "theirs"), conflicts=False)
        return theirs, combined(self.repo, path, sides, "ours").data if side == "ours" else None, side

    def edit(self, look: Look, view: TopicView, base: Agreement) -> LastEdit:
        """Who edited last, when and why: one request, and one for each edit between it and what we know.

        None where the reader told it, and there was one edit only, or nobody edited anything.
        """
        if untouched(view.first, base):
            return by_itself(self.settings, self.hold.clock())
        post = PostId(view.first.id)
        if look.edit and base.revision and view.first.version == base.revision + 1:
            return look.edit
        last = self.forum.revision(post)
        if last is None:
            return last_edit(view, self.settings)
        numbers = range(last.number - 1, base.revision, -1) if base.revision else ()
        others = [self.forum.revision(post, number) for number in numbers[:WALK]]
        names = dict.fromkeys(one.username for one in others if one and one.username != last.username)
        at = last.at if last.number > base.revision else view.first.updated
        return LastEdit(last.username, last.name, seconds(at), last.reason, tuple(names))

    # ---- what came of it

    def result(self, commits: tuple[Sha, ...], read: int, *, only_seen: bool) -> Pulled:
        """What came of it."""
        return Pulled(
            tuple(self.shown(change, only_seen=only_seen) for change in self.changes),
            tuple(self.news),
            tuple(self.refusals),
            commits,
            read,
            len(self.spared),
        )

    def shown(self, change: Change, *, only_seen: bool) -> Incoming:
        """One edit as a person reads it."""
        fate: Fate = "conflict" if change.merged.conflicts else "held" if change.held else "brought"
        if change.merged.conflicts and self.wishes.branch:
            fate = "left out"
        if only_seen and not change.held:
            fate = "seen"
        topic = change.seen.pair.topic
        url = self.forum.topic_url(topic)
        editor = change.seen.edit.name or change.seen.edit.username
        side = change.side if fate == "brought" else ""
        return Incoming(change.source.path, topic, url, change.what, editor, fate, change.seen.edit.at, side)


def fetch(
    repo: Repo,
    settings: Settings,
    connect: "Callable[[], Forum]",
    wishes: PullOptions,
    watch: ReadingObserver,
    clock: Callable[[], float],
) -> Pulled:
    """Read the forum and remember what it shows; no file and no branch changes."""
    from koweb_sync.sync.publish.push import known_site

    with Hold(repo, settings, clock) as hold:
        one = Pull(hold, connect(), wishes, watch, known_site(settings))
        return one.result((), one.look(), only_seen=True)


def pull(
    repo: Repo,
    settings: Settings,
    connect: "Callable[[], Forum]",
    wishes: PullOptions,
    watch: ReadingObserver,
    clock: Callable[[], float],
) -> Pulled:
    """Bring the community's edits into the branch. Raises InputError where something unfinished is in the way."""
    from koweb_sync.sync.publish.push import known_site

    if not wishes.branch:
        waiting(repo, settings)
        cherry_picks.need_clean_state(repo, settings)
    with Hold(repo, settings, clock) as hold:
        one = Pull(hold, connect(), wishes, watch, known_site(settings))
        read = one.look()
        return one.result(Bringing(one).bring(), read, only_seen=False)
