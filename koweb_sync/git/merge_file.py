"""git's own three-way merge of one text, beside the work tree."""

import os
from collections.abc import Sequence
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.git.process import run


def merge_file(root: Path, folder: Path, sides: Sequence[bytes], options: Sequence[str]) -> tuple[bytes, bool]:
    """The merge of our text, the one before and theirs, and whether they conflict; texts that git takes for binary do,
    and ours stays. `folder`: where the three lie for that time.
    """
    import tempfile

    safe_files.folder(folder)
    names: list[Path] = []
    try:
        for data in sides:
            handle, name = tempfile.mkstemp(prefix="merge-", dir=folder)
            names.append(Path(name))
            with os.fdopen(handle, "wb") as out:
                out.write(data)
        done = run(root, ("merge-file", "-p", "-q", *options, *map(str, names)))
    finally:
        for path in names:
            path.unlink(missing_ok=True)
    return (sides[0], True) if done.returncode > 127 else (done.stdout, done.returncode > 0)
