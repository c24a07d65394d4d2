"""A letter as one HTML file for a mail: no script, no request, and colours that are the reader's own."""

from koweb_sync import pages
from koweb_sync.letter.words import Bullets, LetterHeading, LetterInWords, Link, Paragraph, Quoted


def page(one: LetterInWords) -> str:
    """The HTML file."""
    made = pages.environment("koweb_sync.letter")
    made.tests |= {
        "link": lambda part: isinstance(part, Link),
        "heading": lambda block: isinstance(block, LetterHeading),
        "paragraph": lambda block: isinstance(block, Paragraph),
        "quoted": lambda block: isinstance(block, Quoted),
        "bullets": lambda block: isinstance(block, Bullets),
    }
    return made.get_template("letter.html").render(letter=one)
