"""Templates are compiled once in a process, and nothing of one page gets into another."""

from collections.abc import Iterator

import pytest
from jinja2 import DictLoader, Environment

from koweb_sync import pages
from koweb_sync.i18n import speaking

PAGE = '{{ _("Publish") }} {{ who }} {{ other }}'


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The templates that were compiled."""
    found: list[str] = []
    plain = Environment.compile

    def compile_counted(self: Environment, source: object, name: str, *more: object, **named: object) -> object:
        found.append(name)
        return plain(self, source, name, *more, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Environment, "compile", compile_counted)
    pages.compiled.cache_clear()
    yield found
    pages.compiled.cache_clear()


def shown(text: str, *, escapes: bool = True, **told: object) -> str:
    """A page of an environment that is made for it."""
    made = pages.environment("koweb_sync.letter").overlay(autoescape=escapes)
    made.loader = DictLoader({"page": text})
    made.globals |= told
    return made.get_template("page").render()


def test_a_template_is_compiled_once_for_each_language_and_with_its_own_names(counted: list[str]) -> None:
    with speaking("en"):
        assert [shown(PAGE, who=who, other="") for who in ("Ana", "Zoé")] == [f"Publish {a} " for a in ("Ana", "Zoé")]
    assert len(counted) == 1
    with speaking("fr"):
        assert [shown(PAGE, who="Ana", other=other) for other in "ab"] == [f"Publier Ana {one}" for one in "ab"]
    assert len(counted) == 2
    told = "{{ who }}"
    assert [shown(told, who="<b>", escapes=escapes) for escapes in (True, False, True)] == [
        "&lt;b&gt;",
        "<b>",
        "&lt;b&gt;",
    ]
    assert shown(f"{told}.", who="b") == "b."
    assert len(counted) == 5
