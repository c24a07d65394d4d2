"""Post files as the forum will show them, and how they stand."""
