"""Where Markdown's own links and pictures lead: to files of the folder, as a site or a garden wrote them."""

import re
from html import unescape
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from koweb_sync.i18n import _
from koweb_sync.importing.dialects.addresses import address
from koweb_sync.importing.dialects.liquid import destination
from koweb_sync.importing.dialects.page import FILL, NotePage
from koweb_sync.importing.dialects.wikilinks import picture_size
from koweb_sync.posts.markdown import Form, Label, Place
from koweb_sync.posts.paths import ROUTES

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|$")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_FILM = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtube\.com/watch|youtu\.be/|vimeo\.com/\d|twitter\.com/|x\.com/\w+/status/)"
)
_WIDTH = re.compile(r"\\?\|\s*(\d{1,4})\s*$")
_IMSIZE = re.compile(r"!\[(?P<label>[^\[\]\n]*+)\]\((?P<url>[^\s()]++)[ ]+=(?P<width>\d{0,4})x(?P<height>\d{0,4})\)")
_BLANKS = re.compile(rf"(?<=\]\()(?P<url>[^\s()<>\"'{FILL}][^()<>\"\n{FILL}]*+)(?=\))")


def destinations(page: NotePage) -> None:
    """Every destination becomes a path from the note to the file, where there is one."""
    for place in page.links.places:
        _place(page, place)
    for label in page.links.labels:
        width = _WIDTH.search(page.text[label.start : label.end]) if label.image else None
        if width:
            path = page.notes.leads_to(_decoded(label.url).partition("#")[0], page.path) or label.url
            size = picture_size(page, label.start, path, int(width[1]), 0)
            bar = "\\|" if label.cell else "|"
            page.replace((label.start + width.start(), label.start + width.end(), f"{bar}{size}" if size else ""))
        elif label.image and _FILM.match(label.url):
            _film(page, label)
    for found in page.matches(_IMSIZE):
        _imsize(page, found)
    page.done()
    for found in page.matches(_BLANKS):
        file = page.notes.leads_to(unquote(found["url"]).strip(), page.path)
        if file and " " in found["url"]:
            page.uses(file)
            page.replace((found.start(), found.end(), address(page.path, file)))
    page.done()


def _place(page: NotePage, place: Place) -> None:
    url = destination(page, place.url) if "{" in place.url else place.url
    new = url if place.form is Form.AUTOLINK or _ELSEWHERE.match(url) else _led(page, place, url)
    if new == place.url or (place.form is Form.BARE and re.search(r"[\s\"'=<>`]", new)):
        return
    page.replace((place.start, place.end, new or "<>"))


def _led(page: NotePage, place: Place, url: str) -> str:
    """The destination as it is to be written; as it is where it leads to no file."""
    written, hash_sign, fragment = url.partition("#")
    name = _decoded(written.partition("?")[0])
    path = page.notes.leads_to(name, page.path) if name.strip("/.") or name.startswith("..") else None
    path = path or (page.notes.leads_to(name.replace("\\", "/"), page.path) if "\\" in name else None)
    if path is None:
        if not _on_a_forum(name):
            page.problem(place.start, unresolved_link(place.url))
        return url
    page.uses(path)
    return url if _exact(page, name, path) else address(page.path, path) + hash_sign + fragment


def unresolved_link(url: str) -> str:
    """What is said of a destination that nothing is found for, while it stays."""
    return _("“{url}” leads to no file of the folder. It is left as it is.").format(url=url)


def _exact(page: NotePage, name: str, path: str) -> bool:
    """Whether a name is the file's own path from here."""
    return not name.startswith("/") and normpath(join(dirname(page.path), name)) == path and not name.endswith("/")


def _on_a_forum(name: str) -> bool:
    return name == "/" or (name.startswith("/") and re.split(r"[/?#.]", name[1:], maxsplit=1)[0] in ROUTES)


def _decoded(url: str) -> str:
    return unquote(_ESCAPED.sub(r"\1", unescape(url)))


def _film(page: NotePage, label: Label) -> None:
    """A picture whose address is a film's or a message's, as Obsidian embeds them: its address, or a link to it."""
    end = label.end + 2 + len(label.url)
    if page.text[label.end : end + 1] == f"]({label.url})":
        words = page.text[label.start : label.end]
        page.replace((label.start - 2, end + 1, f"[{words}]({label.url})" if words.strip() else label.url))


def _imsize(page: NotePage, found: re.Match[str]) -> None:
    """`![x](a.png =300x200)`, as HedgeDoc takes it."""
    url = page.text[slice(*found.span("url"))]
    path = page.notes.leads_to(_decoded(url), page.path) or url
    width, height = int(found["width"] or 0), int(found["height"] or 0)
    size = picture_size(page, found.start(), path, width, height) if width or height else ""
    label = page.text[slice(*found.span("label"))]
    page.replace((found.start(), found.end(), f"![{label}{f'|{size}' if size else ''}]({url})"))
