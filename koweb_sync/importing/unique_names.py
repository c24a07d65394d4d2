"""The titles, ids and paths of the posts that an import makes: each only once. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from koweb_sync.i18n import _
from koweb_sync.importing import paths_and_ids
from koweb_sync.importing.convert import ConversionProblem
from koweb_sync.importing.converted_notes import ConvertedNote, ReadNote
from koweb_sync.importing.paths_and_ids import TakenNames
from koweb_sync.importing.post_text import Facts
from koweb_sync.importing.proposals import becomes_a_draft, publishing_doubts, tags_of
from koweb_sync.importing.target import ImportTarget
from koweb_sync.importing.titles import (
    fitting,
    folded,
    opening_words,
    readable,
    with_short_words,
    without_shouting,
    words_of_name,
)


class Unique:
    """Titles, ids and paths, each only once. Those of notes that are imported already are theirs."""

    def __init__(self, target: ImportTarget) -> None:
        self.target = target
        self.paths = TakenNames(target.paths)
        self.ids = TakenNames(post.front.id for post in target.posts)
        self.titles = TakenNames(folded(post.front.title) for post in target.posts)

    def all(self, notes: Sequence[ReadNote], texts: Mapping[str, ConvertedNote]) -> dict[str, tuple[str, Facts]]:
        """For each note the path and the front matter of its post file. An id that a note brings is nobody else's."""
        brought = TakenNames(note.said.id for note in notes)
        return {note.path: self.one(note, texts[note.path], brought) for note in notes}

    def one(self, note: ReadNote, text: ConvertedNote, brought: TakenNames) -> tuple[str, Facts]:
        """One note."""
        target, said = self.target, note.said
        problems: list[ConversionProblem] = []
        title = self.title(note, text, problems)
        ident = self.ids.take(
            paths_and_ids.idents(said.id, text.title), lambda name: name == said.id or brought.free(name)
        )
        path = self.path(note, ident)
        category, others = target.categories.choose(said.categories, note.path, path)
        tags, dropped = tags_of((*said.tags, *text.tags, *others), target.rules)
        if dropped:
            words = _("These tags are left out, for the forum takes no more or no longer ones: {tags}.")
            problems.append(ConversionProblem(1, words.format(tags=", ".join(dropped))))
        texts = (text.title, *(value for value in said.kept.values() if isinstance(value, str)))
        unsure = [] if said.draft else [*publishing_doubts(note.path, (*said.tags, *text.tags), texts)][:1]
        problems += map(becomes_a_draft, unsure)
        kept_back = said.draft or bool(unsure)
        facts = Facts(title, ident, category, tags, said.created, kept_back, dropped, tuple(problems))
        return path, facts

    def path(self, note: ReadNote, ident: str) -> str:
        """A path for the post file."""
        target = self.target
        if not target.in_place:
            return self.paths.take(paths_and_ids.paths_for(target.place, note.path, ident))
        own = str(PurePosixPath(target.place, note.path))
        names = (str(PurePosixPath(target.place, name)) for name in paths_and_ids.in_place(note.path, ident))
        first = next(names)
        if first == own or (first.casefold() == own.casefold() and not self.beside(first, own)):
            return first
        return self.paths.take((first, *(next(names) for _number in range(1000))))

    def beside(self, path: str, own: str) -> bool:
        """Whether another file than the note itself has a path, or one that differs in capitals alone."""
        return any(one.casefold() == path.casefold() and one != own for one in self.target.paths)

    def title(self, note: ReadNote, text: ConvertedNote, problems: list[ConversionProblem]) -> str:
        """A title that the forum takes; what was done to it is said."""
        name = readable(note.path)
        whole = self.rather(text.title, name) if folded(text.title) in folded(name) else text.title
        title = fitting(
            whole, self.additions(note, text), self.target.rules, lambda name: self.titles.free(folded(name))
        )
        self.titles.take([folded(title)])
        if title != text.title:
            words = self.why(text.title).format(title=text.title, new=title, n=len(text.title))
            problems.append(ConversionProblem(1, words))
        return title

    def rather(self, title: str, name: str) -> str:
        """The file's name where it says more than a title that the forum would not take: of “Report” in
        `Report of March.md`.
        """
        taken = len(title) >= self.target.rules.title_min and self.titles.free(folded(title))
        return title if taken else name

    def additions(self, note: ReadNote, text: ConvertedNote) -> Iterator[str]:
        """What can stand behind a title: the note's folders, the first words of its text, the name of it all."""
        for part in reversed(PurePosixPath(note.path).parts[:-1]):
            if part[0] != "_":
                yield words_of_name(part)
        yield opening_words(text.body)
        yield words_of_name(self.target.name)

    def why(self, title: str) -> str:
        """Why a title is not taken as it is, in words with gaps."""
        rules = self.target.rules
        if len(title) < rules.title_min:
            return _("The title “{title}” is shorter than the forum takes it: it becomes “{new}”.")
        if len(title) > rules.title_max:
            return _("The title has {n} characters, more than the forum takes: it becomes “{new}”.")
        if with_short_words(without_shouting(title)) != title:
            return _("The forum does not take the title “{title}” as it is: it becomes “{new}”.")
        return _("Another post has the title “{title}”: it becomes “{new}”.")
