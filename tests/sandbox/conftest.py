"""Fixtures of the sandbox's tests."""

from tests.sandbox.postgres import postgres

__all__ = ["postgres"]
