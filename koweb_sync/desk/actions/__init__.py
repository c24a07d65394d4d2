"""What people do at the desk: publish, bring back, set up, log in. Each calls what the command of that name calls."""
