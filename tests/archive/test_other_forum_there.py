"""Another forum came to the address of one that is archived: their texts do not get into one archive."""

from pathlib import Path

import pytest
from sqlalchemy import update

from koweb_sync.archive.store import schema
from koweb_sync.errors import HumanNeeded
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import archive_of, forum_of


def test_another_forum_at_the_same_address_is_not_read_into_the_archive(tmp_path: Path) -> None:
    with Sandbox.start(forum_of(4, 30)) as box, archive_of(box, tmp_path) as kept:
        kept.run()
        texts = "SELECT topic, n, title FROM topic_versions UNION ALL SELECT post, n, raw FROM post_versions"
        before = sorted(kept.rows(texts))
        seed = forum_of(5, 40, chance=3)
        for one in (*seed["topics"], *seed["posts"]):
            one["created_at"] = one["created_at"].replace("2023", "2024")
        for one in seed["topics"]:
            one |= {"title": f"Un tout autre sujet, le numéro {one['id']}", "slug": f"autre-{one['id']}"}
            one["user_id"] = 1 + one["user_id"] % 28
        with Sandbox.start(seed) as other:
            with kept.store.begin() as connection:
                connection.execute(update(schema.FORUMS).values(url=other.url))
            kept.box = other
            kept.clock.pass_days(2)
            with pytest.raises(HumanNeeded, match="is not the one that the archive holds"):
                kept.run()
        assert sorted(kept.rows(texts)) == before
