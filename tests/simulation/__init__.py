"""The seeded simulator of sync-protocol section 22: the real core, two sites in memory, and everything that fails."""
