"""Version 1: additions only, never a break."""
