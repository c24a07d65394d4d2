"""The flags of `koweb pull`."""

from dataclasses import dataclass, field

from koweb_sync.sync.publish.options import PlanOptions
from koweb_sync.sync.pull.news import Side


@dataclass(frozen=True, slots=True)
class PullOptions:
    """The flags of `koweb pull`. `favour` is "ours" or "theirs" for people who do not want to see marks; `download`:
    images and attachments that people added are saved beside the posts; `every`: all topics are read, not only those
    that the forum tells of.
    """

    options: PlanOptions = field(default_factory=PlanOptions)
    branch: str = ""
    favour: Side = ""
    download: bool = False
    every: bool = False
