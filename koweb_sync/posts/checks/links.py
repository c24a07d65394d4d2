"""Links, images, films and anchors: see `posts.link_check`."""

from koweb_sync.posts.check import Check

CHECK = Check(lambda post, context: context.links.problems(post))
