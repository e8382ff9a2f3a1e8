"""Where Legal Accounting's records meet the contract: one file per kind of record."""
