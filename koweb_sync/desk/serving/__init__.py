"""How pages are served: who may ask (`access`), what every answer carries (`app`), on which address (`server`); and
what rooms share: looks at the forum, work at a command, the archive, what was under way.
"""
