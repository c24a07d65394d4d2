"""Two languages: every text that a user reads is there in French, complete, and as French is written."""

import ast
import contextlib
import io
import os
import pty
import re
import string
import subprocess
import sys
from functools import cache
from pathlib import Path
from unicodedata import normalize

import click
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import koweb_sync
from koweb_sync import i18n
from koweb_sync.cli.output import table
from koweb_sync.cli.report.window import window_of
from koweb_sync.cli.root import COMMANDS
from koweb_sync.times import DAY
from tests.workspace import Clone

FOLDER = i18n.FOLDER / "fr" / "LC_MESSAGES"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "words": (2,), "say": None}
METHODS = [
    ("**.py", "python"),
    ("**.html", "jinja2"),
    ("**/closing/templates/*.txt", "jinja2"),
    ("**/closing/templates/*.md", "jinja2"),
    ("**/templates/*.yml", "koweb_sync.automation.comments:extract"),
    ("**/templates/*.yaml", "koweb_sync.automation.comments:extract"),
]


@pytest.fixture(scope="module")
def french() -> Catalog:
    """The French catalog."""
    return read_po(io.BytesIO((FOLDER / "koweb.po").read_bytes()), locale="fr")


@cache
def texts(folder: Path) -> set[str | tuple[str, str]]:
    """Every text that the code in a folder gives to gettext."""
    found = extract_from_dir(str(folder), METHODS, keywords=KEYWORDS)
    return {one[2] if isinstance(one[2], str) else (one[2][0], one[2][1]) for one in found}


def entries(catalog: Catalog) -> list[Message]:
    """The entries of a catalog, without its header."""
    return [message for message in catalog if message.id]


def forms(text: object) -> tuple[str, ...]:
    """The forms of an entry or of its translation: one, or one for each number."""
    return (text,) if isinstance(text, str) else tuple(map(str, text)) if isinstance(text, list | tuple) else ()


def test_every_text_has_a_french_one(french: Catalog) -> None:
    wanted = texts(Path(koweb_sync.__file__).parent) | texts(Path(click.__file__).parent)
    known = {message.id if isinstance(message.id, str) else forms(message.id): message for message in entries(french)}
    assert sorted(map(str, wanted - known.keys())) == [], "`uv run poe texts` collects them"
    assert sorted(map(str, known.keys() - wanted)) == [], "`uv run poe texts` lets them go"
    lacking = [m.id for m in known.values() if m.fuzzy or not all(forms(m.string)) or not forms(m.string)]
    assert lacking == [], "write their French into koweb_sync/locale/fr/LC_MESSAGES/koweb.po"


def test_every_text_is_collected_wherever_it_stands() -> None:
    package = Path(koweb_sync.__file__).parent
    collected = {form for text in texts(package) for form in forms(text)}
    assert [
        f"{path.name}:{call.lineno}: {form.value!r}"
        for path in package.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("_", "ngettext")
        for form in call.args[: 2 if call.func.id == "ngettext" else 1]
        if isinstance(form, ast.Constant) and form.value not in collected
    ] == []


def test_the_compiled_catalog_is_the_written_one(french: Catalog) -> None:
    compiled = read_mo(io.BytesIO((FOLDER / "koweb.mo").read_bytes()))
    written = {forms(m.id): forms(m.string) for m in entries(french) if any(forms(m.string))}
    differing = {forms(m.id): forms(m.string) for m in entries(compiled)}.items() ^ written.items()
    assert sorted({ident for ident, _string in differing}) == [], "`uv run poe texts` compiles koweb.po"


def test_translations_keep_what_is_filled_in(french: Catalog) -> None:
    def names(text: str) -> set[str]:
        return {name for _literal, name, _spec, _how in string.Formatter().parse(text) if name}

    for message in entries(french):
        if "{…}" not in str(message.id):
            assert names(forms(message.id)[-1]) == names(forms(message.string)[-1]), message.id


def test_p165_what_is_counted_has_a_singular() -> None:
    """But for what is never one, and for the sandbox, which says what a forum says."""
    never_one = (
        "Newest first, among the newest {n} topics.",
        "“{figure}”: the newest {listed} of {n} topics",
        "“{figure}”: {n} posts in {every} topics",
        "A row: the people whose very first post",
        "The title has {n} characters, more than",
        "“{link}” can mean {n}",
    )
    found = texts(Path(koweb_sync.__file__).parent) - texts(Path(koweb_sync.__file__).parent / "sandbox")
    assert [
        text
        for text in found
        if isinstance(text, str)
        and re.search(r"(?<!than )\{(n|held|named|expected|posts)\} (new )?[a-z]{3,}s\b(?! at)", text)
        if not text.startswith(never_one) and "data-many" not in text
    ] == ["{n} posts, the newest first."]  # beside it stands “One post.”


# what is quoted from files and commands, addresses and the signs of comments are no French
NOT_FRENCH = re.compile(r"<!--|https?:\S+|\{[^}]*\}|--\S+|“[^”]*”|title: \"[^\"]*\"")
# how it is not written: signs without their space, ASCII for signs of ours, units and turns of English
NOT_WRITTEN = {
    "space": r"[^\u00a0\s?!.(«][;?!»](?!\w)|«(?!\u00a0)| [;?!»:](\s|$)|[A-Za-zà-ÿ]'[a-zà-ÿ]|\.\.\.",
    "unit": r"\b[kMGT]B\b|\b[KMG]b\b|\d ?d\b",
    "turn": r"[Rr]ésolve|boîte de courriels|[Ff]acteur d’absence|\bmurmures?\b|\b[lL]’extra\b|\b[Cc]ommit(?:er|ez)\b",
}

INSTEAD = {
    "space": "a no-break space (U+00A0) before : ! ? ; » and after «, also ’ and … as one sign",
    "unit": "Mo, Go, ko; 30\u00a0j or jours",
    "turn": "the French word that the other texts use",
}


@pytest.mark.parametrize("fault", NOT_WRITTEN)
def test_p360_french_is_written_as_french(french: Catalog, fault: str) -> None:
    found = [
        (met[0], text)
        for message in entries(french)
        for text in forms(message.string)
        if (met := re.search(NOT_WRITTEN[fault], NOT_FRENCH.sub("X", text)))
    ]
    assert found == [], f"write {INSTEAD[fault]}"


# What never begins with a vowel or a silent h where it is put in: numbers, days and hours, addresses (“http…”).
UNELIDED = {
    *("n", "m", "max", "min", "least", "most", "first", "last", "month", "value", "age", "host", "server", "url"),
    *("address", "again", "before", "begin", "date", "day", "end", "made", "period", "since", "time", "until", "when"),
}
ELIDES = re.compile(r"(?i)(?<![\w’])(?:de|le|la|que|je|ne|se|ce|me|te|jusque|lorsque|puisque)[ \u00a0](?:\{|%\()(\w+)")


def test_no_word_before_a_name_would_have_to_be_elided(french: Catalog) -> None:
    """“de {forum}” becomes “de essai”: such a sentence says “du forum « {forum} »”, or goes another way."""
    said = [text for one in entries(french) for text in forms(one.string)]
    assert not [text for text in said if set(ELIDES.findall(text)) - UNELIDED]


def test_p360_none_and_one_are_singular_in_french() -> None:
    i18n.activate("fr")
    one = [i18n.ngettext("{n} request", "{n} requests", n).format(n=n) for n in (0, 1, 2)]
    assert [text.endswith("s") for text in one] == [False, False, True]


def test_p360_days_are_typed_as_french_writes_them() -> None:
    for french, english in (("30j", "30d"), ("4s", "4w")):
        assert window_of(french, None, 90 * DAY, "UTC", 90 * DAY) == window_of(english, None, 90 * DAY, "UTC", 90 * DAY)


def test_p360_pages_show_no_time_as_machines_write_it() -> None:
    package = Path(koweb_sync.__file__).parent
    raw = re.compile(r"strftime|isoformat")
    assert [path.name for path in package.rglob("*.html") if raw.search(path.read_text(encoding="utf-8"))] == []


def test_p360_a_command_is_described_by_what_it_does() -> None:
    page = Path(__file__).parents[1].joinpath("docs/fr/commandes.md").read_text(encoding="utf-8")  # written by --help
    told = re.findall(r"^Utilisation.: (koweb[^\[]*).*\n\n  (\w+)", page, re.MULTILINE)
    for group in re.findall(r"Commandes.:\n((?:.+\n)+)", page):
        told += re.findall(r"^  ([a-z]+)  +(\w+)", group, re.MULTILINE)
    assert len(told) > 50
    assert [one for one in told if not re.search(r"(?:er|ir|re)$|^Tout$", one[1])] == []


def test_p280_a_person_is_spoken_to_in_their_language_and_in_the_forums_where_they_name_none(
    here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.post("un")
    here.commit()
    monkeypatch.delenv("KOWEB_KAFE_API_KEY")
    monkeypatch.setenv("LANGUAGE", "")
    for told, said in (
        ({"LANG": "en_GB.UTF-8"}, "There is no API key"),  # koweb.toml says fr, for the forum
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "C.UTF-8"}, "Il n’y a pas de clé"),
        ({"LANG": "de_DE.UTF-8"}, "Il n’y a pas de clé"),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "de:en"}, "There is no API key"),
    ):
        assert said in here.forked("push", env=told, code=2).err
    here.write("koweb.toml", here.read("koweb.toml").replace('locale = "fr"', 'locale = "en"'))
    assert "There is no API key" in here.forked("push", code=2).err  # CI, and servers: LANG=C.UTF-8
    assert "Il n’y a pas de clé" in here.forked("push", "--lang=fr", env={"LANG": "en_GB.UTF-8"}, code=2).err
    outside = Clone(here.folder.parent, here.box)
    assert "Ce dossier" in outside.forked("push", env={"LANG": "fr_FR.UTF-8"}, code=2).err


def test_help_and_mistakes_are_french_too(here: Clone) -> None:
    for name in COMMANDS:
        text = here.forked("--lang", "fr", name, "--help").out
        assert "Utilisation" in text
        assert "Usage" not in text
        assert "Show this message" not in text
        assert not re.search(r"\b(?:INTEGER|FLOAT|RANGE|PATH|FILE|TEXT|NAME|USER|DIR|FOLDER|TOPIC)\b", text), text
        assert "\nOptions\u00a0:\n" in text
    assert "\nCommandes\u00a0:\n" in here.forked("--lang", "fr", "archive", "--help").out
    assert "COMMANDE [ARGUMENTS]" in here.forked("--lang", "fr", "component", "--help").out
    assert (
        "qui\n           l’envoie depuis" in here.forked("--lang", "fr", "component", "--help").out
    )  # a whole sentence
    assert "Vouliez-vous dire" in here.forked("--lang", "fr", "component", "instal", code=2).err
    assert "par défaut\u00a0: 30j" in (report := here.forked("--lang", "fr", "report", "--help").out)
    assert "72\u00a0; de 1 à 8760" in report
    assert "de 1 à 8760." in here.forked("--lang", "fr", "report", "--horizon", "0", code=2).err
    assert "koweb.toml\u00a0: Aucun forum" in here.forked("--lang", "fr", "check", "--forum", "x", code=2).err
    wrong = here.forked("--lang", "fr", "push", "--onli", code=2).err
    meant = "«\u00a0--onli\u00a0» n’existe pas. Vouliez-vous dire «\u00a0--only\u00a0»\u00a0?"
    assert f"Erreur\u00a0: L’option {meant}" in wrong
    assert "'" not in here.forked("--lang", "fr", "push", "--format", "yaml", code=2).err


DATA = (
    *("doctor", "check", "plan", "status", "fetch", "push --dry-run", "pull", "sync --dry-run", "adopt --dry-run 2"),
    *("list", "show 1", "show 1/1", "search accueil", "stats", "verify --offline", "subject claire", "consent"),
    *(
        "--dry-run",
        "forget claire --dry-run",
        "purge --dry-run",
        "drop kafe --dry-run",
        "restore --dry-run --into koweb-kafe",
    ),
    *("--since 2020", "--watch-list"),
)
ROOMS = {**dict.fromkeys(DATA[:9], ""), **dict.fromkeys(DATA[9:22], "archive"), **dict.fromkeys(DATA[22:], "report")}


def test_a147_what_programs_read_is_not_translated(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.write("posts/deux.md", "---\ntitle: Deux\n---\n[nulle part](rien.md) ![](rien.png)\n")
    here.write("posts/trois.md", "---\ntitle: [\n---\nRien.\n")
    here.write("posts/quatre.md", "---\ntitle: Un brouillon\nid: quatre\ndraft: true\ncolour: red\n---\nRien.\n")
    here.commit()
    here.run("archive")
    told: dict[str, list[str]] = {}
    for lang in ("fr", "en"):
        for words, room in ROOMS.items():
            i18n.activate(lang)
            run = here.run(*room.split(), *words.split(), "--format", "json", code=None)
            assert run.out, (words, run.err)
            told.setdefault(f"{room} {words}", []).append(without_times(run.out))
    assert {words: both for words, both in told.items() if both[0] != both[1]} == {}


def without_times(out: str) -> str:
    """Data without what the clock says."""
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)|\"(?:archive_age_hours|hours|days)\": [\d.]+", "", out)


@pytest.mark.parametrize("tag", ["fr", "fr_FR.UTF-8", "fr-CA", "FR"])
def test_french_is_french_everywhere(tag: str) -> None:
    assert i18n.spoken(tag) == "fr"


def on_a_terminal(here: Clone, **more: str) -> bytes:
    """What `koweb check` writes to a terminal."""
    ours, theirs = pty.openpty()
    with contextlib.ExitStack() as stack:
        stack.callback(os.close, ours)
        command = [sys.executable, "-m", "koweb_sync", "check"]
        subprocess.run(command, cwd=here.folder, stdout=theirs, stderr=theirs, env={**os.environ, **more}, check=False)
        os.close(theirs)
        written = b""
        with contextlib.suppress(OSError):  # Linux ends a closed terminal with an error
            while part := os.read(ours, 65536):
                written += part
        return written


def test_colour_is_for_terminals_and_can_be_refused(here: Clone) -> None:
    here.post("un", "Trop bref. [rien](rien.md)")
    here.commit()
    assert b"\x1b[3" in on_a_terminal(here)
    quiet = on_a_terminal(here, NO_COLOR="1")
    assert b"rien.md" in quiet
    assert b"\x1b[3" not in quiet
    assert "\x1b[" not in here.alone("check", code=2).text


def test_columns_stay_in_line_however_accents_are_stored(capsys: pytest.CaptureFixture[str]) -> None:
    table(
        [("copy", "e\u0301te\u0301.png", "here"), ("copy", "\u00e9t\u00e9.png", "here"), ("copy", "hiver.png", "here")]
    )
    first, second, third = capsys.readouterr().out.splitlines()
    assert [normalize("NFC", one).index("here") for one in (first, second, third)] == [17, 17, 17]


def test_every_count_is_written_as_the_language_writes_numbers() -> None:
    """Minutes and hours are few; a report and days have ways of their own to write numbers."""
    wrong = []
    for path in sorted(Path(koweb_sync.__file__).parent.rglob("*.py")):
        if path.name == "dates.py" or path.parts[-3:-1] == ("report", "page"):
            continue
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "format":
                continue
            text = call.func.value
            counts = isinstance(text, ast.Call) and isinstance(text.func, ast.Name) and text.func.id == "ngettext"
            said = [ast.unparse(one.value) for one in call.keywords if one.arg == "n"] if counts else []
            wrong += [
                f"{path.name}:{call.lineno}: {one}" for one in said if not re.match(r"number\(|minutes|hours", one)
            ]
    assert wrong == []
