"""The endpoints about words that the forum watches, for administrators."""

from typing import Any

from flask import Response

from koweb_sync.sandbox.model import watched_words
from koweb_sync.sandbox.model.refusals import invalid, missing, not_found
from koweb_sync.sandbox.model.tags_and_words import WatchedWord
from koweb_sync.sandbox.request_data import Routes, admins, answer, given, state
from koweb_sync.sandbox.rules.validations import listed, truthy

routes = Routes("words", only=admins)


@routes.get("/admin/customize/watched_words")
def every() -> Response:
    return answer(page(list(state.labels.watched.values())))


@routes.post("/admin/customize/watched_words")
def add() -> Response:
    """Words to watch: several at once on newer servers; one, which is shown alone, on older ones (guess: controller
    of 2022)."""
    data = given()
    words = listed(data.get("words")) if state.flavour.many_watched else listed(data.get("word"))
    action = str(data.get("action_key") or "")
    if not words:
        raise missing("words" if state.flavour.many_watched else "word")
    if action not in watched_words.ACTIONS:
        raise invalid(state, "action_key")
    made = keep(words, action, data)
    return answer(page(made) if state.flavour.many_watched else older(made[0]))


def keep(words: list[str], action: str, data: dict[str, Any]) -> list[WatchedWord]:
    """Watch words. One that is watched for the same already is changed."""
    group = state.next_id("watched_groups")
    found = []
    for word in words:
        known = next((one for one in watched_words.of(state.labels, action) if one.word == word), None)
        made = known or WatchedWord(state.next_id("watched"), word, action, group=group)
        made.replacement = str(data["replacement"]) if data.get("replacement") else None
        made.case_sensitive = truthy(data.get("case_sensitive"))
        state.labels.watched[made.id] = made
        found.append(made)
    state.changes += 1
    return found


@routes.delete("/admin/customize/watched_words/<int:number>")
def drop(number: int) -> Response:
    if state.labels.watched.pop(number, None) is None:
        raise not_found(state)
    state.changes += 1
    return answer({"success": "OK"})


def page(words: list[WatchedWord]) -> dict[str, Any]:
    """Words, with the expressions for all."""
    shown = [watched_words.shown(one) if state.flavour.many_watched else older(one) for one in words]
    table = watched_words.compiled(state.labels)
    return {"actions": list(watched_words.ACTIONS), "words": shown, "compiled_regular_expressions": table}


def older(one: WatchedWord) -> dict[str, Any]:
    """A word on servers of 2022 (guess: serializer of 2022)."""
    shown = watched_words.shown(one)
    return {name: shown[name] for name in ("id", "word", "regexp", "replacement", "action") if name in shown}
