"""What a push will do, as frozen values: decided by `plan`, printed by `show`, carried out by `push`."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from koweb_sync.agreements import Agreement, Fields
from koweb_sync.bookmark import Pending
from koweb_sync.config import Withdraw
from koweb_sync.errors import HUMAN, KowebError
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.field import Field
from koweb_sync.posts.fields import FIELDS, SEPARATE, TOGETHER
from koweb_sync.posts.ids import CategoryId, TopicId
from koweb_sync.sync.publish.translations import TranslationAction, described
from koweb_sync.sync.world.world import PostAtHead

VERSION = 1  # of a saved plan


@dataclass(frozen=True, slots=True)
class Create:
    """Create the topic of a file: uploads, one request, and one for each status.

    `wants` are the fields with the folder's category, `category` its id on the forum; `uploads` the paths of files that
    this action has to upload; `later`: a link or anchor can only be completed afterwards, by one more request.
    `locale`: the language that the post gets because it has translations, "" for none.
    """

    source: PostAtHead
    post: PostFile
    wants: Fields
    category: CategoryId | None
    uploads: tuple[str, ...] = ()
    later: bool = False
    locale: str = ""

    @property
    def requests(self) -> int:
        """Uploads + 1 + 1 for each field that no create can say + 1 if a link is completed later."""
        return len(self.uploads) + 1 + len(left_to_send(self.wants)) + self.later


@dataclass(frozen=True, slots=True)
class Edit:
    """Bring a topic to what its file says. `body`: the raw changes; `fields`: names of the fields that do.

    `restore` is what has to be undone first, because the file was gone and is back: unlist, close or delete. `fresh`:
    this run wrote to the topic already. `later`: it comes before what it links to, which is completed by one more
    request.
    """

    source: PostAtHead
    post: PostFile | None
    agreed: Agreement
    wants: Fields
    body: bool
    fields: frozenset[str]
    uploads: tuple[str, ...] = ()
    restore: str = ""
    fresh: bool = False
    later: bool = False

    @property
    def reads(self) -> bool:
        """Whether the topic is read first, because a field is merged by key."""
        return bool(self.together)

    @property
    def moves(self) -> bool:
        """Whether fields change that never go with the text, but together in a request of their own."""
        return any(not field.with_text for field in self.together)

    @property
    def together(self) -> list[Field]:
        """The changed fields that are merged with what the forum shows."""
        return [field for field in TOGETHER if field.name in self.fields]

    @property
    def with_text(self) -> bool:
        """Whether a new title goes with the text: where that changes, too, or nothing else does."""
        return self.body or not self.moves

    @property
    def lone(self) -> bool:
        """Whether the topic is read first only to know that it is ours: nothing else that is sent would tell."""
        return not self.fresh and (bool(self.restore) or not (self.body or self.reads))

    @property
    def requests(self) -> int:
        """Uploads + 1 for body and title + 1 for category and tags, and 1 to look what became of them; the title goes
        with those if the body stays + 1 to read first if one of these three fields changed, or nothing but fields that
        have a request of their own + 1 for each of those + 1 to restore + 1 to complete a link later. Fewer where the
        forum turns out to show a field already.
        """
        sent, stored = self.agreed.sent, self.agreed.tags
        beside = [field for field in self.together if not (field.with_text and self.with_text)]
        moved = any(one.sends_again(self.wants.get(one.name), sent.get(one.name), stored) for one in beside)
        put = self.body or (self.with_text and "title" in self.fields)
        separate = sum(field.name in self.fields for field in SEPARATE)
        more = self.reads + bool(self.restore) + self.lone + self.later
        return len(self.uploads) + put + 2 * moved + separate + more


def left_to_send(wants: Fields) -> frozenset[str]:
    """The names of the fields that a new topic lacks once it is created."""
    return frozenset(name for name, field in FIELDS.items() if field.left_to_send(wants.get(name)))


@dataclass(frozen=True, slots=True)
class Record:
    """The file moved or changed in a way that the forum does not see: only the bookmark is written. No request."""

    source: PostAtHead
    post: PostFile | None
    agreed: Agreement
    wants: Fields
    requests: int = 0


@dataclass(frozen=True, slots=True)
class Drop:
    """The file of a topic is gone, or became a draft: do what koweb.toml says.

    `said`: another tool's key and what stands behind it, where that makes it a draft. `others`: who opened it, if not
    we; then it is only let go. `room_for`: the file whose new topic is to have its title; then it is deleted, or
    nothing is done.
    """

    agreed: Agreement
    how: Withdraw
    draft: bool
    said: str = ""
    others: str = ""
    room_for: PostAtHead | None = None

    @property
    def requests(self) -> int:
        """keep: 0; else 2, for the topic is read first: it has to be ours."""
        return 0 if self.how == "keep" else 2


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask whether a post that was held for review has become a topic: with those of the same author, in one request."""

    source: PostAtHead
    post: PostFile
    wants: Fields
    pending: Pending
    requests: int = 0


@dataclass(frozen=True, slots=True)
class Take:
    """Agree about a topic that somebody adopted in another clone: a commit says which text of the forum it holds."""

    source: PostAtHead
    post: PostFile
    wants: Fields
    topic: TopicId
    requests: int = 1


Action = Create | Edit | Record | Drop | Ask | Take


@dataclass(frozen=True, slots=True)
class Refusal:
    """A post that a push leaves alone, and why. `topic` is 0 where it has none."""

    path: str
    error: KowebError
    topic: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a push would do at one commit and one bookmark, in the order in which it would.

    `translations` come behind the `actions`.
    `notes` are told where the plan is looked at, and hold nothing open. `halt` is a reason to do nothing at all.
    `beside`: requests that are no single action's; `in_doubt`: how many more there may be, which only the forum tells;
    `refused`: how many more where it refuses posts (see `costs`).
    """

    forum: str
    head: str
    bookmark: str
    actions: tuple[Action, ...] = ()
    translations: tuple[TranslationAction, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    halt: KowebError | None = None
    beside: int = 0
    in_doubt: int = 0
    refused: int = 0

    @property
    def requests(self) -> int:
        """How many requests a push sends that the forum takes as a whole."""
        return sum(action.requests for action in (*self.actions, *self.translations)) + self.beside

    @property
    def acts(self) -> bool:
        """Whether there is anything to do, be it only to note something."""
        return bool(self.actions or self.translations)

    @property
    def at_most(self) -> int:
        """How many it sends whatever the forum answers, as long as it answers."""
        return self.requests + self.in_doubt + self.refused

    @property
    def empty(self) -> bool:
        """Whether the forum already shows what git says."""
        return not self.requests and not self.refusals and self.halt is None

    @property
    def codes(self) -> tuple[int, ...]:
        """The exit codes of what is refused."""
        return (*(r.error.exit_code for r in self.refusals), *((HUMAN,) if self.halt else ()))

    def minutes(self, per_minute: int) -> float:
        """How long the requests take at a rate; the first window of them goes at once. 0 for no limit."""
        return max(0, self.requests - per_minute) / per_minute if per_minute else 0.0


def describe(action: Action) -> dict[str, Any]:
    """An action as plain data, for JSON and for the digest."""
    match action:
        case Create(source, _post, wants, category):
            facts = {"do": "create", **about(source), "title": wants.title, "category": category}
        case Edit(source, _post, agreed, wants):
            changed = sorted({*action.fields, *(("body",) if action.body else ())})
            facts = {"do": "edit", **about(source), "topic": agreed.topic, "title": wants.title, "changes": changed}
            facts |= {"restore": action.restore} if action.restore else {}
        case Record(source, _post, agreed, wants):
            facts = {"do": "record", **about(source), "topic": agreed.topic, "title": wants.title}
        case Drop(agreed, how):
            facts = {"do": how, "id": agreed.id, "path": agreed.path, "topic": agreed.topic, "title": agreed.title}
        case Ask(source, _post, wants):
            facts = {"do": "ask", **about(source), "title": wants.title}
        case Take(source, _post, wants, topic):
            facts = {"do": "take", **about(source), "topic": topic, "title": wants.title}
    uploads = list(action.uploads) if isinstance(action, Create | Edit) else []
    return {**facts, **({"uploads": uploads} if uploads else {}), "requests": action.requests}


def all_described(plan: Plan) -> list[dict[str, Any]]:
    """All that a plan does, as plain data."""
    return [*map(describe, plan.actions), *map(described, plan.translations)]


def about(source: PostAtHead) -> dict[str, Any]:
    """Which file an action is about."""
    return {"id": source.ident, "path": source.path, "blob": source.blob}


def digest(plan: Plan) -> str:
    """A hash of everything that a plan would do; two plans with the same digest do the same."""
    text = json.dumps(all_described(plan), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def as_json(plan: Plan, per_minute: int) -> Mapping[str, Any]:
    """A plan as data: what `koweb plan -o` saves and `--format json` prints."""
    return {
        "version": VERSION,
        "forum": plan.forum,
        "head": plan.head,
        "bookmark": plan.bookmark,
        "digest": digest(plan),
        "requests": plan.requests,
        "requests_in_doubt": plan.in_doubt,
        "requests_at_most": plan.at_most,
        "minutes": round(plan.minutes(per_minute), 1),
        "actions": all_described(plan),
        "refused": [
            {
                "path": r.path,
                "topic": r.topic or None,
                "where": r.error.where,
                "message": r.error.message,
                "remedy": r.error.remedy,
                "exit_code": r.error.exit_code,
            }
            for r in plan.refusals
        ],
        "warnings": list(plan.warnings),
        "halted": None if plan.halt is None else str(plan.halt),
    }
