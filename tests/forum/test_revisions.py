"""What Discourse shows of an edit, taken apart."""

from koweb_sync.forum import parse_revisions

SAME = "<td># Titre\n\nUn l&#39;atelier &amp; &lt;b&gt;\n\n</td>"
TABLE = (
    f'<table class="markdown"><tr>{SAME}{SAME}</tr>'
    '<tr><td class="diff-del">Fin <del>vieille</del></td><td class="diff-ins">Fin <ins>neuve</ins></td></tr>'
    '<tr><td></td><td class="diff-ins">\nEt &lt;td&gt; encore</td></tr></table>'
)


def test_both_texts_are_read_from_the_diff() -> None:
    found = parse_revisions.revision(
        {
            "current_revision": 3,
            "username": "claire",
            "display_username": "Claire Moreau",
            "created_at": "2026-11-23T10:51:16.849Z",
            "edit_reason": None,
            "body_changes": {"side_by_side_markdown": TABLE},
            "title_changes": {
                "side_by_side": '<div class="revision-content"><div>L&rsquo;ancien <del>A</del></div></div>'
                '<div class="revision-content"><div>L&rsquo;ancien <ins>B</ins></div></div>'
            },
        }
    )
    start = "# Titre\n\nUn l'atelier & <b>\n\n"
    assert found.before == f"{start}Fin vieille"
    assert found.after == f"{start}Fin neuve\nEt <td> encore"
    assert found.titles == ("L’ancien A", "L’ancien B")
    assert (found.number, found.username, found.reason) == (3, "claire", "")


def test_what_the_server_does_not_show_is_not_invented() -> None:
    data = {"current_revision": 2, "username": "x", "created_at": "2026-11-23T10:51:16Z", "body_changes": {}}
    found = parse_revisions.revision({**data, "title_changes": None})
    assert (found.before, found.after, found.titles) == (None, None, None)
