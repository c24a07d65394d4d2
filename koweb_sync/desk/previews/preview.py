"""A post file as the forum will show it, and how it stands: what is wrong with it, and what a push would change."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property

from markdown_it.rules_core import StateCore

from koweb_sync.agreements import Agreement
from koweb_sync.config import Settings
from koweb_sync.desk.previews.folder_plan import TEXT, FolderPlan, blob_name, changed_by
from koweb_sync.desk.previews.local_html import LocalPlaces, localised
from koweb_sync.desk.previews.preview_forum import AUTHOR, PreviewForum, forum_of
from koweb_sync.desk.previews.shown_titles import shown_title
from koweb_sync.desk.texts.forum_effect import of_draft
from koweb_sync.desk.texts.post_folder import FolderPost, FolderState, bytes_of, local_file
from koweb_sync.desk.texts.text_difference import ChangedParagraph, changed_paragraphs
from koweb_sync.forum.site import person_shown
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.posts.check import CheckContext
from koweb_sync.posts.checks import length
from koweb_sync.posts.dialect import Destination, destinations
from koweb_sync.posts.document import PostFile, parse
from koweb_sync.posts.lint import problems, unreadable
from koweb_sync.posts.problem import Problem
from koweb_sync.posts.rules import Around
from koweb_sync.posts.tags import stored
from koweb_sync.sandbox.cooking import typography
from koweb_sync.sandbox.cooking.context import KEY, CookingContext
from koweb_sync.sandbox.cooking.cook import reader
from koweb_sync.sandbox.cooking.tree import tree
from koweb_sync.sandbox.model.files import measure
from koweb_sync.sync.check import by_forum, unsure
from koweb_sync.sync.links.destinations import Atlas, StoredUpload
from koweb_sync.sync.publish.actions import Edit
from koweb_sync.sync.publish.foreseen_refusals import rules, shown_of
from koweb_sync.sync.world.cherry_picks import marks
from koweb_sync.sync.world.compose import compose

LONGEST = 64_000  # characters of a text that is shown, where the forum does not take more


class PostState(StrEnum):
    """How a post file stands, the most urgent first."""

    CONFLICT = "conflict"  # both sides changed it, and somebody has to decide
    DECIDED = "decided"  # somebody did, and has to finish bringing back
    BROKEN = "broken"  # cannot be published as it is
    EDITED = "edited"  # somebody changed it on the forum, and the file does not hold that
    UNWRITTEN = "unwritten"  # a new file without any text
    UNSAVED = "unsaved"  # what is shown was typed, and is not in the file
    UNSAVED_CHANGE = "unsaved-change"  # the same, of one whose topic is on the forum
    WAITING = "waiting"  # a moderator has it
    DRAFT = "draft"
    DRAFT_AGAIN = "draft-again"  # its topic is on the forum
    NEW = "new"  # not published yet
    CHANGED = "changed"  # a push changes it on the forum
    SAME = "same"


@dataclass(frozen=True, slots=True)
class ShownCategory:
    """A category as a page shows it: its name, and its colour (six hexadecimal digits)."""

    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A post file as a page shows it. `html` is cooked and leads to local places; `state` says how it stands;
    `author`: as the forum's pages call them, `account`: their user name; `changed`: names of fields that a push sends,
    `body` among them; `paragraphs`: what of the text it changes. `unknown`: names of people of whom this computer does
    not know whether they have an account. `topic`: its address on the forum, "" before it has one. `sure`: whether
    anything is remembered of the forum. `first_line`: of the text in the file, 1 where it cannot be told from what
    stands above it. `shown_title`: as the forum writes the title. `as_draft`: what becomes of its topic where it is a
    draft, "" without one.
    """

    path: str
    title: str
    category: ShownCategory | None
    tags: tuple[str, ...]
    author: str
    account: str
    html: str
    problems: tuple[Problem, ...]
    state: PostState
    changed: tuple[str, ...] = ()
    paragraphs: tuple[ChangedParagraph, ...] = ()
    unknown: tuple[str, ...] = ()
    topic: str = ""
    sure: bool = True
    first_line: int = 1
    shown_title: str = ""
    as_draft: str = ""


@dataclass(frozen=True, slots=True)
class PostSummary:
    """A post file in a list; `changed` and `topic` as in a preview."""

    path: str
    title: str
    category: ShownCategory | None
    author: str
    state: PostState
    changed: tuple[str, ...] = ()
    topic: str = ""


class Previewer:
    """Makes previews of the files of one folder as it is at one moment."""

    def __init__(self, repo: Repo, settings: Settings, now: FolderState) -> None:
        self.repo = repo
        self.settings = settings
        self.now = now
        self.forum: PreviewForum = forum_of(settings, now)
        self.plan = FolderPlan(repo, settings, now, self.forum.keys, self.is_wrong)
        self.atlas = self._atlas()
        self.stored: dict[str, str] = {}  # SHA-1 of an uploaded file -> its path
        self.bodies: dict[str, str] = {}

    def _atlas(self) -> Atlas:
        """Where everything is, as a push sees it; what is not published yet has a number to come."""
        now, forum = self.now, self.forum
        held = (path for path, one in now.entries.items() if one.kind == "file" and path not in forum.keys)
        self.files: dict[str, str] = dict.fromkeys(held, "")  # the content of those that a preview shows is filled in
        living = [one for one in forum.agreed.values() if one.withdrawn != "delete"]
        uploads = {
            used.blob: StoredUpload(used.url, used.width, used.height)
            for one in living
            for used in one.used.values()
            if used.blob and used.url
        }
        self.held_contents = frozenset(uploads)
        return Atlas(
            ids=forum.keys,
            files=self.files,
            topics=dict(forum.topics),
            bodies={forum.keys[path]: one.post.body for path, one in now.shown.items()},
            uploads=uploads,
            anchors=forum.state.flavour.anchors,
            home=self.settings.url,
            moved={one.path: key for key, one in forum.agreed.items() if one.path not in now.entries},
            root=self.settings.root,
        )

    # ---- one file

    def preview(self, path: str, places: LocalPlaces) -> Preview:
        """The preview of a post file. Raises KeyError for a path that is none."""
        one = self.shortened(self.now.shown[path])
        post, key = one.post, self.forum.keys[path]
        agreed = self.forum.agreed.get(key)
        raw = self.raw(post, agreed)
        cooked = self.cooked(path, raw)
        found = self.problems(path) if one.error or one is self.now.shown[path] else self.too_long(path)
        problems = tuple(replace(problem, message=places.say(problem.message)) for problem in found)
        notes = {one: at for one in problems if (at := one.line - post.body_line) >= 0}
        placed = beside(notes, block_starts(raw)) if notes else {}
        html = localised(cooked, self.forum, replace(places, files=self.stored), placed)
        edit = self.plan.edit(path)
        changed = changed_by(edit)
        before = self.there(key, agreed)
        return Preview(
            path=path,
            title=post.front.title,
            category=self.category(path),
            tags=tuple(dict.fromkeys(filter(None, map(stored, post.front.tags or ())))),
            author=self.called(self.account(post)),
            account=self.account(post),
            html=html,
            problems=problems,
            state=self.state(path, one, edit, wrong=any(one.error for one in problems)),
            changed=changed,
            paragraphs=changed_paragraphs(before.raw, raw) if before and TEXT in changed else (),
            unknown=mentioned_strangers(cooked),
            topic=self.address(path),
            sure=self.now.site is not None,
            first_line=post.body_line if one.error is None or post.key_lines else 1,
            shown_title=self.title_on_forum(path),
            as_draft=self.as_draft(path),
        )

    def as_draft(self, path: str) -> str:
        """What becomes of the topic of a file where that is a draft, as a sentence; "" for one without a topic."""
        return of_draft(self.forum.agreed.get(self.forum.keys[path]), self.settings)

    def address(self, path: str) -> str:
        """The address of the topic of a file; "" for one that has none, and for what is no file of a post."""
        agreed = self.forum.agreed.get(self.forum.keys[path]) if path in self.forum.keys else None
        return f"{self.settings.url}/t/-/{agreed.topic}" if agreed else ""

    def title_on_forum(self, path: str) -> str:
        """The title of a file as the forum writes it, or will."""
        return shown_title(self.now.shown[path].post.front.title, self.forum.agreed.get(self.forum.keys[path]))

    def summaries(self) -> list[PostSummary]:
        """All files for a list, by path."""
        return [self.summary(path) for path in sorted(self.now.shown)]

    @cached_property
    def titles(self) -> dict[str, str]:
        """What all files are called, by path."""
        return {path: one.post.front.title or path.rpartition("/")[2] for path, one in sorted(self.now.shown.items())}

    def summary(self, path: str) -> PostSummary:
        """One file for a list."""
        one, edit = self.now.shown[path], self.plan.edit(path)
        state = self.state(path, one, edit, wrong=path in self.refused)
        category, author = self.category(path), self.called_apart(self.account(one.post))
        return PostSummary(path, self.titles[path], category, author, state, changed_by(edit), self.address(path))

    @cached_property
    def refused(self) -> frozenset[str]:
        """The paths of files in which the check finds errors."""
        return frozenset(one.path for one in self._found(tuple(self.now.posts.values())) if one.error)

    def raw(self, post: PostFile, agreed: Agreement | None) -> str:
        """The text that a push would send, with the addresses that its pictures will have."""
        self.stored = {}
        for one in destinations(post.body):
            self.store(post, one)
        return compose(post, self.atlas, self.settings, agreed, self.agreed_body(agreed)).raw

    def store(self, post: PostFile, one: Destination) -> None:
        """Put a file of the work tree that a post shows or links to onto the preview's forum."""
        path = local_file(self.now, self.atlas.resolve(post.path, one.url))
        if path is None or path in self.forum.keys:
            return
        data = bytes_of(self.repo, path)
        if not data:
            return
        size = measure(data)
        made = self.forum.state.store(path.rpartition("/")[2], data, size, AUTHOR)
        self.stored[made.sha1] = path
        blob = blob_name(data)
        self.files[path] = blob
        known = self.atlas.uploads.setdefault(blob, StoredUpload(made.short_url, made.width, made.height))
        self.forum.state.by_short_url[known.url] = made

    def agreed_body(self, agreed: Agreement | None) -> str | None:
        """The text of the file that was agreed on."""
        if agreed is None:
            return None
        if agreed.blob not in self.bodies:
            self.bodies[agreed.blob] = parse(agreed.path, self.repo.blob(agreed.blob)).body
        return self.bodies[agreed.blob]

    def cooked(self, path: str, raw: str) -> str:
        """The HTML that the forum would make of a raw."""
        topic, number = self.forum.topics[self.forum.keys[path]]
        state = self.forum.state
        record = state.posts.get(int(number)) or state.first_post(state.topics[int(topic)])
        record.raw, record.html = raw, None
        return record.cooked

    def local_html(self, path: str, raw: str, places: LocalPlaces) -> str:
        """The HTML of a raw for a page of this computer, after `raw` said where its files are."""
        return localised(self.cooked(path, raw), self.forum, replace(places, files=self.stored))

    def shortened(self, one: FolderPost) -> FolderPost:
        """A file, with a sentence in the place of a text that no forum takes: to cook it would take minutes."""
        most = max(LONGEST, 2 * (self.now.site.limits.body_max if self.now.site else 0))
        if len(one.post.body) <= most:
            return one
        return replace(one, post=replace(one.post, body=_("This text is too long to be shown, and to be published.")))

    # ---- how it stands

    def state(self, path: str, one: FolderPost, edit: Edit | None, *, wrong: bool) -> PostState:
        """How a file stands. `edit`: what a push would send of it; `wrong`: the check finds an error in it."""
        if self.now.signs.get(path) == "M":
            return PostState.CONFLICT if marks(one.post.data) else PostState.DECIDED
        key = self.forum.keys[path]
        agreed = self.forum.agreed.get(key)
        newer = self.now.seen.texts.get(key)
        empty = agreed is None and one.error is None and not one.post.body.strip()
        if empty and key not in self.now.known.bookmark.pending:
            return PostState.DRAFT if one.post.front.draft else PostState.UNWRITTEN
        if one.error is not None or (wrong and not one.post.front.draft):
            return PostState.BROKEN
        if newer and agreed and newer[-1].pair.raw != agreed.raw and newer[-1].pair.blob != blob_name(one.post.data):
            return PostState.EDITED
        if key in self.now.known.bookmark.pending:
            return PostState.WAITING
        if one.post.front.draft:
            return PostState.DRAFT_AGAIN if self.as_draft(path) else PostState.DRAFT
        if agreed is None or (edit is not None and edit.restore):
            return PostState.NEW
        return PostState.CHANGED if edit else PostState.SAME

    def there(self, key: str, agreed: Agreement | None) -> Agreement | None:
        """What the forum has of a post, as far as anybody looked."""
        newer = self.now.seen.texts.get(key)
        return newer[-1].pair if newer else agreed

    def is_wrong(self, path: str) -> bool:
        """Whether the check finds an error in a file."""
        return any(one.error for one in self.problems(path))

    def problems(self, path: str) -> tuple[Problem, ...]:
        """What the check finds in one file."""
        one = self.now.shown[path]
        if one.error is not None:
            return (unreadable(one.error),)
        return tuple(sorted(self._found((one.post,)), key=lambda problem: (problem.line, problem.code)))

    def too_long(self, path: str) -> tuple[Problem, ...]:
        """What the check says of the length of a text; to look at every link in it would take as long as to cook it."""
        return tuple(length.CHECK.find(self.now.shown[path].post, self._context()))

    def _found(self, posts: tuple[PostFile, ...]) -> list[Problem]:
        found = [*problems(self._context(), posts)]
        every = tuple(self.now.posts.values())
        found += by_forum(self.settings, posts, every, self.now.known, self.now.anchors)
        return found if self.now.site is not None else unsure(found)

    def _context(self) -> CheckContext:
        now, texts = self.now, {key: [one] for key, one in self.forum.agreed.items()}
        for key, seen in now.seen.texts.items():
            texts.setdefault(key, []).extend(one.pair for one in seen)
        shown = {path: shown_of(texts[key]) for path, key in self.forum.keys.items() if key in texts}
        limits = replace(rules(now.site, self.settings.url), html_pictures=now.anchors == "post-id")
        around = Around(self.settings.root, shown, self.held)
        return CheckContext(now.posts, now.broken, now.entries, limits, around, datetime.now(UTC))

    def held(self, path: str) -> bool:
        """Whether the forum has the very content of a file."""
        data = bytes_of(self.repo, path)
        return data is not None and blob_name(data) in self.held_contents

    # ---- what stands around the text

    def category(self, path: str) -> ShownCategory | None:
        """The category into which a file goes, as far as it is known; else as it was written."""
        topic = self.forum.state.topics[int(self.forum.topics[self.forum.keys[path]][0])]
        found = self.forum.state.categories.get(topic.category_id or 0)
        if found is not None:
            return ShownCategory(found.name, found.color)
        said = self.now.shown[path].post.front.category
        said = self.settings.category_of(path) if said is None else said
        return ShownCategory(str(said), "") if said is not None else None

    def account(self, post: PostFile) -> str:
        """The user name of whose the post will be."""
        said = str(post.front.says.get("author") or self.settings.username)
        found = self.forum.state.names.get(said.lower())
        return found.username if found else said

    def called(self, username: str) -> str:
        """Somebody as the forum's pages call them, as far as this computer knows."""
        found = self.forum.state.names.get(username.lower())
        return person_shown(self.now.site, found.username, found.name or "") if found else username

    def called_apart(self, username: str) -> str:
        """The same; with the user name behind it, where authors of two accounts have one name."""
        name = self.called(username)
        return name if self.sharing[name] < 2 else _("{name} (@{username})").format(name=name, username=username)

    @cached_property
    def sharing(self) -> Counter[str]:
        """How many accounts of authors have each name."""
        return Counter(self.called(one) for one in {self.account(one.post) for one in self.now.shown.values()})


def mentioned_strangers(cooked: str) -> tuple[str, ...]:
    """The people whom a text calls by a name of which nobody here knows an account, as the cooking left them."""
    found = (node.words() for node in tree(cooked).below() if node.name == "span" and "mention" in node.classes)
    return tuple(dict.fromkeys(found))


def block_starts(raw: str) -> list[int]:
    """The first line of each outermost block of a text, from 0."""
    md = reader(typography.QUOTES)
    state = StateCore(raw, md, {KEY: CookingContext()})
    for rule in md.core.ruler.getRules("")[:2]:  # line ends and blocks; what stands within them does not matter here
        rule(state)
    blocks = (one for one in state.tokens if one.level == 0 and one.nesting >= 0 and not one.hidden)
    return [one.map[0] for one in blocks if one.map]


def beside(notes: Mapping[Problem, int], starts: Sequence[int]) -> dict[int, list[Problem]]:
    """Problems by the number of the block in which their line stands. `notes`: problem -> its line in the text."""
    found: dict[int, list[Problem]] = {}
    for problem, line in notes.items():
        block = bisect_right(starts, line) - 1
        if block >= 0:
            found.setdefault(block, []).append(problem)
    return found
