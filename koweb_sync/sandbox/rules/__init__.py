"""What people do on the forum, with Discourse's rules and limits."""
