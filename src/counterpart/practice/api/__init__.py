"""Practice Management for programs."""
