"""A letter as a post file. Words of members are shown as they are: they call nobody, and are no Markdown."""

from typing import assert_never

from koweb_sync.letter.words import Block, Bullets, LetterHeading, LetterInWords, Link, Paragraph, Quoted, Words
from koweb_sync.posts.document import template
from koweb_sync.posts.fields.letter import LetterPeriod
from koweb_sync.report.page.markdown import ReportPost, plain


def post(one: LetterInWords, period: LetterPeriod) -> ReportPost:
    """The post file; it says in its front matter what time it is about."""
    head = template(one.title, one.name, {"letter": period.text})
    return ReportPost(one.name, head + body(one).encode(), {})


def body(one: LetterInWords) -> str:
    """The Markdown below the front matter."""
    return "\n\n".join(markdown(block) for block in one.blocks) + "\n"


def markdown(block: Block) -> str:
    """A part of the letter."""
    match block:
        case LetterHeading(words, level):
            return f"{'#' * level} {inline(words)}"
        case Paragraph(words, soft):
            return f"*{inline(words)}*" if soft else inline(words)
        case Quoted(text, source, name):
            told = f"{plain(name)}, " if name else ""
            return f"> {plain(text)}\n> — {told}{inline((source,))}"
        case Bullets(items):
            return "\n".join(f"- {inline(item)}" for item in items)
    assert_never(block)


def inline(words: Words) -> str:
    """Words and links."""
    return "".join(f"[{plain(one.text)}]({one.url})" if isinstance(one, Link) else plain(one) for one in words)
