"""The figures and lists of a report, each with the table that it is computed from. Imports `engine` alone."""
