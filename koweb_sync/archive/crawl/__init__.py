"""A run of `koweb archive`: what is asked of the forum, in what order, at what cost.

Begin with `rest_api.crawl` (Discourse's own API) or `data_explorer.explore`. Imports `ingest`, `names` and `store`.
"""
