"""What stays on this computer, or is kept there by a version, each text by its name, with why the forum does not get
it; and whether the forum has all that is here.
"""

from collections.abc import Collection, Iterable, Sequence

from koweb_sync.desk.actions.asked_post import AskedPost, why_not
from koweb_sync.desk.previews.preview import PostState, Previewer
from koweb_sync.desk.previews.shown_translations import on_forum, taken
from koweb_sync.desk.serving.app import shown
from koweb_sync.desk.serving.under_way import title_of_deleted
from koweb_sync.sync.publish.actions import Plan

THERE = {PostState.SAME, PostState.DRAFT, PostState.UNWRITTEN}  # nobody misses a draft on the forum
DRAFTS = ("own draft", "draft")
STAYS = frozenset([*DRAFTS, "to write", "to translate", "not taken", "refused"])


def kept_texts(current: Previewer, plan: Plan | None, paths: Iterable[str], sent: Collection[str]) -> list[AskedPost]:
    """The texts of files that a version keeps, and the other files behind them. `sent`: the paths of what goes to the
    forum; `plan`: None where none was made. Whoever asks holds the folder's lock.
    """
    takes, empty = taken(current.now.site, shown.settings), unwritten(current)

    def kept(path: str) -> AskedPost:
        name = path.rpartition("/")[2]
        if path in current.now.gone:
            return AskedPost(path, title_of_deleted(current.repo, path), "deleted")
        if path not in current.now.shown and path not in current.now.translations:
            return AskedPost(path, name, "sent" if shown.settings.is_post(path) else "file")
        why = why_not(path, current.now, plan.refusals if plan else (), sent, taken=takes, unwritten=empty)
        return why or AskedPost(path, current.titles.get(path, name), "sent")

    return sorted(map(kept, paths), key=lambda one: one.why == "file")


def stay_here(current: Previewer, keeping: Sequence[AskedPost], of: str, told: Collection[str]) -> list[AskedPost]:
    """What stays on this computer, each text once: of what a version keeps (`keeping`), and of all texts; of the
    translations of `of` where somebody came from that one. `told`: the paths of what is told of elsewhere. Whoever asks
    holds the folder's lock.
    """
    now = current.now
    paths = sorted(one for one, its in now.translations.items() if its.original == of)
    paths = paths if of else sorted({*now.shown, *now.translations})
    found = {one.path: one for one in (*keeping, *kept_texts(current, None, paths, ()))}
    return [one for one in found.values() if one.why in STAYS and one.path not in told]


def lacking(current: Previewer) -> list[str]:
    """The translations that stay here as paragraphs of them are not translated yet."""
    beside = sorted(current.now.translations.items())
    return [path for path, one in beside if one.file and one.file.lacking]


def unwritten(current: Previewer) -> frozenset[str]:
    """The paths of new texts in which nothing stands yet, as the list of posts judges. Whoever asks holds the folder's
    lock.
    """
    empty = [path for path, one in current.now.shown.items() if not one.post.body.strip()]
    return frozenset(path for path in empty if current.summary(path).state is PostState.UNWRITTEN)


def all_on_forum(current: Previewer) -> bool:
    """Whether the forum has every text that is no draft, as it is here. Whoever asks holds the folder's lock."""
    translations = (on_forum(current.repo, current.now, path) for path in current.now.translations)
    return {one.state for one in current.summaries()} <= THERE and {*translations} <= {"same"}
