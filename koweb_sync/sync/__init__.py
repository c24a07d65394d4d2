"""Between git and the forum: plan, push, pull, adopt. `Plan` and `Outcome` are what the commands see."""
