"""Notes that lie in the folder of the post files, and become post files there."""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.importing.test_import import LONG, settle
from tests.workspace import Clone

pytestmark = pytest.mark.parametrize("box", ["2025"], indirect=True)


def test_p167_a_note_whose_ending_is_in_capitals_keeps_its_name(here: Clone, box: Sandbox) -> None:
    for name in ("B.MD", "c.MD", "c.md", "d.Markdown"):
        here.write(f"posts/{name}", f"# Une note nommée {name} ici\n\n{LONG} [b](B.MD)\n")
    here.commit()
    here.run("import", "posts", "--in-place", "--yes")
    assert sorted(path.name for path in (here.folder / "posts").iterdir()) == ["B.md", "c-2.md", "c.md", "d.md"]
    assert "[b](B.md)" in here.read("posts/d.md")
    settle(here)
