"""What both products agree on, in neutral words: registers, limits, normal forms. Plain Python."""
