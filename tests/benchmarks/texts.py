"""Which text costs a command how much: every construct, repeated to the length of a whole post, in every command.

Run by hand: python -m tests.benchmarks.texts [word …]; with words, only constructs that hold one of them.

It prints seconds of processor, the worst construct first, and after a bar what the sandbox took to cook the text. git's
own time, and that of the sandbox's answers, is not in them.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from koweb_sync.posts.markdown import find
from koweb_sync.posts.reader import read
from koweb_sync.sandbox import Sandbox
from tests.sandbox.cooked import cooked
from tests.workspace import TEXT, Clone, new_workspace

LENGTH = 32_000 - 400
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


def clocked(here: Clone, *words: str) -> float:
    """Seconds of processor of a command in this thread, as if nothing had been read before."""
    read.cache_clear()
    find.cache_clear()
    began = time.thread_time()
    here.run(*words, code=None)
    return time.thread_time() - began


def measured(here: Clone, box: Sandbox, ident: str, text: str, front: str = "") -> dict[str, float]:
    """What each command takes with one post."""
    head = f"---\ntitle: Un sujet nommé {ident}\nid: {ident}\n{front}---\n\n"
    path = f"posts/{ident}.md"
    here.write(path, f"{head}{TEXT}\n\n{text}\n\nFin.\n")
    here.commit()
    found = {" ".join(words): clocked(here, *words) for words in (["check"], ["push"])}
    if ident in here.published():
        topic = box.by_id(ident)
        raw = box.first_post(topic.id).raw
        box.edit(topic.id, raw.replace(TEXT, f"{TEXT} Du forum."), username="admin")
        found |= {word: clocked(here, word) for word in ("fetch", "pull")}
        box.edit(topic.id, raw.replace(TEXT, f"{TEXT} Encore."), username="admin")
    here.write(path, here.read(path).replace("Fin.", "Et la fin."))
    here.commit()
    found |= {word: clocked(here, word) for word in ("status", "diff", "plan", "sync")}
    (here.folder / path).unlink()
    here.commit()
    here.run("push", code=None)
    topic = box.new_topic(f"Un sujet repris, {ident}", f"{TEXT}\n\n{text}\n\nFin.", category=5, username="admin")
    found["adopt"] = clocked(here, "adopt", str(topic.id), "--into", "posts", "--no-download")
    here.git("rm", "--quiet", "--ignore-unmatch", "posts/*un-sujet-repris*")
    here.commit()
    here.run("push", code=None)
    return found


def main(words: list[str]) -> None:
    """Measure, and print."""
    rows: list[tuple[float, str]] = []
    with tempfile.TemporaryDirectory() as name, Sandbox.start() as box:
        os.environ |= {"KOWEB_KAFE_API_KEY": box.keys["all_users"], "XDG_CACHE_HOME": f"{name}/cache"}
        here = new_workspace(Path(name) / "work", box)
        here.post("un")
        here.commit()
        here.push()
        named = [*((label, text, "") for label, text in texts()), *((label, "", front) for label, front in fronts())]
        for number, (label, text, front) in enumerate(named):
            if words and not any(word in label for word in words):
                continue
            found = measured(here, box, f"texte-{number}", text, front)
            began = time.thread_time()
            cooked(text)
            cooking = time.thread_time() - began
            costs = "  ".join(f"{word} {seconds:.2f}" for word, seconds in found.items())
            rows.append((max(found.values()), f"{label:24} {costs}  | cooked {cooking:.2f}"))
            sys.stderr.write(f"{number + 1}/{len(named)} {rows[-1][1]}\n")
    for worst, line in sorted(rows, reverse=True):
        sys.stdout.write(f"{worst:6.2f}  {line}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
