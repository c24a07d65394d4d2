"""A file that somebody names for something to be written: words that are nowhere else are not lost there."""

import pytest

from koweb_sync.cli import named_file
from koweb_sync.errors import InputError
from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.server("2022")
WORDS = "Des mots qui ne sont dans aucun commit.\n"


@pytest.mark.parametrize("path", ["posts/un.md", "posts/plan.json", "posts/sous/plan.json", "notes.md", "data.json"])
def test_p533_a_plan_is_saved_over_no_file_of_a_person(here: Clone, path: str) -> None:
    here.post("un")
    here.commit()
    here.write("notes.md", WORDS)
    here.write("data.json", '{"version": 1, "forum": "kafe"}')
    here.write("posts/un.md", here.read("posts/un.md") + WORDS)
    before = here.read(path) if (here.folder / path).exists() else None
    run = here.run("plan", "-o", path, code=2)
    assert path in run.err
    assert (here.read(path) if (here.folder / path).exists() else None) == before


def test_p533_a_saved_plan_is_saved_again(here: Clone) -> None:
    here.post("un")
    here.commit()
    here.run("plan", "-o", "plan.json")
    first = here.read("plan.json")
    here.post("deux")
    here.commit()
    here.run("plan", "-o", "plan.json")
    assert here.read("plan.json") != first
    here.push("plan.json")
    assert here.published() == ["deux", "un"]


@pytest.mark.parametrize("path", ["posts/un.md", "posts", "posts/nos idées.md"])
def test_p533_a_push_of_a_post_file_says_how_it_is_published_alone(here: Clone, path: str) -> None:
    here.post("un")
    here.post("idees", path="posts/nos idées.md")
    here.commit()
    run = here.push(path, code=2)
    quoted = f"'{path}'" if " " in path else path
    assert f"koweb push --only {quoted}" in run.err
    assert "plan -o" not in run.err
    here.push("--only", path)
    assert here.published()


@pytest.mark.parametrize("text", [WORDS, "{}", '{"version": 1, "forum": "ailleurs"}'])
def test_p533_a_push_of_another_file_does_not_advise_to_write_over_it(here: Clone, text: str) -> None:
    here.write("notes.txt", text)
    run = here.push("notes.txt", code=2)
    assert "notes.txt" in run.err
    assert "-o notes.txt" not in run.err
    assert "koweb plan -o FILE" in run.err
    here.push("..", code=2)


COMMANDS = [
    ("posts/un.md", ("report", "--output", "posts/un.md")),
    ("posts/un.md", ("report", "--format", "csv", "--output", "posts/un.md")),
    ("posts/un.md", ("letter", "--since", "2020-01-01", "--output", "posts/un.md")),
    ("posts/un.md", ("archive", "subject", "claire", "--output", "posts/un.md")),
    ("notes.md", ("report", "--output", "notes.md")),
    ("notes.md", ("archive", "subject", "claire", "--format", "json", "--output", "notes.md")),
    ("notes.md", ("report", "--format", "csv", "--output", "notes.md")),
    ("notes.md", ("letter", "--since", "2020-01-01", "--format", "text", "--output", "notes.md")),
    ("tracked.csv", ("report", "--format", "csv", "--output", "tracked.csv")),
    ("tracked.csv", ("letter", "--since", "2020-01-01", "--format", "text", "--output", "tracked.csv")),
    ("web/letters.atom", ("feed", "letter", "--into", "web")),
]


@pytest.mark.parametrize(("path", "words"), COMMANDS)
def test_p534_no_command_writes_over_words_that_are_nowhere_else(
    here: Clone, box: Sandbox, path: str, words: tuple[str, ...]
) -> None:
    here.post("un", TEXT)
    here.write("tracked.csv", "a,b\n")
    here.commit()
    here.push()
    here.run("archive")
    here.write("posts/un.md", here.read("posts/un.md") + WORDS)
    for one in ("notes.md", "tracked.csv", "web/letters.atom"):
        here.write(one, WORDS)
    before = here.read(path)
    run = here.run(*words, code=2)
    assert path in run.err
    assert here.read(path) == before


def test_p534_pages_of_koweb_are_written_again(here: Clone, box: Sandbox) -> None:
    here.post("un", TEXT)
    here.commit()
    here.push()
    here.run("archive")
    for again in range(2):
        for style in ("html", "json", "csv"):
            here.run("report", "--format", style, "--since", "7d" if again else "30d", "--output", f"r.{style}")
        here.run("archive", "subject", "claire", "--output", "claire.html")
        here.run(
            "letter", "--since", "7d" if again else "30d", "--until", "now", "--format", "text", "--output", "l.txt"
        )
        here.run("feed", "letter", "--into", "web")
        here.post(f"autre-{again}")
        here.commit()
        here.push()
        here.run("archive")


@pytest.mark.parametrize("style", ["html", "json"])
def test_p534_the_answer_about_one_person_does_not_take_the_place_of_another(
    here: Clone, box: Sandbox, style: str
) -> None:
    here.run("archive")
    typed = ("--format", style, "--output", "answer")
    here.run("archive", "subject", "claire", *typed)
    first = here.read("answer")
    assert "somebody or something else" in here.run("archive", "subject", "amina", *typed, code=2).err
    report = ("report", "--format", style, "--since", "7d", "--output", "answer")
    here.run(*report, code=2)
    assert here.read("answer") == first
    here.run("archive", "subject", "claire", *typed)
    here.run("archive", "subject", "amina", *typed, "--force")
    assert "amina" in here.read("answer")
    here.write("other", "")
    here.run(*report[:-1], "other")
    here.run("archive", "subject", "claire", *typed[:-1], "other", code=2)


@pytest.mark.parametrize("style", ["html", "json"])
@pytest.mark.parametrize("command", ["report", "letter"])
def test_p534_what_is_about_earlier_days_does_not_take_the_place_of_later_ones(
    here: Clone, box: Sandbox, command: str, style: str
) -> None:
    here.run("archive")
    typed = (command, "--format", style, "--output", "made")
    here.run(*typed, "--since", "2026-01-01", "--until", "2026-03-01")
    later = here.read("made")
    earlier = ("--since", "2019-01-01", "--until", "2020-01-01")
    assert "later days" in here.run(*typed, *earlier, code=2).err
    assert here.read("made") == later
    here.run(*typed, "--since", "2026-02-01", "--until", "2026-04-01")
    here.run(*typed, *earlier, "--force")
    assert here.read("made") != later


def test_p534_a_post_file_of_a_koweb_toml_further_down_is_one_from_wherever_a_command_is_run(here: Clone) -> None:
    here.write("sous/koweb.toml", here.read("koweb.toml"))
    (here.folder / "koweb.toml").unlink()
    here.post("un", TEXT, path="sous/posts/un.md")
    here.commit()
    with pytest.raises(InputError, match="post file"):
        named_file.spare(here.folder / "sous/posts/un.md", b"a,b\n")
    here.write("sous/ailleurs.csv", "a,c\n")
    named_file.spare(here.folder / "sous/ailleurs.csv", b"a,b\n")
