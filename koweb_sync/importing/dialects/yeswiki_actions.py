"""Actions of YesWiki, `{{attach file="plan.png"}}`: pictures, buttons, films, the layout of a page."""

import re

from koweb_sync.i18n import _
from koweb_sync.importing.dialects.addresses import address, embedded, stem
from koweb_sync.importing.dialects.media import player
from koweb_sync.importing.dialects.page import NotePage, label_text

_ARGUMENT = re.compile(r'(\w+)[ \t\n]*=[ \t\n]*"([^"]*)"')
_LAYOUT = frozenset({"grid", "col", "end", "section", "label", "accordion", "toc", "clear", "buttondropdown"})
_KNOWN = frozenset({"attach", "button", "video", "include", "panel", "titrepage", "backgroundimage"})
# Actions that only YesWiki has; a text with one of them is a page of it.
NAMES = (
    _LAYOUT
    | _KNOWN
    | {
        *("bazar", "bazarliste", "bazarcarto", "bazaragenda", "calendrier", "abonnement", "contact", "recentchanges"),
        *("listpages", "pageindex", "newtextsearch", "moteurrecherche", "login", "nav", "progressbar", "configuration"),
        *("trail", "redirect", "blog", "map", "syndication", "valeur", "reactions", "shares", "qrcode", "player"),
    }
) - {"toc", "map", "blog", "end", "label", "clear"}


def action(page: NotePage, position: int, inside: str) -> str | None:
    """What Discourse shows for an action; None for one that stays, and is named."""
    name = inside.split(maxsplit=1)[0] if inside.strip() else ""
    given = {key.lower(): value for key, value in _ARGUMENT.findall(inside)}
    made = _made(page, position, name.lower(), given)
    if made is None:
        text = _("A forum does nothing with “{text}”. It is left, as code.")
        page.problem(position, text.format(text="{{" + " ".join(inside.split()) + "}}"))
    return made


def _made(page: NotePage, position: int, name: str, given: dict[str, str]) -> str | None:
    match name:
        case "attach":
            return _attached(page, given)
        case "button" if given.get("link"):
            label = label_text(given.get("text") or given.get("title") or given["link"])
            return f"[{label}]({led(page, given['link'])})"
        case "video":
            server = given.get("serveur") or given.get("server") or "youtube"
            values = [given[key] for key in ("url", "id") if given.get(key)][:1]
            return player(server, values)
        case "include" if given.get("page") and (path := page.notes.find(given["page"], page.path)):
            text = _("“{link}” shows another text in place; a forum cannot. It is now a link to it.")
            page.problem(position, text.format(link=f'{{{{include page="{given["page"]}"}}}}'))
            return f"[{given['page']}]({address(page.path, path)})"
        case "toc":
            return "[TOC]"
        case _ if name in _LAYOUT or name == "panel":
            return _layout(page, position, name, given)
    return None


def _layout(page: NotePage, position: int, name: str, given: dict[str, str]) -> str:
    """Boxes and columns go; a title stays as bold words."""
    text = _("Columns and boxes of the page are left out: a forum shows what is in them one below the other.")
    if not any(one.text == text for one in page.found.problems):
        page.problem(position, text)
    return f"**{given['title']}**" if name in ("panel", "section", "accordion") and given.get("title") else ""


def _attached(page: NotePage, given: dict[str, str]) -> str | None:
    """A file that was attached to the page: with its own name, or with the page's name and two dates in it."""
    name = given.get("file", "")
    bare, dot, suffix = name.rpartition(".")
    stored = f"{stem(page.path)}_{bare}{dot}{suffix}"
    path = page.notes.find(name, page.path) or page.notes.find(stored, page.path) if name else None
    if path is None:
        return None
    page.uses(path)
    label = label_text(given.get("desc") or given.get("legend") or given.get("caption") or bare or name)
    written = embedded(label, path, address(page.path, path))
    link = given.get("link")
    return f"[{written}]({led(page, link)})" if link and written.startswith("!") else written


def led(page: NotePage, target: str) -> str:
    """Where a link of an action leads: to a page, or to an address as it is."""
    name, sign, fragment = target.partition("#")
    path = None if "://" in target else page.notes.find(name, page.path)
    return address(page.path, path) + sign + fragment if path else target
