"""Edits of the forum as commits: who wrote, when and why. They are written for people who read `git log`."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from koweb_sync.agreements import Agreement
from koweb_sync.config import Settings
from koweb_sync.forum.models import TopicView
from koweb_sync.git.repo import IDENTITY, Repo
from koweb_sync.i18n import LANGUAGES, catalog
from koweb_sync.posts.paths import parted
from koweb_sync.safe_text import line
from koweb_sync.sync.pull.revisions import PostVersion
from koweb_sync.sync.world.seen import (
    DECIDED_TRAILER,
    FIELDS_TRAILER,
    LastEdit,
    Seen,
    fields_mark,
    fields_name,
    text_name,
)
from koweb_sync.sync.world.trailers import TRAILER, in_trailer, numbered, translation_name
from koweb_sync.times import seconds

SYSTEM = "system"
UNKNOWN = "unknown"
LATEST = 2**32 - 1  # seconds: what comes later than 2106 is no time of an edit, and not every git takes it
EARLIER = "Koweb-Earlier-Editor"


def address(settings: Settings, username: str) -> str:
    """An address that names a person of the forum: username@host."""
    return f"{clean(username)}@{parted(settings.url).hostname or 'forum'}"


def last_edit(view: TopicView, settings: Settings) -> LastEdit:
    """Who changed a text whose revisions are not there to be read: its author where nobody made any, else we do not
    know, and nobody's name is taken for somebody else's words.
    """
    first = view.first
    if first.version > 1:
        name = catalog(settings.locale).gettext("Somebody on {forum}").format(forum=settings.name)
        return LastEdit(UNKNOWN, name, seconds(first.updated))
    return LastEdit(first.username, first.name, seconds(first.updated))


def by_itself(settings: Settings, at: float) -> LastEdit:
    """What the forum changed without an edit: a tag got another name, or somebody who is mentioned did."""
    say = catalog(settings.locale).gettext
    return LastEdit(
        SYSTEM,
        say("the forum itself"),
        at,
        say("nobody’s edit: tags or names changed, or a moderator corrected it before it appeared"),
    )


def signature(settings: Settings, edit: LastEdit) -> str:
    """The author of a commit, with the time of the edit, as git writes it."""
    if edit.username == SYSTEM:  # whatever the forum's language calls it
        edit = replace(edit, name=SYSTEM)
    at = min(max(0, int(edit.at)), LATEST)
    return f"{clean(edit.name) or clean(edit.username) or UNKNOWN} <{address(settings, edit.username)}> {at} +0000"


def clean(name: str) -> str:
    """A name without what git takes for its own signs."""
    return line(" ".join("".join(sign for sign in name if sign not in "<>\0").split())).strip(".,:;\"' ")


def committer(repo: Repo) -> str:
    """The person who brings the edits; ours where git knows nobody, as in CI."""
    found = repo.git("var", "GIT_COMMITTER_IDENT", fine=(0, 128)).decode("utf-8", "replace").strip()
    return found.rsplit(" ", 2)[0] if found else IDENTITY


def message(settings: Settings, texts: Sequence[tuple[Seen, Agreement | None]]) -> str:
    """What a commit brings: topics, reasons and addresses, and the trailers that tell a push what HEAD holds.

    With each text comes the last agreement about its topic.
    """
    say = catalog(settings.locale)
    first = texts[0][0]
    why = first.edit.reason
    subject = say.gettext("Forum: {title}").format(title=first.pair.title)
    if len(texts) > 1:
        subject = say.ngettext("Forum: {n} post edited", "Forum: {n} posts edited", len(texts)).format(n=len(texts))
    elif why:
        subject = f"{subject} ({one_line(why)})"
    lines = [about(settings, seen) for seen, _agreed in texts]
    return "\n".join([one_line(subject), "", *lines, "", *trailers(settings, texts), ""])


def choice_message(settings: Settings, paths: Iterable[str]) -> str:
    """The message of a commit that keeps git's side in files that both changed."""
    subject = catalog(settings.locale).gettext("Choice between two versions")
    return "\n".join([subject, "", *(f"{DECIDED_TRAILER}: {in_trailer(path)}" for path in paths), ""])


def names_what_came(subject: str) -> bool:
    """Whether the first line of a commit is one that we write over texts of the forum, in whichever language."""
    ours = ("Forum: {title}", "Forum: {n} post edited", "Adopt {n} topic of {forum}")
    called = (catalog(language).gettext(name) for language in LANGUAGES for name in ours)
    return subject.startswith(tuple(f"{one_line(name.partition('{')[0])} " for name in called))


def about(settings: Settings, seen: Seen) -> str:
    """One topic of a message."""
    reason = f" ({one_line(seen.edit.reason)})" if seen.edit.reason else ""
    return f"- {one_line(seen.pair.title)}{reason}\n  {settings.url}/t/-/{seen.pair.topic}"


def trailers(settings: Settings, texts: Iterable[tuple[Seen, Agreement | None]]) -> list[str]:
    """One line for each text and each change of fields, and one for each person who edited before the author."""
    found: list[str] = []
    earlier: dict[str, None] = {}
    for seen, agreed in texts:
        if seen.language:
            locale, title = seen.language
            name = translation_name(settings.name, seen.pair.topic, (locale, title), seen.pair.raw, seen.since)
            found.append(f"{TRAILER}: {name}")
            continue
        since = numbered(seen.since, seen.revision)
        found.append(f"{TRAILER}: {text_name(settings.name, seen.pair, since)}")
        if agreed and fields_mark(agreed.sent) != fields_mark(seen.pair.sent):
            found.append(f"{FIELDS_TRAILER}: {fields_name(settings.name, seen.pair, agreed)}")
        earlier |= dict.fromkeys(seen.edit.earlier)
    found += (f"{EARLIER}: {clean(name)} <{address(settings, name)}>" for name in earlier)
    return [in_trailer(one) for one in found]


def one_line(text: str) -> str:
    """Words without line ends, so that none of them begins a trailer, and without what a terminal would obey."""
    return line(" ".join(text.split()))


def adopted_message(settings: Settings, seen: Sequence[Seen]) -> str:
    """The message of a commit that brings whole topics."""
    say = catalog(settings.locale)
    subject = say.ngettext("Adopt {n} topic of {forum}", "Adopt {n} topics of {forum}", len(seen))
    lines = [f"- {one_line(one.pair.title)}\n  {settings.url}/t/-/{one.pair.topic}" for one in seen]
    head = subject.format(n=len(seen), forum=settings.name)
    return "\n".join([head, "", *lines, "", *trailers(settings, [(one, None) for one in seen]), ""])


def version_message(settings: Settings, version: PostVersion, topic: int, ends: Sequence[str]) -> str:
    """The message of a commit that brings one version of one topic."""
    reason = one_line(version.edit.reason)
    subject = one_line(catalog(settings.locale).gettext("Forum: {title}").format(title=version.title))
    url = f"{settings.url}/t/-/{topic}"
    return "\n".join([f"{subject} ({reason})" if reason else subject, "", url, *(["", *ends] if ends else []), ""])
