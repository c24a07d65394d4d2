"""The doors through which words leave: what they hide, what they show, and that nothing goes around them."""

import ast
import base64
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import koweb_sync
from koweb_sync.cli.output import document
from koweb_sync.redaction import HIDDEN, begin, keep_secret, redact
from koweb_sync.safe_text import escaped_json, line, visible

KEY = "3f9a7c1e5b8d2046" * 4
PASSWORD = "mot de passe/é&\"quote'"
BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
OBEYED = [*range(0x20), 0x7F, *range(0x80, 0xA0), *BIDI, 0xD800, 0xDCE9, 0xDFFF]
CODE = Path(koweb_sync.__file__).parent


@pytest.fixture
def secrets() -> Iterator[None]:
    """A run that knows a key and a password."""
    begin({})
    keep_secret(KEY)
    keep_secret(PASSWORD)
    yield
    begin({})


def test_every_sign_that_a_terminal_obeys_is_shown_as_an_escape() -> None:
    for code in OBEYED:
        sign = chr(code)
        escape = f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
        assert line(f"a{sign}b") == f"a{escape}b"
        assert visible(f"a{sign}b") == (f"a{sign}b" if sign in "\n\t" else f"a{escape}b")
    assert (line("a\u2028b\u2029"), visible("a\r\nb")) == ("a\\u2028b\\u2029", "a\r\nb")


@given(st.text(st.characters(codec=None)))
def test_what_is_shown_holds_no_control_sign_and_can_be_written(text: str) -> None:
    for shown, kept in ((visible(text), "\n\t\r"), (line(text), "")):
        shown.encode()
        assert not [one for one in shown if unicodedata.category(one) in ("Cc", "Cs") and one not in kept]
    assert "\r" not in visible(text).replace("\r\n", "")


def test_ordinary_words_of_any_language_stay_as_they_are() -> None:
    for text in ("Où est-elle ? « Là »", "日本語", "שלום", "👩‍👩‍👧 🏳️‍🌈", "a\tb\nc", "x\u200bz\ufeff"):
        assert visible(text) == text
        assert visible(text) is text or visible(text) == text


@given(st.text(st.characters(codec=None)))
def test_json_that_no_terminal_obeys_is_the_same_data(text: str) -> None:
    data = {"text": text, "more": [text]}
    shown = escaped_json(json.dumps(data, ensure_ascii=False, indent=2))
    assert json.loads(shown) == data
    assert visible(shown) == shown


@pytest.mark.parametrize("secret", [KEY, PASSWORD])
def test_a_secret_is_hidden_in_every_form(secrets: None, secret: str) -> None:
    forms = [
        secret,
        secret.upper() if secret == KEY else secret,
        quote(secret, safe=""),
        quote(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        secret.encode().decode("latin-1"),
        f"postgresql://ada:{quote(secret, safe='')}@db.example.org/archive",
    ]
    for form in forms:
        shown = redact(f"avant {form} après")
        assert form not in shown
        assert HIDDEN in shown
        assert (shown[:6], shown[-6:]) == ("avant ", " après")


@given(st.binary(max_size=9), st.binary(max_size=9))
def test_a_secret_inside_base64_is_hidden(before: bytes, after: bytes) -> None:
    keep_secret(KEY)
    text = base64.b64encode(before + KEY.encode() + after).decode()
    shown = redact(f"Authorization: Basic {text}.")
    assert HIDDEN in shown
    left = shown.partition(HIDDEN)
    assert len(left[0] + left[2]) < len(f"Authorization: Basic {text}.") - len(KEY) * 4 // 3 + 4
    begin({})


def test_a_run_knows_the_secrets_of_its_environment_and_forgets_those_before() -> None:
    begin({"KOWEB_KAFE_API_KEY": "clé-de-kafe", "KOWEB_API_KEY": "clé-seule", "KOWEB_LANG": "français"})
    assert redact("clé-de-kafe clé-seule français") == f"{HIDDEN} {HIDDEN} français"
    begin({})
    assert redact("clé-de-kafe") == "clé-de-kafe"


def test_what_is_left_of_a_key_after_a_text_was_cut_is_hidden(secrets: None) -> None:
    assert redact(f"the key {KEY[:40]}") == f"the key {HIDDEN}"


def test_a_short_password_is_hidden_where_it_stands_alone_only() -> None:
    begin({})
    keep_secret("koweb")
    keep_secret("abc")
    assert (
        redact("postgresql://ada:koweb@db/koweb-sync abc kowebs")
        == f"postgresql://ada:{HIDDEN}@db/{HIDDEN}-sync abc kowebs"
    )
    begin({})


def test_a_document_keeps_its_signs_for_a_file_and_shows_them_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    document("Un \x1b[31mtitre \u202e\n")
    assert capsysbinary.readouterr().out == "Un \x1b[31mtitre \u202e\n".encode()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    document("Un \x1b[31mtitre \u202e\n")
    assert capsysbinary.readouterr().out == b"Un \\x1b[31mtitre \\u202e\n"


AROUND = {
    "click": {"echo", "secho", "echo_via_pager", "prompt", "confirm", "pause", "progressbar", "style", "clear", "edit"}
    | {"get_text_stream", "get_binary_stream"},
    "sys": {"stdout", "stderr", "__stdout__", "__stderr__", "displayhook"},
    "traceback": {"print_exc", "print_exception", "print_tb", "print_stack", "print_last"},
    "os": {"write"},
    "builtins": {"print", "input", "breakpoint"},
}
HINTS = re.compile(r"click|sys\.|print\(|input\(|breakpoint|rich|traceback|os\.write")  # so that little is parsed
# What prints, what asks, and what looks after the streams themselves.
DOORS = {"cli/output.py", "cli/questions.py", "cli/last_resort.py"}
EDITOR = ("cli/posts/new.py", "click.edit")  # opens the person's editor, and prints nothing


def test_only_one_module_prints() -> None:
    """Everything that a command prints passes cli/output.py; only bars
    are drawn in cli/progress_bar.py, of labels that passed it."""
    found = []
    for path in sorted(CODE.rglob("*.py")):
        name, text = path.relative_to(CODE).as_posix(), path.read_text(encoding="utf-8")
        if name not in DOORS and HINTS.search(text):
            seen = around(ast.parse(text), name)
            found += [f"{name}:{line} {what}" for line, what in seen if (name, what) != EDITOR]
    assert found == []


def test_what_prints_around_the_door_is_found() -> None:
    for text in ("click.echo(x)", "print(x)", "sys.stdout.write(x)", "from click import echo", "import rich.console"):
        assert list(around(ast.parse(text), "cli/new.py")), text
    assert list(around(ast.parse("sys.stderr.isatty()"), "cli/new.py")) == []


def around(tree: ast.Module, name: str) -> Iterator[tuple[int, str]]:
    """What goes around the doors: its line and what it is. Whether a stream is a terminal may be asked."""
    asked = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "isatty"}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=what) if what in AROUND.get(module, ()):
                if id(node) not in asked:
                    yield node.lineno, f"{module}.{what}"
            case ast.Name(id=what) if what in AROUND["builtins"]:
                yield node.lineno, what
            case ast.ImportFrom(module=str(module), names=names):
                if {one.name for one in names} & AROUND.get(module, set()) or (
                    drawn(module) and name != "cli/progress_bar.py"
                ):
                    yield node.lineno, module
            case ast.Import(names=names) if any(drawn(one.name) for one in names):
                yield node.lineno, "rich"
            case _:
                pass


def drawn(module: str) -> bool:
    """Whether a module draws on a terminal."""
    return module.partition(".")[0] == "rich"
