"""Legal Accounting's API."""
