"""What contacts are found by, every number they ever had among it (SRC-2, LA-NUM-7)."""

from typing import Final

from counterpart.accounting.contacts.fields import NAME_FIELDS, search_text
from counterpart.accounting.contacts.models import Contact
from counterpart.foundation.search.models import ContactEntry
from counterpart.foundation.search.subjects import Subject, former_source, former_words, joined

# Every number is in the ledger before a contact has it, and stays there: no trigger is needed for the ledger.
FORMER_NUMBERS: Final = """
    SELECT key AS words FROM accounting_numbering_numberledger
    WHERE contact_id = r.id AND key <> r.number_key ORDER BY id
"""

WORDS: Final = f"{joined(FORMER_NUMBERS)} || {former_words('contact')} || ' '"

SUBJECT: Final = Subject(
    kind="contact",
    model=Contact,
    entry=ContactEntry,
    columns=("search_text", "phone_digits", "sort_name", "status", "number_key"),
    place="CASE r.status WHEN 'closed' THEN 2 ELSE 0 END",
    sort="r.sort_name",
    numbers=f"' ' || r.number_key || ' ' || {joined(FORMER_NUMBERS)} || ' '",
    text=f"r.search_text || ' ' || r.phone_digits || ' ' || {WORDS}",
    folds=(*NAME_FIELDS, "alias", "email", "number", "main_address"),
    folded=lambda row: search_text(row, row["number"]),
    sources=[former_source("contact")],
)
