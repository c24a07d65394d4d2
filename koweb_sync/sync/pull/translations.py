"""Translations that people write on the forum come into git, each into its file, as commits of those who wrote.

One request for each topic that is read now and has translations here; of the others only those that the user named, or
all where koweb.toml asks for every translation. Where one query reads all topics at once, and many have translations,
an eleventh of these is asked for in each hour: no sign tells of an edited translation. Machine translations stay on the
forum, unless koweb.toml says otherwise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from koweb_sync.agreements import AgreedTranslation, Agreement, Fields
from koweb_sync.errors import PostFileError
from koweb_sync.forum.models import TopicView
from koweb_sync.forum.translations import PostTranslation, person, translations
from koweb_sync.git.repo import Sha
from koweb_sync.i18n import _, catalog
from koweb_sync.posts.dialect import Agreed, from_raw, normalise
from koweb_sync.posts.front_writing import with_key, yaml_value
from koweb_sync.posts.merge_files import Combined, shared
from koweb_sync.posts.side_by_side import below_notes, with_notes
from koweb_sync.posts.titles import same_title
from koweb_sync.posts.translation import TranslationFile, beside, locale_named, named, parse, same_language
from koweb_sync.sync.links.destinations import targets
from koweb_sync.sync.links.forum_files import context
from koweb_sync.sync.pull.changes import Change
from koweb_sync.sync.pull.commits import UNKNOWN
from koweb_sync.sync.pull.news import News
from koweb_sync.sync.pull.readers import FEW
from koweb_sync.sync.world.incoming import kept_uploads, sources, with_body
from koweb_sync.sync.world.seen import LastEdit, Seen
from koweb_sync.sync.world.trailers import TRAILER, in_trailer, place, since_translation, translation_name
from koweb_sync.sync.world.translations import TranslationAtHead, standing_for
from koweb_sync.sync.world.world import PostAtHead
from koweb_sync.times import HOUR_IN_SECONDS

if TYPE_CHECKING:
    from koweb_sync.sync.pull.pull import Pull
    from koweb_sync.sync.world.world import World

PARTS = 11  # of the topics with translations, one for each hour: coprime to the hours of a day and of a week
MACHINE = "machine"  # the state of a translation that a machine wrote over
FOREIGN = "language"  # the state of one into a language that no file is called after
SHORT = 40  # letters of such a language that are shown


@dataclass(frozen=True, slots=True)
class OneTranslation:
    """A translation on the forum, what is agreed about it (`was`), and the file that HEAD has of it."""

    source: PostAtHead
    topic: Agreement
    there: PostTranslation
    was: AgreedTranslation | None
    here: TranslationAtHead | None

    @property
    def path(self) -> str:
        """Where the file is, or is to be."""
        if self.here:
            return self.here.path
        return self.was.path if self.was else beside(self.source.path, self.there.locale)


@dataclass(slots=True)
class TranslationsRead:
    """The translations of the topics that one pull reads."""

    pull: "Pull"
    people: dict[int, tuple[str, str]] = field(default_factory=dict)
    few: bool | None = None  # whether few topics have translations, once somebody asked
    names: Mapping[str, Sha] | None = None  # of what commits brought, once somebody asked
    files: tuple["World", dict[str, list[TranslationAtHead]]] | None = None  # by the id of their post, as in that world

    def compare(self, source: PostAtHead, base: Agreement, view: TopicView, *, brief: bool) -> None:
        """Compare one topic's translations with what this branch has of them. `brief`: all topics are read at once."""
        if brief and not self.in_turn(base):
            return
        for one in self.look(source, base, view):
            if isinstance(one, News):
                self.pull.news.append(one)
            else:
                self.pull.changes.append(one)

    def look(self, source: PostAtHead, base: Agreement, view: TopicView) -> Iterator[Change | News]:
        """What is new of one topic's translations: one request, or none; and one for each person never met."""
        if not self.wanted(source, base, view):
            return
        found = translations(self.pull.forum, base.post)
        agreed = self.pull.bookmark.agreed.get(source.ident, base)
        for locale, there in sorted((found or {}).items()):
            if not named_after(source.path, locale):
                yield self.foreign(source, base, locale)
                continue
            here = next((o for o in self.at_head(source) if o.locale == locale), None)
            one = OneTranslation(source, agreed, there, agreed.translations.get(locale), here)
            if there.raw and not same_language(locale, base.locale or self.pull.settings.locale) and is_new(one):
                yield from self.taken(one)

    def wanted(self, source: PostAtHead, base: Agreement, view: TopicView) -> bool:
        """Whether to ask for a topic's translations."""
        policy, wishes, site = self.pull.settings.translations, self.pull.wishes, self.pull.site
        if policy == "none" or site is None or site.translates is False:
            return False
        if base.translations or self.at_head(source):
            return True
        return view.first.translated and (policy == "all" or wishes.every or bool(wishes.options.only))

    def in_turn(self, base: Agreement) -> bool:
        """Whether it is a topic's hour, where there are many."""
        pull = self.pull
        if self.few is None:
            self.few = sum(bool(one.translations) for one in pull.bookmark.agreed.values()) <= FEW
        named = pull.wishes.every or bool(pull.wishes.options.only)
        return named or self.few or base.topic % PARTS == int(pull.hold.clock() // HOUR_IN_SECONDS) % PARTS

    def at_head(self, source: PostAtHead) -> list[TranslationAtHead]:
        """The files of a topic's translations."""
        world = self.pull.world
        if self.files is None or self.files[0] is not world:
            self.files = world, {}
            for one in world.translations:
                self.files[1].setdefault(one.ident, []).append(one)
        return self.files[1].get(source.ident, [])

    def taken(self, one: OneTranslation) -> Iterator[Change | News]:
        """What becomes of one that is new: a change, or a word about why it is none."""
        everything = self.pull.settings.translations == "all"
        if one.there.machine and not everything:
            if one.was:
                text = _("A machine translated {path} anew on the forum. The file keeps the text of people.")
                yield self.told(one, text)
            return
        if one.there.machine is None and not everything and not (one.was or one.here):
            text = _(
                "The forum has this translation too, {path}, and does not tell whether a person wrote it: "
                'translations = "all" in koweb.toml brings it.'
            )
            yield self.told(one, text)
            return
        if one.here is None and one.path in self.pull.world.tree:
            return
        change = self.change(one)
        if change is not None:
            yield change

    def told(self, one: OneTranslation, text: str) -> News:
        """A word about a translation."""
        url = self.pull.forum.topic_url(one.topic.topic)
        return News(one.source.path, one.topic.topic, url, MACHINE, text.format(path=one.path), needs_human=False)

    def foreign(self, source: PostAtHead, topic: Agreement, locale: str) -> News:
        """A word about a translation into a language after which no file can be called."""
        text = _("The forum has a translation into “{locale}”, a language that koweb does not know: it stays there.")
        url = self.pull.forum.topic_url(topic.topic)
        words = text.format(locale=in_trailer(locale)[:SHORT])
        return News(source.path, topic.topic, url, FOREIGN, words, needs_human=False)

    def change(self, one: OneTranslation) -> Change | None:
        """The file with what the forum has, merged with the branch's own; None where the branch holds it."""
        pull, language = self.pull, (one.there.locale, one.there.title)
        since = since_translation(one.was)
        name = translation_name(pull.settings.name, one.topic.topic, language, one.there.raw, since)
        if name in self.brought():
            return None
        try:
            old, theirs = self.sides(one)
        except PostFileError:
            return None
        ours = pull.repo.blob(one.here.blob) if one.here else b""
        merged, chosen, side = (
            pull.merge(one.path, (old, ours, theirs)) if one.here else (Combined(theirs, conflicts=False), None, "")
        )
        blob = Sha(pull.repo.write_blob(theirs))
        pair = replace(one.topic, path=one.path, blob=blob, raw=one.there.raw, title=one.there.title or one.topic.title)
        seen = Seen(replace(pair, translations={}), since, self.edit(one), language=language)
        held = one.here is not None and merged == Combined(ours, conflicts=False)
        agreed = one.was is not None and old == pull.repo.blob(one.was.blob)
        held = held and (agreed or theirs == ours)  # from any other base, a commit has to say so
        source = PostAtHead(one.path, one.here.blob if one.here else blob, one.source.ident, Fields(), False, None)
        return Change(source, None, seen, old, theirs, merged, ("translation",), held, chosen=chosen, side=side)

    def base(self, one: OneTranslation, was: AgreedTranslation) -> Sha:
        """The file that the branch started from: the agreed one, or what commits made of that with the forum's edits
        alone, so that somebody's next edit is no conflict with their last.
        """
        begin, end = (
            place(self.pull.settings.name, one.topic.topic, one.there.locale),
            f" since {since_translation(was)}",
        )
        commits = [sha for name, sha in self.brought().items() if name.startswith(begin) and name.endswith(end)]
        found = Sha(was.blob)
        for commit in reversed(commits):
            before, after = self.pull.repo.names_of([f"{commit}^:{one.path}", f"{commit}:{one.path}"])
            if before != found or not after:
                break
            found = Sha(after)
        return found

    def brought(self) -> Mapping[str, Sha]:
        """What the branch holds of the forum, as its commits say: one look at the history for all translations."""
        if self.names is None:
            self.names = self.pull.repo.trailers(self.pull.tip or self.pull.world.head, TRAILER)
        return self.names

    def sides(self, one: OneTranslation) -> tuple[bytes, bytes]:
        """The file that was agreed on, and the one that the forum makes of it. Raises PostFileError."""
        atlas, raw = self.pull.world.atlas, one.there.raw
        links, pictures = sources(raw, one.path, atlas), kept_uploads(raw, one.path, atlas, {})
        around = context(raw, one.path, pictures, links, atlas, atlas.home)
        if one.was is None and one.here is not None:
            ours = self.pull.repo.blob(one.here.blob)
            theirs = begun_there(parse(one.path, ours, one.source.ident), from_raw(raw, None, around), one.there.title)
            return shared(one.path, ours, theirs), theirs
        if one.was is None or one.here is None:
            title = f"title: {yaml_value(one.there.title)}\n" if one.there.title else ""
            return b"", f"---\n{title}---\n\n{from_raw(raw, None, around).strip()}\n".encode()
        old = self.pull.repo.blob(one.was.blob)
        file = parse(one.path, old, one.source.ident)
        stand = standing_for(one.topic, one.was)
        text = from_raw(raw, Agreed(file.post.body, stand.raw, targets(stand.used)), around)
        theirs = with_body(replace(file.post, body=file.written), with_notes(file.written, text))
        if one.there.title and not same_title(one.there.title, one.was.title):
            theirs = with_key(one.path, theirs, "title", one.there.title)
        return self.pull.repo.blob(self.base(one, one.was)), theirs

    def edit(self, one: OneTranslation) -> LastEdit:
        """Who translated, as far as the forum tells: one request for each whom we never met. Nobody tells when."""
        by, at = one.there.by, self.pull.hold.clock()
        if by is not None and by not in self.people:
            self.people[by] = person(self.pull.forum, by)
        username, name = self.people.get(by, ("", "")) if by is not None else ("", "")
        if username:
            return LastEdit(username, name, at)
        somebody = catalog(self.pull.settings.locale).gettext("Somebody on {forum}")
        return LastEdit(UNKNOWN, somebody.format(forum=self.pull.settings.name), at)


def begun_there(file: TranslationFile, text: str, title: str) -> bytes:
    """A translation that was begun here as it would be with what somebody wrote on the forum meanwhile. Raises
    PostFileError.
    """
    theirs = with_body(replace(file.post, body=file.written), below_notes(file.written, text.strip() + "\n"))
    return with_key(file.post.path, theirs, "title", title) if title and not same_title(title, file.title) else theirs


def named_after(original: str, locale: str) -> bool:
    """Whether a language is one that Discourse knows, as Discourse writes it, and a file called after it tells so: what
    a forum says here becomes a path and a trailer.
    """
    return locale_named(locale) == locale and named(beside(original, locale)) == (original, locale)


def is_new(one: OneTranslation) -> bool:
    """Whether the forum has another translation than the agreed one. A title that is gone there stays here."""
    was, there = one.was, one.there
    if was is None:
        return True
    return normalise(there.raw) != normalise(was.raw) or bool(there.title and not same_title(there.title, was.title))
