"""What the command line does inside a site. Each errand takes and returns plain JSON."""
