"""`koweb adopt`: existing topics come under version control, as files that a push finds unchanged."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from koweb_sync.agreements import Agreement, Fields
from koweb_sync.config import Settings
from koweb_sync.errors import HUMAN, InputError
from koweb_sync.forum.models import TopicView
from koweb_sync.forum.site import Category, Site
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import from_raw
from koweb_sync.posts.document import ID, new_id, parse, with_key
from koweb_sync.posts.fields import FIELDS, KEYS
from koweb_sync.posts.front_writing import Value
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.posts.tags import stored, unknown_tag
from koweb_sync.sync.adopt.bind import bind, file_of, unlike
from koweb_sync.sync.links.forum_files import Downloads, as_folder, context, lower_paths, uses_in_raw
from koweb_sync.sync.links.topic_addresses import number
from koweb_sync.sync.lock.hold import Hold
from koweb_sync.sync.publish.anchors import style_of
from koweb_sync.sync.publish.categories import unknown_category
from koweb_sync.sync.publish.push import known_site, with_journal
from koweb_sync.sync.pull.commits import adopted_message, committer, signature, trailers, version_message
from koweb_sync.sync.pull.observer import ReadingObserver
from koweb_sync.sync.pull.readers import TopicToRead, choose, keyed
from koweb_sync.sync.pull.revisions import PostVersion, history
from koweb_sync.sync.recover.past_versions import Past
from koweb_sync.sync.recover.settle import replay
from koweb_sync.sync.survey import survey
from koweb_sync.sync.world import cherry_picks
from koweb_sync.sync.world.incoming import UNREADABLE, Look, State, exposed, no_text, sources, states
from koweb_sync.sync.world.seen import LastEdit, Seen, load, save
from koweb_sync.sync.world.world import PostAtHead, World, desired, fields_of
from koweb_sync.times import seconds

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum

NOTHING = Fields()


@dataclass(frozen=True, slots=True)
class AdoptOptions:
    """What to adopt: `topics` as addresses or numbers, or a `category` (slug path or id), all or with a `tag`.

    `into` is the folder for the files, "" for those that mirror the categories; `history`: every version a commit;
    `download`: save images beside the files; `dry`: read, and write nothing.
    """

    topics: tuple[str, ...] = ()
    category: str = ""
    tag: str = ""
    into: str = ""
    history: bool = False
    download: bool = True
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A topic that was left alone, and why in words."""

    topic: int
    url: str
    why: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """What came of it: path and address of each new file; topics left alone; remarks about what could not be had."""

    files: tuple[tuple[str, str], ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    commits: tuple[Sha, ...] = ()

    @property
    def exit_code(self) -> int:
        """3 where something that was asked for was left alone."""
        return HUMAN if self.skipped else 0


@dataclass
class Adoption:
    """One adoption in the making."""

    hold: Hold
    forum: "Forum"
    wishes: AdoptOptions
    world: World
    site: Site
    downloads: Downloads
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    idents: set[str] = field(default_factory=set)
    bound: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.past = Past(self.hold.repo, self.settings, self.world)

    @property
    def settings(self) -> Settings:
        """The forum's settings."""
        return self.hold.settings

    # ---- which topics

    def wanted(self) -> list[TopicId]:
        """The topics that the user named, each once, without those that a file has already."""
        asked = [number(self.settings, one) for one in self.wishes.topics]
        listed = list(self.listed()) if self.wishes.category else []
        agreed, have = self.world.bookmark.agreed, dict[int, str]()
        for source in self.world.sources:
            own = agreed[source.ident].topic if source.ident in agreed else None
            named = source.post.front.topic if source.post else None
            have |= {topic: source.path for topic in (named, own) if topic is not None}
        for topic in asked:
            if topic in have:
                self.skip(topic, _("Topic {topic} has a file already: {path}.").format(topic=topic, path=have[topic]))
        return [topic for topic in dict.fromkeys([*asked, *listed]) if topic not in have]

    def listed(self) -> Iterator[TopicId]:
        """The topics of the category without what says what it is for, oldest first, so that names stay the same."""
        category = self.category()
        listed = [one for one in self.forum.topics_in(category) if one.id not in self.site.definitions]
        tag = stored(self.wishes.tag)
        found = [one.id for one in listed if not tag or tag in map(stored, one.tags)]
        if tag and listed and not found:
            raise unknown_tag(self.wishes.tag, {name for one in listed for name in one.tags})
        return iter(sorted(found))

    def category(self) -> Category:
        """The category that the user named. Raises InputError."""
        name = self.wishes.category.strip("/")
        known = self.site.named(name)
        if known is None:
            raise unknown_category("--category", name, self.site)
        return known

    def skip(self, topic: int, why: str) -> None:
        """Leave a topic alone."""
        self.skipped.append(Skipped(topic, self.forum.topic_url(topic), why))

    def readable(self, topic: TopicId, look: Look) -> TopicView | None:
        """A topic whose text can be adopted. None, and a reason, for others."""
        if look.view and (self.wishes.history or (look.brief and look.view.closed)):
            look = keyed(self.forum, topic)
        view = look.view
        if view is None:
            self.skip(topic, no_text(State.UNCLEAR if look.unclear else State.GONE, topic))
            return None
        found = Agreement("", "", "", topic, PostId(view.first.id), "", says=NOTHING, sent=NOTHING)
        state = next((one for one in states(look, found, self.site) if one in UNREADABLE), None)
        if state is not None:
            self.skip(topic, no_text(state, topic))
        elif not view.first.raw:
            self.skip(topic, _("Topic {topic} has no text.").format(topic=topic))
        else:
            return view
        return None

    def bind(self, view: TopicView, source: PostAtHead) -> None:
        """Bind a topic to the file that it was published from. No commit: the next push agrees about it."""
        seen = bind(self.forum, self.past, source, view)
        if seen is None:
            self.skip(view.id, unlike(view, source))
        else:
            self.bound.append(seen)

    # ---- where they go

    def name(self, view: TopicView) -> tuple[str, str]:
        """The path and the id of a topic's file; nothing has either yet."""
        folder = self.folder(view)
        self.refuse_file(folder)
        base = new_id(view.title)
        for turn in range(1, 100_000):
            stem = base if turn == 1 else f"{base[:38].rstrip('-')}-{turn}"
            path = f"{folder}/{stem}.md".removeprefix("./")
            if path.casefold() not in self.downloads.taken and stem != "readme":
                self.downloads.taken.add(path.casefold())
                return path, self.ident(view, stem)
        raise InputError(_("No name is left for “{title}”.").format(title=view.title))

    def refuse_file(self, folder: str) -> None:
        """Raises InputError where something else than a folder has its name: it would be replaced."""
        for place in (folder, *map(str, PurePosixPath(folder).parents)):
            if place.casefold() in self.downloads.taken:
                raise InputError(
                    _("{path} is no folder, but a file, a symbolic link or a submodule.").format(path=place),
                    where=str(self.hold.repo.root),
                    remedy=_("Move it away, or choose another folder with --into."),
                )

    def ident(self, view: TopicView, stem: str) -> str:
        """The id: the one that the topic was published with once, else its file's name; nothing has it yet."""
        ours = (view.external_id or "").removeprefix("koweb-")
        wishes = [ours] if view.external_id != ours and ID.fullmatch(ours) else []
        wishes += [stem, *(f"{stem[:38].rstrip('-')}-{turn}" for turn in range(2, 100_000))]
        ident = next(one for one in wishes if one.lower() not in self.idents)
        self.idents.add(ident.lower())
        return ident

    def folder(self, view: TopicView) -> str:
        """The folder of a topic's file: the category's own in koweb.toml, else one that mirrors its path."""
        category = self.site.category(view.category) if view.category else None
        parts = as_folder(category.shown) if category else ""
        if self.wishes.into:
            root = as_folder(self.category().shown) if self.wishes.category else parts
            inside = parts.removeprefix(root).strip("/") if parts.startswith(root) else ""
            return str(PurePosixPath(self.wishes.into) / inside)
        if category is not None:
            for folder, wanted in self.settings.categories.items():
                if self.site.named(wanted) == category:
                    return str(PurePosixPath(self.settings.posts) / folder)
        return str(PurePosixPath(self.settings.posts) / parts)

    # ---- the files

    def file(self, view: TopicView, path: str, ident: str, version: PostVersion) -> bytes:
        """The post file of one version of a topic."""
        raw = version.raw
        places = self.downloads.save(raw, path) if self.wishes.download else {}
        links = {url: place for url, place in sources(raw, path, self.world.atlas).items() if url not in places}
        body = from_raw(raw, None, context(raw, path, places, links, home=self.settings.url))
        data = b"---\n---\n\n" + body.encode()
        for key, value in self.keys(view, path, ident, version).items():
            data = with_key(path, data, key, value)
        return data

    def keys(self, view: TopicView, path: str, ident: str, version: PostVersion) -> dict[str, Value]:
        """The front matter."""
        keys: dict[str, Value] = {"title": version.title, "id": ident}
        category = self.site.category(view.category) if view.category else None
        default = self.settings.category_of(path)
        known = self.site.named(default) if default is not None else None
        if category is not None and (known is None or known.id != category.id):
            keys["category"] = category.shown
        keys["topic"] = int(view.id)
        found = {name: field.adopted(view) for name, field in FIELDS.items()}
        keys |= {name: value for name, value in found.items() if value is not None}
        return {name: keys[name] for name in KEYS if name in keys}

    def seen(self, view: TopicView, path: str, data: bytes, edit: LastEdit) -> Seen:
        """What would be agreed on: the file and the text that the forum stores."""
        repo = self.hold.repo
        post = parse(path, data)
        blob = repo.write_blob(data)
        blobs = dict(self.world.atlas.files) | {
            place: repo.write_blob(content)
            for place, content in self.downloads.content.items()
            if place in set(self.downloads.places.values())
        }
        raw = view.first.raw or ""
        source = PostAtHead(path, blob, post.front.id.lower(), fields_of(post.front), draft=False, post=post)
        pair = Agreement(
            id=post.front.id,
            path=path,
            blob=blob,
            topic=view.id,
            post=view.first.id,
            raw=raw,
            says=source.says,
            sent=desired(source, self.settings),
            used=uses_in_raw(post, raw, blobs, self.world.atlas),
            title=view.title,
            tags=view.tags,
            revision=view.first.version,
            updated=view.first.changed,
            locale=view.first.locale or "",
            opened=view.first.username,
        )
        return Seen(pair, "", edit)


@dataclass(frozen=True, slots=True)
class Writing:
    """One commit to make: a version of a topic's file."""

    view: TopicView
    path: str
    ident: str
    version: PostVersion
    last: bool


def adopt(
    repo: Repo,
    settings: Settings,
    connect: "Callable[[], Forum]",
    wishes: AdoptOptions,
    watch: ReadingObserver,
    clock: Callable[[], float],
) -> Adopted:
    """Write and commit the files of existing topics. Requests: one for each topic and each new image, and the lists."""
    cherry_picks.need_clean_state(repo, settings)
    with Hold(repo, settings, clock) as hold:
        forum = connect()
        bookmark = with_journal(hold.bookmark, *replay(hold.bookmark, hold.journal.notes()))
        world = survey(repo, settings, bookmark, style_of(bookmark, known_site(settings)))
        taken = lower_paths([*world.tree, *repo.work_files(), *cherry_picks.present(repo, settings.posts)])
        one = Adoption(hold, forum, wishes, world, forum.site(), Downloads(forum.download, taken, settings.url))
        one.idents = {source.ident for source in world.sources} | set(bookmark.agreed)
        return adopt_all(one, watch)


def adopt_all(one: Adoption, watch: ReadingObserver) -> Adopted:
    """Read all, then write all: nothing is written if the forum fails in between."""
    wanted = one.wanted()
    reader = choose(one.forum, one.site, len(wanted))
    watch.reading(len(wanted), reader.requests(len(wanted)))
    looks: dict[TopicId, Look] = {}
    for topic, look in reader.read([TopicToRead(topic) for topic in wanted]):
        looks[topic] = look
        watch.read(str(topic))
    found: list[tuple[TopicView, str, str, tuple[PostVersion, ...]]] = []
    for topic in wanted:
        view = one.readable(topic, looks[topic])
        source = file_of(one.world, one.settings, view) if view else None
        if view is not None and source is not None:
            one.bind(view, source)
        elif view is not None:
            path, ident = one.name(view)
            found.append((view, path, ident, versions(one, view)))
    atlas = one.world.atlas
    atlas.topics |= {ident.lower(): (view.id, view.first.id) for view, _path, ident, _versions in found}
    atlas.ids = {**atlas.ids, **{path: ident.lower() for _view, path, ident, _versions in found}}
    writings = [
        Writing(view, path, ident, version, version is several[-1])
        for view, path, ident, several in found
        for version in several
    ]
    writings.sort(key=lambda writing: writing.version.edit.at)
    one.notes += exposed((view for view, *_rest in found), one.site)
    commits = () if one.wishes.dry else commit(one, writings)
    if commits:
        cherry_picks.forward(one.hold.repo, commits[-1])
    missing = ", ".join(one.downloads.missing)
    if missing:
        one.notes.append(_("These files could not be downloaded and stay on the forum: {urls}").format(urls=missing))
    files = [(path, one.forum.topic_url(view.id)) for view, path, _ident, _versions in found]
    files += [(seen.pair.path, one.forum.topic_url(seen.pair.topic)) for seen in one.bound]
    return Adopted(tuple(files), tuple(one.skipped), tuple(one.notes), commits)


def versions(one: Adoption, view: TopicView) -> tuple[PostVersion, ...]:
    """The versions to commit: the present one, or all that can be had."""
    if one.wishes.dry or not one.wishes.history:
        who = LastEdit(view.first.username, view.first.name, seconds(view.first.updated))
        return (PostVersion(view.first.version, view.first.raw or "", view.title, who),)
    found = history(one.forum, view)
    if found.lacking:
        numbers = ", ".join(map(str, found.lacking))
        text = _("Of topic {topic} the forum does not give these versions: {numbers}")
        one.notes.append(text.format(topic=view.id, numbers=numbers))
    return found.versions


def commit(one: Adoption, writings: Sequence[Writing]) -> tuple[Sha, ...]:
    """One commit by the user for all topics; with history, one for each version by the person who wrote it."""
    save_seen(one, one.bound)
    if not writings:
        return ()
    repo, settings = one.hold.repo, one.settings
    data = {id(each): one.file(each.view, each.path, each.ident, each.version) for each in writings}
    seen = {
        each.path: one.seen(each.view, each.path, data[id(each)], each.version.edit) for each in writings if each.last
    }
    save_seen(one, list(seen.values()))
    now, person = one.hold.clock(), committer(repo)
    if not one.wishes.history:
        text = adopted_message(settings, list(seen.values()))
        files = {each.path: data[id(each)] for each in writings} | one.downloads.content
        return (repo.write_commit(one.world.head, files, text, now, "", person),)
    commits: list[Sha] = []
    pictures = dict(one.downloads.content)
    for each in writings:
        files = {each.path: data[id(each)], **pictures}
        pictures = {}
        ends = trailers(settings, [(seen[each.path], None)]) if each.last else []
        text = version_message(settings, each.version, each.view.id, ends)
        parent = commits[-1] if commits else one.world.head
        commits.append(repo.write_commit(parent, files, text, now, signature(settings, each.version.edit), person))
    return tuple(commits)


def save_seen(one: Adoption, fresh: Sequence[Seen]) -> None:
    """Note what was read, so that the next push needs no request."""
    repo, settings = one.hold.repo, one.settings
    # Not the world's bookmark: it takes what HEAD holds for agreed on, and what was seen of that would be forgotten.
    known = load(repo, settings, with_journal(one.hold.bookmark, *replay(one.hold.bookmark, one.hold.journal.notes())))
    texts = {**known.texts, **{seen.ident: (seen,) for seen in fresh}}
    save(repo, settings, replace(known, texts=texts), one.hold.clock())
