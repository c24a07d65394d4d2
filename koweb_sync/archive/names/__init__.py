"""Names of people in texts, what takes their place, and who was forgotten, as a row and as marks of a secret.

Begin with `redact` and `erasures`. Imports only `store`.
"""
