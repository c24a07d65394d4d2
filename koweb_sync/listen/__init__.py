"""Following a forum: what it tells by its webhooks (`events`, `server`) is noted (`inbox`), and the archive reads it
again within seconds (`worker`, `reading`); once a day a whole run closes what was not told.
"""
