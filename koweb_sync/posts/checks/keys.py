"""The keys of the front matter: what each says about itself, and those that mean nothing."""

from collections.abc import Iterator

from koweb_sync.i18n import _
from koweb_sync.posts.check import Check, CheckContext
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.fields import FIELDS, KEYS
from koweb_sync.posts.problem import Problem, at_key
from koweb_sync.posts.translation import named
from koweb_sync.spelling import nearest


def find(post: PostFile, context: CheckContext) -> Iterator[Problem]:
    """An unknown key is kept, for another tool may need it, but perhaps it is a slip."""
    for key in KEYS.values():
        yield from key.check(post, context.rules)
    told = {"of"} if named(post.path) else set()
    told |= {sign.key for sign in post.signs if not sign.at or (context.now and sign.holds(context.now))}
    unknown = [one for one in post.unknown if one not in told]
    if not unknown:
        return
    ours = {field.words().called: key for key, field in FIELDS.items()} | {key: key for key in KEYS}
    for name in unknown:
        text = _("The key “{key}” means nothing to koweb. It is kept, and not published.").format(key=name)
        if near := ours.get(nearest(name, ours, alike=0.75), ""):
            text += " " + _("Did you mean “{command}”?").format(command=near)
        yield at_key(post, name, "unknown-key", text, error=False)


CHECK = Check(find)
