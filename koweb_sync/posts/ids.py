"""Discourse's numbers, one type each, so that a topic's number is never sent where a post's is due."""

from typing import NewType

TopicId = NewType("TopicId", int)
PostId = NewType("PostId", int)
CategoryId = NewType("CategoryId", int)
