"""Which category a note goes into. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from koweb_sync.config import Settings
from koweb_sync.posts.document import new_id

CategoryName = str | int


@dataclass(frozen=True, slots=True)
class Categories:
    """The categories that are known, by all their names, and the one for notes that say nothing."""

    settings: Settings
    default: CategoryName | None = None
    known: Mapping[str, CategoryName] = field(default_factory=dict)

    def choose(self, said: Sequence[str], source: str, path: str) -> tuple[CategoryName | None, tuple[str, ...]]:
        """The category to write into the post file at `path` for a note at `source`, None where koweb.toml says it for
        the folder; and the names in `said` that are none: they are tags.

        First what the note says, then koweb.toml about the folder, then a folder of the note's that is called like a
        category, then the default.
        """
        chosen = next((self.known[compared_name(name)] for name in said if compared_name(name) in self.known), None)
        others = tuple(name for name in said if compared_name(name) not in self.known)
        whole = {name for name in others if " " in name and set(name.replace(",", " ").split()) <= set(said)}
        folder = self.settings.category_of(path)
        if chosen is None:
            chosen = self.by_folder(source, path)
        return None if chosen == folder else chosen, tuple(name for name in others if name not in whole)

    def by_folder(self, source: str, path: str) -> CategoryName | None:
        """The category of a note that names none."""
        folder = PurePosixPath(path).relative_to(self.settings.posts).parent
        names = [str(one) for one in (folder, *folder.parents) if str(one) != "."]
        if any(name in self.settings.categories for name in names):
            return self.settings.category_of(path)
        for part in reversed(PurePosixPath(source).parts[:-1]):
            if compared_name(part) in self.known:
                return self.known[compared_name(part)]
        return self.default if self.default is not None else self.settings.category_of(path)


def compared_name(name: str) -> str:
    """A name of a category as it is compared."""
    return new_id(name)


def by_name(categories: Iterable[tuple[str, str, int]], settings: Settings) -> dict[str, CategoryName]:
    """Names, slugs, slug paths and numbers of categories -> how a front matter says them; names that two have are left
    out. `categories`: (slug path, name, number) of those that the forum is known to have.
    """
    found: dict[str, set[CategoryName]] = {}
    for path, name, number in categories:
        for word in (path, path.rsplit("/", 1)[-1], name, str(number)):
            found.setdefault(compared_name(word), set()).add(path)
    for category in settings.categories.values():
        for word in (str(category), str(category).rsplit("/", 1)[-1]):
            found.setdefault(compared_name(word), set()).add(category)
    return {word: next(iter(some)) for word, some in found.items() if len(some) == 1 and word != "post"}
