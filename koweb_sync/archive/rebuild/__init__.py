"""Publishing an archive to another forum."""
