"""A small Discourse on localhost, to try things on: embedded, in memory, with faults on demand."""

from koweb_sync.sandbox.box import Sandbox
from koweb_sync.sandbox.front.faults import Fault
from koweb_sync.sandbox.front.server import Request

__all__ = ["Fault", "Request", "Sandbox"]
