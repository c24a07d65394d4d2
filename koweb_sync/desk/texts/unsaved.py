"""What was typed and not saved: kept among git's own files, so that a page that is closed, or a desk that ends,
loses no sentence.

One post may be open on several pages at once. Each page keeps its text for itself, so that none writes over what
another one has. A page that is opened while a text is kept begins with that text, and goes on with it: the earlier one
is not shown any more as long as the later one holds all of it, and is set aside where it does not.
"""

import hashlib
import json
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from koweb_sync import safe_files
from koweb_sync.desk.texts.post_folder import FolderState, readable
from koweb_sync.desk.texts.writing import NOTHING, PostForm, form_of
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.posts.markdown import with_lf

FOLDER = "unsaved"
NEW = ""  # in place of a path: a new post whose file is not made yet; its category is the place that was chosen
ASIDE = "set-aside"  # what nobody wanted to go on with, and may want back
MOST = 50  # texts that are set aside of one post file: the newest
OPEN = 20  # texts of one post file that are typed and not saved; older ones are set aside
ROOM = 32 * 1024 * 1024  # bytes of either, for one post file
IDENT = re.compile(r"[0-9a-f]{16}")
AsideWhy = Literal["", "choice", "back", "version", "report", "deletion", "writing"]
SAID = ("title", "category", "tags", "author", "created")


@dataclass(frozen=True, slots=True)
class WritingPage:
    """A page on which a text is written, from its opening on. `ident`: its own name, "" as of a build before; `began`:
    the `key` of the kept text that it began with; `typed`: how often somebody typed on it so far.
    """

    ident: str = ""
    began: str = ""
    typed: int = 0


@dataclass(frozen=True, slots=True)
class AsideReason:
    """Why a text was set aside, "" where nobody knows: somebody chose between two texts; went back to the saved one;
    took another version up again; had the report written anew; deleted the post; or went on without some of its words.
    `theirs`: it is the forum's, by `who`.
    """

    why: AsideWhy = ""
    theirs: bool = False
    who: str = ""


WRITTEN_ON = AsideReason("writing")


@dataclass(frozen=True, slots=True)
class TypedText:
    """A text that was typed and not saved, over the content that has this mark. `at`: when it was kept (µs);
    `passed`: another text of the post was saved since, or brought back, and this one waits beside it; `reason`: of one
    that was set aside.
    """

    form: PostForm
    mark: str
    page: WritingPage
    at: int
    path: str = ""
    passed: bool = False
    reason: AsideReason = AsideReason()

    @property
    def called(self) -> str:
        """What an address calls it."""
        return self.page.ident or "0"

    @property
    def key(self) -> str:
        """What names it as it is now: its page, and when that kept it."""
        return f"{self.page.ident}:{self.at}"


@dataclass(frozen=True, slots=True)
class AsideText:
    """A text that was set aside, and why. `at`: when (µs)."""

    form: PostForm
    at: int
    reason: AsideReason


def new_page(began: TypedText | None = None) -> WritingPage:
    """A page that is opened now, with a kept text or without."""
    return WritingPage(secrets.token_hex(8), began.key if began else "")


def page_of(said: Mapping[str, str]) -> WritingPage:
    """The page from which a form comes."""
    ident, typed = said.get("page", ""), said.get("typed", "")
    count = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    return WritingPage(ident if IDENT.fullmatch(ident) else "", said.get("began", ""), count)


def name(path: str, ident: str = "") -> str:
    """Where what a page keeps of a post file lies in there."""
    place = f"{FOLDER}/{hashlib.sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}"
    return f"{place}-{ident}" if ident else place


def same(one: PostForm, other: PostForm) -> bool:
    """Whether two forms say the same, whatever their line ends, and whichever text they are a translation of."""
    return replace(one, body=with_lf(one.body), of="") == replace(other, body=with_lf(other.body), of="")


def holds(later: PostForm, earlier: PostForm) -> bool:
    """Whether every line of an earlier text stands in a later one, in its order: somebody only wrote on."""
    lines = iter(with_lf(later.body).split("\n"))
    own = (line.strip() for line in with_lf(earlier.body).split("\n"))
    return all(getattr(earlier, one) in getattr(later, one) for one in SAID) and all(
        not line or any(line in other for other in lines) for line in own
    )


# ---- typed and not saved


def keep(repo: Repo, path: str, form: PostForm, mark: str, opened: PostForm, page: WritingPage) -> None:
    """Keep what a page holds of a post file that says `opened`, with the mark of what it was typed over; where both
    are the same, the page keeps nothing. What it held later than that stays.
    """
    held = held_by(repo, path, page.ident)
    if held and held.page.typed > page.typed:
        return
    if same(form, opened):
        end(repo, path, form, page)
        return
    write(repo, TypedText(form, mark, page, now(), path))
    settle(repo, path, form, page, ends=False)
    for file in beyond(repo, names(repo, path), OPEN):
        if one := read(repo, file, opened):
            leave(repo, replace(one, path=path), "")


def write(repo: Repo, text: TypedText) -> None:
    """Put a text in its place."""
    record = as_record(text.path, text.form, text.mark, at=text.at, began=text.page.began, typed=text.page.typed)
    data = json.dumps(record | {"passed": text.passed})
    safe_files.write(repo.own / "koweb", name(text.path, text.page.ident), data, lasting=False)


def as_record(path: str, form: PostForm, mark: str, **more: Any) -> dict[str, Any]:
    """A form as it is kept."""
    return {"mark": mark, "path": path, **asdict(form), "body": with_lf(form.body), **more}


def end(repo: Repo, path: str, form: PostForm, page: WritingPage) -> None:
    """What a page held is in the file as `form`, or nobody wants it."""
    held = held_by(repo, path, page.ident)
    if held and held.page.typed > page.typed and not holds(form, held.form):
        put_aside(repo, path, held.form, now(), WRITTEN_ON)
    safe_files.remove(repo.own / "koweb", name(path, page.ident))
    settle(repo, path, form, page, ends=True)


def settle(repo: Repo, path: str, form: PostForm, page: WritingPage, *, ends: bool) -> None:
    """A page goes on with the text that it began with, or ends (`ends`) with `form`. That earlier text stays until the
    end, for its sentences may still go; it is set aside where they are gone. One that was typed on since is left alone.
    """
    met = {page.ident}
    while page.began:
        held = held_by(repo, path, page.began.partition(":")[0])
        if held is None or held.key != page.began or held.page.ident in met:
            return
        met.add(held.page.ident)
        whole = holds(form, held.form)
        if not whole:
            put_aside(repo, path, held.form, now(), WRITTEN_ON)
        if ends or not whole:
            safe_files.remove(repo.own / "koweb", name(path, held.page.ident))
        page = held.page


def leave(repo: Repo, text: TypedText, why: AsideWhy) -> None:
    """Nobody goes on with a text, but it can be had back."""
    put_aside(repo, text.path, text.form, now(), AsideReason(why))
    end(repo, text.path, text.form, text.page)


def leave_all(repo: Repo, path: str, opened: PostForm) -> None:
    """The post file goes: set all aside that was typed for it and is not in it."""
    for one in reversed(typed(repo, path, opened)):
        leave(repo, one, "deletion")
    for file in names(repo, path):
        safe_files.remove(repo.own / "koweb", file)


def pass_by(repo: Repo, path: str) -> None:
    """Another text of the post was saved, or brought back: those of other pages wait beside it."""
    for file in names(repo, path):
        one = read(repo, file)
        if one and not one.passed:
            write(repo, replace(one, path=path, passed=True))


def typed(repo: Repo, path: str, opened: PostForm) -> list[TypedText]:
    """What was typed for a post file that says `opened`, and is not in it: the newest first, what waits beside last."""
    found = [replace(one, path=path) for file in names(repo, path) if (one := read(repo, file, opened))]
    gone_on_with = {one.page.began for one in found}
    shown = (one for one in found if one.key not in gone_on_with and not same(one.form, opened))
    return sorted(shown, key=lambda one: (one.passed, -one.at))


def kept(repo: Repo, path: str, opened: PostForm) -> TypedText | None:
    """What somebody who opens the post goes on with."""
    return next((one for one in typed(repo, path, opened) if not one.passed), None)


def held_by(repo: Repo, path: str, ident: str) -> TypedText | None:
    """What a page keeps."""
    found = read(repo, name(path, ident if IDENT.fullmatch(ident) else ""))
    return replace(found, path=path) if found else None


def names(repo: Repo, path: str) -> list[str]:
    """Where all that is kept of a post file lies, the newest first."""
    folder, own = repo.own / "koweb" / FOLDER, name(path).rpartition("/")[2]
    found = [f"{FOLDER}/{one.name}" for one in folder.glob(f"{own}*") if one.name.partition("-")[0] == own]
    return sorted(found, key=lambda file: facts(repo, file)[0], reverse=True)


def facts(repo: Repo, file: str) -> tuple[int, int]:
    """When a file was written (µs), and its size; nothing where there is none by now."""
    try:
        found = (repo.own / "koweb" / file).stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns // 1_000, found.st_size


def read(repo: Repo, file: str, opened: PostForm = NOTHING) -> TypedText | None:
    """What is kept there. What is no form of ours, as from a build before, is taken for a text that was typed over
    something unknown.
    """
    text = safe_files.read(repo.own / "koweb", file).decode("utf-8", "replace")
    ident, at = file.rpartition("/")[2].partition("-")[2], facts(repo, file)[0]
    try:
        says: dict[str, Any] = json.loads(text)
        mark, path = str(says.pop("mark")), str(says.pop("path", ""))
        page = WritingPage(ident, str(says.pop("began", "")), int(says.pop("typed", 0)))
        at, passed, reason = int(says.pop("at", at)), bool(says.pop("passed", False)), reason_in(says)
        form = PostForm(**{**asdict(opened), **says})
        if {one: type(value) for one, value in asdict(form).items()} != {one.name: one.type for one in fields(form)}:
            raise TypeError
        return TypedText(form, mark or "unknown", page, at, path, passed, reason)
    except (ValueError, TypeError, AttributeError, KeyError):
        return TypedText(replace(opened, body=text), "unknown", WritingPage(ident), at) if text else None


def reason_in(says: dict[str, Any]) -> AsideReason:
    """Take out of a record why its text was set aside. Those of a build before say only whose it is."""
    why, theirs, who = (
        says.pop("why", "choice" if says.get("theirs") else ""),
        bool(says.pop("theirs", False)),
        str(says.pop("who", "")),
    )
    known: tuple[AsideWhy, ...] = get_args(AsideWhy)
    return AsideReason(why if why in known else "", theirs, who)


def texts(repo: Repo, there: FolderState, *, passed: bool = True) -> Iterator[tuple[str, str]]:
    """The posts and translations of which something was typed and not saved: path, and title, with what it is.
    `passed`: also where it waits beside another text that was saved since.
    """
    folder = repo.own / "koweb" / FOLDER
    known = {name(path).rpartition("/")[2]: path for path in (*there.shown, *there.translations, *there.lone)}
    files = sorted(folder.iterdir()) if folder.is_dir() else ()
    found = {
        one.name.partition("-")[0]: f"{FOLDER}/{one.name}" for one in files if not one.name.startswith(safe_files.PART)
    }
    for place, file in found.items():
        one = read(repo, file)
        path = known.get(place) or (one.path if one else "")
        opened = form_there(there, path)
        first = next(iter(typed(repo, path, opened) if path else ()), None)
        if first and (passed or not first.passed):
            title, other = (
                first.form.title or opened.title or path,
                there.translations.get(path) or there.lone.get(path),
            )
            yield path, _("{title} (translation)").format(title=title) if other else title


def form_there(there: FolderState, path: str) -> PostForm:
    """What the file of a post or a translation says; nothing of one that is not there, or cannot be read."""
    if post := there.shown.get(path):
        return form_of(post.post, post.post.data)
    other = there.translations.get(path) or there.lone.get(path)
    data = other.file.post.data if other and other.file else b""
    return form_of(readable(path, data).post, data) if data else NOTHING


# ---- set aside


def put_aside(repo: Repo, path: str, form: PostForm, at: int, reason: AsideReason) -> None:
    """Keep a text of a post file that can be had back, once; what is typed for it stays as it is. `at`: now (µs)."""
    place = aside_folder(path)
    before = [one.at for one in aside(repo, path, form) if same(one.form, form)]
    while facts(repo, f"{place}/{at:020}")[0]:
        at += 1
    safe_files.write(repo.own / "koweb", f"{place}/{at:020}", json.dumps(as_record(path, form, "", **asdict(reason))))
    for one in before:
        safe_files.remove(repo.own / "koweb", f"{place}/{one:020}")
    for file in beyond(repo, [f"{place}/{one}" for one in aside_files(repo, path)], MOST):
        safe_files.remove(repo.own / "koweb", file)


def aside(repo: Repo, path: str, opened: PostForm) -> list[AsideText]:
    """What was set aside of a post file, the newest first."""
    found = ((read(repo, f"{aside_folder(path)}/{file}", opened), int(file)) for file in aside_files(repo, path))
    return [AsideText(one.form, at, one.reason) for one, at in found if one]


def aside_folder(path: str) -> str:
    """Where these lie."""
    return f"{ASIDE}/{name(path).rpartition('/')[2]}"


def aside_files(repo: Repo, path: str) -> list[str]:
    """Their names, the newest first: each is a time (µs)."""
    folder = repo.own / "koweb" / aside_folder(path)
    found = (one.name for one in folder.iterdir()) if folder.is_dir() else ()
    return sorted((one for one in found if one.isascii() and one.isdigit()), reverse=True)


def beyond(repo: Repo, files: list[str], most: int) -> list[str]:
    """Of files, the newest first, those that are too many or too much; never the newest."""
    size = 0
    for number, file in enumerate(files):
        size += facts(repo, file)[1]
        if number and (number >= most or size > ROOM):
            return files[number:]
    return []


def now() -> int:
    """The time (µs)."""
    return time.time_ns() // 1_000
