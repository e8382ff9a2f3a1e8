"""What matters are found by: their own words, and any client's name or number (SRC-2, SRC-3)."""

from typing import Final

from counterpart.foundation.search.models import MatterEntry
from counterpart.foundation.search.subjects import Source, Subject, former_source, former_words, joined
from counterpart.practice.contacts.models import Contact
from counterpart.practice.matters.models import Matter, Party, Role
from counterpart.practice.matters.naming import search_text

# A sort name is folded, but keeps the apostrophes that the index leaves out.
CLIENTS: Final = """
    SELECT REPLACE(REPLACE(contact.sort_name, '''', ''), '’', '')
        || ' ' || contact.reference_key || ' ' || contact.requested_key AS words
    FROM practice_matters_party AS party
    JOIN practice_matters_role AS role ON role.id = party.role_id AND role.is_primary
    JOIN practice_contacts_contact AS contact ON contact.id = party.contact_id
    WHERE party.matter_id = r.id ORDER BY party.id
"""
MATTERS_OF_CLIENT: Final = """
    SELECT party.matter_id AS record FROM practice_matters_party AS party
    JOIN practice_matters_role AS role ON role.id = party.role_id AND role.is_primary
    WHERE party.contact_id = {row}.id
"""
MATTERS_OF_ROLE: Final = """
    SELECT party.matter_id AS record FROM practice_matters_party AS party WHERE party.role_id = {row}.id
"""

SUBJECT: Final = Subject(
    kind="matter",
    model=Matter,
    entry=MatterEntry,
    columns=(
        "search_text", "sort_name", "status", "matter_number", "file_reference_key", "requested_key", "external_key",
    ),
    place="CASE r.status WHEN 'closed' THEN 2 WHEN 'active' THEN 0 ELSE 1 END",
    sort="r.sort_name",
    numbers="' ' || r.matter_number || ' ' || r.file_reference_key || ' ' || r.requested_key || ' ' || r.external_key "
    "|| ' '",
    text=f"r.search_text || ' ' || {joined(CLIENTS)} || {former_words('matter')} || ' '",
    folds=("matter_number", "name", "file_reference", "requested_reference", "external_reference"),
    folded=search_text,
    sources=[
        former_source("matter"),
        Source(Party, ("contact_id", "matter_id", "role_id"), "SELECT {row}.matter_id AS record"),
        Source(Contact, ("sort_name", "reference_key", "requested_key"), MATTERS_OF_CLIENT, ("UPDATE",)),
        Source(Role, ("is_primary",), MATTERS_OF_ROLE, ("UPDATE",)),
    ],
)  # fmt: skip
