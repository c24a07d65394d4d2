"""The people whom an export names, so that it lists them and nobody else."""

from collections.abc import Iterable, Iterator

from koweb_sync.archive.read.model import ArchivedPerson, ArchivedPost, ArchivedTopic, ArchivedTranslation


class Met:
    """Notes people by number."""

    def __init__(self) -> None:
        self.people: dict[int, ArchivedPerson] = {}

    def topic(self, one: ArchivedTopic) -> None:
        """Whoever opened a topic."""
        self.note(one.person)
        for change in one.earlier:
            self.note(change.editor)
        self.translators(one.translations)

    def post(self, one: ArchivedPost) -> None:
        """Everybody in a post."""
        self.note(one.author)
        for like in one.likes:
            self.note(like.person)
        for pointer in one.pointers:
            self.note(pointer.person)
        for version in one.versions:
            self.note(version.editor)
        self.translators(one.translations)
        for poll in one.polls:
            for option in poll.options:
                for person in option.people:
                    self.note(person)

    def translators(self, found: Iterable[ArchivedTranslation]) -> None:
        """Who put something into another language."""
        for one in found:
            self.note(one.by)

    def note(self, person: ArchivedPerson | None) -> None:
        """Somebody."""
        if person is not None:
            self.people.setdefault(person.id, person)

    def __iter__(self) -> Iterator[ArchivedPerson]:
        for ident in sorted(self.people):
            yield self.people[ident]
