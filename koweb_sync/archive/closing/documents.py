"""What people and programs read about a kit: README, a description as RO-Crate, and the letter of farewell."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined

from koweb_sync import __version__, dates, pages, safe_files
from koweb_sync.archive.closing.kit import ARCHIVE, CRATE, EXPORTS, LETTER, SITE, Kit
from koweb_sync.archive.exports import captions, hosting, site_topics
from koweb_sync.archive.read.model import Amount, ArchivedForum
from koweb_sync.i18n import _, active, ngettext, number
from koweb_sync.posts.paths import base_path, parted

README = ("README.html", "README.txt")


@dataclass(frozen=True, slots=True)
class KitFacts:
    """What the papers tell: the forum, the kit, how much of it everybody may read, and when it was made. `closed`: the
    archive holds something that only some could read.
    """

    source: ArchivedForum
    kit: Kit
    held: Amount
    at: int
    closed: bool

    @property
    def rights(self) -> str:
        """What may be done with the texts."""
        return self.kit.promises.rights or _(
            "Each text belongs to whoever wrote it. To use one beyond reading and quoting it, ask its author."
        )

    @property
    def allowed(self) -> str:
        """The same in a sentence for whoever wrote them: a licence may be no more than its name."""
        said = self.kit.promises.rights
        return _("What others may do with them: {rights}").format(rights=said) if said else self.rights

    @property
    def letter(self) -> str:
        """The letter's name in the kit; empty where it stands among post files."""
        return LETTER if self.kit.letter == LETTER else ""

    @property
    def domain(self) -> str:
        """The forum's own domain."""
        return parted(self.source.url).hostname or ""

    @property
    def folder(self) -> str:
        """In which folder of that the forum was; empty for most."""
        return base_path(self.source.url).strip("/")

    @property
    def place(self) -> str:
        """Where the files for servers look for its pages."""
        return hosting.ROOT + base_path(self.source.url)

    @property
    def kept(self) -> str:
        """Until when it is kept."""
        return self.kit.promises.until or _("no end is set")

    @property
    def amount(self) -> str:
        """How much everybody may read."""
        return captions.amount(self.held)

    @property
    def described(self) -> str:
        """What the kit is of, and what it lacks."""
        whole = _("The closed forum {name}: {amount}.").format(name=self.source.called, amount=self.amount)
        return f"{whole} {self.lacks}".rstrip()

    @property
    def opened(self) -> bool:
        """Whether its pages show what only some could read."""
        return self.closed and not self.kit.public

    @property
    def lacks(self) -> str:
        """What of the forum is missing or broken, in sentences; empty where nothing is."""
        besides = {
            "likes": _("Some likes are missing."),
            "files": _("Some images and files are missing."),
            "unread": _("Some of what the forum showed could not be read."),
            "broken": _("Some of it is damaged."),
        }
        return " ".join((*self.short, *(besides[name] for name in self.kit.lacking_besides if name in besides)))

    @property
    def short(self) -> tuple[str, ...]:
        """That posts are missing, in a sentence; nothing where none is."""
        n = self.kit.lacking
        if self.kit.unfinished and not n:
            return (_("The forum could not be read to its end: topics and posts may be missing."),)
        cut = ngettext(
            "The forum could not be read to its end: at least {n} post is missing.",
            "The forum could not be read to its end: at least {n} posts are missing.",
            n,
        )
        some = ngettext("{n} post of the forum is missing.", "{n} posts of the forum are missing.", n)
        return ((cut if self.kit.unfinished else some).format(n=number(n)),) if n else ()


def written(root: Path, facts: KitFacts) -> None:
    """Write README and the description."""
    told = {"facts": facts, "kit": facts.kit, "source": facts.source, "made": dates.day(facts.at)}
    for name, env in zip(README, (pages.environment("koweb_sync.archive.closing"), plain()), strict=True):
        safe_files.write(root, name, env.get_template(name).render(**told))
    safe_files.write(root, CRATE, json.dumps(crate(facts), ensure_ascii=False, indent=1) + "\n")


def about(facts: KitFacts) -> str:
    """The page of the site that says what is promised: what stays, how long, whom to ask."""
    site = site_topics.environment()
    site.globals["closed"] = True
    around = PackageLoader("koweb_sync.archive.exports")
    mine = PackageLoader("koweb_sync.archive.closing")
    site.loader = ChoiceLoader([PrefixLoader({"site": around}), mine, around])
    source = replace(facts.source, closed=True)
    told = {"facts": facts, "kit": facts.kit, "source": source, "language": active(), "up": "../"}
    return site.get_template("about.html").render(**told)


def plain() -> Environment:
    """Templates of plain text: nothing in them is markup."""
    env = pages.environment("koweb_sync.archive.closing").overlay(autoescape=False)
    env.undefined, env.loader = StrictUndefined, PackageLoader("koweb_sync.archive.closing")
    return env


def info(facts: KitFacts) -> dict[str, str]:
    """What bag-info.txt says."""
    return {
        "Source-Organization": facts.source.called,
        "External-Identifier": facts.source.url,
        "External-Description": facts.described,
        "Contact-Name": facts.kit.promises.contact,
        "Internal-Sender-Description": _("Kept until: {until}. Rights: {rights}").format(
            until=facts.kept, rights=facts.rights
        ),
        "Bagging-Date": dates.second(facts.at)[:10],
        "Bag-Software-Agent": f"koweb-sync {__version__}",
    }


def crate(facts: KitFacts) -> dict[str, Any]:
    """The description as RO-Crate 1.1 has it, in the words of schema.org: the payload is its folder."""
    about = {
        SITE: _("The forum as web pages, which answer at its old addresses"),
        EXPORTS["jsonl"]: _("The same for programs: JSON lines, with their schema"),
        EXPORTS["md"]: _("The same as texts: a Markdown file for each topic"),
    }
    parts = [
        {"@id": f"{path.removeprefix('data/')}/", "@type": "Dataset", "name": name} for path, name in about.items()
    ]
    if facts.kit.private:
        parts.append({
            "@id": ARCHIVE.removeprefix("data/"),
            "@type": "File",
            "name": _("The archive itself, which is not for publication"),
            "encodingFormat": "application/vnd.sqlite3",
        })  # fmt: skip
    whole = {
        "@id": "./",
        "@type": "Dataset",
        "name": facts.source.called,
        "description": facts.described,
        "url": facts.source.url,
        "inLanguage": facts.kit.language,
        "datePublished": dates.second(facts.at)[:10],
        "license": {"@id": "#rights"},
        "accountablePerson": {"@id": "#contact"},
        "conditionsOfAccess": _("Kept until: {until}").format(until=facts.kept),
        "hasPart": [{"@id": one["@id"]} for one in parts],
    }
    graph = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        whole,
        {"@id": "#rights", "@type": "CreativeWork", "name": _("Rights"), "description": facts.rights},
        {"@id": "#contact", "@type": "ContactPoint", "name": facts.kit.promises.contact},
        *parts,
    ]
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}


def letter_title(source: ArchivedForum) -> str:
    """The title of the letter."""
    return _("{name} closes: what stays of it, and where").format(name=source.called)


def letter(facts: KitFacts) -> str:
    """The letter's text, in Markdown."""
    return plain().get_template("letter.md").render(facts=facts, kit=facts.kit, source=facts.source)
