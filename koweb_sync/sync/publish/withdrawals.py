"""Which topics lost their files, and what becomes of them. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from koweb_sync.agreements import Agreement
from koweb_sync.config import MARKDOWN, Settings
from koweb_sync.errors import HumanNeeded, KowebError, PostFileError
from koweb_sync.i18n import _, ngettext
from koweb_sync.posts.unpublished_keys import Kind, Sign
from koweb_sync.sync.publish.actions import Drop, Refusal
from koweb_sync.sync.publish.ambiguous_files import place_of_keys
from koweb_sync.sync.publish.newer_head import behind
from koweb_sync.sync.world.translations import OriginalGone
from koweb_sync.sync.world.world import PostAtHead, World


def withdrawals(world: World, settings: Settings, covers: Callable[[str], bool]) -> Iterator[Drop | Refusal]:
    """What happens to the topics that no file of the commit is bound to, or only a draft. Nothing, while any file is
    unreadable. What somebody else opened is only let go.
    """
    here: dict[str, list[PostAtHead]] = defaultdict(list)
    for source in world.sources:
        here[source.ident].append(source)
    ids = {source.post.front.id.lower(): source for source in world.sources if source.post}
    for key, agreed in world.bookmark.agreed.items():
        bound = here.get(key, ())
        if agreed.withdrawn or len(bound) > 1 or not all(one.draft for one in bound) or not covers(agreed.path):
            continue
        if any(despite(world, one) for one in bound):
            continue
        error = no_drop(world, settings, agreed, None if bound else ids.get(key))
        if error:
            yield Refusal(agreed.path, error, agreed.topic)
        else:
            others = opened_by(agreed, settings)
            said = next(map(sign_of, bound), None)
            how = "keep" if others else settings.withdraw
            yield Drop(agreed, how, draft=bool(bound), said=str(said or ""), others=others)


def despite(world: World, source: PostAtHead) -> bool:
    """Whether a file is a draft by a key or a folder alone that did not keep it from being published before."""
    return source.ident in world.despite and sign_of(source) is not None


def sign_of(source: PostAtHead) -> Sign | None:
    """The key of another tool, or the folder, that makes a file a draft; None where it says so with our own key."""
    if source.post is None or "draft" in source.post.key_lines:
        return None
    return next((one for one in source.post.signs if one.kind is Kind.DRAFT), None)


def kept_back(source: PostAtHead) -> KowebError:
    """A file that was published although another tool's key or folder keeps it back: nobody wished for a withdrawal."""
    sign = sign_of(source)
    line = source.post.key_lines.get(sign.key, 1) if source.post and sign else 1
    if sign and sign.folder:
        return HumanNeeded(
            _("This file is in the folder {said}, for drafts, and it was published all the same.").format(said=sign),
            where=source.path,
            remedy=_("Write “draft: true” to take it off the forum, or move it out to go on publishing it."),
        )
    return HumanNeeded(
        _("This file says “{said}”, and it was published all the same.").format(said=sign),
        where=f"{source.path}:{line}",
        remedy=_("Write “draft: true” to take it off the forum, or remove that line to go on publishing it."),
    )


def opened_by(agreed: Agreement, settings: Settings) -> str:
    """Who opened a topic, if it was somebody else and somebody noted it."""
    return agreed.opened if agreed.opened.casefold() != settings.username.casefold() else ""


def is_stray(path: str, agreed: Agreement, world: World, settings: Settings) -> bool:
    """Whether a file that is left out for its name is the one of a topic: with its content, or at its place."""
    place = PurePosixPath(path)
    inside = settings.posts == "." or path.startswith(f"{settings.posts}/")
    if not inside or settings.is_post(path):
        return False
    beside = place.with_suffix("") == PurePosixPath(agreed.path).with_suffix("")
    return world.tree[path].sha == agreed.blob or (beside and place.suffix.lower() in MARKDOWN)


def may_be_any(error: PostFileError, world: World) -> bool:
    """Whether a file that cannot be read may be the one of any topic: not a translation, be it of a post that went."""
    if error.path in world.beside:
        return False
    known = {one.path for one in world.bookmark.agreed.values()}
    return not (isinstance(error, OriginalGone) and error.original in known and error.path not in known)


def no_drop(world: World, settings: Settings, agreed: Agreement, namesake: PostAtHead | None) -> KowebError | None:
    """Why a topic must not be withdrawn although its file seems to be gone. `namesake`: a file that has its id, and is
    bound to another topic.
    """
    if any(may_be_any(error, world) for error in world.broken):
        return HumanNeeded(
            _("The file of topic {topic} seems to be gone, but other post files cannot be read.").format(
                topic=agreed.topic
            ),
            where=agreed.path,
            remedy=_("Mend those first: one of them may be this one."),
        )
    stray = world.hidden.get(agreed.id.lower()) or next(
        (path for path in world.tree if is_stray(path, agreed, world, settings)), ""
    )
    if stray and settings.is_hidden(stray):
        return HumanNeeded(
            _("The file of topic {topic} seems to be {path}, in a folder with a dot, which koweb passes over.").format(
                topic=agreed.topic, path=stray
            ),
            where=agreed.path,
            remedy=_("Nothing was withdrawn. Move the file back, or take it out of git (git rm) if its topic may go."),
        )
    if stray:
        return HumanNeeded(
            _("The file of topic {topic} seems to be {path}, which is no post file.").format(
                topic=agreed.topic, path=stray
            ),
            where=agreed.path,
            remedy=_("Nothing was withdrawn. Give it a name that ends with “.md”, or move it out of {posts}.").format(
                posts=settings.posts
            ),
        )
    if namesake is not None:
        return HumanNeeded(
            _("Topic {topic} has no file any more, but this file has its id and names another topic.").format(
                topic=agreed.topic
            ),
            where=place_of_keys(namesake.path, namesake.post, "topic"),
            remedy=_("If it is topic {topic}, write “topic: {topic}”. If not, give it another id.").format(
                topic=agreed.topic
            ),
        )
    return None if agreed.blob in world.ahead else behind(world, agreed, agreed.path)


def too_many(world: World, settings: Settings, drops: Sequence[Drop]) -> KowebError | None:
    """More than a fifth and at least three at once, or all of them, is more likely a mistake than a wish."""
    living = sum(not agreed.withdrawn for agreed in world.bookmark.agreed.values())
    many = len(drops) >= 3 and len(drops) * 5 > living
    if not drops or not (many or (len(drops) == living and living > 1)):
        return None
    text = ngettext(
        "{n} of {all} published post files is gone from this commit.",
        "{n} of {all} published post files are gone from this commit.",
        len(drops),
    )
    return HumanNeeded(
        text.format(n=len(drops), all=living),
        where=settings.posts,
        remedy=_("If you mean it, push again with --yes; if not, look at your branch and at “posts” in koweb.toml."),
    )
