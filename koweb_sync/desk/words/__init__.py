"""What koweb and git say, in words of the desk."""
