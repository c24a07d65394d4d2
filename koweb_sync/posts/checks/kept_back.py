"""Whether a text is for everybody, where keys of other tools or its folder say something about that.

Nothing is guessed where a guess would publish what somebody kept back.
"""

from collections.abc import Iterator

from koweb_sync.i18n import _
from koweb_sync.posts.check import Check, CheckContext
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.problem import Problem
from koweb_sync.posts.unpublished_keys import Kind, Sign


def find(post: PostFile, context: CheckContext) -> Iterator[Problem]:
    """What keeps a file from being published until somebody says what is meant; as a warning, why it is a draft."""
    now = context.now
    for sign in post.signs:
        if (sign.at is None or (now is not None and sign.holds(now))) and (found := shown(post, sign)):
            yield found


def shown(post: PostFile, sign: Sign) -> Problem | None:
    """What a key of another tool means here; None where the file says that with a key of ours, too."""
    line = post.key_lines.get(sign.key, 1)
    if sign.folder:
        return among_drafts(post, sign)
    if post.front.draft:
        text = _("“{said}” keeps this file from being published, as “draft: true” does.")
        own = "draft" in post.key_lines or sign.kind is not Kind.DRAFT
        return None if own else Problem(post.path, line, "kept-back", text.format(said=sign), error=False)
    match sign.kind:
        case Kind.DRAFT:
            code = "draft-contradicted"
            text = _(
                "“{said}” keeps this file from being published, and “draft: false” publishes it. Remove one of them."
            )
        case Kind.UNCLEAR:
            if post.front.listed is False:
                return None
            code = "visibility-unclear"
            text = _(
                "“{said}” may mean that not everybody is to see this. Write “draft: true” and it is not published, "
                "“listed: false” and only people with its address find it; or remove this line."
            )
        case Kind.STARTS:
            code = "date-to-come"
            text = _(
                "“{said}” lies in the future, and koweb publishes at the next push. Write “draft: true” until that "
                "day, or remove this line."
            )
        case Kind.ENDS:
            code = "date-past"
            text = _(
                "“{said}” is over: other tools do not show this file any more. Write “draft: true” and it is not "
                "published, or remove this line."
            )
    return Problem(post.path, line, code, text.format(said=sign))


def among_drafts(post: PostFile, sign: Sign) -> Problem | None:
    """What a folder of drafts means for a file in it."""
    line = post.key_lines.get("draft", 1)
    if not post.front.draft:
        text = _(
            "The folder {said} keeps this file from being published, and “draft: false” publishes it. Move the file, "
            "or remove that line."
        )
        return Problem(post.path, line, "draft-contradicted", text.format(said=sign))
    text = _("The folder {said} keeps this file from being published, as “draft: true” does.").format(said=sign)
    return None if "draft" in post.key_lines else Problem(post.path, line, "kept-back", text, error=False)


CHECK = Check(find)
