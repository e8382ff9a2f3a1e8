"""The sync protocol as pure functions.

Nothing here knows Django, a clock, a network or randomness: what changes from call to call is an argument.
The same code runs in both products, in the simulator and under the property tests (sync-protocol section 22).
"""
