"""`[[note]]` and `![[picture.png]]`, as Obsidian, Logseq and other gardens of notes write them."""

import re

from koweb_sync.i18n import _
from koweb_sync.importing.dialects.addresses import IMAGES, SOUNDS, VIDEOS, address, embedded, ending, stem
from koweb_sync.importing.dialects.page import FILL, NotePage, label_text

_LINK = re.compile(
    rf"(?<!\\)(?P<bang>!?)\[\[(?P<target>[^\[\]|\\\n{FILL}]++)"
    r"(?P<bar>\\?\|)?+(?P<text>(?(bar)(?:[^\[\]\n]|\[[^\[\]\n]*+\])*+))\]\]"
)
_SIZE = re.compile(r"\s*(\d{1,4})(?:\s*x\s*(\d{1,4}))?\s*")
_NO_NAMES = frozenset({"", "toc", "_toc_"})


def wikilinks(page: NotePage) -> None:
    """Make links and pictures of them. What no file is found for stays, and is named."""
    labels = {label.start for label in page.links.labels}
    for link in page.matches(_LINK):
        opening = link.start() + len(link["bang"])
        # A link of Markdown whose label is in brackets: [[1]](a.md), or [[a]] where [a] is defined.
        mine = labels.isdisjoint((opening + 1, opening + 2))
        if mine and link["target"].strip().casefold() not in _NO_NAMES:
            _wikilink(page, link)
    page.done()


def _wikilink(page: NotePage, link: re.Match[str]) -> None:
    target = page.text[slice(*link.span("target"))].strip()
    name, _sign, heading = (part.strip() for part in target.partition("#"))
    found = page.notes.candidates(name, page.path) if name else [page.path]
    if not found:
        other = page.notes.left_out(name, page.path)
        text = _("“{link}” leads to no file of the folder. It is left as it is.")
        text = _("“{link}” leads to {path}, which is not imported. It is left as it is.") if other else text
        page.problem(link.start(), text.format(link=page.text[slice(*link.span())], path=other))
        return
    if len(found) > 1 and not _same_name(name, found, page.path):
        text = _("“{link}” can mean {n} files of the folder; it now leads to {path}.")
        page.problem(link.start(), text.format(link=page.text[slice(*link.span())], n=len(found), path=found[0]))
    path, block = found[0], heading.startswith("^")
    heading = heading.rpartition("#")[2].strip()
    if block:
        text = _("“{link}” leads to one paragraph; a forum has no such places. It now leads to the whole text.")
        page.problem(link.start(), text.format(link=page.text[slice(*link.span())]))
        heading = ""
    page.uses(path)
    destination = address(page.path, path, heading if path == page.path or page.notes.is_note(path) else "")
    if link["bang"] and not page.notes.is_note(path):
        _embed(page, link, path, destination)
    else:
        _link(page, link, name, heading, destination)


def _same_name(name: str, found: list[str], from_path: str) -> bool:
    """Whether the name says which one is meant: it is a path, or the file is in the note's own folder."""
    return "/" in name or [one.rpartition("/")[0] for one in found].count(from_path.rpartition("/")[0]) == 1


def _link(page: NotePage, link: re.Match[str], name: str, heading: str, destination: str) -> None:
    if link["bang"]:
        text = _("“{link}” shows another text in place; a forum cannot. It is now a link to it.")
        page.problem(link.start(), text.format(link=page.text[slice(*link.span())]))
    if link["text"] and link["text"].strip():
        # What is written there can hold constructs of its own.
        start, end = link.span("text")
        page.replace((link.start(), start, "["), (end, link.end(), f"]({destination})"))
        return
    label = " > ".join(part for part in (name.rpartition("/")[2], heading) if part) or stem(page.path)
    page.replace((link.start(), link.end(), f"[{label_text(label)}]({destination})"))


def _embed(page: NotePage, link: re.Match[str], path: str, destination: str) -> None:
    words = [part.strip() for part in re.split(r"\\?\|", page.text[slice(*link.span("text"))] or "") if part.strip()]
    sizes = [found for word in words if (found := _SIZE.fullmatch(word))]
    sides = (int(sizes[0][1]), int(sizes[0][2] or 0)) if sizes else None
    label = label_text(" ".join(word for word in words if not _SIZE.fullmatch(word)))
    shown = ending(path) in IMAGES | VIDEOS | SOUNDS
    label = label or (stem(path) if shown else path.rpartition("/")[2])
    size = picture_size(page, link.start(), path, *sides) if sides and ending(path) in IMAGES else ""
    written = embedded(label, path, destination, size)
    page.replace((link.start(), link.end(), written.replace("|", "\\|") if "\\" in (link["bar"] or "") else written))


def picture_size(page: NotePage, position: int, path: str, width: int, height: int) -> str:
    """A size as Discourse takes it, from one side alone too where the picture's own size is known; "" for none."""
    real = page.notes.sizes.get(path)
    if real and all(real):
        width = width or max(1, round(height * real[0] / real[1]))
        height = height or max(1, round(width * real[1] / real[0]))
    if width and height:
        return f"{width}x{height}"
    text = _("The width {width} of {path} is left out: a forum wants width and height.")
    page.problem(position, text.format(width=width or height, path=path))
    return ""
