"""What the text of a query says: where its parameters stand, which tables and columns it reads. Nothing is run."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# What is not code: strings, names in quotes, comments. PostgreSQL's block comments nest; `scan` counts them.
TOKEN = re.compile(
    r"""
    (?P<string>  [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' )
  | (?P<dollar>  \$(?P<tag>[A-Za-z_]\w*|)\$.*?\$(?P=tag)\$ )
  | (?P<quoted>  "(?:[^"]|"")*" )
  | (?P<line>    --[^\n]* )
  | (?P<block>   /\* )
  | (?P<cast>    :: )
  | (?P<place>   (?<![\w:\]]) :(?P<name>[A-Za-z_]\w*) )
  | (?P<word>    [A-Za-z_]\w* )
    """,
    re.VERBOSE | re.DOTALL,
)
KINDS = ("string", "dollar", "quoted", "line", "block", "cast", "place", "word")
READS = ("select", "with", "values", "table")


def tokens(sql: str) -> Iterator[tuple[str, int, int, str]]:
    """Kind, start, end and text of what matters in a query; whatever lies between is code without names."""
    at = 0
    while found := TOKEN.search(sql, at):
        start, end = found.span()
        if found["block"]:
            end = block_end(sql, end)
        kind = next(name for name in KINDS if found[name] is not None)
        yield kind, start, end, sql[start:end]
        at = end


def block_end(sql: str, at: int) -> int:
    """Where a block comment ends that began before `at`."""
    depth = 1
    for found in re.finditer(r"/\*|\*/", sql[at:]):
        depth += 1 if found[0] == "/*" else -1
        if not depth:
            return at + found.end()
    return len(sql)


def first_word(sql: str) -> str:
    """The first word of the code, in small letters."""
    return next((text.lower() for kind, _start, _end, text in tokens(sql) if kind == "word"), "")


def placed(sql: str, fill: Callable[[str], str | None]) -> str:
    """A query with something in place of each `:name`; None leaves it as it is."""
    parts, at = [], 0
    for kind, start, end, text in tokens(sql):
        filled = fill(text[1:]) if kind == "place" else None
        if filled is not None:
            parts += [sql[at:start], filled]
            at = end
    return "".join([*parts, sql[at:]])


def bound(sql: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A query with DuckDB's parameters for Discourse's, and their values. A list stands for its members."""
    used: dict[str, Any] = {}

    def fill(name: str) -> str | None:
        if name not in values:
            return None
        value = values[name]
        if not isinstance(value, list):
            used[name] = value
            return f"${name}"
        members = {f"{name}_{nth}": one for nth, one in enumerate(value)}
        used.update(members)
        return ", ".join(f"${one}" for one in members)

    text = placed(sql, fill)
    return text, used


# ---- the tree of a query, as DuckDB parses it


@dataclass(frozen=True, slots=True)
class QueryReads:
    """What a query reads: tables, and columns by their names alone; None for all columns. `titles`: its columns'."""

    tables: frozenset[str]
    columns: frozenset[str] | None
    titles: tuple[str, ...] | None


def reading(tree: str) -> QueryReads:
    """What the tree of a query reads. A name that may stand for a whole row stands for all columns."""
    nodes = list(walk(json.loads(tree)["statements"]))
    tables = {str(node["table_name"]).lower() for node in nodes if node.get("type") == "BASE_TABLE"}
    rows = {str(node["alias"]).lower() for node in nodes if node.get("alias") and "sample" in node} | tables
    names = {str(node["column_names"][-1]).lower() for node in nodes if node.get("class") == "COLUMN_REF"}
    names |= {str(name).lower() for node in nodes for name in node.get("using_columns", ())}
    natural = any(node.get("ref_type") == "NATURAL" for node in nodes)
    stars = any(node.get("class") == "STAR" for node in nodes)
    whole = stars or natural or bool(rows & names)
    return QueryReads(frozenset(tables), None if whole else frozenset(names), titles(json.loads(tree)["statements"]))


def walk(node: Any) -> Iterator[Mapping[str, Any]]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def titles(statements: list[Mapping[str, Any]]) -> tuple[str, ...] | None:
    """What PostgreSQL calls the columns of a query; None where a star stands among them."""
    node = statements[0]["node"]
    while node.get("type") == "SET_OPERATION_NODE":
        node = node.get("left") or node["children"][0]
    found = node.get("select_list")
    if not found or any(one["class"] == "STAR" for one in found):
        return None
    return tuple(title(one) for one in found)


def title(node: Mapping[str, Any]) -> str:
    """What PostgreSQL calls a column."""
    if node.get("alias"):
        return str(node["alias"])
    kind = node["class"]
    if kind == "COLUMN_REF":
        return str(node["column_names"][-1])
    if kind in ("FUNCTION", "WINDOW") and not node.get("is_operator"):
        return str(node["function_name"]).replace("count_star", "count")
    if kind == "CAST":
        inner = title(node["child"])
        return inner if inner != "?column?" else TYPES.get(node["cast_type"]["id"], node["cast_type"]["id"].lower())
    if kind == "CASE":
        return "case"
    return "coalesce" if node.get("type") == "OPERATOR_COALESCE" else "?column?"


TYPES = {"INTEGER": "int4", "BIGINT": "int8", "VARCHAR": "text", "BOOLEAN": "bool", "DOUBLE": "float8"}
