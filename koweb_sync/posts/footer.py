"""The part at the end of a raw that is ours and no part of the post: footer and comment, between two marks."""

from koweb_sync.posts.reader import read

BEGIN, END = "<!-- koweb:footer -->", "<!-- /koweb:footer -->"


def with_footer(text: str, footer: str, comment: str) -> str:
    """`text` with footer and comment behind it, or as it is where they would become a part of its last block.

    A text that itself ends in such marks gets an empty footer, so that its own is not taken for ours later.
    """
    parts = [part.strip() for part in (footer, comment) if part.strip()]
    if not parts and _region(text) is None:
        return text
    begin = f"{text}\n\n" if text else ""
    whole = "\n\n".join([begin + BEGIN, *parts, END])
    return whole if _region(whole) == (len(begin), len(whole)) else text


def ends_its_blocks(text: str) -> bool:
    """Whether something can stand behind a text: it is in the middle of no block, such as code without an end."""
    return with_footer(text, "", "koweb") != text


def without_footer(raw: str) -> str:
    """`raw` without its last such part; what people wrote behind it stays."""
    found = _region(raw)
    if found is None:
        return raw
    before, after = raw[: found[0]].rstrip(" \t\r\n"), raw[found[1] :].strip("\r\n")
    return f"{before}\n\n{after}" if before and after else before or after


def _region(raw: str) -> tuple[int, int] | None:
    """Where the last part between our marks begins and ends. A mark in code or in a sentence is none."""
    if BEGIN not in raw or END not in raw:
        return None
    source = raw.replace("\r", "\n")
    tokens, _notes = read(source)
    marks = [
        (token.content.strip(), token.map[0])
        for token in tokens
        if token.type == "html_block" and not token.level and token.map and token.content.strip() in (BEGIN, END)
    ]
    ends = [line for mark, line in marks if mark == END]
    begins = [line for mark, line in marks if mark == BEGIN and ends and line < ends[-1]]
    if not begins:
        return None
    lines = source.split("\n")
    start = sum(len(line) + 1 for line in lines[: begins[-1]])
    return start, min(len(raw), sum(len(line) + 1 for line in lines[: ends[-1]]) + len(lines[ends[-1]]))
