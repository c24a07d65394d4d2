"""What stands between the network and the application: the log of requests, and faults on demand."""
