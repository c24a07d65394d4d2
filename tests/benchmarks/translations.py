"""What posts in two languages cost: requests of a first push, of a second, and of one with an edited translation.

Run by hand: python -m tests.benchmarks.translations [number of posts]
"""

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from koweb_sync.sandbox import Sandbox
from tests.benchmarks.push import BODY, measured, show
from tests.workspace import GUESSED, new_workspace, served, translating


def measure(posts: int, kind: str) -> None:
    """One repository of that many posts, each with a translation of its text and of its title."""
    with tempfile.TemporaryDirectory() as name, served(kind) as box:
        translating(box)
        os.environ |= {"KOWEB_KAFE_API_KEY": box.keys["all_users"], "XDG_CACHE_HOME": f"{name}/cache"}
        here = new_workspace(Path(name) / "work", box)
        for number in range(posts):
            here.post(f"sujet-{number}", f"{BODY} {number}")
            here.write(f"posts/sujet-{number}.en.md", f"---\ntitle: A topic called {number}\n---\n\nEnglish. {BODY}\n")
        here.commit()
        for label in ("first push", "no-op", "one edited translation"):
            if label.startswith("one"):
                here.reword("sujet-1", "English.", "In English.", path="posts/sujet-1.en.md")
            box.forget()
            show(f"{posts} posts ({kind}), {label}", measured(here, "push"), len(box.log))
            sys.stdout.write(told(box))


def told(box: Sandbox) -> str:
    """The requests by what they ask for."""
    kinds = Counter(
        f"{one.verb} {'/'.join('N' if part[:1].isdigit() else part for part in one.path.split('/'))}" for one in box.log
    )
    return "".join(f"{'':28} {count:6} {kind}\n" for kind, count in kinds.most_common())


if __name__ == "__main__":
    person = {"NAME": "Frédéric", "EMAIL": "frederic@example.org"}
    os.environ |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in person.items()}
    for flavour in ("2025", GUESSED):
        measure(int(sys.argv[1]) if sys.argv[1:] else 200, flavour)
