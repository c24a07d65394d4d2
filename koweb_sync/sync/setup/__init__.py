"""What `koweb init` finds out and writes (`init`), and what `koweb doctor` looks at (`doctor`)."""
