"""Pages in the browser: previews and the desk."""
