"""Commands about post files that ask no forum: `new`, `check` and `import`."""
