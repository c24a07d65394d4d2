"""Earlier texts of a post file: those of its commits, and how one differs from another in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from koweb_sync import dates
from koweb_sync.desk.texts import unsaved
from koweb_sync.desk.texts.changed_sentences import ChangedSentence, changed_sentences, shortened
from koweb_sync.desk.texts.post_folder import readable
from koweb_sync.desk.texts.publication import FieldChange, field_value
from koweb_sync.desk.texts.text_difference import ChangedParagraph, changed_paragraphs
from koweb_sync.desk.texts.unsaved import AsideText
from koweb_sync.desk.texts.writing import KEYS as NAMES
from koweb_sync.desk.texts.writing import PostForm, form_of
from koweb_sync.forum.site import Site
from koweb_sync.git.process import literal
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.git.trailers import trailer_values
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.posts.fields import KEYS
from koweb_sync.posts.side_by_side import without_notes
from koweb_sync.sync.publish.edit import of_choice
from koweb_sync.sync.pull.commits import names_what_came
from koweb_sync.sync.world.seen import DECIDED_TRAILER
from koweb_sync.sync.world.trailers import TRAILER, in_trailer
from koweb_sync.times import SECOND

ComesOf = Literal["", "theirs", "both", "edit"]
RECENT = 50  # versions among which the one is sought that somebody brought in


@dataclass(frozen=True, slots=True)
class PostFileVersion:
    """A version of a post file: the commit that brought it, who wrote it, when (µs), why, and its content. `by`: who
    kept it here; `chosen`: whether they chose between that text and their own, and `at` is when they did; `brought`:
    whether it brought a text of the forum, and `why` is how koweb calls that.
    """

    commit: str
    who: str
    by: str
    at: int
    why: str
    blob: Sha
    chosen: bool = False
    brought: bool = False

    def told(self, comes: ComesOf = "", *, first: bool = False) -> str:
        """Whose text it is, in words. `comes`: of a choice, what came of it; `first`: there is none before it."""
        alone = self.by == self.who
        if self.chosen:
            said = {
                "": _("decided here by {by}, between two texts; {who} had changed the one on the forum"),
                "theirs": _("the text of the forum, changed by {who}, chosen here by {by}"),
                "both": _("put together here by {by}, from both texts"),
                "edit": _("written here by {by}, from both texts"),
            }[comes]
        elif not self.brought:
            said = _("by {who}") if alone else _("by {who}, brought here by {by}")
        elif first:
            said = _("on the forum by {who}") if alone else _("on the forum by {who}, brought here by {by}")
        else:
            said = (
                _("changed on the forum by {who}")
                if alone
                else _("changed on the forum by {who}, brought here by {by}")
            )
        return said.format(who=self.who, by=self.by)

    def written_about(self, title: str) -> str:
        """What its author wrote about it; "" for nothing. `title`: that of the post then. What koweb wrote into the
        commit of a forum's text are nobody's words; a choice is called as where it is published.
        """
        if self.chosen:
            return of_choice()
        if not self.brought:
            return self.why
        given = self.why.partition(f"{title} (")[2]
        return given.removesuffix(")") if given.endswith(")") else ""


@dataclass(frozen=True, slots=True)
class TextChanges:
    """What is another one between two texts of a post: of its fields, and of its paragraphs."""

    fields: tuple[FieldChange, ...]
    paragraphs: tuple[ChangedParagraph, ...]


def history(repo: Repo, path: str) -> list[PostFileVersion]:
    """The versions that git keeps of a file, the newest first, under its earlier names too. One process."""
    if repo.resolve("HEAD") is None:
        return []
    repo.gather()  # git reads contents to find what was renamed
    form = ("--format=%H%x00%an%x00%cn%x00%at%x00%ct%x00%s%x00%B", "--raw", "--no-abbrev", "-M", "-z")
    out = repo.git("log", "--follow", *form, "HEAD", "--", literal(path)).decode("utf-8", "replace")
    return list(versions(out))


def versions(out: str) -> Iterator[PostFileVersion]:
    """The versions that such a log tells; a commit that took the file away has none. What git tells before the commit
    that made the file as a copy is of the file that it was copied from.
    """
    words = iter(out.split("\0"))
    word = next(words, "")
    while word:
        commit, who, by, wrote, kept, why = word, *(next(words) for _field in range(5))
        body = next(words)
        decided = trailer_values(body, DECIDED_TRAILER)
        brought = names_what_came(why) and (who != by or bool(trailer_values(body, TRAILER)))
        new, how, path, word = "0", "", "", next(words, "")
        while word.startswith(("\n:", ":")):
            new, how = word.split()[3:]
            for _path in range(2 if how[0] in "RC" else 1):
                path = next(words)
            word = next(words, "")
        if set(new) != {"0"}:
            chosen = in_trailer(path) in decided
            at = int(kept if chosen else wrote) * SECOND
            yield PostFileVersion(commit, who, by, at, why, Sha(new), chosen, brought)
        if how.startswith("C"):
            return


def comes_of(version: PostFileVersion, form: PostForm, own: PostForm, set_aside: Sequence[AsideText]) -> ComesOf:
    """What came of a choice between `own` text and the forum's: that one, words of both and no others, or a text that
    somebody wrote. "" where this computer does not have the forum's text.
    """
    known = [one for one in set_aside if one.reason.theirs and one.at < version.at + SECOND]
    if not version.chosen or not known:
        return ""
    theirs = max(known, key=lambda one: one.at).form
    if unsaved.same(form, theirs):
        return "theirs"
    fields = all(getattr(form, name) in (getattr(own, name), getattr(theirs, name)) for name in NAMES)
    lines = set(form.body.splitlines()) <= {"", *own.body.splitlines(), *theirs.body.splitlines()}
    return "both" if fields and lines else "edit"


def version_like(repo: Repo, path: str, form: PostForm) -> PostFileVersion | None:
    """The newest kept version of a file that says the same as a form: one that was brought in, and not written on."""
    return like(repo, path, history(repo, path), form)


def version_time(repo: Repo, path: str, form: PostForm) -> str:
    """When that version was kept, as all pages call it; "" where there is none."""
    kept = history(repo, path)
    found = like(repo, path, kept, form)
    return told_apart(found.at, [one.at for one in kept]) if found else ""


def told_apart(at: int, times: Iterable[int]) -> str:
    """A time (µs) among others; to the second where another one is of the same minute."""
    said = dates.minute(at)
    if sum(dates.minute(one) == said for one in times) <= 1:
        return said
    return _("{minute} and {seconds} s").format(minute=said, seconds=dates.local(at).second)


def like(repo: Repo, path: str, kept: Sequence[PostFileVersion], form: PostForm) -> PostFileVersion | None:
    """The same among the newest of versions that are known."""
    found = kept[:RECENT]
    contents = dict(repo.blobs(dict.fromkeys(one.blob for one in found)))
    for one in found:
        data = contents.get(one.blob, b"")
        if unsaved.same(form_of(readable(path, data).post, data), form):
            return one
    return None


def first_difference(form: PostForm, now: PostForm) -> str:
    """What a text that is in no file is known by: the first words that the saved text (`now`) has otherwise."""
    if changed := changed_sentences(without_notes(now.body), without_notes(form.body)):
        return and_others(told_place(changed[0].after, changed[0].before), len(changed) - 1)
    if field := next(iter(text_changes(form, now, None).fields), None):
        told = told_place(shortened(field.before), shortened(field.after))
        return _("{field}: {difference}").format(field=field.name, difference=told)
    return _("the same words as your saved text")


def told_place(own: str, saved: str) -> str:
    """A place that differs, in words: what a text has there, and what the saved one has."""
    if own and saved:
        return _("“{words}”; your saved text has “{saved}”").format(words=own, saved=saved)
    if own:
        return _("“{words}”, which your saved text does not have").format(words=own)
    return _("without “{saved}”, which your saved text has").format(saved=saved)


def and_others(told: str, n: int) -> str:
    """The first place that differs, and how many more there are."""
    return (
        ngettext("{told} (and {n} other place)", "{told} (and {n} other places)", n).format(told=told, n=number(n))
        if n
        else told
    )


def what_changed(before: PostForm | None, after: PostForm) -> str:
    """How a version differs from the one before it, in a few words. `before`: None for the first one."""
    if before is None:
        return _("the first version")
    told: list[str] = []
    if changed := changed_sentences(without_notes(before.body), without_notes(after.body)):
        told.append(and_others(told_change(changed[0]), len(changed) - 1))
    names = [KEYS[name].words().called or _("draft") for name in NAMES if getattr(before, name) != getattr(after, name)]
    if names:
        told.append(_("changed: {text}").format(text=", ".join(names)))
    return " · ".join(told) or _("no word changed")


def told_change(one: ChangedSentence) -> str:
    """A sentence that changed, in words."""
    if one.before and one.after:
        return _("“{after}” instead of “{before}”").format(after=one.after, before=one.before)
    return (
        _("added: “{text}”").format(text=one.after) if one.after else _("taken out: “{text}”").format(text=one.before)
    )


def text_changes(before: PostForm, after: PostForm, site: Site | None) -> TextChanges:
    """What is another one in the second of two texts."""
    fields = tuple(
        FieldChange(
            KEYS[name].words().called or _("draft"), *(said(name, getattr(one, name), site) for one in (before, after))
        )
        for name in NAMES
        if getattr(before, name) != getattr(after, name)
    )
    return TextChanges(fields, changed_paragraphs(without_notes(before.body), without_notes(after.body)))


def said(name: str, value: str | bool, site: Site | None) -> str:
    """A field of a form as a person reads it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return field_value(name, value, site) if value else ""
