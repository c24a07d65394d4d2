"""Files of the forum that an earlier pull left there, as `upload://` in a post file: saved beside it afterwards."""

from dataclasses import replace

from koweb_sync.agreements import Agreement
from koweb_sync.config import Settings
from koweb_sync.i18n import catalog
from koweb_sync.posts.document import PostFile, parse
from koweb_sync.posts.translate import to_file
from koweb_sync.sync.links.forum_files import context
from koweb_sync.sync.pull.commits import SYSTEM
from koweb_sync.sync.world.incoming import ArrivalContext, Arrived, used_in, with_body
from koweb_sync.sync.world.seen import LastEdit


def with_files(base: Agreement, post: PostFile, around: ArrivalContext) -> Arrived:
    """The file that both sides agreed on, with the files that were saved now in the place of the forum's: the forum's
    text stays the same.
    """
    known = context(post.body, post.path, around.places, {}, around.atlas)
    suffixes = {name: frozenset({one.suffix}) for name, one in known.targets.items() if one.suffix}
    data = with_body(post, to_file(post.body, known.sources, suffixes))
    fresh = parse(post.path, data)
    return Arrived(data, replace(base, path=post.path, used=used_in(fresh, base.raw, base, around)))


def by_download(settings: Settings, at: float) -> LastEdit:
    """What a pull saved without an edit on the forum."""
    say = catalog(settings.locale).gettext
    return LastEdit(SYSTEM, say("the forum itself"), at, say("images and attachments saved beside the post"))
