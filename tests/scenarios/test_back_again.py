"""Files that were gone and are back: their topics come back, and so do the links to them."""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.gate import in_turn
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.server("below")


@pytest.mark.parametrize("withdraw", ["delete", "unlist", "close", "keep"])
@pytest.mark.parametrize(("pushes", "changed"), in_turn([1, 2], [True, False]))
def test_links_to_a_file_that_is_back_are_right_at_once(
    here: Clone, box: Sandbox, withdraw: str, pushes: int, changed: bool
) -> None:
    here.configure(f'withdraw = "{withdraw}"')
    here.post("cible", path="posts/outils/cible.md")
    here.post("avant", f"{TEXT} [un lien](outils/cible.md)")
    here.post("zone", f"{TEXT} [un lien](../outils/cible.md)", path="posts/bases/zone.md")
    here.commit()
    here.push()
    there = f"]({box.at('/t/-')}/{box.by_id('cible').id})"
    content = here.read("posts/outils/cible.md")
    (here.folder / "posts" / "outils" / "cible.md").unlink()
    here.commit()
    for _ in range(pushes):
        here.push("--yes", code=None)  # later pushes say that a link leads nowhere
    assert [there in here.raw(one) for one in ("avant", "zone")] == [True, True]
    here.write("posts/outils/cible.md", content)
    if changed:
        here.reword("avant", "Un texte", "Mon texte")
        here.reword("zone", "Un texte", "Mon texte", path="posts/bases/zone.md")
    here.commit()
    box.forget()
    here.push()
    assert [there in here.raw(one) for one in ("avant", "zone")] == [True, True]
    assert "cible" in here.published()
    assert len(box.requests("PUT", r"^/posts")) == (2 if changed else 0)
    box.forget()
    here.push()
    assert box.log == []
