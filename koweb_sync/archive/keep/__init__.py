"""What of a forum is new, and the rows that say so."""
