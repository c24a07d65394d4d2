"""The forum as the rest of koweb sees it: one model of Discourse's things, and the only way to send it a request.

- What there is: `models` (people, posts, topics), `site` (categories, limits, facts). Everybody may import them.
- Who asks: `client` (publishing and comparing), `reader` (reading all of it for an archive), `review` (what waits for a
  moderator), `files` (the one door to files), `data_explorer` (our saved queries).
- What an answer says: `parse`, `parse_people`, `parse_site` and `parse_revisions` read JSON, `parse_rows` the rows
  of Data Explorer, all with the checked values of `decode`. Nobody else looks into an answer.
- What is asked of Data Explorer: `queries`, and the modules whose names end so.
- How a request travels: `connection` (keys, refusals), `transport` (tries, redirects), `budget` (how many), `wire`,
  `network`, `hosts`, `addresses` (where to). A command that asks nothing does not load them.

Of pydiscourse, `connection` takes the verbs and `client` the writing of posts and topics: create_post, update_post,
update_topic_status, delete_topic. Each of its methods goes out over our transport.

Nothing here is shared with `sandbox`, or both would share one misunderstanding of Discourse.
"""
