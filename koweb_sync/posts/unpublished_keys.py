"""Keys by which other tools keep a text from being shown, whatever each of them calls it. Pure.

What they say, after the tools' own words: Jekyll, Hexo, Grav and Statamic `published: false`; Obsidian Publish and
Quartz `publish: false`, Digital Garden `dg-publish`, Enveloppe `share`; Hugo, Zola, Quarto, Docusaurus, Astro and
MkDocs `draft: true`, Hugo also `headless`, `build.render`, `publishDate` and `expiryDate`, Docusaurus and Quartz
`unlisted`; Pelican, Nikola, WordPress and Ghost a word behind `status` or `visibility`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from unicodedata import normalize

from koweb_sync.posts.front import FrontMatterText, Key, Text, is_empty
from koweb_sync.safe_text import unbroken

_NO = frozenset(["", "~", "null", "none", "false", "no", "n", "off", "0", "non", "faux", "never", "jamais"])
_YES = frozenset(["true", "yes", "y", "on", "1", "oui", "vrai", "always", "toujours"])
_PUBLISHES = frozenset(
    [
        *("publish", "published", "dgpublish", "ispublished", "publier", "publie", "publiee", "public", "ispublic"),
        *("render", "routable", "permalink"),  # Zola; Grav; Eleventy
    ]
)
_WITHHOLDS = frozenset(
    [
        *("draft", "drafts", "isdraft", "dgdraft", "brouillon", "private", "isprivate", "prive", "privee", "secret"),
        *("unpublished", "nopublish", "donotpublish", "depublie", "confidential", "confidentiel", "confidentielle"),
        *("headless", "wip", "skip", "trashed", "deleted"),
    ]
)
# What keeps a text out of lists in one tool and off the site in another; and doors that a forum's topic has not.
_SHOWS = frozenset(["visible", "isvisible", "share", "shared", "sharing", "partage", "partager", "searchable"])
_HIDES = frozenset(
    [
        *("hidden", "ishidden", "unlisted", "hide", "caché", "masque", "exclude", "excluded", "ignore", "ignored"),
        *("eleventyexcludefromcollections", "nolist", "membersonly", "protected", "restricted", "encrypted"),
        *("scheduled", "embargo"),
    ]
)
_FLAGS = _WITHHOLDS | _PUBLISHES - {"public", "render", "routable", "permalink"}  # these take yes or no, or a date
_SECRETS = frozenset(["password", "motdepasse"])
_STATES = frozenset(["status", "statut", "poststatus", "state", "etat", "visibility", "visibilite", "access", "acces"])
_STATES |= {"layout", "type", "stage"}  # Hexo writes `layout: draft`
_KEPT_BACK = frozenset(
    [
        *(
            "draft",
            "brouillon",
            "private",
            "prive",
            "privee",
            "unpublished",
            "nonpublie",
            "pending",
            "autodraft",
            "wip",
        ),
        *("skip", "trash", "trashed", "scheduled", "future", "secret", "confidential", "confidentiel", "internal"),
        *("interne", "planifie", "notpublished", "nepaspublier", "donotpublish"),
    ]
)
_HALF_HIDDEN = frozenset(
    ["hidden", "unlisted", "caché", "masque", "members", "membres", "paid", "protected", "nonliste"]
)
_OPEN = frozenset(["public", "publish", "published", "publie", "visible", "open", "ouvert", "everyone", "all", "tous"])
# What people call tags and folders of what is not for everybody. No shorter words: they name subjects, too.
_APART = frozenset(
    [
        *("private", "prive", "privee", "prives", "privees", "secret", "secrets", "confidential", "confidentiel"),
        *("confidentielle", "confidentiels", "draft", "drafts", "brouillon", "brouillons", "unpublished", "nonpublie"),
        *("nopublish", "donotpublish", "notpublished", "nepaspublier"),
    ]
)
_STARTS = frozenset(
    [
        *("date", "publishdate", "publishon", "publishat", "publishedat", "publishedon", "publicationdate", "pubdate"),
        *(
            "datepublication",
            "datedepublication",
            "scheduled",
            "scheduledat",
            "scheduledfor",
            "embargo",
            "embargountil",
        ),
    ]
)
_ENDS = frozenset(["expirydate", "expires", "expiresat", "expiry", "unpublishdate", "unpublishon", "validuntil"])
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_ENTRY = re.compile(r"(\w+)[ \t]*:[ \t]*[\"']?(\w+)")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


_DRAFTS = "_drafts"  # Jekyll's folder of what is not published (jekyllrb.com/docs/posts/#drafts)


class Kind(Enum):
    """What a key says: not to be published; perhaps so, or only out of lists; not before a time; not after one."""

    DRAFT = "draft"
    UNCLEAR = "unclear"
    STARTS = "starts"
    ENDS = "ends"


@dataclass(frozen=True, slots=True)
class Sign:
    """One key that keeps a text back. `value` as it was written, on one line; `at` is the time of a date. Of a folder
    that does, the key is its name with a slash.
    """

    key: str
    value: str
    kind: Kind
    at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether the text is kept back at `now`."""
        if self.at is None:
            return True
        return self.at > now if self.kind is Kind.STARTS else self.at <= now

    def __str__(self) -> str:
        return self.key if self.folder else f"{self.key}: {self.value}".rstrip()

    @property
    def folder(self) -> bool:
        """Whether it is the folder of the file that says so."""
        return self.key.endswith("/")


def among_drafts(path: str) -> tuple[Sign, ...]:
    """The folder of a file, if it is one of drafts."""
    folder = next((one for one in path.split("/")[:-1] if one.casefold() == _DRAFTS), "")
    return (Sign(f"{folder}/", "", Kind.DRAFT),) if folder else ()


def said_in(front: FrontMatterText) -> dict[str, object]:
    """The keys of a front matter in YAML, as `hiding_keys` takes them."""
    return {name: _said(key, front.yaml) for name, key in front.keys.items()}


def _said(key: Key, yaml: str) -> object:
    if isinstance(key.value, Text):
        return "" if is_empty(key) else key.value.text
    if key.value is None:
        return dict(_ENTRY.findall(yaml[key.start : key.end]))
    return [one.text for one in key.value]


def hiding_keys(said: Mapping[str, object]) -> tuple[Sign, ...]:
    """The keys of a front matter that keep its text from being shown, in their order.

    Values are texts as they were written, or what TOML and JSON make of them: booleans, numbers, dates, lists, tables.
    Spelling does not count: neither capitals, accents, dashes nor how YAML writes yes and no. An empty value is a no.
    """
    return tuple(sign for key, value in said.items() if (sign := _sign(key, value)))


def kept_back(said: Mapping[str, object], now: datetime) -> tuple[Sign, ...]:
    """Those of them that hold at `now`: of the kind DRAFT the text is a draft, of any other somebody has to decide."""
    return tuple(sign for sign in hiding_keys(said) if sign.holds(now))


def set_apart(name: str) -> bool:
    """Whether a tag or the name of a folder says that its texts are not for everybody: `privé`, `statut/brouillon`."""
    return any(_plain(part) in _APART for part in name.split("/"))


def yes_or_no(text: str) -> bool | None:
    """What a word for yes or no says, in every spelling of YAML; None for any other word."""
    word = text.strip().casefold()
    return True if word in _YES else False if word in _NO else None


def _sign(key: str, value: object) -> Sign | None:
    name = _plain(key)
    if isinstance(value, Mapping):
        return _built(key, value) if name == "build" else None
    several = list(value) if isinstance(value, list | tuple) else [value]
    if len(several) > 1 and name in _FLAGS:
        return Sign(key, _shown(value), Kind.UNCLEAR)
    for text in map(_text, several or [None]):
        at = _moment(text) if name in _STARTS | _ENDS | _PUBLISHES else None
        kind = Kind.ENDS if name in _ENDS else Kind.STARTS if at else _kind(name, text)
        if kind and (at or kind is not Kind.ENDS):
            return Sign(key, "…" if name in _SECRETS else _shown(value), kind, at)
    return None


def _kind(name: str, text: str) -> Kind | None:
    """What a key with a word behind it says."""
    yes = yes_or_no(text)
    if name in _PUBLISHES and yes is False and (text or name != "permalink"):
        return Kind.DRAFT
    if name in _WITHHOLDS and yes:
        return Kind.DRAFT
    if name in _STATES:
        return _state(name, _plain(text))
    unclear = (
        (name in _FLAGS and yes is None)
        or (name in _SHOWS and yes is False)
        or (name in _HIDES and yes)
        or (name in _SECRETS and yes is not False)
    )
    return Kind.UNCLEAR if unclear else None


def _state(name: str, word: str) -> Kind | None:
    """What a status says. A word that nobody knows says nothing, but behind `visibility`, which can only limit."""
    if word in _KEPT_BACK:
        return Kind.DRAFT
    if word in _HALF_HIDDEN:
        return Kind.UNCLEAR
    limits = name.startswith("visibilit") and word and word not in _OPEN
    return Kind.UNCLEAR if limits else None


def _moment(text: str) -> datetime | None:
    """A date or a time, in UTC where no zone is said; of two readings of a day and a month the later one."""
    try:
        when = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d:?\d\d$)", "", text))
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    except ValueError:
        pass
    days: list[tuple[int, int, int]]
    if found := _ISO.match(text):
        year, first, second = map(int, found.groups())
        days = [(year, first, second)]
    elif re.fullmatch(r"[12]\d{3}", text):
        days = [(int(text), 1, 1)]
    elif found := _DAY_FIRST.match(text):
        first, second, year = map(int, found.groups())
        days = [(year, second, first), (year, first, second)]
    else:
        return None
    return max((midnight for day in days if (midnight := _midnight(*day))), default=None)


def _midnight(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime.combine(date(year, month, day), time(), UTC)
    except ValueError:
        return None


def _built(key: str, value: Mapping[object, object]) -> Sign | None:
    """Hugo's `build`: what is not rendered is nowhere; what is not listed has an address all the same."""
    if yes_or_no(_text(value.get("render", "always"))) is False or _text(value.get("render")) == "link":
        return Sign(key, "render: never", Kind.DRAFT)
    return Sign(key, "list: never", Kind.UNCLEAR) if yes_or_no(_text(value.get("list", "always"))) is False else None


def _text(value: object) -> str:
    """A value as a word."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date | datetime) else str(value).strip()


def _shown(value: object) -> str:
    """A value as a person reads it again."""
    return unbroken(", ".join(map(_text, value)) if isinstance(value, list | tuple) else _text(value))


def _plain(text: str) -> str:
    """A key or a word without what may differ in its spelling; but `cache` is no `caché`."""
    whole = normalize("NFC", text.casefold())
    folded = whole if whole.startswith("caché") else normalize("NFKD", whole)
    return "".join(sign for sign in folded if sign.isalnum()).replace("cachée", "caché")
