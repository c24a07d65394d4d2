"""The letter: a draft of what was talked about, for those who did not come. From the archive alone; a person edits it.

Every sentence in it that somebody wrote is quoted as it stands in their post, with the way there; nothing is made up.
"""
