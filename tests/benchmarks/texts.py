"""Which text costs a command how much: every construct, repeated to the length of a whole post, in every command.

Run by hand: python -m tests.benchmarks.texts [word …]; with words, only constructs that hold one of them.

It prints seconds of processor beyond those of an ordinary text, the worst construct first, and after a bar what the
sandbox took to cook the text. git's own time, and that of the sandbox's answers, is not in them, and what is imported
neither. At the end it runs the worst ones again, each command in a process of its own, with all that this takes.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from koweb_sync.posts.markdown import find
from koweb_sync.posts.reader import forget
from koweb_sync.sandbox import Sandbox
from tests.sandbox.cooked import cooked
from tests.workspace import TEXT, Clone, new_workspace

LENGTH = 32_000 - 400
CONFIRMED = 10  # of the worst
UNITS = (
    *("[", "![", "](", "[](", "[a](", "[a](b)", "![a](b)", "[a](un.md)", "[a][b]", "[a]", "[[a]]", "[a]: b\n", "[a](<"),
    *(
        "<",
        "<a",
        "<a ",
        '<a href="x">',
        "<img src=x>",
        "<!--",
        "<?",
        "<![CDATA[",
        "<script>",
        "<a@b.c>",
        "<http://a.b>",
    ),
    *("*", "**", "_", "*a", "**a", "_a*", "a**b", "~~a", "`", "``", "`a", "``a` ", "\\", "&", "&amp;", "&#x41;"),
    *("[^", "[^1]", "[^1]: a\n", "^[", "^[a](b)", "^[[", "> ", "> a\n", "- ", "- a\n", "1. a\n", "- a\n\n", "1) "),
    *("# a\n", "#\n", "a\n===\n", "---\n", "|a|b|\n", "| a \\| b |\n", "\n", "  \n", " ", "\t", "\u00a0", "e\u0301"),
    *("\u202e", "\0", "\r", "```\n", "```", "    a\n", "[quote]\n", "[/quote]\n", "[quote]", "[details]\n", "[poll]\n"),
    *("[code]", "[code]\n", "[code]a[/code]", "[spoiler]", "[b]", "[b]a[/b]", "[url]", "[url=", "[date=", "[wrap=a]\n"),
    *(
        "@a ",
        "#a ",
        ":smile:",
        ":",
        "http://a.b ",
        "http://",
        "www.a.b ",
        "a@b.c ",
        "upload://a",
        "![a](upload://a.png)",
    ),
    *(
        "a",
        "a ",
        "字",
        "🎉",
        "a\n",
        "...",
        '"a" ',
        "'",
        "$",
        "<b>",
        "<div>\n",
        "<details>\n",
        "<div>\n\n",
        "<a\n",
        "{{",
    ),
    *(
        "- [ ] a\n",
        "> - ",
        "``` ` ",
        "[![a](b)](c) ",
        "[a](b\\)",
        "a  \n",
        "<!-- koweb:footer -->\n",
        "&nbsp;",
        "[|](a)",
    ),
    *(
        "[\\]",
        "![\\]",
        "\\[",
        "[[[]",
        "[](<>)",
        "<table>\n",
        "<table><tr><td>",
        "[a](b 'c",
        '[a](b "c',
        "[a]: b 'c\n[a]\n",
    ),
    *(
        "*[a](b)",
        "**[a](b)**",
        "![[",
        "[!",
        "> - a\n",
        "* a\n  * b\n",
        "<a b\n",
        "\r\n",
        "$$\n",
        "[grid]\n",
        "[event]\n",
    ),
    *(
        "[url=a]b[/url]",
        '[quote="a, post:1, topic:2"]\n',
        "/t/1 ",
        "<!-- a -->\n",
        "<style>\n",
        "|",
        "| ",
        "-",
        "=",
        "~",
        "[^a]:\n    b\n",
    ),
)


def texts() -> Iterator[tuple[str, str]]:
    """The name of each construct, and the text."""
    for unit in UNITS:
        yield repr(unit), (unit * LENGTH)[:LENGTH]
    half = LENGTH // 2
    yield "nested brackets", "[" * half + "]" * half
    yield "nested images", "![" * (LENGTH // 6) + "a" + "](b)" * (LENGTH // 6)
    yield "nested emphasis", "*a " * (LENGTH // 6) + " a*" * (LENGTH // 6)
    yield "nested quotes", "[quote]\n" * (LENGTH // 18) + "[/quote]\n" * (LENGTH // 18)
    yield "nested angles", "<b>" * (LENGTH // 7) + "</b>" * (LENGTH // 7)
    yield "nested quote marks", "".join(">" * n + " a\n" for n in range(1, 250))
    yield "two wide tables", ("|" + "a|" * 1_600 + "\n|" + "-|" * 1_600 + "\n" + "a\n" * 3_000 + "\n") * 2
    yield "square table", "|a" * 250 + "|\n" + "|-" * 250 + "|\n" + "|a\n" * 10_000
    yield "labels and definition", "[" * (LENGTH // 2) + "\n\n" + "]: a\n" * (LENGTH // 12)
    yield "nested lists", "".join("  " * n + "- a\n" for n in range(int(LENGTH**0.5)))
    yield "wide table", "|" + "a|" * (LENGTH // 8) + "\n|" + "-|" * (LENGTH // 8) + "\n" + "a\n" * (LENGTH // 8)
    yield "table", "|a|b|\n|-|-|\n" + "|[a](b)|c|\n" * (LENGTH // 12)
    yield "definitions", "".join(f"[r{n}]: http://a.b/{n}\n" for n in range(LENGTH // 24))
    yield "footnotes", "".join(f"a[^{n}]\n\n[^{n}]: b\n\n" for n in range(LENGTH // 24))
    yield "headings", "".join(f"# t{n}\n\n" for n in range(LENGTH // 9))
    yield "rising code", "".join("`" * (n + 1) + " " for n in range(int((2 * LENGTH) ** 0.5) - 1))
    yield "one word", "a" * LENGTH
    yield "one line", "mot " * (LENGTH // 4)
    yield "lines", "".join(f"mot{n}\n" for n in range(LENGTH // 8))


def fronts() -> Iterator[tuple[str, str]]:
    """The name of each construct of front matter, and the lines."""
    yield "front: keys", "".join(f"k{n}: v\n" for n in range(LENGTH // 9))
    yield "front: list", "x: [" + "a, " * (LENGTH // 3) + "]\n"
    yield "front: nested", "x: " + "[" * (LENGTH // 2) + "]" * (LENGTH // 2) + "\n"
    yield "front: aliases", "a: &a v\n" + "".join(f"k{n}: *a\n" for n in range(LENGTH // 10))
    yield "front: text", 'x: "' + "a\n " * (LENGTH // 3) + '"\n'
    yield "front: comments", "# c\n" * (LENGTH // 4)


def sides() -> Iterator[tuple[str, str, str]]:
    """The name of each pair of texts that are slow to compare, and both: the file's, and the forum's in its place."""
    both: dict[str, Callable[[str], str]] = {
        "often": lambda sign: "".join(f"u{n}\n" + f"1\n{sign}\n" * 245 for n in range(31)),
        "others": lambda sign: "".join(f"a\n{sign}{n}\n" for n in range(4_300)),
        "words": lambda sign: " ".join(f"a {sign}{n}" for n in range(3_700)),
        "deep": lambda sign: "".join(f"{n}\n{n - 1}\n{sign}\n" for n in range(1, 2_500)),
        "links": lambda sign: f"[a]({sign})\n" * (LENGTH // 7),
        "blank lines": lambda sign: f"{sign}\n\n" * (LENGTH // 3),
    }
    for name, text in both.items():
        yield f"sides: {name}", text("p"), text("q")
    lines = [f"{n % 100}\n" for n in range(LENGTH // 3)]
    yield "sides: turned", "".join(lines), "".join(lines[::-1])


def clocked(here: Clone, *words: str, alone: bool = False) -> float:
    """Seconds of processor of a command in this thread, as if nothing had been read before; or in a process."""
    if alone:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        here.alone(*words, code=None, seconds=900)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    forget()
    find.cache_clear()
    began = time.thread_time()
    here.run(*words, code=None)
    return time.thread_time() - began


@dataclass(frozen=True, slots=True)
class Case:
    """A construct: the text of the file, what the forum has in its place after an edit, and lines of front matter."""

    label: str
    text: str = ""
    edited: str = ""
    front: str = ""


def cases(words: list[str]) -> list[Case]:
    """All constructs, or those that hold a word."""
    found = [
        *(Case(label, text) for label, text in texts()),
        *(Case(label, text[:LENGTH], edited[:LENGTH]) for label, text, edited in sides()),
        *(Case(label, front=front) for label, front in fronts()),
    ]
    return [one for one in found if not words or any(word in one.label for word in words)]


def measured(here: Clone, box: Sandbox, ident: str, case: Case, *, alone: bool = False) -> dict[str, float]:
    """What each command takes with one post."""
    head = f"---\ntitle: Un sujet nommé {ident}\nid: {ident}\n{case.front}---\n\n"
    path, text = f"posts/{ident}.md", case.text
    here.write(path, f"{head}{TEXT}\n\n{text}\n\nFin.\n")
    here.commit()
    found = {" ".join(words): clocked(here, *words, alone=alone) for words in (["check"], ["push"])}
    if ident in here.published():
        topic = box.by_id(ident)
        raw = box.first_post(topic.id).raw
        other = raw.replace(text, case.edited) if case.edited else raw
        box.edit(topic.id, other.replace(TEXT, f"{TEXT} Du forum."), username="admin")
        found |= {word: clocked(here, word, alone=alone) for word in ("fetch", "pull")}
        box.edit(topic.id, raw.replace(TEXT, f"{TEXT} Encore."), username="admin")
    here.write(path, here.read(path).replace("Fin.", "Et la fin."))
    here.commit()
    found |= {word: clocked(here, word, alone=alone) for word in ("status", "diff", "plan", "sync")}
    (here.folder / path).unlink()
    here.commit()
    here.run("push", code=None)
    topic = box.new_topic(f"Un sujet repris, {ident}", f"{TEXT}\n\n{text}\n\nFin.", category=5, username="admin")
    found["adopt"] = clocked(here, "adopt", str(topic.id), "--into", "posts", "--no-download", alone=alone)
    here.git("rm", "--quiet", "--ignore-unmatch", "posts/*un-sujet-repris*")
    here.commit()
    here.run("push", code=None)
    return found


def main(words: list[str]) -> None:
    """Measure, and print."""
    rows: list[tuple[float, str, Case]] = []
    with tempfile.TemporaryDirectory() as name, Sandbox.start() as box:
        os.environ |= {"KOWEB_KAFE_API_KEY": box.keys["all_users"], "XDG_CACHE_HOME": f"{name}/cache"}
        here = new_workspace(Path(name) / "work", box)
        here.post("un")
        here.commit()
        here.push()
        usual = [measured(here, box, f"usuel-{nth}", Case("usual", TEXT)) for nth in range(2)][1]
        sys.stderr.write(f"{line(Case('an ordinary text'), usual)}\n")
        named = cases(words)
        for number, case in enumerate(named):
            found = {
                word: cost - usual.get(word, 0) for word, cost in measured(here, box, f"texte-{number}", case).items()
            }
            began = time.thread_time()
            cooked(case.text)
            told = f"{line(case, found)}  | cooked {time.thread_time() - began:.2f}"
            rows.append((max(found.values()), told, case))
            sys.stderr.write(f"{number + 1}/{len(named)} {told}\n")
        rows.sort(key=lambda row: -row[0])
        for worst, told, _case in rows:
            sys.stdout.write(f"{worst:6.2f}  {told}\n")
        again(here, box, [case for _worst, _told, case in rows[:CONFIRMED]])


def again(here: Clone, box: Sandbox, worst: list[Case]) -> None:
    """Run the worst in processes, git's among them, beside an ordinary text."""
    sys.stdout.write("\nEach command in a process of its own, with git and all that is imported:\n")
    for nth, case in enumerate([Case("an ordinary text", TEXT), *worst]):
        sys.stdout.write(f"{line(case, measured(here, box, f'seul-{nth}', case, alone=True))}\n")


def line(case: Case, costs: dict[str, float]) -> str:
    """What each command took."""
    return f"{case.label:24} " + "  ".join(f"{word} {seconds:.2f}" for word, seconds in costs.items())


if __name__ == "__main__":
    main(sys.argv[1:])
