"""The checks of post files, one file each with a `CHECK` in it. Other packages add theirs by the entry point
`koweb.checks`: see `posts.check`.
"""

from koweb_sync.posts.check import Check
from koweb_sync.registry import Registry

CHECKS = Registry(Check, __name__, "CHECK", group="koweb.checks")
