"""What was seen on the forum and is not agreed yet: `refs/koweb-seen/<forum>`, local, disposable, never pushed.

    topics/<n // 100>/<n>/<k>   one line of JSON (who, when, why), then the pair as the bookmark would hold it
    files/<n // 100>/<n>/<k>    the post file as it would be if the forum alone had written it
    states                      topics whose text was not there to be read: id -> what had happened to them
    locales                     languages of posts, where the forum tells: id -> language, and `mark` of the agreement
    version                     the version of all this

Each text of a topic since the last agreement is kept, for a branch may hold any of them. Nothing here is agreed: a push
takes a text over only if HEAD holds it.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from koweb_sync import agreements, records
from koweb_sync.agreements import Agreement, Fields, encode, mark
from koweb_sync.bookmark import Bookmark
from koweb_sync.config import Settings
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.merge_files import combine
from koweb_sync.sync.world.past_looks import PastLooks, decode_looks, encode_looks
from koweb_sync.sync.world.trailers import TRAILER, numbered
from koweb_sync.sync.world.world import World

VERSION = 1
OURS = ("topics/", "files/", "states", "locales", "looked", "version")  # of its tree; the rest is another version's
FIELDS_TRAILER = "Koweb-Fields"
DECIDED_TRAILER = "Koweb-Decided"  # a file in which the committer chose between two texts


@dataclass(frozen=True, slots=True)
class LastEdit(records.Extended):
    """Who changed a topic last, when (Unix seconds) and why; `earlier` are other editors since the agreement."""

    username: str
    name: str
    at: float
    reason: str = ""
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen(records.Extended):
    """One text of a topic. `pair.blob` is the file as the forum alone would have it; `since` marks the agreement that
    it was read on top of, "" for a topic about which nothing is agreed; `fields` marks that agreement's fields;
    `revision` is the forum's number for its text, 0 where it is not known. `language`: of a translation, its locale and
    the title's translation; such a text is only ever on its way into a commit.
    """

    pair: Agreement
    since: str
    edit: LastEdit
    fields: str = ""
    revision: int = 0
    language: tuple[str, ...] = ()

    @property
    def ident(self) -> str:
        """The post file's id, in lower case."""
        return self.pair.id.lower()


def ref(settings: Settings) -> str:
    """Where it is kept."""
    return f"refs/koweb-seen/{settings.name}"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was seen, as it is written down. `commit` holds it, None before the first look; `tree` is what that has:
    path -> content, or the blob of a post file.

    `texts` are those since the last agreement, by id, oldest first; what an agreement has overtaken is left out.
    `states`: by id, what had happened to topics when they were last looked at: deleted, hidden… `locales`: by id, the
    language that a post had then ("" for none), and which agreement it was read on top of. `looked`: what the looks
    came to where nothing reads all topics at once, None before the first.
    """

    commit: Sha | None
    tree: Mapping[str, bytes | Sha]
    texts: Mapping[str, tuple[Seen, ...]]
    states: Mapping[str, str]
    locales: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    looked: PastLooks | None = None


def load(repo: Repo, settings: Settings, bookmark: Bookmark) -> Kept:
    """What was seen so far, by the git process that stays."""
    commit = repo.resolve(ref(settings))
    entries = {entry.path: entry.sha for entry in repo.tree(commit)} if commit else {}
    contents = dict(repo.blobs(sha for path, sha in entries.items() if not path.startswith("files/")))
    tree = {path: contents.get(sha, sha) for path, sha in entries.items()}
    where = ref(settings)
    if "version" in entries:
        records.read(contents[entries["version"]], where, VERSION)
    texts: dict[str, tuple[Seen, ...]] = {}
    keys = {agreed.topic: ident for ident, agreed in bookmark.agreed.items()}
    for path in sorted(path for path in entries if path.startswith("topics/")):
        seen = decode(contents[entries[path]], where)
        same = keys.get(seen.pair.topic, seen.ident) == seen.ident  # or another clone adopted it under another id
        if same and is_current(seen, bookmark.agreed.get(seen.ident)):
            texts[seen.ident] = (*texts.get(seen.ident, ()), seen)
    with records.undamaged(where):
        states = json.loads(contents[entries["states"]]) if "states" in entries else {}
        known = json.loads(contents[entries["locales"]]) if "locales" in entries else {}
        locales = {str(ident): (str(locale), str(since)) for ident, (locale, since) in known.items()}
    past = decode_looks(contents[entries["looked"]], where) if "looked" in entries else None
    return Kept(commit, tree, texts, states, locales, past)


def spoken(bookmark: Bookmark, locales: Mapping[str, tuple[str, str]]) -> Bookmark:
    """The bookmark with the languages of posts that were read since: an edit has to say them."""
    found = []
    for ident, (locale, since) in locales.items():
        agreed = bookmark.agreed.get(ident)
        if agreed is not None and mark(agreed.raw) == since and agreed.locale != locale:
            found.append(replace(agreed, locale=locale))
    return (
        replace(bookmark, agreed={**bookmark.agreed, **{one.id.lower(): one for one in found}}) if found else bookmark
    )


def is_current(seen: Seen, agreed: Agreement | None) -> bool:
    """Whether nothing was agreed on since."""
    if agreed is None:
        return not seen.since
    same = (mark(agreed.raw), fields_mark(agreed.sent), agreed.topic)
    return (seen.since, seen.fields, seen.pair.topic) == same and not agreed.withdrawn


def hear(locales: dict[str, tuple[str, str]], bookmark: Bookmark, ident: str, locale: str | None) -> None:
    """Note the language that a post has now, where the forum tells it and what is agreed says another one."""
    agreed = bookmark.agreed.get(ident)
    if agreed is not None and locale is not None:
        locales.pop(ident, None)
        if locale != agreed.locale:
            locales[ident] = (locale, mark(agreed.raw))


def seen_of(pair: Agreement, agreed: Agreement | None, edit: LastEdit) -> Seen:
    """A text that was read on top of an agreement, or of none."""
    if agreed is None:
        return Seen(pair, "", edit)
    return Seen(pair, mark(agreed.raw), edit, fields_mark(agreed.sent), agreed.revision)


def save(repo: Repo, settings: Settings, kept: Kept, at: float) -> None:
    """Write down what is kept, in one step; nothing if its `tree` has it."""
    wanted = {path: one for path, one in kept.tree.items() if not path.startswith(OURS)}
    if kept.states:
        wanted["states"] = json.dumps(kept.states, sort_keys=True).encode()
    if kept.locales:
        wanted["locales"] = json.dumps(kept.locales, sort_keys=True).encode()
    if kept.looked:
        wanted["looked"] = encode_looks(kept.looked)
    for texts in kept.texts.values():
        for number, one in enumerate(texts):
            name = f"{one.pair.topic // 100}/{one.pair.topic}/{number:04}"
            wanted[f"topics/{name}"] = plain(one)
            wanted[f"files/{name}"] = Sha(one.pair.blob)
    if wanted:
        wanted["version"] = json.dumps({"version": VERSION}).encode()
    if wanted != kept.tree:
        repo.set_ref(ref(settings), repo.write_commit(None, wanted, "Seen", at), kept.commit)


def overtaken(repo: Repo, settings: Settings, bookmark: Bookmark, idents: Collection[str], at: float) -> None:
    """Forget what was seen of topics before something was agreed about them: an agreement may say again what the one
    said on top of which it was seen, as after a revert, and then nothing else tells them apart.
    """
    kept = load(repo, settings, bookmark)
    texts = {ident: found for ident, found in kept.texts.items() if ident not in idents}
    if len(texts) < len(kept.texts):
        save(repo, settings, replace(kept, texts=texts), at)


def plain(seen: Seen) -> bytes:
    """A text as the tree holds it."""
    line = {"since": seen.since, "fields": seen.fields, "revision": seen.revision}
    line |= {"edit": records.plain(seen.edit), **seen.extra}
    return json.dumps(line, ensure_ascii=False).encode() + b"\n" + encode(seen.pair)


def decode(data: bytes, where: str) -> Seen:
    """The inverse. Raises KowebError for what is none, or is newer."""
    with records.undamaged(where):
        line, pair = data.split(b"\n", 1)
        meta = records.read(line, where, VERSION)
        edit = records.made(LastEdit, meta["edit"], earlier=tuple(meta["edit"]["earlier"]))
        return records.made(Seen, meta, pair=agreements.agreement(pair, where), edit=edit)


# ---- what a branch holds


def text_name(forum: str, pair: Agreement, since: str) -> str:
    """The trailer's value for a text: `forum/topic@sha`, and on top of which agreement."""
    name = f"{forum}/{pair.topic}@{agreements.digest(pair.raw)}"
    return f"{name} since {since}" if since else name


def fields_name(forum: str, pair: Agreement, base: Agreement) -> str:
    """The trailer's value for title, category, tags and status, and on top of which agreement."""
    return f"{forum}/{pair.topic}@{fields_mark(pair.sent)} since {numbered(fields_mark(base.sent), base.revision)}"


def fields_mark(fields: Fields) -> str:
    """A short name for a topic's fields: what every topic has comes first, then what some have."""
    ordered = sorted(FIELDS.items(), key=lambda one: not one[1].mark(None))
    return mark(json.dumps([part for name, field in ordered for part in field.mark(fields.get(name))]))


@dataclass(frozen=True, slots=True)
class Held:
    """What HEAD holds of what was seen. `taken`: by id, the newest text that it holds, as an agreement to start from.
    `newer`: by id, the newest text of the forum that it lacks.
    """

    taken: Mapping[str, Agreement]
    newer: Mapping[str, Seen]


def compared_with_head(repo: Repo, settings: Settings, world: World, seen: Mapping[str, Iterable[Seen]]) -> Held:
    """Compare what was seen with HEAD."""
    here = {source.ident: source for source in world.sources}
    wanted = {ident: tuple(texts) for ident, texts in seen.items() if ident in here}
    if not wanted:
        return Held({}, {})
    said = repo.all_trailers(world.head, (TRAILER, FIELDS_TRAILER))
    texts, fields = set(said[TRAILER]), set(said[FIELDS_TRAILER])
    taken: dict[str, Agreement] = {}
    newer: dict[str, Seen] = {}
    for ident, versions in wanted.items():
        source, agreed = here[ident], world.bookmark.agreed.get(ident)
        found = next((one for one in reversed(versions) if holds(repo, settings, world, one, (texts, fields))), None)
        if found and not (agreed and says_no_more(found, agreed)):
            over = numbered(mark(agreed.raw), agreed.revision) if agreed else ""
            spoken_in = agreed.translations if agreed else {}
            taken[ident] = replace(found.pair, path=source.path, over=over, translations=spoken_in)
        if found is not versions[-1]:
            newer[ident] = versions[-1]
    return Held(taken, newer)


def says_no_more(seen: Seen, agreed: Agreement) -> bool:
    """Whether a text is the agreed one again, and no file of it was saved beside the post since."""
    same = seen.pair.raw == agreed.raw and fields_mark(seen.pair.sent) == fields_mark(agreed.sent)
    saved, known = ({one.url for one in pair.used.values() if one.blob} for pair in (seen.pair, agreed))
    return same and saved <= known


def holds(repo: Repo, settings: Settings, world: World, seen: Seen, trailers: tuple[set[str], set[str]]) -> bool:
    """Whether HEAD holds one text: the three-way merge of the file changes nothing in it, or commits say so."""
    source = next(source for source in world.sources if source.ident == seen.ident)
    agreed = world.bookmark.agreed.get(seen.ident)
    name = settings.name
    if source.blob == seen.pair.blob:
        return True
    if agreed is None:
        found = text_name(name, seen.pair, "") in trailers[0]
        return found or bool(repo.in_history([seen.pair.blob], world.head, settings.posts))
    since = numbered(seen.since, seen.revision)
    text = seen.pair.raw == agreed.raw or text_name(name, seen.pair, since) in trailers[0]
    same = fields_mark(seen.pair.sent) == fields_mark(agreed.sent)
    if text and (same or fields_name(name, seen.pair, agreed) in trailers[1]):
        return True
    sides = (repo.blob(agreed.blob), repo.blob(source.blob), repo.blob(seen.pair.blob))
    merged = combine(source.path, sides, repo.merge)
    return not merged.conflicts and merged.data == sides[1]
