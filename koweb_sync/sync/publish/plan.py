"""Decide everything, then act: the plan of a push. Pure: no network, no git, no clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from koweb_sync.agreements import Agreement, Fields, Used
from koweb_sync.config import Settings
from koweb_sync.errors import EditedThere, HumanNeeded, KowebError
from koweb_sync.forum.site import Site
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import Context, LinkTarget, to_raw
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.grouped_problems import gathered
from koweb_sync.posts.ids import CategoryId
from koweb_sync.posts.titles import same_title
from koweb_sync.posts.translation import lacking_in, unfinished_post
from koweb_sync.sync.links.destinations import targets, uses
from koweb_sync.sync.publish.actions import Action, Ask, Create, Drop, Edit, Plan, Record, Refusal, Take
from koweb_sync.sync.publish.ambiguous_files import doubles, place_of_keys, two_topics
from koweb_sync.sync.publish.categories import wrong_category
from koweb_sync.sync.publish.newer_head import behind
from koweb_sync.sync.publish.options import NOTHING_BESIDES, PlanOptions
from koweb_sync.sync.publish.order import creation_order
from koweb_sync.sync.publish.titles import OtherAction, due, in_order
from koweb_sync.sync.publish.translations import PushedTopics, Translate, Translations, planned
from koweb_sync.sync.publish.withdrawals import despite, kept_back, too_many, withdrawals
from koweb_sync.sync.world.compose import agreed_text, languages
from koweb_sync.sync.world.incoming import State, words
from koweb_sync.sync.world.world import PostAtHead, World, desired


def plan(
    world: World,
    settings: Settings,
    site: Site | None,
    problems: Mapping[str, KowebError],
    options: PlanOptions = NOTHING_BESIDES,
) -> Plan:
    """What a push has to do so that the forum shows what the repository says.

    `site` are the forum's facts, None while they are not known: then categories are checked when they are. `problems`
    holds, by path, why a changed file cannot be published. Refused posts are left alone; the others go on.
    """
    planner = Planner(world, settings, site, problems, options)
    return planner.plan()


class Planner:
    """One plan in the making."""

    def __init__(
        self,
        world: World,
        settings: Settings,
        site: Site | None,
        problems: Mapping[str, KowebError],
        options: PlanOptions,
    ) -> None:
        self.world = world
        self.settings = settings
        self.site = site
        self.problems = problems
        self.options = options
        self.refusals: list[Refusal] = []

    def plan(self) -> Plan:
        """Creates in the order of their links, then everything that may link to them, withdrawals last; but first what
        makes a title free.
        """
        mine = [source for source in self.world.sources if self.options.covers(source.path)]
        self.refusals = [
            Refusal(e.path, e) for e in gathered(e for e in self.world.broken if self.options.covers(e.path))
        ]
        self.refusals += doubles(self.world.sources, self.options.covers, alone=self.settings.alone)
        refused = {refusal.path for refusal in self.refusals}
        mine = [source for source in mine if source.path not in refused]
        creates = self.linked([one for source in mine if (one := self.creation(source))])
        coming = {create.source.ident for create in creates}
        others = [action for source in mine if (action := self.change(source, coming))]
        gone = list(withdrawals(self.world, self.settings, self.options.covers))
        self.refusals += [one for one in gone if isinstance(one, Refusal)]
        drops = due([one for one in gone if isinstance(one, Drop)], creates, self.world)
        halt = None if self.options.yes else too_many(self.world, self.settings, drops)
        order = in_order(drops, creates, others)
        self.refusals += order.refusals
        told = Translations() if halt else self.translations([*drops, *creates, *others])
        languages = {one.source.ident: one.language for one in told.actions if isinstance(one, Translate)}
        creates = [replace(one, locale=languages.get(one.source.ident, "")) for one in creates]
        first = (self.completed(one, coming) if isinstance(one, Edit) else one for one in order.first)
        return Plan(
            forum=self.settings.name,
            head=self.world.head,
            bookmark=self.world.bookmark.commit or "",
            actions=() if halt else tuple(self.sharing((*first, *creates, *order.then))),
            translations=told.actions,
            refusals=tuple(self.refusals),
            warnings=told.warnings,
            notes=told.notes,
            halt=halt,
        )

    def translations(self, actions: Sequence[Action]) -> Translations:
        """What is done about translations, beside these actions."""
        coming = frozenset(one.source.ident for one in actions if isinstance(one, Create))
        spoken = frozenset(one.source.ident for one in actions if isinstance(one, Edit) and one.body)
        refused = frozenset(one.path for one in self.refusals)
        around = PushedTopics({one.ident: one for one in self.world.sources}, coming, spoken, self.problems, refused)
        told = planned(self.world, self.settings, self.site, self.options.covers, around)
        self.refusals += [Refusal(path, error) for path, error in told.errors.items()]
        return told

    # ---- creates

    def creation(self, source: PostAtHead) -> Create | None:
        """The create of a file that has no topic yet."""
        ident, post = source.ident, source.post
        if ident in self.world.bookmark.agreed or source.draft or post is None or lacking_in(post):
            return None
        if ident in self.world.adopted:
            return None
        if ident in self.world.bookmark.pending and not self.options.resend:
            return None
        wants = desired(source, self.settings)
        error = self.problems.get(source.path) or adopted(post) or self.waits(source, post)
        error = error or self.wrong_category(source, wants)
        if error:
            self.refusals.append(Refusal(source.path, error))
            return None
        return Create(source, post, wants, self.category_id(wants.category))

    def waits(self, source: PostAtHead, post: PostFile) -> KowebError | None:
        """A post that waits for a moderator under another id must not be sent a second time."""
        here = {other.ident for other in self.world.sources} if self.world.bookmark.pending else set()
        held = (one for key, one in self.world.bookmark.pending.items() if key not in here)
        same = next((one for one in held if one.path == source.path and same_title(one.title, post.front.title)), None)
        if same is None:
            return None
        return HumanNeeded(
            _("This post waits for a moderator under the id “{id}”.").format(id=same.id),
            where=place_of_keys(source.path, post, "id"),
            remedy=_("Give it that id again. Once it is approved it can have another one."),
        )

    def linked(self, creates: Sequence[Create]) -> list[Create]:
        """Creates in the order of their links, each with its uploads and whether it needs a second request."""
        by_ident = {create.source.ident: create for create in creates}
        used = {ident: uses(create.post, self.world.atlas, None) for ident, create in by_ident.items()}
        links = {ident: set(self.idents(one)) for ident, one in used.items()}
        done: set[str] = set()
        ordered = []
        for ident in creation_order(links):
            later = any(not one.path for one in used[ident].values() if not one.url) or bool(
                links[ident] & by_ident.keys() - done
            )
            done.add(ident)  # not before: a post cannot name itself while it is created
            ordered.append(replace(by_ident[ident], uploads=uploads(used[ident]), later=later))
        return ordered

    def idents(self, used: Mapping[str, Used]) -> Iterator[str]:
        """The ids that links lead to which cannot be translated yet."""
        for one in used.values():
            ident = None if one.url or one.blob else self.world.atlas.id_at(one.path)
            if ident:
                yield ident

    def sharing(self, actions: Sequence[Action]) -> Iterator[Action]:
        """The actions, in their order, where each content is uploaded by the first one that needs it."""
        done: set[str] = set()
        for action in actions:
            if not isinstance(action, Create | Edit) or not action.uploads:
                yield action
                continue
            new = {blob: path for path in action.uploads if (blob := self.world.atlas.files[path]) not in done}
            done |= new.keys()
            yield replace(action, uploads=tuple(new.values()))

    # ---- changes

    def completed(self, edit: Edit, coming: set[str]) -> Edit:
        """An edit that comes before the creates, with whether it links to what they make."""
        used = uses(edit.post, self.world.atlas, edit.agreed) if edit.post else {}
        return replace(edit, later=not coming.isdisjoint(self.idents(used)))

    def change(self, source: PostAtHead, coming: set[str]) -> OtherAction | None:
        """What to do about a file that has a topic, or one that was held for review."""
        pending = self.world.bookmark.pending.get(source.ident)
        agreed = self.world.bookmark.agreed.get(source.ident)
        if agreed is None and source.post and source.post.front.topic and source.ident in self.world.adopted:
            return Take(source, source.post, desired(source, self.settings), source.post.front.topic)
        if agreed is None:
            if pending is None or source.post is None or self.options.resend:
                return None
            return Ask(source, source.post, desired(source, self.settings), pending)
        if source.draft:
            self.refusals += (
                [Refusal(source.path, kept_back(source), agreed.topic)] if despite(self.world, source) else []
            )
            return None
        error = (two_topics(self.world, source, agreed) if self.settings.alone else None) or self.unread(source, agreed)
        action = self.difference(source, agreed, coming) if error is None else None
        if action is None and error is None:
            return None
        if action is not None:
            error = self.reason(source, agreed, action)
        if error:
            self.refusals.append(Refusal(source.path, error, agreed.topic))
            return None
        return action

    def difference(self, source: PostAtHead, agreed: Agreement, coming: set[str]) -> Edit | Record | None:
        """Compare a file with what was agreed."""
        wants = desired(source, self.settings)
        sent = agreed.sent
        changed = {n for n, field in FIELDS.items() if field.differs(wants.get(n), sent.get(n), self.site)}
        used = uses(source.post, self.world.atlas, agreed) if source.post else dict(agreed.used)
        body = source.post is not None and self.body_changes(source.post, agreed, used, coming)
        restore = to_undo(agreed.withdrawn, wants)
        if body or changed or restore:
            return Edit(source, source.post, agreed, wants, body, frozenset(changed), uploads(used), restore)
        moved = (source.path, source.blob, used) != (agreed.path, agreed.blob, agreed.used)
        moved = moved or bool(agreed.withdrawn) or source.ident in self.world.taken
        return Record(source, source.post, agreed, wants) if moved else None

    def body_changes(self, post: PostFile, agreed: Agreement, used: Mapping[str, Used], coming: set[str]) -> bool:
        """Whether the raw will differ, with a stand-in for what is only known once it is uploaded or created."""
        known = targets(used)
        for url, one in used.items():
            if one.blob and not one.url:
                known[url] = LinkTarget("upload://to-come")
            elif one.path and not one.blob and self.world.atlas.id_at(one.path) in coming:
                known[url] = LinkTarget(f"{self.settings.base_path}/t/-/0")
        before = agreed_text(self.world.before[agreed.id.lower()], agreed)
        sent = {url: replace(one, url=known[url].url) if url in known else one for url, one in used.items()}
        context = Context(known, home=self.settings.url, languages=languages(sent))
        return to_raw(post.body, before, context) != agreed.raw

    def reason(self, source: PostAtHead, agreed: Agreement, action: Edit | Record) -> KowebError | None:
        """Why a change must not be published."""
        if agreed.blob not in self.world.ahead and agreed.blob != source.blob and not agreed.withdrawn:
            return behind(self.world, agreed, source.path)
        if isinstance(action, Record):
            return None
        return (
            self.out_of_reach(source, agreed)
            or (unfinished_post(source.post) if source.post and lacking_in(source.post) else None)
            or self.problems.get(source.path)
            or (self.wrong_category(source, action.wants) if "category" in action.fields else None)
        )

    def out_of_reach(self, source: PostAtHead, agreed: Agreement) -> KowebError | None:
        """The topic was not there to be edited when somebody last looked: a write would reach nobody."""
        state = self.world.states.get(source.ident)
        if state is None or (state == State.DELETED and self.settings.deleted == "recover"):
            return None
        return HumanNeeded(
            words(State(state), agreed.topic),
            where=source.path,
            remedy=_("Nothing was sent. Look at {url}; “koweb fetch” looks again.").format(
                url=f"{self.settings.url}/t/-/{agreed.topic}"
            ),
        )

    def unread(self, source: PostAtHead, agreed: Agreement) -> KowebError | None:
        """The forum has a text that this branch lacks: whoever wrote it must not be overwritten."""
        newer = self.world.newer.get(source.ident)
        if newer is None or newer.raw == agreed.raw:
            return None
        return EditedThere(
            _("“{title}” was edited on the forum, and this folder does not hold that text yet.").format(
                title=agreed.title
            ),
            where=source.path,
            remedy=_("Nothing was overwritten. A pull waits for you: resolve its marks, then “koweb pull --continue”.")
            if self.world.unfinished
            else _("Nothing was overwritten. Bring the text here first with “koweb pull”."),
        )

    # ---- categories

    def category_id(self, category: str | int | None) -> CategoryId | None:
        """The number of a category, None while the site is not known or for none."""
        known = self.site.named(category) if self.site and category is not None else None
        return known.id if known else None

    def wrong_category(self, source: PostAtHead, wants: Fields) -> KowebError | None:
        """Why a topic cannot go into its category, as far as the site is known."""
        line = source.post.key_lines.get("category", 1) if source.post else 1
        return wrong_category(f"{source.path}:{line}", wants, self.site) if self.site else None


def to_undo(withdrawn: str, wants: Fields) -> str:
    """What has to be undone of a withdrawal: nothing where the file itself asks for a closed or unlisted topic."""
    asked = {"keep": True, "close": wants.closed is True, "unlist": wants.listed is False}
    return "" if asked.get(withdrawn) else withdrawn


def uploads(used: Mapping[str, Used]) -> tuple[str, ...]:
    """The paths of files that the forum does not have yet."""
    return tuple(one.path for one in used.values() if one.blob and not one.url)


def adopted(post: PostFile) -> KowebError | None:
    """A file that names a topic which the bookmark does not know."""
    if post.front.topic is None:
        return None
    return HumanNeeded(
        _("The file says that it is topic {topic}, but nothing was agreed about that topic yet.").format(
            topic=post.front.topic
        ),
        where=f"{post.path}:{post.key_lines.get('topic', 1)}",
        remedy=_(
            "If it is that topic, “koweb fetch --rebuild” binds it. If not, remove the line “topic:” to publish a new "
            "topic."
        ),
    )
