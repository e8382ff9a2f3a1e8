"""What people see of the engine: the link indicator, the sync centre, the link's settings and its check."""
