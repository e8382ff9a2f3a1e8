"""Taking out what a firm owns: all of it, to be loaded again, or a list as it is shown."""
