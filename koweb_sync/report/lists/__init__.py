"""What a report lists besides its figures: who waits, who fell silent, what was published.

Imports `figures` and `engine`.
"""
