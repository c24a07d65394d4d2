"""Bodies that the forum refuses for their length."""

import re
from collections.abc import Iterator

from koweb_sync.i18n import _, ngettext
from koweb_sync.posts.check import Check, CheckContext
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.problem import Problem
from koweb_sync.posts.translation import lacking_in

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def find(post: PostFile, context: CheckContext) -> Iterator[Problem]:
    """Without a word, too short, or too long."""
    rules, body = context.rules, len(without_comments(post.body).strip())
    if not body and rules.body_min and not lacking_in(post):
        yield Problem(post.path, post.body_line, "no-text", _("The text is still to be written."))
    elif body < rules.body_min and not lacking_in(post):
        text = ngettext(
            "The text has {n} character; the forum wants at least {least}.",
            "The text has {n} characters; the forum wants at least {least}.",
            body,
        )
        yield Problem(post.path, post.body_line, "body-too-short", text.format(n=body, least=rules.body_min))
    if body > rules.body_max:
        text = ngettext(
            "The text has {n} character; the forum takes at most {most}. Make two posts of it.",
            "The text has {n} characters; the forum takes at most {most}. Make two posts of it.",
            body,
        )
        yield Problem(post.path, post.body_line, "body-too-long", text.format(n=body, most=rules.body_max))


def without_comments(body: str) -> str:
    """A body as the forum counts it. Behind the last end no comment begins, however often it is opened."""
    closed, end, rest = body.rpartition("-->")
    return _COMMENT.sub("", closed + end) + rest


CHECK = Check(find)
