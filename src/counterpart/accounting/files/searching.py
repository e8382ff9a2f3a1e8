"""What files are found by: their words, every number they had, the name or number of any client (SRC-2, LA-NUM-7)."""

from typing import Final

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.models import File, FilePayer
from counterpart.accounting.files.rows import search_text
from counterpart.foundation.search.models import MatterEntry
from counterpart.foundation.search.subjects import Source, Subject, former_source, former_words, joined

# As with contacts, every number is in the ledger before a file has it.
FORMER_NUMBERS: Final = """
    SELECT key AS words FROM accounting_numbering_filenumberledger
    WHERE file_id = r.id AND key <> r.number_key ORDER BY id
"""
# A sort name is folded, but keeps the apostrophes that the index leaves out.
CLIENTS: Final = """
    SELECT REPLACE(REPLACE(contact.sort_name, '''', ''), '’', '') || ' ' || contact.number_key AS words
    FROM accounting_contacts_contact AS contact
    WHERE contact.id = r.group_id OR contact.id IN (
        SELECT payer.contact_id FROM accounting_files_filepayer AS payer
        WHERE payer.file_id = r.id AND payer.ended_at IS NULL
    ) ORDER BY contact.id
"""
FILES_OF_CLIENT: Final = """
    SELECT payer.file_id AS record FROM accounting_files_filepayer AS payer
    WHERE payer.contact_id = {row}.id AND payer.ended_at IS NULL
    UNION SELECT file.id AS record FROM accounting_files_file AS file WHERE file.group_id = {row}.id
"""

WORDS: Final = f"{joined(CLIENTS)} || ' ' || {joined(FORMER_NUMBERS)} || {former_words('matter')} || ' '"

SUBJECT: Final = Subject(
    kind="matter",
    model=File,
    entry=MatterEntry,
    columns=("search_text", "status", "number_key", "group_id"),
    place="CASE r.status WHEN 'closed' THEN 2 ELSE 0 END",
    sort="r.number_key",
    numbers=f"' ' || r.number_key || ' ' || {joined(FORMER_NUMBERS)} || ' '",
    text=f"r.search_text || ' ' || {WORDS}",
    folds=("number", "description"),
    folded=search_text,
    sources=[
        former_source("matter"),
        Source(FilePayer, ("contact_id", "file_id", "ended_at"), "SELECT {row}.file_id AS record"),
        Source(Contact, ("sort_name", "number_key"), FILES_OF_CLIENT, ("UPDATE",)),
    ],
)
