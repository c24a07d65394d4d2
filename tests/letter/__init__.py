"""Letters: what they quote, and whom they leave in peace."""
