"""The files with which GitHub and GitLab check, publish and pull. Imports settings and posts, never the network."""
