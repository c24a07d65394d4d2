"""Where an archive lies: tables, stores, search."""
