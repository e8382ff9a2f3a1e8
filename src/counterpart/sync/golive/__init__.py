"""Two filled products become one: census, matching, approval, pairing, the rest created, verified (section 11).

Practice Management drives: its worker sends what is asked for and asks how things stand. Legal Accounting matches and,
once a person has approved, writes. Every step may be repeated, and each begins from what is stored.
"""
