"""Numbers of contacts: three sequences, one ledger of every number ever given (LA-NUM-1 to LA-NUM-12)."""
