"""A letter in words, in the active language, for all of its forms: paragraphs, quotations and lists, with links."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from koweb_sync import dates
from koweb_sync.i18n import _, active, ngettext
from koweb_sync.letter.model import Arrivals, Conversation, Letter, PublishedText
from koweb_sync.posts.paths import parted
from koweb_sync.report.engine.window import ReportSettings, Window, clock
from koweb_sync.report.page import formats


class Link(NamedTuple):
    """Words that lead somewhere."""

    text: str
    url: str


Words = tuple[str | Link, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. `soft`: what stands below the letter, and is no part of what it tells."""

    words: Words
    soft: bool = False


@dataclass(frozen=True)
class Quoted:
    """A sentence of somebody's, as it stands in their post, and the way there. `name`: theirs, if they agreed."""

    text: str
    source: Link
    name: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[Words, ...]


@dataclass(frozen=True)
class LetterHeading:
    """A heading: of the second level, or of the third."""

    words: Words
    level: int = 2


Block = Paragraph | Quoted | Bullets | LetterHeading


@dataclass(frozen=True)
class LetterInWords:
    """A letter in words. `name`: of its file; `forum`: what the forum is called."""

    title: str
    name: str
    language: str
    forum: Link
    blocks: tuple[Block, ...]
    days: tuple[str, str]


def in_words(letter: Letter, settings: ReportSettings) -> LetterInWords:
    """A letter in words; what there is nothing to tell of is left out."""
    period = period_of(letter.window, settings)
    with dates.reading_in(settings.clock):
        blocks = (
            *opening(letter, period),
            *talked(letter.conversations),
            *waiting(letter),
            *welcome(letter.arrivals),
            *texts(letter),
            *events(letter),
            *closing(letter),
        )
    return LetterInWords(
        title=_("Letter of {period}").format(period=period),
        name=file_name(letter.window, settings),
        language=active(),
        forum=home(letter),
        blocks=blocks,
        days=days_of(letter.window, settings),
    )


def file_name(window: Window, settings: ReportSettings) -> str:
    """The name, which is also the post's id: the same period has the same one."""
    since, until = days_of(window, settings)
    return _("letter-{since}-{until}").format(since=since, until=until)


def days_of(window: Window, settings: ReportSettings) -> tuple[str, str]:
    """The first and the last day: 2026-10-01, in the letter's time zone."""
    first, last = (clock(one, settings.clock) for one in (window.since, window.last))
    return f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"


def home(letter: Letter) -> Link:
    """The forum, as people call it."""
    return Link(letter.title or parted(letter.forum).netloc, f"{letter.forum}/")


# ---- the days


def period_of(window: Window, settings: ReportSettings) -> str:
    """November 16 to 22, 2026."""
    first, last = clock(window.since, settings.clock), clock(window.last, settings.clock)
    if first.date() == last.date():
        return dates.day_of(first)
    words = {
        "first": nth(first),
        "last": nth(last),
        "month": dates.months()[first.month - 1],
        "next": dates.months()[last.month - 1],
        "year": last.year,
    }
    if first.year != last.year:
        return _("{since} to {until}").format(since=dates.day_of(first), until=dates.day_of(last))
    if first.month != last.month:
        return _("{month} {first} to {next} {last}, {year}").format(**words)
    return _("{month} {first} to {last}, {year}").format(**words)


def nth(day: datetime) -> str:
    """The day of a month: 1er in French."""
    return "1er" if day.day == 1 and active() == "fr" else str(day.day)


def number(n: int) -> str:
    """A number as a letter says it: in words up to twenty."""
    words = (
        _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"), _("ten"), _("eleven"),
        _("twelve"), _("thirteen"), _("fourteen"), _("fifteen"), _("sixteen"), _("seventeen"), _("eighteen"),
        _("nineteen"), _("twenty"),
    )  # fmt: skip
    return words[n - 2] if 2 <= n <= 20 else formats.decimal(n)


# ---- how it begins and ends


def opening(letter: Letter, period: str) -> Sequence[Block]:
    """A greeting, and what this is about."""
    if letter.quiet:
        told = _("All was quiet on our forum: {period}.")
    else:
        told = _("Here is the news from our forum, {period}.")
    return [Paragraph((_("Hello everyone,"),)), Paragraph((told.format(period=period),))]


def closing(letter: Letter) -> Sequence[Block]:
    """The way to the forum; and that nobody has to be quoted."""
    before, _mark, after = _("See you soon on {forum}.").partition("{forum}")
    found = [Paragraph((before, home(letter), after))]
    if any(one.quotations for one in letter.conversations):
        told = _(
            "The sentences quoted stand as they were written, in posts that everybody may read. You would rather not "
            "be quoted? Tell us, and you will not be."
        )
        found.append(Paragraph((told,), soft=True))
    return found


# ---- what was talked about


def talked(conversations: Sequence[Conversation]) -> Sequence[Block]:
    """The conversations, each with its sentences."""
    found: list[Block] = [LetterHeading((_("What was talked about"),))] if conversations else []
    for place, one in enumerate(conversations):
        found.append(LetterHeading((named(one.title, one.url, one.category),), 3))
        found.append(Paragraph((" ".join(filter(None, (course(one, place), solved(one)))),)))
        for each in one.quotations:
            text = _("“{sentence}”").format(sentence=each.text)
            found.append(Quoted(text, Link(_("read the post"), each.url), each.name))
    return found


def named(title: str, url: str, category: str) -> Link:
    """A topic by its title; by its category where the title may not be said."""
    return Link(title or _("A topic in “{category}”").format(category=category), url)


def course(one: Conversation, place: int) -> str:
    """How a conversation went, in other words each time."""
    n = one.people
    fresh = (
        ngettext(
            "A new conversation, in which {n} person has written so far.",
            "A new conversation, in which {n} people have written so far.",
            n,
        ),
        ngettext("{n} person came by for this new topic.", "{n} people came by for this new topic.", n),
        ngettext("This one is new: {n} person had their say.", "This one is new: {n} people had their say.", n),
        ngettext("{n} person joined in this new conversation.", "{n} people joined in this new conversation.", n),
        ngettext("Freshly opened: {n} person has written here.", "Freshly opened: {n} people have written here.", n),
        ngettext("{n} person took the floor in this new topic.", "{n} people took the floor in this new topic.", n),
    )
    older = (
        ngettext(
            "The conversation goes on: {n} person wrote in it.", "The conversation goes on: {n} people wrote in it.", n
        ),
        ngettext("{n} person took up this thread.", "{n} people took up this thread.", n),
        ngettext("It is still talked about, by {n} person.", "It is still talked about, by {n} people.", n),
        ngettext("{n} person carried this conversation on.", "{n} people carried this conversation on.", n),
        ngettext("An older topic, in which {n} person wrote.", "An older topic, in which {n} people wrote.", n),
        ngettext("{n} person wrote more on this subject.", "{n} people wrote more on this subject.", n),
    )
    said = (fresh if one.fresh else older)[place % len(fresh)]
    return formats.capital(said.format(n=number(n)))


def solved(one: Conversation) -> str:
    """That an answer was found."""
    return _("An answer was found.") if one.solved else ""


# ---- who waits, who came, what was published, what comes


def waiting(letter: Letter) -> Sequence[Block]:
    """The topics without an answer."""
    if not letter.questions:
        return []
    items = tuple(
        (named(one.title, one.url, one.category), _(", waiting for {time}").format(time=formats.hours(one.hours)))
        for one in sorted(letter.questions, key=lambda one: -one.hours)
    )
    found: list[Block] = [
        LetterHeading((_("Who can help?"),)),
        Paragraph((ngettext("Nobody has answered here yet:", "Nobody has answered here yet:", len(items)),)),
        Bullets(items),
    ]
    n = letter.more_questions
    if n:
        more = ngettext("One more topic is waiting, too.", "{n} more topics are waiting, too.", n)
        found.append(Paragraph((formats.capital(more.format(n=number(n))),)))
    return found


def welcome(new: Arrivals) -> Sequence[Block]:
    """A welcome: to all of them, and by name only to those who agreed to be named."""
    if not new.people:
        return []
    others = new.people - len(new.names)
    if not new.names:
        told = ngettext(
            "One person wrote here for the first time. Welcome!",
            "{n} people wrote here for the first time. Welcome!",
            others,
        )
        told = formats.capital(told.format(n=number(others)))
    elif others:
        told = ngettext(
            "{names} and one other person wrote here for the first time. Welcome!",
            "{names} and {n} other people wrote here for the first time. Welcome!",
            others,
        ).format(names=", ".join(new.names), n=number(others))
    else:
        told = ngettext(
            "{names} wrote here for the first time. Welcome!",
            "{names} wrote here for the first time. Welcome!",
            len(new.names),
        ).format(names=listed(new.names))
    return [LetterHeading((_("Welcome"),)), Paragraph((told,))]


def listed(names: Sequence[str]) -> str:
    """Several names in a sentence."""
    first, last = ", ".join(names[:-1]), names[-1]
    return _("{first} and {last}").format(first=first, last=last) if first else last


def texts(letter: Letter) -> Sequence[Block]:
    """What was published from git, and what of that was changed."""
    if not letter.texts:
        return []
    found: list[Block] = [LetterHeading((_("Our shared texts"),))]
    fresh = [one for one in letter.texts if one.fresh]
    changed = [one for one in letter.texts if not one.fresh]
    for some, said in (
        (fresh, ngettext("New to read:", "New to read:", len(fresh))),
        (changed, ngettext("Reworked:", "Reworked:", len(changed))),
    ):
        if some:
            found += [Paragraph((said,)), Bullets(tuple((text_link(one),) for one in some))]
    n = letter.more_texts
    if n:
        more = ngettext("And one more text.", "And {n} more texts.", n)
        found.append(Paragraph((more.format(n=number(n)),)))
    return found


def text_link(one: PublishedText) -> Link:
    """A text by its title."""
    return Link(one.title or _("A text in “{category}”").format(category=one.category), one.url)


def events(letter: Letter) -> Sequence[Block]:
    """What will happen."""
    if not letter.events:
        return []
    colon = _(":")
    items = tuple(
        (
            f"{dates.day(one.begins) if one.whole_day else dates.minute(one.begins)}{colon} ",
            named(one.title, one.url, one.category),
        )
        for one in letter.events
    )
    return [LetterHeading((_("Coming up"),)), Bullets(items)]
