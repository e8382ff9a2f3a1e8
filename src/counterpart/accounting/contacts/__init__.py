"""The people and companies the firm acts for, pays, or deals with."""
