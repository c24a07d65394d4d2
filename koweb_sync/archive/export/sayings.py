"""What an archive knows by short names, in words for people."""

from koweb_sync.i18n import _


def reason(name: str) -> str:
    """Why something is not shown on the forum."""
    return {
        "deleted": _("deleted on the forum"),
        "user-deleted": _("taken back by its author"),
        "hidden": _("hidden by moderation"),
        "gone": _("gone from the forum"),
        "private": _("not public any more"),
        "unseen": _("not shown by the forum any more"),
        "moved": _("moved"),
        "whisper": _("only for the team"),
    }.get(name, _("not shown by the forum any more"))


def action(name: str) -> str:
    """What a small action did to its topic."""
    return {
        "closed.enabled": _("closed the topic"),
        "closed.disabled": _("opened the topic"),
        "autoclosed.enabled": _("the topic was closed"),
        "autoclosed.disabled": _("the topic was opened"),
        "archived.enabled": _("archived the topic"),
        "archived.disabled": _("took the topic out of the archive"),
        "pinned.enabled": _("pinned the topic"),
        "pinned.disabled": _("unpinned the topic"),
        "pinned_globally.enabled": _("pinned the topic everywhere"),
        "pinned_globally.disabled": _("unpinned the topic"),
        "visible.enabled": _("listed the topic"),
        "visible.disabled": _("unlisted the topic"),
        "split_topic": _("moved posts into another topic"),
        "invited_user": _("invited somebody"),
        "removed_user": _("removed somebody"),
        "user_left": _("left the conversation"),
    }.get(name, name.replace("_", " ").replace(".", " "))
