"""A post file in a form, and back: what the form leaves alone keeps its bytes. Pure."""

import hashlib
import posixpath
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from koweb_sync.config import Settings
from koweb_sync.errors import InputError, PostFileError
from koweb_sync.forum.site import Site
from koweb_sync.i18n import _
from koweb_sync.posts.check import as_compared
from koweb_sync.posts.document import PostFile, new_id, parse, template
from koweb_sync.posts.front import decoded, read_front
from koweb_sync.posts.front_writing import Value, with_key, yaml_value
from koweb_sync.posts.markdown import LINE_END, with_lf
from koweb_sync.posts.merge_texts import Effort, aligned
from koweb_sync.posts.paths import folders_of
from koweb_sync.posts.tags import stored
from koweb_sync.posts.translation import named, says_so
from koweb_sync.sync.setup.folders import open_to

KEYS = ("title", "category", "tags", "author", "created", "draft")  # of the front matter, that the form has


@dataclass(frozen=True, slots=True)
class PostForm:
    """What a form says of a post. `category`: "" for the folder's; `tags` as they were typed, with commas; `created`: a
    date in ISO 8601; `body` with the line ends of a form. `whole`: the file's front matter cannot be read, and `body`
    is all of it. `of`: the mark of the original's text that a translation is of from now on, "" for the one of before.
    """

    title: str
    category: str
    tags: str
    author: str
    draft: bool
    body: str
    whole: bool = False
    created: str = ""
    of: str = ""


NOTHING = PostForm("", "", "", "", draft=False, body="")


@dataclass(frozen=True, slots=True)
class PlaceForPost:
    """A category for a new post: its name, the folder whose category it is, and what has to stand in the file.
    `chosen`: it was chosen when the desk was set up, and has a folder of its own.
    """

    name: str
    folder: str
    category: str | None
    chosen: bool = False

    @property
    def said(self) -> str:
        """It in what is kept of a form, whatever its number will be."""
        return f"{self.folder} {self.category or ''}".rstrip()


def mark(data: bytes) -> str:
    """What stands for a content, so that a page knows whether it is still there."""
    return hashlib.sha256(data).hexdigest()


def mark_of_all(contents: Mapping[str, bytes]) -> str:
    """What stands for several files with these contents, by path."""
    return mark(
        "".join(f"{path}\0{mark(data)}\n" for path, data in contents.items()).encode("utf-8", "surrogateescape")
    )


def form_of(post: PostFile, data: bytes) -> PostForm:
    """A post file as a form shows it."""
    try:
        read_front(post.path, data)
    except PostFileError:
        return replace(NOTHING, body=data.decode("utf-8", "replace"), whole=True)
    says = post.front.says
    tags = ", ".join(post.front.tags or ())
    category = "" if post.front.category is None else str(post.front.category)
    author, created = str(says.get("author") or ""), str(says.get("created") or "").removesuffix("T00:00:00+00:00")
    return PostForm(post.front.title, category, tags, author, post.front.draft, post.body, created=created)


def written(path: str, data: bytes, was: PostForm, form: PostForm) -> bytes:
    """The file with what the form changed. Raises PostFileError where the front matter cannot take it, and for a file
    that is not UTF-8: the form shows signs in it that stand for others, which must not take their place.
    """
    if was.whole:
        decoded(path, data)
        return with_line_ends(form.body, was.body).encode()
    tail = data[len(data) - len(was.body.encode()) :]
    for key in KEYS:
        if getattr(form, key) != getattr(was, key):
            data = with_key(path, data, key, value_of(key, form))
    if form.of:
        data = with_key(path, data, "of", form.of)
    head = data[: len(data) - len(tail)]
    return head + with_line_ends(form.body, was.body).encode()


def checked(path: str, data: bytes, was: PostForm, form: PostForm) -> bytes:
    """The same, of a form that can be saved. Raises PostFileError for what would be no post file, and InputError for a
    date that is none.
    """
    need_date(form.created)
    new = written(path, data, was, form)
    if not form.whole:
        need_readable(path, new)
    return new


def need_readable(path: str, data: bytes) -> None:
    """Raises PostFileError for what would be no post file, and no translation of one."""
    if not (named(path) and says_so(path, data)):
        parse(path, data)


def new_file(form: PostForm, ident: str) -> bytes:
    """The file of a new post."""
    others = {key: value for key in KEYS[1:] if (value := value_of(key, form))}
    return template(" ".join(form.title.split()), ident, others) + form.body.replace("\r\n", "\n").encode()


def new_translation(form: PostForm) -> bytes:
    """The file of a new translation."""
    title = yaml_value(" ".join(form.title.split()))
    return f"---\ntitle: {title}\n---\n\n{with_lf(form.body)}".encode()


def need_date(text: str) -> None:
    """Raises InputError for what is no date; nothing is none that is missing."""
    try:
        datetime.fromisoformat(text.strip() or "2000-01-01")
    except ValueError as error:
        raise InputError(
            _("“{text}” is no date.").format(text=text),
            remedy=_("Write it as 2024-05-02, or with a time as 2024-05-02T14:30:00+02:00."),
        ) from error


def need_new_title(title: str, titles: Mapping[str, str]) -> None:
    """Raises InputError where another text has this title: the forum takes each one once. `titles`: by path."""
    same = next((path for path, one in titles.items() if as_compared(one) == as_compared(title)), "")
    if same:
        raise InputError(
            _("Another text of this folder has this title: {path}.").format(path=same),
            remedy=_("Choose another title, or go on writing that text: the forum takes each title once."),
        )


def tags_of(form: PostForm) -> list[str]:
    """The tags of a form."""
    return typed_tags(form.tags)


def typed_tags(typed: str) -> list[str]:
    """Tags that were typed with commas between them."""
    return [tag for part in typed.split(",") if (tag := " ".join(part.split()))]


def with_forum_tags(form: PostForm) -> PostForm:
    """A form whose tags are written as the forum stores them, without those that it drops."""
    return replace(form, tags=", ".join(dict.fromkeys(filter(None, map(stored, tags_of(form))))))


def value_of(key: str, form: PostForm) -> Value | None:
    """What a key says for a form; None takes the key out."""
    if key == "tags":
        return tags_of(form)
    if key == "draft":
        return True if form.draft else None
    text = " ".join(str(getattr(form, key)).split())
    return int(text) if key == "category" and text.isdecimal() else text or None


def with_line_ends(new: str, old: str) -> str:
    """A text out of a form with the line ends that the file has: of each line its own, of new ones the usual one."""
    lines, ends = LINE_END.split(new), LINE_END.findall(old)
    before = LINE_END.split(old)
    if lines == before:
        return old
    if lines[-1]:
        lines.append("")
    usual = Counter(ends).most_common(1)
    known = {i: ends[j] for i, j in aligned(lines, before, Effort()) if j < len(ends)}
    last = len(lines) - 1
    default = usual[0][0] if usual else "\n"
    return "".join(line + (known.get(i, default) if i < last else "") for i, line in enumerate(lines))


def places_for(settings: Settings, site: Site | None) -> list[PlaceForPost]:
    """Where a new post may go: the folders of koweb.toml, then the forum's other categories that one may write in."""
    found, used = [], set()
    for folder, said in folders_of(settings.categories).items():
        category = site.named(said) if site else None
        used.add(category)
        place = f"{settings.posts}/{folder}".removesuffix("/.")
        found.append(PlaceForPost(category_name(site, said), place, None, chosen=True))
    others = [one for one in (open_to(site) if site else ()) if one not in used]
    found += [PlaceForPost(one.name, settings.posts, one.shown) for one in others]
    return found or [PlaceForPost("", settings.posts, None)]


def place_called(number: str, settings: Settings, site: Site | None) -> PlaceForPost | None:
    """The place that a form names by its number among them all; None for none."""
    return {str(nth): one for nth, one in enumerate(places_for(settings, site))}.get(number)


def place_number(said: str, settings: Settings, site: Site | None) -> str:
    """The number of a place that was kept; "" for none that is there now."""
    return next((str(nth) for nth, one in enumerate(places_for(settings, site)) if one.said == said), "")


def offered(settings: Settings, site: Site | None, chosen: str) -> dict[str, object]:
    """What a page offers as places: those with a folder of their `own`, the `others`, each with its number, and the
    one that is `chosen`; where there is hardly a choice, it is made. `named`: they stand there by their names.
    """
    found = list(enumerate(places_for(settings, site)))
    own, others = ([one for one in found if one[1].chosen is mine] for mine in (True, False))
    likely = own or others
    return {
        "named": site is not None,
        "own": own,
        "others": others,
        "place": chosen or (str(likely[0][0]) if len(likely) == 1 else ""),
    }


def category_name(site: Site | None, said: str | int | None) -> str:
    """A category of koweb.toml as people know it; as it stands there where the forum's are not known."""
    found = site.named(said) if site and said is not None else None
    return found.name if found else "" if said is None else str(said)


def categories_for(site: Site | None, said: str, folder: str | int | None) -> list[tuple[str, str]]:
    """What the form offers as categories: value and name. What the file says is among them, whatever it is; else that
    of its folder is not, for nothing has to be said for it.
    """
    own = site.named(folder) if site and folder is not None else None
    known = [(one.shown, one.name) for one in (open_to(site) if site else ()) if one != own or one.shown == said]
    return known if not said or said in dict(known) else [*known, (said, said)]


def picture_markdown(path: str, alt: str, size: tuple[int, int] | None, width: int | None) -> str:
    """The Markdown that shows a picture. `width`: in pixels, where it is not to be shown as it is."""
    words = " ".join(alt.replace("|", " ").replace("[", "(").replace("]", ")").split())
    if width and size and size[0]:
        words += f"|{width}x{max(1, size[1] * width // size[0])}"
    return f"![{words}]({path})"


def link_markdown(title: str, target: str, path: str) -> str:
    """The Markdown that links to another post file; both paths are from the repository's root."""
    return web_link_markdown(title, posixpath.relpath(target, posixpath.dirname(path) or "."))


def web_link_markdown(title: str, address: str) -> str:
    """The Markdown that links to an address."""
    words = title.replace("[", "(").replace("]", ")")
    return f"[{words}](<{address}>)" if set(" ()<>") & set(address) else f"[{words}]({address})"


def file_name(alt: str, given: str, taken: Sequence[str]) -> str:
    """The name of a file that is put beside a post, from its description, else from its own name."""
    stem, _dot, extension = given.replace("\\", "/").rpartition("/")[2].rpartition(".")
    base = new_id(alt or stem or given)
    for number in range(1, 10_000):
        name = f"{base}{'' if number == 1 else f'-{number}'}.{extension.lower() or 'bin'}"
        if name not in taken:
            return name
    return f"{base}-{mark(given.encode())[:12]}.{extension.lower() or 'bin'}"
