"""Numbers that an option takes, and what is said of one that it does not take, in the words of either language."""

import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from koweb_sync import i18n
from koweb_sync.cli.ranges import misses, ranges
from koweb_sync.cli.root import koweb

NBSP = "\u00a0"
CONTEXT = click.Context(click.Command("list"))


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """Every test begins in English, and leaves it so."""
    i18n.activate("en")
    yield
    i18n.activate("en")


@pytest.mark.parametrize(
    ("kind", "typed", "english", "french"),
    [
        (click.IntRange(1), "0", "0 is too small: it must be 1 or more.", "0 est trop petit ; il faut 1 ou plus."),
        (
            click.IntRange(1, 10**12),
            "0",
            "0 is too small: it must be 1 or more.",
            "0 est trop petit ; il faut 1 ou plus.",
        ),
        (click.IntRange(1, 9), "0", "0 is too small: it must be 1 to 9.", "0 est trop petit ; il faut de 1 à 9."),
        (click.IntRange(1, 9), "-3", "-3 is too small: it must be 1 to 9.", "-3 est trop petit ; il faut de 1 à 9."),
        (click.IntRange(1, 9), "10", "10 is too large: it must be 1 to 9.", "10 est trop grand ; il faut de 1 à 9."),
        (
            click.IntRange(max=9),
            "10",
            "10 is too large: it must be 9 or less.",
            "10 est trop grand ; il faut 9 ou moins.",
        ),
        (
            click.IntRange(1, 10**9),
            "2000000000",
            "2000000000 is too large: it must be 1000000000 or less.",
            "2000000000 est trop grand ; il faut 1000000000 ou moins.",
        ),
        (
            click.FloatRange(0, min_open=True),
            "0",
            "0.0 is too small: it must be more than 0.",
            "0,0 est trop petit ; il faut plus de 0.",
        ),
        (
            click.FloatRange(max=0.5, max_open=True),
            "0.5",
            "0.5 is too large: it must be less than 0.5.",
            "0,5 est trop grand ; il faut moins de 0,5.",
        ),
        (
            click.FloatRange(0, 1, min_open=True, max_open=True),
            "1.5",
            "1.5 is too large: it must be more than 0, less than 1.",
            "1,5 est trop grand ; il faut plus de 0, moins de 1.",
        ),
    ],
)
def test_a_number_that_does_not_fit_is_said_to_be_too_small_or_too_large(
    kind: click.IntRange | click.FloatRange, typed: str, english: str, french: str
) -> None:
    for language, said in (("en", english), ("fr", french.replace(" ;", f"{NBSP};"))):
        i18n.activate(language)
        option = click.Option(["--n"], type=kind)
        with pytest.raises(click.BadParameter) as raised:
            option.type_cast_value(CONTEXT, typed)
        assert misses(raised.value) == said
        words = ranges(kind._describe_range())
        assert not re.search(r"[<>=]|\bx\b", words)
        assert words[0].isalnum()


def test_other_mistakes_of_an_option_keep_their_words() -> None:
    option = click.Option(["--n"], type=click.IntRange(1))
    with pytest.raises(click.BadParameter) as raised:
        option.type_cast_value(CONTEXT, "trois")
    assert misses(raised.value) == ""
    assert ranges("a = b; x [c; d]") == "a = b; x [c; d]"


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command, as its words."""
    yield path
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            inner = group.get_command(context, name)
            assert inner is not None
            yield from commands(inner, (*path, name))


def test_french_help_has_one_space_before_its_signs_however_it_is_wrapped() -> None:
    """In a process of its own: commands keep the language in which they were first shown."""
    script = (
        "import sys\n"
        "from koweb_sync import i18n\n"
        "i18n.activate('fr')\n"
        "import click\n"
        "from koweb_sync.cli.root import koweb\n"
        "def told(command, context):\n"
        "    for width in (50, 64, 80, 100, 200):\n"
        "        context.terminal_width = width\n"
        "        context.max_content_width = width\n"
        "        print(command.get_help(context))\n"
        "    if isinstance(command, click.Group):\n"
        "        for name in command.list_commands(context):\n"
        "            inner = command.get_command(context, name)\n"
        "            told(inner, click.Context(inner, info_name=name, parent=context))\n"
        "told(koweb, click.Context(koweb, info_name='koweb'))\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, encoding="utf-8").stdout
    assert told.count("Utilisation") >= 5 * len(list(commands(koweb)))
    wrong = re.compile(rf"[ {NBSP}]{{2,}}[;:?!»](?!\S)|(?<![ {NBSP}])[;!?»](?!\S)|^ *[;:?!»](?!\S)|«\s*$|[^ \n]{NBSP}$")
    assert [line for line in told.splitlines() if wrong.search(line)] == []
