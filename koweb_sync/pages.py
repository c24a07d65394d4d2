"""Templates of pages that people read: escaped, in the words of the language that is spoken. Needs the extra Jinja2."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from koweb_sync.i18n import _, active, ngettext
from koweb_sync.safe_text import unturned

START = Path(__file__).with_name("page.css")


def style(*more: Path) -> str:
    """A style sheet: what all pages of ours begin with, and more of their own."""
    return "".join(path.read_text(encoding="utf-8") for path in (START, *more))


class Translated(Extension):
    """Puts the translation of a plain `_("…")` into the template as it is read, and not each time that it is shown."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens of a template, each such call as the string that it gives."""
        read: list[Token] = []
        for token in stream:
            read.append(token)
            if [one.type for one in read[-4:]] == ["name", "lparen", "string", "rparen"] and read[-4].value == "_":
                read[-4:] = [Token(token.lineno, "string", _(read[-2].value))]
        return iter(read)


def shown(value: object) -> object:
    """What a template shows of a value. Markup is HTML that was made safe already."""
    return unturned(value) if type(value) is str else value


class CompiledTemplates(BytecodeCache):
    """What templates were compiled to, for all environments of one package: their code, which nothing changes. Each
    environment has names of its own, and filters that are called alike.
    """

    def __init__(self) -> None:
        self.known: dict[object, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Put the code there, if a template was compiled before."""
        bucket.code = self.known.get(self.name(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        if bucket.code is not None:
            self.known[self.name(bucket)] = bucket.code

    def name(self, bucket: Bucket) -> object:
        """What the code depends on: the template's name, place and content, the language, and whether it escapes."""
        return bucket.key, bucket.checksum, active(), bucket.environment.autoescape


@cache
def compiled(_package: str) -> CompiledTemplates:
    """Those of one package."""
    return CompiledTemplates()


def environment(package: str) -> Environment:
    """The templates in a package's own folder, in the language of the moment. What a template names and nobody gave is
    an error, not nothing.
    """
    made = Environment(
        extensions=[Translated],
        loader=PackageLoader(package),
        bytecode_cache=compiled(package),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals |= {"_": _, "ngettext": ngettext}
    return made
