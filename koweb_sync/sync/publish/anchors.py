"""How the forum names the anchors of headings, as far as anybody knows, and whether a push has to ask."""

from koweb_sync.bookmark import Bookmark
from koweb_sync.forum.site import Site
from koweb_sync.posts.dialect import destinations
from koweb_sync.posts.paths import Local, SelfAnchor
from koweb_sync.sync.publish.actions import Drop, Plan
from koweb_sync.sync.world.world import World


def style_of(bookmark: Bookmark, site: Site | None) -> str:
    """How the forum names its heading anchors, as far as anybody knows: an id in them is proof, its lack is none."""
    known = {bookmark.server.anchors, site.limits.anchors if site else ""}
    return "post-id" if "post-id" in known else "plain"


def asks_anchors(world: World, site: Site | None, chosen: Plan) -> bool:
    """Whether a push has to ask how the forum names anchors."""
    told = world.bookmark.server
    known = told.sure or "post-id" in (told.anchors, site.limits.anchors if site else "")
    return not known and depends_on_age(chosen, world)


def depends_on_age(chosen: Plan, world: World) -> bool:
    """Whether a text that a plan sends holds what servers of another age show otherwise: links to headings, pictures in
    HTML.
    """
    texts = (action.post for action in chosen.actions if not isinstance(action, Drop))
    found = (
        (world.atlas.resolve(post.path, one.url), one) for post in texts if post for one in destinations(post.body)
    )
    return any(
        isinstance(place, SelfAnchor) or (isinstance(place, Local) and bool(place.fragment or (one.image and one.html)))
        for place, one in found
    )
