"""Everything that a plan decides from, read once: the commit, the post files that matter, and the bookmark.

A post file whose content is the agreed one is not opened at all: its front matter is in the bookmark. That keeps a push
with nothing new fast, whatever the number of posts.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from koweb_sync.agreements import Agreement, Fields
from koweb_sync.bookmark import Bookmark
from koweb_sync.config import Settings
from koweb_sync.errors import GitError, InputError, PostFileError
from koweb_sync.git.repo import Repo, Sha, TreeEntry
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import destinations
from koweb_sync.posts.document import FrontMatter, PostFile, check_name, parse
from koweb_sync.posts.paths import Local
from koweb_sync.posts.unpublished_keys import among_drafts
from koweb_sync.sync.links.destinations import Atlas, StoredUpload, needs_look
from koweb_sync.sync.world.bindings import BookmarkNames
from koweb_sync.sync.world.translations import (
    TranslationAtHead,
    agreed_translations,
    alone,
    brought_since,
    siblings,
    translation_files,
    translations_at,
)

LFS = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class PostAtHead:
    """A post file at HEAD. `post` is None where nothing about it changed since agreement. `ident` is the key of what is
    agreed on about its topic, which is what its own id was when that was made; its id where nothing is. Lower case.
    """

    path: str
    blob: Sha
    ident: str
    says: Fields
    draft: bool
    post: PostFile | None


@dataclass(frozen=True, slots=True)
class World:
    """What a plan decides from.

    `sources` are in path order; `targets` are parsed files that are unchanged but that changed ones link to. `broken`
    files could not be read. `ahead` are those agreed blobs that HEAD's history holds, among those in question;
    `shallow` tells that the question could not be answered for lack of history. `before` holds the bodies of the
    agreed files of opened sources, by id. `lfs` are paths of Git LFS pointers. `taken` are ids whose agreement is not
    in the bookmark yet: HEAD holds a newer text of the forum, which is where this side starts from. `newer` are texts
    of the forum that HEAD lacks. `adopted` are ids of files that a commit of HEAD brought from a topic which the
    bookmark does not know. `despite`: ids of files that were published although another tool's key keeps them back, by
    an earlier koweb that did not know it. `states`: by id, what had happened to topics whose text could not be read.
    `hidden`: by id, a file in a folder with a dot that is bound to a topic which no other file is bound to.
    `unfinished`: a pull waits for a person. `vouched`: whether an agreed file says the agreed text, where that was
    looked at. `translations` are in path order; those of files that are no post files now are left out;
    `beside`: the paths of all files that are translations by their names, those that cannot be read too.
    """

    head: Sha
    tree: Mapping[str, TreeEntry]
    sources: tuple[PostAtHead, ...]
    targets: Mapping[str, PostFile]
    broken: tuple[PostFileError, ...]
    bookmark: Bookmark
    atlas: Atlas
    ahead: frozenset[str] = frozenset()
    shallow: bool = False
    before: dict[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    lfs: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()
    newer: Mapping[str, Agreement] = field(default_factory=dict)
    adopted: frozenset[str] = frozenset()
    despite: frozenset[str] = frozenset()
    states: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    unfinished: bool = False
    vouched: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    translations: tuple[TranslationAtHead, ...] = ()
    beside: frozenset[str] = frozenset()


def read_world(
    repo: Repo, settings: Settings, known: BookmarkNames, style: str, *, network: bool = True, at: Sha | None = None
) -> World:
    """Read the world at HEAD, or at another commit. `known` is the bookmark, with all that files can name; `style` is
    the forum's style of anchors.

    Without `network` a shallow clone is not deepened. Raises InputError in a repository without commits, GitError if
    git fails.
    """
    head, bookmark = at or repo.head(), known.bookmark
    tree = {entry.path: entry for entry in repo.tree(head)}
    need_folder(settings, tree)
    beside = translation_files(repo, settings, tree, bookmark)
    sources, broken = sort_out(repo, settings, tree, known, beside)
    atlas = chart(tree, sources, bookmark, style, settings, beside)
    sources = open_moved(repo, sources, bookmark, atlas)
    brought = brought_since(repo, settings, bookmark, head)
    translations, unreadable = translations_at(repo, tree, beside, atlas, bookmark, brought)
    broken += unreadable
    targets = linked(repo, tree, [*sources, *translations], atlas, beside)
    atlas.bodies = {**{atlas.ids[path]: p.body for path, p in targets.items()}, **bodies(sources)}
    hidden = out_of_sight(repo, settings, tree, sources, known)
    world = World(
        head,
        tree,
        tuple(sources),
        targets,
        tuple(broken),
        bookmark,
        atlas,
        hidden=hidden,
        translations=translations,
        beside=frozenset(beside) | agreed_translations(bookmark),
    )
    return with_history(repo, settings, with_agreed(repo, with_images(repo, world)), network=network)


def need_folder(settings: Settings, paths: Container[str]) -> None:
    """Raises InputError where the folder of the post files is none: git does not look behind a link."""
    place = PurePosixPath(settings.posts)
    for one in map(str, (place, *place.parents)):
        if one in paths:
            raise InputError(
                _("{path} is no folder, but a file, a symbolic link or a submodule.").format(path=one),
                remedy=_("Put the post files themselves into this repository, or name their folder in koweb.toml."),
            )


def sort_out(
    repo: Repo,
    settings: Settings,
    tree: Mapping[str, TreeEntry],
    names: BookmarkNames,
    beside: Container[str] = frozenset(),
) -> tuple[list[PostAtHead], list[PostFileError]]:
    """The post files of a tree: those that are as agreed, those that were parsed, those that cannot be read. Several
    that are bound to one topic are all parsed. `beside`: paths of translations.
    """
    agreed = {a.blob: a for a in names.bookmark.agreed.values()}
    published = published_hidden(settings, names.bookmark)
    paths = (path for path in tree if (settings.is_post(path) or path in published) and path not in beside)
    entries = [tree[path] for path in paths]
    put_away = {e.sha for e in entries if e.sha in agreed and among_drafts(e.path) and agreed[e.sha].path != e.path}
    agreed = {sha: one for sha, one in agreed.items() if sha not in put_away}
    contents = dict(repo.blobs(e.sha for e in entries if e.sha not in agreed and e.mode.startswith("100")))
    sources: list[PostAtHead] = []
    broken: list[PostFileError] = []
    for entry in entries:
        known = agreed.get(entry.sha)
        try:
            check_name(entry.path)
            sources.append(unchanged(entry, known) if known else file_to_read(entry, contents))
        except PostFileError as error:
            broken.append(alone(error, tree))
    sources = bound(sources, names)
    count = Counter(source.ident for source in sources)
    shut = [source.blob for source in sources if source.post is None and count[source.ident] > 1]
    contents = dict(repo.blobs(shut)) if shut else {}
    return [opened_too(source, contents) for source in sources], broken


def published_hidden(settings: Settings, bookmark: Bookmark) -> frozenset[str]:
    """Files in folders with a dot that an earlier koweb published: they stay post files, for nobody took them off."""
    agreed = (one for one in bookmark.agreed.values() if not one.withdrawn)
    return frozenset(one.path for one in agreed if settings.is_text(one.path) and settings.is_hidden(one.path))


def out_of_sight(
    repo: Repo, settings: Settings, tree: Mapping[str, TreeEntry], sources: Sequence[PostAtHead], names: BookmarkNames
) -> dict[str, str]:
    """Key -> path of the files in folders with a dot that are bound to a topic which has no other file."""
    here = {source.ident for source in sources}
    gone = {key for key, one in names.bookmark.agreed.items() if not one.withdrawn} - here
    known = {source.path for source in sources}
    paths = [one for one in tree if settings.is_text(one) and settings.is_hidden(one) and one not in known]
    paths = [path for path in paths if gone and tree[path].mode.startswith("100")]
    contents = dict(repo.blobs(tree[path].sha for path in paths)) if paths else {}
    found: dict[str, str] = {}
    for path in paths:
        with suppress(PostFileError):
            found.setdefault(names.key(path, parse(path, contents[tree[path].sha]).front), path)
    return {key: path for key, path in found.items() if key in gone}


def bound(sources: Sequence[PostAtHead], names: BookmarkNames) -> list[PostAtHead]:
    """The files with the keys of their topics."""
    fronts = {source.path: source.post.front for source in sources if source.post}
    keys = names.keys(fronts, {source.ident for source in sources if source.post is None})
    found = ((source, keys.get(source.path, source.ident)) for source in sources)
    return [source if key == source.ident else replace(source, ident=key) for source, key in found]


def opened_too(source: PostAtHead, contents: Mapping[Sha, bytes]) -> PostAtHead:
    """A file, with its text where that was read."""
    return replace(source, post=parse(source.path, contents[source.blob])) if source.blob in contents else source


def unchanged(entry: TreeEntry, agreed: Agreement) -> PostAtHead:
    """A file whose content is the agreed one, wherever it lies now."""
    return PostAtHead(entry.path, entry.sha, agreed.id.lower(), agreed.says, draft=False, post=None)


def file_to_read(entry: TreeEntry, contents: Mapping[Sha, bytes]) -> PostAtHead:
    """A file that has to be read. Raises PostFileError."""
    if not entry.mode.startswith("100"):
        raise PostFileError(
            entry.path, 0, _("This post file is a symbolic link or a submodule."), _("Put the text itself there.")
        )
    if contents[entry.sha].startswith(LFS):
        raise pointer(entry.path)
    post = parse(entry.path, contents[entry.sha])
    return PostAtHead(entry.path, entry.sha, post.front.id.lower(), fields_of(post.front), post.front.draft, post)


def pointer(path: str) -> PostFileError:
    """The error for a post file of which git holds only a pointer of Git LFS."""
    return PostFileError(
        path,
        1,
        _("In git, this post file is only a Git LFS pointer."),
        _("Take *.md out of Git LFS (.gitattributes), then commit the file again: git add --renormalize posts."),
    )


def fields_of(front: FrontMatter) -> Fields:
    """The fields in a file's front matter."""
    return Fields(front.says)


def desired(source: PostAtHead, settings: Settings) -> Fields:
    """The fields that a file asks for: its own, and its folder's category where it names none."""
    category = source.says.category
    return source.says if category is not None else source.says.but(category=settings.category_of(source.path))


def chart(
    tree: Mapping[str, TreeEntry],
    sources: Iterable[PostAtHead],
    bookmark: Bookmark,
    style: str,
    settings: Settings,
    beside: Mapping[str, tuple[str, str]],
) -> Atlas:
    """Where posts, topics and uploads are, before the push. A deleted topic whose file is back comes back, too.

    A translation (`beside`) is where its original is: readers are shown theirs there.
    """
    sources = tuple(sources)
    own = {source.path: source.ident for source in sources}
    ids = {path: own[original] for path, (original, _locale) in beside.items() if original in own} | own
    here = {source.ident for source in sources if not source.draft}
    living = [a for a in bookmark.agreed.values() if a.withdrawn != "delete"]
    return Atlas(
        ids=ids,
        files={
            path: entry.sha
            for path, entry in tree.items()
            if path not in ids and path not in beside and entry.mode.startswith("100")
        },
        topics={
            a.id.lower(): (a.topic, a.post)
            for a in bookmark.agreed.values()
            if a.withdrawn != "delete" or a.id.lower() in here
        },
        bodies={},
        uploads={
            used.blob: StoredUpload(used.url, used.width, used.height)
            for a in living
            for used in (*a.used.values(), *(each for one in a.translations.values() for each in one.used.values()))
            if used.blob and used.url
        },
        anchors=style,
        moved={a.path: a.id.lower() for a in bookmark.agreed.values() if a.path not in tree},
        root=settings.root,
        home=settings.url,
        siblings=siblings([one.path for one in sources if not one.draft], settings),
    )


def open_moved(repo: Repo, sources: list[PostAtHead], bookmark: Bookmark, atlas: Atlas) -> list[PostAtHead]:
    """Open the unchanged files whose links or images need another look, now or once this push created topics."""
    coming = {source.ident for source in sources if source.ident not in bookmark.agreed and not source.draft}
    closed = [(source, bookmark.agreed[source.ident]) for source in sources if source.post is None]
    stale = {source.blob for source, agreed in closed if needs_look(source.path, agreed, atlas, coming)}
    contents = dict(repo.blobs(sorted(stale)))
    return [opened_too(source, contents) for source in sources]


def linked(
    repo: Repo,
    tree: Mapping[str, TreeEntry],
    sources: Iterable[PostAtHead | TranslationAtHead],
    atlas: Atlas,
    beside: Container[str],
) -> dict[str, PostFile]:
    """The unchanged post files that opened ones link to: their headings name the anchors."""
    open_paths = {source.path for source in sources if source.post}
    wanted = {
        where.path
        for source in sources
        if source.post
        for destination in destinations(source.post.body)
        if isinstance(where := atlas.resolve(source.path, destination.url), Local)
        and where.path in atlas.ids
        and where.path not in beside
    } - open_paths
    contents = dict(repo.blobs(tree[path].sha for path in sorted(wanted)))
    return {path: parse(path, contents[tree[path].sha]) for path in sorted(wanted)}


def bodies(sources: Iterable[PostAtHead]) -> dict[str, str]:
    """Id -> body of the opened files."""
    return {source.ident: source.post.body for source in sources if source.post}


def with_images(repo: Repo, world: World) -> World:
    """Add the sizes of the files that opened posts use, and which of them are only Git LFS pointers."""
    posts: list[PostAtHead | TranslationAtHead] = [*world.sources, *world.translations]
    paths = {
        where.path
        for source in posts
        if source.post
        for destination in destinations(source.post.body)
        if isinstance(where := world.atlas.resolve(source.path, destination.url), Local)
        and where.path in world.atlas.files
    }
    sizes = repo.sizes(world.tree[path].sha for path in paths)
    small = {path for path in paths if sizes.get(world.tree[path].sha, 0) < 1024}
    contents = dict(repo.blobs(world.tree[path].sha for path in sorted(small)))
    pointers = frozenset(path for path in small if contents[world.tree[path].sha].startswith(LFS))
    return replace(world, sizes={path: sizes[world.tree[path].sha] for path in paths}, lfs=pointers)


def with_agreed(repo: Repo, world: World) -> World:
    """Add the bodies of the agreed files of those sources that are open: the base of the dialect's merge."""
    agreed = world.bookmark.agreed
    wanted = {
        source.ident: agreed[source.ident].blob for source in world.sources if source.post and source.ident in agreed
    }
    contents = dict(repo.blobs(wanted.values()))
    posts = {ident: parse(agreed[ident].path, contents[Sha(blob)]) for ident, blob in wanted.items()}
    despite = frozenset(ident for ident, post in posts.items() if post.front.draft and not agreed[ident].withdrawn)
    return replace(world, before={ident: post.body for ident, post in posts.items()}, despite=despite)


def with_history(repo: Repo, settings: Settings, world: World, *, network: bool) -> World:
    """Add which agreed blobs HEAD's history holds, asked only for files that differ from what was agreed."""
    here = {source.ident: source for source in world.sources}
    in_question = {
        a.blob
        for ident, a in world.bookmark.agreed.items()
        if not a.withdrawn and (ident not in here or here[ident].blob != a.blob or here[ident].draft)
    }
    spoken = {(one.ident, one.locale): one.blob for one in world.translations}
    in_question |= {
        one.blob
        for ident, a in world.bookmark.agreed.items()
        for locale, one in (a.translations.items() if ident in here else ())
        if spoken.get((ident, locale)) != one.blob
    }
    ahead = repo.in_history(in_question, world.head, settings.posts) if in_question else set()
    if in_question - ahead and repo.is_shallow() and network and deepened(repo, settings):
        ahead = repo.in_history(in_question, world.head, settings.posts)
    return replace(world, ahead=frozenset(ahead), shallow=bool(in_question - ahead) and repo.is_shallow())


def deepened(repo: Repo, settings: Settings) -> bool:
    """Fetch the history that a shallow clone lacks, where the git remote gives it."""
    if not repo.has_remote(settings.remote):
        return False
    try:
        repo.deepen(settings.remote)
    except GitError:
        return False  # The posts in question are refused, and told that the history is missing.
    return True
