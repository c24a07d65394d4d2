"""YAML that every program reads as it was meant, be it of YAML 1.1 or of 1.2: a title such as `off`, `12:30` or `1e3`
is a text for all of them.

PyYAML, Ruby's Psych and older versions of Hugo follow YAML 1.1, where `no` is false and `1:30` is ninety; ruamel.yaml
and newer ones follow 1.2. What any of them could take for something else is quoted.
"""

import io
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.representer import SafeRepresenter
from ruamel.yaml.resolver import implicit_resolvers

_BREAKS = re.compile("[\x85\u2028\u2029]")
# Numbers, times and the like, as some reader or other takes them: 1,000 and :name are no texts to Ruby.
_LIKE_NUMBER = re.compile(
    r"[-+]?(?:0[xX][\da-fA-F_]*|[\d.][\d_.,:eEoObB+-]*|\.\w+)(?:[Tt \t]+[\d:.]+[ \t]*(?:Z|[-+][\d:]+)?)?|[~=]|:\S*|<<"
)
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nil", "nan", "inf", "infinity"])
_EVERY = [pattern for _versions, _tag, pattern, _first in implicit_resolvers]


class Moment(str):
    """An instant in ISO 8601, which is written as a time, and no text."""

    __slots__ = ()


class Careful(SafeRepresenter):
    """Writes texts so that they stay texts: in quotes where they look like something else."""


def scalar(writer: SafeRepresenter, text: str) -> Any:
    """A text. Line breaks that only YAML takes for some are written as signs, or they would be read as spaces."""
    style = '"' if _BREAKS.search(text) else "'" if taken_for_another(text) else None
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def instant(writer: SafeRepresenter, text: Moment) -> Any:
    """A time."""
    return writer.represent_scalar("tag:yaml.org,2002:timestamp", text)


def taken_for_another(text: str) -> bool:
    """Whether some reader of YAML would take a text without quotes for a number, a time, a truth or nothing."""
    if text.lower() in _WORDS or _LIKE_NUMBER.fullmatch(text):
        return True
    return any(pattern.match(text) for pattern in _EVERY)


Careful.add_representer(str, scalar)
Careful.add_representer(Moment, instant)


def as_yaml(facts: Mapping[str, Any]) -> str:
    """A mapping as YAML, in the order given: one key a line, and an item of a list, indented by four.

    Programs that know only `key: value` of it, as Pelican does, take indented lines for more of the same key.
    """
    return "".join(
        f"{key}:\n{''.join(map(item, value))}" if are_texts(value) else entry(key, value)
        for key, value in facts.items()
    )


def are_texts(value: Any) -> bool:
    """Whether a value is a list of texts."""
    return isinstance(value, list) and value != [] and all(isinstance(one, str) for one in value)


@lru_cache(maxsize=20_000, typed=True)
def item(value: str) -> str:
    """An item of a list; many topics have the same."""
    return written({"items": [value]}).partition("\n")[2]


def entry(key: str, value: Any) -> str:
    """A key with its value; for most keys, many topics have the same."""
    try:
        return entry_of_known(key, value)
    except TypeError:  # what cannot be remembered
        return written({key: value})


@lru_cache(maxsize=2_000, typed=True)
def entry_of_known(key: str, value: Any) -> str:
    """A key with a value that can be remembered."""
    return written({key: value})


def written(facts: dict[str, Any]) -> str:
    """A mapping as YAML."""
    out = io.StringIO()
    writer().dump(facts, out)
    return out.getvalue()


@lru_cache(maxsize=1)
def writer() -> YAML:
    """What writes YAML: to make one takes longer than to use it."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = Careful
    yaml.default_flow_style, yaml.width = False, 2**30
    yaml.indent(mapping=4, sequence=6, offset=4)
    # Not declared as settings in its types: letters as they are, and the order above.
    vars(yaml).update(allow_unicode=True, sort_base_mapping_type_on_output=False)
    return yaml
