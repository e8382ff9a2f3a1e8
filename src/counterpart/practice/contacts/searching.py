"""What contacts are found by (SRC-2)."""

from counterpart.foundation.search.models import ContactEntry
from counterpart.foundation.search.subjects import Subject, former_source, former_words
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import search_text

SUBJECT = Subject(
    kind="contact",
    model=Contact,
    entry=ContactEntry,
    columns=("search_text", "phone_digits", "sort_name", "status", "reference_key", "requested_key"),
    place="CASE r.status WHEN 'closed' THEN 2 ELSE 0 END",
    sort="r.sort_name",
    numbers="' ' || r.reference_key || ' ' || r.requested_key || ' '",
    text=f"r.search_text || ' ' || r.phone_digits || {former_words('contact')} || ' '",
    folds=(
        "kind", "title", "first", "middle", "last", "suffix", "company", "alias", "email", "emails", "reference",
        "requested_reference", "physical_address", "mailing_address",
    ),
    folded=search_text,
    sources=[former_source("contact")],
)  # fmt: skip
