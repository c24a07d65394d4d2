"""What a post file will say, from what a file of another tool says about itself. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath

from koweb_sync.i18n import _
from koweb_sync.importing.convert import ConversionProblem
from koweb_sync.importing.metadata import Metadata, Value
from koweb_sync.importing.written_dates import moment
from koweb_sync.posts.document import ID
from koweb_sync.posts.lint import Rules
from koweb_sync.posts.tags import stored
from koweb_sync.posts.unpublished_keys import Kind, among_drafts, kept_back, set_apart, yes_or_no
from koweb_sync.safe_text import unbroken

TITLES = ("title", "titre", "bf_titre")
TAGS, CATEGORIES = ("tags", "tag", "taxonomies.tags"), ("category", "categories", "taxonomies.categories")
NAMES = ("aliases", "alias")
# The day of a text: of these the first that is a date.
DATES = (
    *("date", "created", "created_at", "created-at", "date created", "date_created", "creation_date", "datetime"),
    *("published_at", "publishdate", "pubdate", "published", "bf_date_creation", "date_creation_fiche"),
)
FLAGS = ("draft", "published", "publish", "brouillon")
_GAP = re.compile(r"\{\{[^{}]{1,200}\}\}|<%[^<>]{1,200}%>")  # of a template: Obsidian's own, Templater's
_DATED = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?=\D|$)")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file says: "" and () where it says nothing.

    All of it as it stands there, but for `created`, which is in ISO 8601. `categories` are names; where one text may be
    one name or several, the whole comes first. `names`: others under which links find it. `kept` is what means nothing
    to koweb, or could not be taken whole.
    """

    title: str = ""
    id: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    created: str = ""
    draft: bool = False
    names: tuple[str, ...] = ()
    kept: Mapping[str, Value] = field(default_factory=dict)
    problems: tuple[ConversionProblem, ...] = ()


def propose(path: str, said: Metadata, now: datetime) -> Proposal:
    """What to make of a file's front matter and of its place. `now` is aware: what lies after it is no date yet."""
    values = ReadFrontMatter(said.values)
    title, ident = unbroken(values.text(TITLES)).strip(), values.text(("id",), ID.fullmatch)
    created = created_of(path, values, now)
    held = kept_back(said.values, now)
    unsure = [sign for sign in held if sign.kind is not Kind.DRAFT]
    problems = [*said.problems, *(becomes_a_draft(str(sign)) for sign in unsure)]
    values.settled()
    return Proposal(
        title=title,
        id=ident,
        categories=tuple(dict.fromkeys(values.words(CATEGORIES))),
        tags=tuple(dict.fromkeys(values.words(TAGS))),
        created=created,
        draft=bool(held or among_drafts(path)),
        names=tuple(values.names()),
        kept=values.rest(),
        problems=tuple(problems),
    )


def becomes_a_draft(said: str) -> ConversionProblem:
    """What to say where something makes it doubtful that everybody is to see a text."""
    text = _("“{said}”: perhaps not everybody is to see this now, so it becomes a draft.")
    return ConversionProblem(1, text.format(said=said))


def publishing_doubts(path: str, tags: Iterable[str], texts: Iterable[str]) -> Iterator[str]:
    """What makes it doubtful beside the keys: a folder or a tag such as `privé`; in `texts`, the title and the values
    of the front matter, a gap that the tool fills when somebody makes a note of its template.
    """
    yield from (f"{part}/" for part in PurePosixPath(path).parts[:-1] if set_apart(part))
    yield from (f"#{tag.lstrip('#')}" for tag in tags if set_apart(tag.lstrip("#")))
    yield from (unbroken(found[0]) for text in texts if (found := _GAP.search(text)))


class ReadFrontMatter:
    """The values of a front matter, looked up by their names in small letters; `taxonomies.tags` lies in a mapping.
    `used`: what was understood.
    """

    def __init__(self, values: Mapping[str, Value]) -> None:
        self.values = values
        self.flat: dict[str, Value] = {}
        self.used: set[str] = set()
        for key, value in values.items():
            self.flat.setdefault(key.casefold(), value)
            if isinstance(value, Mapping):
                for below, one in value.items():
                    self.flat.setdefault(f"{key}.{below}".casefold(), one)

    def text(self, names: Iterable[str], fits: Callable[[str], object] = bool) -> str:
        """The first of some keys that is one text which fits; "" where none is."""
        for name in names:
            value = self.flat.get(name)
            if isinstance(value, str) and fits(value.strip()):
                self.used.add(name)
                return value.strip()
        return ""

    def words(self, names: Iterable[str]) -> Iterator[str]:
        """The words of lists, in whatever form: `[a, b]`, `a, b`, `a b`, `#a #b`; of `categories: a b`, which may be
        one name, the whole too.
        """
        for name in names:
            value = self.flat.get(name, "")
            if isinstance(value, Mapping):
                continue
            self.used.add(name)
            if not isinstance(value, str):
                yield from (one.strip() for one in value if isinstance(one, str) and one.strip())
                continue
            if name in CATEGORIES and value.strip():
                yield value.strip()
            if name != "category":
                yield from parted(value)

    def names(self) -> Iterator[str]:
        """What else a file is called; they stay among what is kept."""
        for name in NAMES:
            value = self.flat.get(name, "")
            items = value.split(",") if isinstance(value, str) else value if isinstance(value, Sequence) else ()
            yield from (one.strip() for one in items if isinstance(one, str) and one.strip())

    def settled(self) -> None:
        """Keys that say yes or no about being published are understood."""
        self.used |= {name for name in FLAGS if yes_or_no(str(self.flat.get(name, "?"))) is not None}

    def rest(self) -> dict[str, Value]:
        """What means nothing to koweb."""
        found: dict[str, Value] = {}
        for key, value in self.values.items():
            if key.casefold() in self.used:
                continue
            if isinstance(value, Mapping):
                below = {name: one for name, one in value.items() if f"{key}.{name}".casefold() not in self.used}
                found |= {key: below} if below else {}
            elif value:
                found[key] = value
        return found


def parted(text: str) -> list[str]:
    """The words of a list that is written as one text: at its commas, else at its blanks."""
    items = re.split("[,;]", text) if re.search("[,;]", text) else text.split()
    return [one.strip(" \t[]\"'") for one in items if one.strip(" \t[]\"'")]


def created_of(path: str, said: ReadFrontMatter, now: datetime) -> str:
    """When a text was written: its front matter knows, else its name, as Jekyll's `2024-01-02-title.md`. No day that is
    still to come, which no topic can have.
    """
    stem = _DATED.match(PurePosixPath(path).stem)
    for name, text in (*((name, said.flat.get(name)) for name in DATES), ("", stem[1] if stem else "")):
        found = moment(text) if isinstance(text, str) else ""
        if found:
            when = datetime.fromisoformat(found)
            if (when if when.tzinfo else when.replace(tzinfo=UTC)) <= now:
                said.used.add(name)
                return found
    return ""


# ---- tags


def tags_of(said: Iterable[str], rules: Rules) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tags as the forum will store them, each once, as many and as long as it takes; and those that it does not take.

    `projet/jardin`, as Obsidian nests tags, becomes `projet-jardin`.
    """
    found: dict[str, str] = {}
    for tag in said:
        spelt = stored(tag.strip().lstrip("#").replace("/", "-"))
        if spelt:
            found.setdefault(spelt, tag)
    fit = [spelt for spelt in found if len(spelt) <= rules.tag_length_max]
    kept = fit[: rules.tags_max]
    return tuple(kept), tuple(tag for spelt, tag in found.items() if spelt not in kept)
