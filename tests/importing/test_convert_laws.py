"""What a conversion may do to a text, whatever it is made of."""

import re
import time
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.importing.convert import convert
from tests.importing.constructs import BLOCKS, HERE, MARKDOWN, NOTES, WIKI, WITHIN, YESWIKI, filled
from tests.posts.strategies import BODIES, NOISE

LENGTH = 32_000  # what Discourse takes in one post, as it is set up at first
WORST = 3.0  # seconds of processor for what takes 0.1 to 0.7 on a machine that does nothing else

OTHERS = re.compile(r"\^\^.*\^\^|==.*==|\w([\^~])\w+\1|\*\[", re.DOTALL)  # marks and abbreviations of other tools
# What once took long, or could: openings that nothing closes, marks in marks, many on one line and one on many.
REPEATED = [
    *("[[", "[[a|", "![[a|b", "[[a]]", "==", "==a", "%%", "%%a ", "$", "$a", "!!! note\n", "!!! note\n    a\n", ">"),
    *("> [!note] a\n", "> > [!a]\n", "??? a\n    ", ":::info\n", ":::\n", ":::info\na\n:::\n", "{{<", "{{< a >}}"),
    *("{{< a >}}\n", '{{< a "', "{%", "{% raw %}\n", "{% highlight a %}\n", "{{ a }}", "{{a", "{: .a .b", '{: .a="'),
    *("[a](b){: .x }", "![a|30](b)", "![a](b =1x2)", "[a](b c)", "[a](b ", "# a {#b}\n", "#a", "*[a]: b\n", "*["),
    *("a ^abc\n", "[TOC]\n", "{:toc}\n", "{::comment}\n", "\n", " ", "\t", '=== "a"\n    ', "<!-- a -->", "[a]: b\n"),
]
OF_WIKI = [
    *("======a======\n", "=", "**", "//", "##", "%%", "%%a%%", '""', '{{attach file="a"}}', "[[a ", "[[a b]]", "AaBb "),
    *("Accueil ", " - a\n", "  ", "[|\n", "[|\n| a |\n|]\n", "---", "<a", "1) ", "{{grid}}", " a\n"),
]


@given(st.one_of(MARKDOWN, YESWIKI))
def test_p143_what_was_converted_is_not_converted_again(made: tuple[str, list[str]]) -> None:
    once = convert(made[0], HERE, NOTES).body
    assert convert(once, HERE, NOTES).body == once


@given(st.one_of(MARKDOWN, YESWIKI))
def test_p144_no_word_is_lost(made: tuple[str, list[str]]) -> None:
    found = convert(made[0], HERE, NOTES).body
    assert [word for word in made[1] if word not in found] == []


@given(st.one_of(BODIES, NOISE).filter(lambda body: not OTHERS.search(body)))
def test_p147_plain_markdown_comes_out_as_it_went_in(body: str) -> None:
    assert convert(body, HERE, NOTES).body == body


@given(MARKDOWN, st.integers(0, 3))
def test_p145_a_problem_has_the_line_where_it_stands(made: tuple[str, list[str]], blank: int) -> None:
    text = made[0] + "\n" * (2 + blank) + "[[Nulle part]]\n"
    line = text.count("\n")
    assert any("[[Nulle part]]" in one.text and one.line == line for one in convert(text, HERE, NOTES).problems)


def seconds(text: str) -> float:
    """Of the processor, for one conversion."""
    start = time.process_time()
    convert(text, HERE, NOTES)
    return time.process_time() - start


def test_p146_a_long_text_of_everything_is_read_at_once() -> None:
    blocks = [filled([block], "\n")[0] for block in (*BLOCKS, *WITHIN)]
    assert seconds("\n\n".join(islice(cycle(blocks), 900))[:LENGTH]) < WORST
    assert seconds(("======Titre======\n" + "\n".join(filled([*WIKI], "\n")[0] for _ in range(60)))[:LENGTH]) < WORST
    assert seconds(("a ^abc\n" * LENGTH)[:LENGTH]) < WORST
    assert seconds("{::comment}\n" * (LENGTH // 24) + "\n" * (LENGTH // 2)) < WORST


@pytest.mark.soak
@pytest.mark.parametrize("part", REPEATED)
def test_nothing_takes_long_however_often_it_is_repeated(part: str) -> None:
    assert seconds((part * LENGTH)[:LENGTH]) < WORST


@pytest.mark.soak
@pytest.mark.parametrize("part", OF_WIKI)
def test_nothing_of_a_yeswiki_takes_long(part: str) -> None:
    assert seconds(("======Titre======\n" + part * LENGTH)[:LENGTH]) < WORST
