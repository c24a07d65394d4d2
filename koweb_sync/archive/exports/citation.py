"""CITATION.cff in every export: what it is, of which forum, and as of when, for people and for reference managers.

It is in the Citation File Format 1.2.0, and names no licence: each text belongs to whoever wrote it, and an archive
knows no more.
"""

from typing import Any

from koweb_sync.archive.exports.captions import amount
from koweb_sync.archive.exports.yaml_text import as_yaml
from koweb_sync.archive.read.model import ArchivedForum, ArchiveFilter, NoDisguise
from koweb_sync.archive.read.reader import Reader
from koweb_sync.dates import second
from koweb_sync.i18n import _

FILE = "CITATION.cff"


def citation(reader: Reader, wanted: ArchiveFilter) -> str:
    """The text of CITATION.cff."""
    forum = reader.source()
    name = forum.called or forum.url
    facts: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": _("When you quote from this, name the forum as below, and whoever wrote what you quote."),
        "type": "dataset",
        "title": _("The discussions of {forum}").format(forum=name),
        "abstract": abstract(reader, forum, wanted),
        "authors": [{"name": name, "website": forum.url}],
        "url": forum.url,
    }
    if forum.until is not None:
        facts["date-released"] = second(forum.until)[:10]
    return as_yaml(facts)


def abstract(reader: Reader, forum: ArchivedForum, wanted: ArchiveFilter) -> str:
    """What the export holds, in sentences."""
    texts = [_("{things}, archived from {url}.").format(things=amount(reader.count(wanted)), url=forum.url)]
    if wanted.public:
        texts.append(_("Only what everybody could read on the forum."))
    if wanted.categories or wanted.tags or wanted.topics or wanted.since is not None or wanted.until is not None:
        texts.append(_("Only a part of the forum."))
    if not isinstance(reader.disguise, NoDisguise):
        texts.append(_("People have pseudonyms."))
    return " ".join(texts)
