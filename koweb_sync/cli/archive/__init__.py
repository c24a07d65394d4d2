"""`koweb archive` and its subcommands, one module each; the other modules are what several of them share."""
