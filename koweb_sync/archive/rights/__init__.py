"""The people in an archive, and what they may ask of it."""
