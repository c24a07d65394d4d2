"""Where the links of a note lead once everything has its new place. Pure."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from koweb_sync.i18n import _
from koweb_sync.importing.convert import NoteFolder
from koweb_sync.importing.remove_links import without_dead_links
from koweb_sync.importing.titles import TitleHeading
from koweb_sync.posts.anchors import headings
from koweb_sync.posts.dialect import anchors, destinations
from koweb_sync.posts.ids import PostId
from koweb_sync.posts.link_targets import LinkTarget
from koweb_sync.posts.paths import External, Local, Reason, Refused, Resolved, SelfAnchor, relative, resolve
from koweb_sync.posts.translate import to_forum


@dataclass(slots=True)
class Places:
    """Of each note and file of the folder, by its path there: `where` it will be, `bodies` what notes say, `lost` the
    heading that became a note's title; `notes` are all of them. `stays(note, url)`: whether a destination leads to
    something else that is there. `used`: what each note that was linked leads to.
    """

    where: Mapping[str, str]
    bodies: Mapping[str, str]
    lost: Mapping[str, TitleHeading | None]
    notes: NoteFolder
    stays: Callable[[str, str], bool]
    used: dict[str, set[str]] = field(default_factory=dict)
    known: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def anchor(self, path: str, fragment: str) -> bool:
        """Whether a note has a heading."""
        if path not in self.known:
            self.known[path] = anchors(self.bodies.get(path, ""), PostId(1), "plain")
        return fragment in self.known[path]

    def top(self, path: str, fragment: str) -> bool:
        """Whether a heading became the title, so that a link to it leads to the post."""
        lost = self.lost.get(path)
        if lost is None:
            return False
        return fragment == lost.anchor or fragment in {one.fragment for one in headings(f"# {lost.words}")}

    def find(self, path: str, url: str) -> Resolved:
        """What a destination in the note at `path` leads to. One from the root of a site is looked for in the folder:
        were it left as it is, it would lead to a page of the forum.
        """
        found = resolve(path, url)
        if isinstance(found, SelfAnchor):
            return Local(path, found.fragment)
        if isinstance(found, Local) and found.path in self.where:
            return found
        place, _sign, fragment = html.unescape(url).strip().partition("#")
        rooted = place.startswith("/") and not place.startswith("//")
        if place and (rooted or not isinstance(found, External)):
            name = unquote(place.partition("?")[0])
            other = self.notes.leads_to(name, path)
            return Local(other, unquote(fragment) or None) if other else Refused(Reason.ABSOLUTE)
        return found


def linked(path: str, body: str, places: Places) -> tuple[str, list[tuple[int, str]], set[str]]:
    """The body of the note at `path` with its destinations as its post file needs them. And what could not be kept,
    with the line: headings that it names in vain, and links to nothing, of which only the words stay. And the latter.
    """
    new: dict[str, LinkTarget] = {}
    broken: list[tuple[int, str]] = []
    dead: set[str] = set()
    used = places.used.setdefault(path, set())
    for one in destinations(body):
        found = places.find(path, one.url)
        if isinstance(found, Local) and found.path in places.where:
            used.add(found.path)
            url, words = destination(path, found, one.url, places)
            new[one.url] = LinkTarget(url, "")
        elif isinstance(found, External) or places.stays(path, one.url):
            continue
        else:
            dead.add(one.url)
            words = removed_link(one.url)
        broken += [(one.line, words)] if words else []
    moved = to_forum(body, {url: target for url, target in new.items() if url != target.url})
    return without_dead_links(moved, dead) if dead else moved, broken, dead


def removed_link(url: str) -> str:
    """What is said of a destination that is taken out of a text."""
    return _("“{url}” leads to nothing that is imported: only its words stay.").format(url=url)


def destination(path: str, found: Local, url: str, places: Places) -> tuple[str, str]:
    """The destination that leads to a note or file in its new place; and what is the matter with its heading."""
    place = "" if found.path == path else relative(places.where[path], places.where[found.path])
    fragment, words = found.fragment or "", ""
    if found.path in places.bodies and fragment and not places.anchor(found.path, fragment):
        if not places.top(found.path, fragment):
            words = _("There is no heading “{fragment}” in {path}: the link leads to its top.")
            words = words.format(fragment=fragment, path=found.path)
        fragment = ""
    end = f"#{url.partition('#')[2]}" if fragment else "" if place else "#"
    return f"{place}{end}", words
