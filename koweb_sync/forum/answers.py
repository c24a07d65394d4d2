"""What is known of answers before any is asked for: how much one holds, and which refusals mean that a thing is not for
us. Nothing that sends a request is loaded for it.
"""

from koweb_sync.errors import ForumForbidden, ForumKeyRefused, ForumNotFound

WINDOW = 50  # posts in one answer of /posts.json
MANY = 100  # posts asked for by id at once, so that the address stays short
LIKES = 100  # likes in one answer about a person
MEMBERS = 1_000  # people in one answer about a group
LIKERS = 200  # people in one answer about a post
NOT_FOR_US = (ForumNotFound, ForumForbidden, ForumKeyRefused)
