"""What was under way when the desk, or a command, ended: each with the page where it goes on."""

from dataclasses import dataclass

from koweb_sync.config import Settings
from koweb_sync.desk.actions.cut_publication import arrived
from koweb_sync.desk.actions.set_up import has_key
from koweb_sync.desk.previews.local_html import path_in_address
from koweb_sync.desk.previews.shown_titles import within_quotes
from koweb_sync.desk.serving import archive_reading
from koweb_sync.desk.serving.app import session
from koweb_sync.desk.texts import unsaved
from koweb_sync.desk.texts.forum_effect import deletion_effect
from koweb_sync.desk.texts.leaving_out import original_of
from koweb_sync.desk.texts.post_folder import FolderState, readable
from koweb_sync.desk.texts.publication import some
from koweb_sync.desk.texts.writing import NOTHING
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _, ngettext
from koweb_sync.sync.publish.push import journalled
from koweb_sync.sync.world.cherry_picks import at, conflicted, marked, unfinished
from koweb_sync.sync.world.pull_note import note, written


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Something that waits: what it is, and the page where it goes on, by its address and name. `gone`: the path of a
    post file that is deleted here and can be put back, `topic` the address of its topic; nothing is left to do about it
    where there is no `href`.
    """

    text: str
    href: str
    link: str
    gone: str = ""
    topic: str = ""


def under_way(repo: Repo, settings: Settings, now: FolderState, *, to_send: bool = True) -> list[UnderWay]:
    """All that waits in a repository; `to_send`: whether texts wait to be published. No request."""
    found = [
        *no_key(settings),
        *bringing_back(repo, settings),
        *publishing(repo, settings, now, to_send=to_send or bool(now.gone)),
    ]
    typed = dict(unsaved.texts(repo, now))
    for path, title in typed.items():
        text = _("A text that you did not save is still here: “{title}”.").format(title=within_quotes(title))
        found.append(UnderWay(text, f"/write/{path_in_address(path)}", _("Go on writing")))
    found += begun_posts(repo)
    for path in sorted(set(now.gone) - typed.keys()):
        if original_of(path) in {*now.gone} - {path}:  # it went with that one, and comes back with it
            continue
        effect = deletion_effect(now.known.bookmark.agreed.values(), path, settings)
        title = effect.title or title_of_deleted(repo, path)
        told = _("Deleted here, not yet on the forum: “{title}”.") if effect.waits else _("“{title}”.")
        text = told.format(title=within_quotes(title)) + " " + effect.told
        href, link = ("/publish/", _("Prepare to publish")) if effect.waits else ("", "")
        found.append(UnderWay(text, href, link, path, effect.address))
    if archive_reading.is_unfinished() and not session.work.runs("memory"):
        text = _("The last reading of the forum was cut off. “Update the memory” goes on with it.")
        found.append(UnderWay(text, "/memory/state", _("Memory")))
    if archive_reading.told(archive_reading.erasure_of, None):
        text = _("An erasure in the memory was begun, and is not finished.")
        found.append(UnderWay(text, "/memory/state", _("Memory")))
    return found


def begun_posts(repo: Repo) -> list[UnderWay]:
    """New posts of which something was typed, and no file made yet."""
    waiting = unsaved.typed(repo, unsaved.NEW, NOTHING)
    named, text = _("A message that you began is still here: “{title}”."), _("A message without a title is still here.")
    titles = {one.called: " ".join((one.form.title or one.form.tags).split()) for one in waiting}
    return [
        UnderWay(
            named.format(title=within_quotes(title)) if title else text,
            f"/write/?unsaved={called}",
            _("Go on writing"),
        )
        for called, title in titles.items()
    ]


def title_of_deleted(repo: Repo, path: str) -> str:
    """The title of a post file that git still has; its path where that cannot be read."""
    data = at(repo, repo.resolve("HEAD"), path)
    return readable(path, data or b"").post.front.title or path


def no_key(settings: Settings) -> list[UnderWay]:
    """The key is known to nobody any more."""
    if has_key(settings):
        return []
    return [
        UnderWay(
            _("koweb needs your key, to publish and to bring the forum’s changes back. Please type it."),
            "/set-up/",
            _("Type the key"),
        )
    ]


def bringing_back(repo: Repo, settings: Settings) -> list[UnderWay]:
    """A pull that waits for a person, or was cut off; or something of git's own."""
    waits = note(repo, settings)
    if waits is not None and not marked(repo, conflicted(repo)):
        return [UnderWay(_("Everything is decided: only finishing is left."), "/bring-back/", _("Finish your choice"))]
    if waits is not None:
        n = len(waits["posts"])
        text = ngettext(
            "{n} message has two versions: choose what stays.", "{n} messages have two versions: choose what stays.", n
        )
        return [UnderWay(text.format(n=n), "/bring-back/", _("Choose"))]
    begun = written(repo, settings)
    if begun is not None and not begun.get("ready", True):
        text = _("Bringing the forum’s changes back was cut off. Nothing is lost: it goes on where it was.")
        return [UnderWay(text, "/bring-back/", _("Bring the changes back"))]
    doing = unfinished(repo)
    if doing:
        text = _(
            "Somebody began to change the versions of this folder by hand: whoever looks after it has to finish "
            "that, or undo it."
        )
        return [UnderWay(text, "/publish/", _("Prepare to publish"))]
    return []


def publishing(repo: Repo, settings: Settings, now: FolderState, *, to_send: bool) -> list[UnderWay]:
    """A push that was cut off."""
    if not (now.known.bookmark.intended or any(one.do != "upload" for one in journalled(repo, settings))):
        return []
    titles = some([one.title for one in arrived(repo, settings)])
    if to_send or not titles:
        text = _(
            "Publishing was cut off. Nothing is lost: go on with it, and koweb first finds out what the forum took."
        )
        return [UnderWay(text, "/publish/", _("Go on with publishing"))]
    text = _("Publishing was cut off, but the forum had received “{titles}” already: only a check is left.")
    return [UnderWay(text.format(titles=within_quotes(titles)), "/publish/", _("Check and finish"))]
