"""The letter of the demonstration's month: it names nobody, and what it quotes stands in the forum's posts."""

import json
import re
import subprocess
import sys

import pytest

from koweb_sync import i18n
from koweb_sync.demo.cast import PEOPLE
from koweb_sync.demo.stage import Demo, stage
from tests.gate import in_every
from tests.letter.talking import text_of


def told(demo: Demo, style: str) -> str:
    """The letter of the month."""
    words = [sys.executable, "-m", "koweb_sync", "letter", "--since", "30d", "--until", "now", "--format", style]
    return subprocess.run(words, cwd=demo.folder, env=dict(demo.env), check=True, capture_output=True).stdout.decode()


@pytest.mark.parametrize("language", ["fr", in_every("en")])
def test_the_letter_of_the_month_names_nobody_and_has_no_sentence_without_its_source(language: str) -> None:
    i18n.activate(language)
    with stage(lambda _text: None, 0) as demo:
        demo.run("koweb", "archive", "--no-images")
        letter = told(demo, "post")
        data = json.loads(told(demo, "json"))
        quoted = [each for one in data["conversations"] for each in one["quotations"]]
        assert len(quoted) > 5
        for one in quoted:
            post = demo.box.state.posts[one["post"]]
            assert one["text"] in text_of(post.cooked)
            assert one["url"] == f"{demo.box.url}/t/-/{post.topic_id}/{post.number}"
            assert not one["name"]
        sentences = [line for line in letter.splitlines() if line.startswith("> ") and not line.startswith("> —")]
        assert len(sentences) == len(quoted)
        names = {name for person in PEOPLE for name in person.name.split() if len(name) > 2}
        assert not {name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", letter)}
        assert not [person.username for person in PEOPLE if f"@{person.username}" in letter]
