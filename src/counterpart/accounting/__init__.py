"""Legal Accounting: contacts and their numbers. It knows nothing of Practice Management but the contract."""
