"""Where the links of a note lead once everything has its new place. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from koweb_sync.i18n import _
from koweb_sync.posts.anchors import headings
from koweb_sync.posts.dialect import anchors, destinations
from koweb_sync.posts.ids import PostId
from koweb_sync.posts.paths import Local, SelfAnchor, relative, resolve
from koweb_sync.posts.target import Target
from koweb_sync.posts.translate import to_forum


@dataclass(slots=True)
class Places:
    """Of each note and file of the folder, by its path there: `where` it will be, `bodies` what notes say, `lost` the
    heading that became a note's title. `used`: what each note that was linked leads to.
    """

    where: Mapping[str, str]
    bodies: Mapping[str, str]
    lost: Mapping[str, str]
    used: dict[str, set[str]] = field(default_factory=dict)
    known: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def anchor(self, path: str, fragment: str) -> bool:
        """Whether a note has a heading."""
        if path not in self.known:
            self.known[path] = anchors(self.bodies.get(path, ""), PostId(1), "plain")
        return fragment in self.known[path]

    def top(self, path: str, fragment: str) -> bool:
        """Whether a heading became the title, so that a link to it leads to the post."""
        lost = self.lost.get(path, "")
        return bool(lost) and fragment in {one.fragment for one in headings(f"# {lost}")}


def linked(path: str, body: str, places: Places) -> tuple[str, list[tuple[int, str]]]:
    """The body of the note at `path` with its destinations as its post file needs them; and which headings it names in
    vain, with their lines.
    """
    new: dict[str, Target] = {}
    broken: list[tuple[int, str]] = []
    used = places.used.setdefault(path, set())
    for one in destinations(body):
        found = resolve(path, one.url)
        if isinstance(found, SelfAnchor):
            found = Local(path, found.fragment)
        if not isinstance(found, Local) or found.path not in places.where:
            continue
        used.add(found.path)
        place = "" if found.path == path else relative(places.where[path], places.where[found.path])
        fragment = found.fragment or ""
        if found.path in places.bodies and fragment and not places.anchor(found.path, fragment):
            if not places.top(found.path, fragment):
                words = _("There is no heading “{fragment}” in {path}: the link leads to its top.")
                broken.append((one.line, words.format(fragment=fragment, path=found.path)))
            fragment = ""
        end = f"#{one.url.partition('#')[2]}" if fragment else "" if place else "#"
        new[one.url] = Target(f"{place}{end}", "")
    return to_forum(body, {url: target for url, target in new.items() if url != target.url}), broken
