"""What a version keeps on this computer, each text by its name, with why the forum does not get it; and whether the
forum has all that is here.
"""

from collections.abc import Collection, Iterable

from koweb_sync.desk.actions.asked_post import AskedPost, why_not
from koweb_sync.desk.previews.preview import PostState, Previewer
from koweb_sync.desk.previews.shown_translations import on_forum, taken
from koweb_sync.desk.serving.app import shown
from koweb_sync.desk.serving.under_way import title_of_deleted
from koweb_sync.sync.publish.actions import Plan

THERE = {PostState.SAME, PostState.DRAFT, PostState.UNWRITTEN}  # nobody misses a draft on the forum


def kept_texts(current: Previewer, plan: Plan | None, paths: Iterable[str], sent: Collection[str]) -> list[AskedPost]:
    """The texts of files that a version keeps, and the other files behind them. `sent`: the paths of what goes to the
    forum; `plan`: None where none was made. Whoever asks holds the folder's lock.
    """
    takes = taken(current.now.site, shown.settings)

    def kept(path: str) -> AskedPost:
        name = path.rpartition("/")[2]
        if path in current.now.gone:
            return AskedPost(path, title_of_deleted(current.repo, path), "deleted")
        if path not in current.now.shown and path not in current.now.translations:
            return AskedPost(path, name, "sent" if shown.settings.is_post(path) else "file")
        why = why_not(path, current.now, plan.refusals if plan else (), sent, taken=takes)
        return why or AskedPost(path, current.titles.get(path, name), "sent")

    return sorted(map(kept, paths), key=lambda one: one.why == "file")


def all_on_forum(current: Previewer) -> bool:
    """Whether the forum has every text that is no draft, as it is here. Whoever asks holds the folder's lock."""
    translations = (on_forum(current.repo, current.now, path) for path in current.now.translations)
    return {one.state for one in current.summaries()} <= THERE and {*translations} <= {"same"}
