"""Watching the exchange as a whole: how it went over the week, and what administrators must be told (section 10)."""
