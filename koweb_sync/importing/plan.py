"""What an import will write: one post file for each note, and the files that it shows. Decided before anything is."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _
from koweb_sync.importing import paths_and_ids
from koweb_sync.importing.convert import ConversionProblem, NoteFolder
from koweb_sync.importing.converted_notes import ConvertedNote, ReadNote, converted, read_note
from koweb_sync.importing.dialects.destinations import unresolved_link
from koweb_sync.importing.folder import FolderContents, LeftOut, Unreadable
from koweb_sync.importing.links import Places, linked, removed_link
from koweb_sync.importing.paths_and_ids import TakenNames
from koweb_sync.importing.post_text import Facts, composed
from koweb_sync.importing.relink_posts import Relinked, relinked
from koweb_sync.importing.target import ImportTarget
from koweb_sync.importing.unique_names import Unique
from koweb_sync.posts.document import PostFile, parse
from koweb_sync.posts.lint import UNSURE, Around, PathEntry, check
from koweb_sync.posts.paths import External, Local, resolve


@dataclass(frozen=True, slots=True)
class Item:
    """A note and the post file that it becomes. `data` is the whole file; `replaced`: it takes the note's own place;
    `removed`: the note goes, for its file has another name now. `problems` name lines of the note.
    """

    source: str
    path: str
    digest: str
    facts: Facts
    data: bytes
    problems: tuple[ConversionProblem, ...] = ()
    replaced: bool = False
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture or an attachment, and where it goes."""

    source: str
    path: str


@dataclass(frozen=True, slots=True)
class AlreadyImported:
    """A note that is imported already. `changed`: it has another text now, which is not taken over."""

    source: str
    path: str
    digest: str
    changed: bool


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """All that an import does, in that order: copies, then items. `left` is what it does not take, with the reasons.
    `over`: notes that a run which was cut off replaced by files of another name, and did not take away any more.
    `relinked`: post files that get other links.
    """

    items: tuple[Item, ...]
    copies: tuple[Copy, ...]
    done: tuple[AlreadyImported, ...]
    left: tuple[LeftOut, ...]
    over: tuple[AlreadyImported, ...] = ()
    relinked: tuple[Relinked, ...] = ()


def plan(found: FolderContents, target: ImportTarget, watch: Callable[[str], None] = lambda _path: None) -> ImportPlan:
    """Decide what becomes of everything in a folder. `watch` hears the path of each note that was read."""
    return ImportPlanner(found, target, watch).plan()


@dataclass(slots=True)
class ImportPlanner:
    """One decision. `texts`: converted notes, as far as no note that they link to turned out to be none."""

    found: FolderContents
    target: ImportTarget
    watch: Callable[[str], None]
    left: list[LeftOut] = field(default_factory=list)
    done: dict[str, AlreadyImported] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    texts: dict[str, ConvertedNote] = field(default_factory=dict)
    posts: dict[str, PostFile] = field(default_factory=dict)

    def plan(self) -> ImportPlan:
        """All of it. What cannot be a post is left out, and all others are looked at again without it."""
        self.left = list(self.found.left)
        self.posts = {post.path: post for post in self.target.posts}
        notes = self.notes()
        self.files = {path: size for path, size in self.found.files.items() if self.usable(path, size)}
        while True:
            items, places = self.items(notes)
            refused = self.refused(items, places)
            if not refused:
                break
            self.left += refused
            gone = {one.path for one in refused}
            notes = [note for note in notes if note.path not in gone]
            self.texts = {path: text for path, text in self.texts.items() if not gone & places.used.get(path, gone)}
        copies = self.copies(items, places)
        self.unused(places)
        order = sorted(self.left, key=lambda one: one.path)
        done, again = tuple(self.done.values()), tuple(self.relinked(places))
        return ImportPlan(tuple(items), copies, done, tuple(order), tuple(self.over()), again)

    def over(self) -> Iterator[AlreadyImported]:
        """Notes in their place whose post files lie beside them, made of just this text."""
        for path, one in self.done.items() if self.target.in_place else ():
            own = PurePosixPath(self.target.place, path)
            if PurePosixPath(one.path).parent == own.parent and one.path != str(own) and not one.changed:
                yield one

    def relinked(self, places: Places) -> Iterator[Relinked]:
        """The post files in the folder that get ordinary links."""
        for one in self.done.values() if self.target.links else ():
            own = str(PurePosixPath(self.target.place, one.source))
            found = relinked(self.posts[own], one.source, one.digest, places) if one.path == own else None
            if found:
                yield found

    # ---- what there is

    def notes(self) -> list[ReadNote]:
        """The notes that can be read; those that are imported already are noted."""
        notes = []
        for source in self.found.notes:
            try:
                note = read_note(source, self.target.now)
            except Unreadable as error:
                self.left.append(LeftOut(source.path, str(error), text=True))
                continue
            known = self.known(note)
            if known:
                self.done[note.path] = known
            notes.append(note)
        return notes

    def known(self, note: ReadNote) -> AlreadyImported | None:
        """Whether a note was imported before: from this folder, or as a post file that it is itself."""
        target, digest = self.target, note.source.digest
        if target.in_place:
            path = str(PurePosixPath(target.place, note.path))
            if path in self.posts:
                return AlreadyImported(note.path, path, digest, changed=False)
        below = "" if target.place == "." else f"{target.place}/"
        found = target.origins.get(f"{target.name}/{note.path}", ())
        for one in found:
            if one.digest == digest:
                return AlreadyImported(note.path, one.path, digest, changed=False)
        near = next((one for one in found if one.path.startswith(below)), None)
        return AlreadyImported(note.path, near.path, digest, changed=True) if near else None

    def left_files(self) -> list[str]:
        """The files that are not imported, as far as it is known."""
        return [one.path for one in self.left if not one.path.endswith("/")]

    def usable(self, path: str, size: int) -> bool:
        """Whether the forum takes a file; one that it does not take is named."""
        rules = self.target.rules
        suffix = PurePosixPath(path).suffix.lstrip(".").lower()
        if not self.target.sure or self.target.in_place:
            return True
        reason = ""
        if suffix not in rules.extensions and "*" not in rules.extensions:
            reason = _("The forum does not take such files.")
        elif size > max(rules.image_bytes_max, rules.attachment_bytes_max):
            reason = _("It has {n} kB, which is more than the forum takes.").format(n=size // 1024)
        if reason:
            self.left.append(LeftOut(path, reason))
        return not reason

    # ---- what becomes of it

    def items(self, notes: Sequence[ReadNote]) -> tuple[list[Item], Places]:
        """The post files, and where everything is."""
        folder = NoteFolder([note.linkable for note in notes], self.files, self.found.sizes, self.left_files())
        for note in notes:
            if note.path not in self.texts and note.path not in self.done:
                self.texts[note.path] = converted(note, folder, self.target.rules)
                self.watch(note.path)
        fresh = [note for note in notes if note.path not in self.done]
        facts = Unique(self.target).all(fresh, self.texts)
        places = self.places(facts, folder)
        return [self.item(note, *facts[note.path], places) for note in fresh], places

    def places(self, facts: Mapping[str, tuple[str, Facts]], notes: NoteFolder) -> Places:
        """Where each note and each file will be."""
        target = self.target
        where = {path: place for path, (place, _facts) in facts.items()}
        where |= {path: one.path for path, one in self.done.items()}
        taken = TakenNames((*target.paths, *where.values()))
        for path in self.files:
            if target.in_place:
                where[path] = str(PurePosixPath(target.place, path))
            else:
                names = paths_and_ids.copies(target.place, path)
                where[path] = next(one for one in names if taken.free(one) or target.holds(path, one))
                taken.names.add(where[path].casefold())
        bodies: dict[str, str] = {path: self.texts[path].body for path in facts}
        bodies |= {path: self.posts[one.path].body for path, one in self.done.items() if one.path in self.posts}
        return Places(where, bodies, {path: self.texts[path].lost for path in facts}, notes, self.stays)

    def stays(self, path: str, url: str) -> bool:
        """Whether a destination leads to a page of a forum below a path, or to a file outside of the folder, which
        only notes in their place have.
        """
        target = self.target
        found = resolve(str(PurePosixPath(target.place, path)), url, target.rules.base_path, root=target.settings.root)
        below = target.rules.base_path
        on_forum = bool(below) and isinstance(found, External) and url.startswith(f"{below}/")
        return on_forum or (target.in_place and isinstance(found, Local) and found.path in target.entries)

    def item(self, note: ReadNote, path: str, facts: Facts, places: Places) -> Item:
        """One post file."""
        text = self.texts[note.path]
        body, broken, dead = linked(note.path, text.body, places)
        instead = {unresolved_link(url): removed_link(url) for url in dead}
        said = {replace(one, text=instead.get(one.text, one.text)) for one in text.problems}
        problems = [*note.problems, *said, *facts.problems]
        lines, named = text.skipped + note.body_line - 1, {one.text for one in said}
        problems += (ConversionProblem(line + lines, words) for line, words in broken if words not in named)
        origin = f"{self.target.name}/{note.path}"
        data = composed(facts, origin, note, body)
        own = self.target.in_place and path == str(PurePosixPath(self.target.place, note.path))
        moved = self.target.in_place and not own
        order = tuple(sorted(set(problems)))
        return Item(note.path, path, note.source.digest, facts, data, order, own, moved)

    # ---- what cannot be

    def refused(self, items: Sequence[Item], places: Places) -> list[LeftOut]:
        """Notes that make no post which the check takes; each with the first reason."""
        posts: list[PostFile] = []
        found: dict[str, str] = {}
        sources = {item.path: item.source for item in items}
        for item in items:
            try:
                posts.append(parse(item.path, item.data))
            except PostFileError as error:
                found[item.source] = error.told
        if not items:
            return []
        broken = [one for one in self.target.broken if one.path not in sources]
        for problem in check(
            [*posts, *self.others(sources), *broken],
            self.entries(items, places),
            self.target.rules,
            Around(self.target.settings.root),
            self.target.now,
        ):
            if problem.path in sources and problem.error and not self.unsure(problem.code):
                found.setdefault(sources[problem.path], problem.message)
        return [LeftOut(path, reason, text=True) for path, reason in found.items()]

    def unsure(self, code: str) -> bool:
        """Whether only the forum's settings decide a problem, which nobody asked it for yet."""
        return code in UNSURE and not self.target.sure

    def others(self, mine: Mapping[str, str]) -> Iterable[PostFile]:
        """The post files that are there already; only those that were imported are linked to."""
        imported = {one.path for one in self.done.values()}
        for post in self.target.posts:
            if post.path not in mine:
                yield post if post.path in imported else replace(post, body="")

    def entries(self, items: Sequence[Item], places: Places) -> Mapping[str, PathEntry]:
        """Every path of the repository, as it will be."""
        copies = {places.where[path]: PathEntry("file", size, lfs=False) for path, size in self.files.items()}
        return {**self.target.entries, **copies, **{item.path: PathEntry("file", 1, lfs=False) for item in items}}

    # ---- files

    def copies(self, items: Sequence[Item], places: Places) -> tuple[Copy, ...]:
        """The files that are shown, and are not in their place yet."""
        if self.target.in_place:
            return ()
        used = sorted({path for item in items for path in places.used[item.source] if path in self.files})
        there = {path.casefold() for path in self.target.paths}
        return tuple(Copy(path, places.where[path]) for path in used if places.where[path].casefold() not in there)

    def unused(self, places: Places) -> None:
        """Name the files that no note shows."""
        shown = {path for paths in places.used.values() for path in paths}
        for path in self.files:
            taken = places.where[path] in self.target.paths or path in shown
            if not taken and not self.target.in_place:
                self.left.append(LeftOut(path, _("No note that is imported shows it or links to it.")))
