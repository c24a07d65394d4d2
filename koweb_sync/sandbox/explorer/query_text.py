"""What the text of a query says: where its parameters stand, which tables and columns it reads. Nothing is run."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PLACE = re.compile(rb"(?<![\w:\]]):([A-Za-z_]\w*)")
READS = ("select", "with", "values", "table")


def starts(text: bytes) -> list[int]:
    """Where each token of a query begins; nothing within strings, names in quotes and comments does, which DuckDB reads
    as PostgreSQL does.
    """
    import duckdb

    return [at for at, _kind in duckdb.tokenize(text.decode())]


def first_word(sql: str) -> str:
    """The first word of the code, in small letters."""
    text = sql.encode("utf-8", "replace")
    words = (re.compile(rb"[A-Za-z_]\w*").match(text, at) for at in starts(text))
    return next((found[0].decode().lower() for found in words if found), "")


def placed(sql: str, fill: Callable[[str], str | None]) -> str:
    """A query with something in place of each `:name`; None leaves it as it is."""
    text = sql.encode("utf-8", "replace")
    parts, at = [], 0
    for found in filter(None, (PLACE.match(text, start) for start in starts(text))):
        filled = fill(found[1].decode())
        if filled is not None:
            parts += [text[at : found.start()], filled.encode("utf-8", "replace")]
            at = found.end()
    return b"".join([*parts, text[at:]]).decode()


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
