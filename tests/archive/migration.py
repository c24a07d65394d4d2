"""Write a migration from what schema.py says: `poe migration WHAT CHANGES`; without words, the first one anew.

Before the first release nobody has an archive, so the first migration is rewritten whenever the tables change. After
it, each change is a migration of its own: look at what is written here, mend it, and set HEAD in upgrade.py.
"""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from koweb_sync.archive.store import checksums, upgrade
from koweb_sync.archive.store.search import POSTGRESQL, SQLITE

FOLDER = upgrade.FOLDER / "versions"
# The search index, which Alembic cannot write down, at the end of the first migration.
INDEX = """
    for statement in SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)
"""


def write(words: list[str]) -> Path:
    """Write the next migration; the file."""
    first = not words
    number = "0001" if first else f"{int(upgrade.HEAD) + 1:04}"
    message = "Make the tables" if first else " ".join(words)
    if first:
        for old in FOLDER.glob("0001_*.py"):
            old.unlink()
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        # A SQLite of our own is brought to the newest revision, then compared with schema.py.
        if not first:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            checksums.teach(driver)
            upgrade.upgrade(connection)
        settings = upgrade.config(connection)
        settings.attributes["batch"] = not first
        settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        command.revision(settings, message, autogenerate=True, rev_id=number)
    engine.dispose()
    (written,) = FOLDER.glob(f"{number}_*.py")
    finished = written.read_text(encoding="utf-8").rstrip() + (INDEX if first else "")
    finished = re.sub(r"\n +# ### .*", "", finished)
    if first:
        constant = f"SEARCH = {{'sqlite': {SQLITE!r}, 'postgresql': {POSTGRESQL!r}}}"
        finished = finished.replace("\n\n\ndef upgrade", f"\n{constant}\n\n\ndef upgrade")
    written.write_text(finished.rstrip() + "\n", encoding="utf-8")
    for step in (["format", "-q"], ["check", "--fix", "-q"]):
        subprocess.run(["ruff", *step, str(written)], check=True)
    return written


if __name__ == "__main__":
    sys.stdout.write(f"{write(sys.argv[1:])}\n")
