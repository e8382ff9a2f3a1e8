"""Admin > General settings of Practice Management."""
