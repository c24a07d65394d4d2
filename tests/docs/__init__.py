"""The documentation says what is true: its pages, links, commands and sessions."""
