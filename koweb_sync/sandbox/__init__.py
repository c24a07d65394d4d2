"""A small Discourse on localhost, to try things on: embedded, in memory, with faults on demand.

What a forum says where nobody changed anything lies in `data/`, and Discourse's tables in `explorer/schema.sql`.
"""

from koweb_sync.sandbox.box import Sandbox
from koweb_sync.sandbox.gateway.faults import Fault
from koweb_sync.sandbox.gateway.gateway import Request

__all__ = ["Fault", "Request", "Sandbox"]
