"""Checks of post files: another package's runs too, and one that fails stops what it would have looked at."""

from pathlib import Path

import pytest

from koweb_sync.posts import lint
from koweb_sync.posts.check import Check
from koweb_sync.posts.checks import CHECKS
from koweb_sync.posts.document import parse
from koweb_sync.registry import BrokenUnit, Registry
from tests.installed import install

CODE = '''
from koweb_sync.posts.check import Check
from koweb_sync.posts.problem import Problem

def find(post, context):
    """Words that this community does not want."""
    if "{fails}":
        raise ZeroDivisionError
    for number, line in enumerate(post.body.split("\\n")):
        if "synergie" in line:
            yield Problem(post.path, post.body_line + number, "no-synergie", "Say what you mean.", error=False)

CHECK = Check(find)
'''
POST = parse("posts/un.md", b"---\ntitle: Un titre assez long\nid: un\n---\nUn texte assez long.\n\nLa synergie.\n")


@pytest.mark.parametrize("fails", ["", "yes"])
def test_p207_a_check_of_another_package_runs_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    module = f"koweb_plain{fails}"
    install(
        tmp_path, "koweb-plain", {"koweb.checks/plain": f"{module}:CHECK"}, {module: CODE.replace("{fails}", fails)}
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(lint, "CHECKS", Registry(Check, CHECKS.folder, "CHECK", group="koweb.checks"))
    if fails:
        with pytest.raises(BrokenUnit, match="koweb-plain"):
            lint.check([POST], {})
    else:
        assert [(one.line, one.code) for one in lint.check([POST], {})] == [(7, "no-synergie")]
