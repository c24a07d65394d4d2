"""The theme component: readers of a published topic see that its text is versioned, and how to propose a change.

Its files lie in `koweb_sync/component`. What it has to know stands in a setting of its own on the forum
(`koweb_published`), which a push renews (`tell`) with one request, if what it says changed; it says nothing about
people.
"""
