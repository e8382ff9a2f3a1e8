"""The fields of a contact that both products read, what other programs call them, known templates (IMP-10)."""

from collections.abc import Sequence
from typing import Final

from counterpart.foundation.importing.columns import Field, Template

PERSON: Final = (
    Field("type", "Person or company", "person or company; told by the names if empty", "person",
          ("kind", "contact type", "identity type", "is company"), group="Name"),
    Field("title", "Title", "", "Ms", ("prefix", "name prefix", "honorific", "salutation", "personal title"),
          group="Name"),
    Field("first", "First name", "A person needs a first or a last name", "Nadia",
          ("first", "given name", "forename", "christian name", "contact first name"), group="Name"),
    Field("middle", "Middle name", "", "", ("middle", "additional name", "middle initial", "middle names"),
          group="Name"),
    Field("last", "Last name", "", "Okonjo", ("last", "surname", "family name", "contact last name"), group="Name"),
    Field("suffix", "Suffix", "", "", ("name suffix", "generational suffix", "honorific suffix"), group="Name"),
    Field("company", "Company", "A company's name, or whom a person works for", "",
          ("company name", "organisation", "organization", "organization name", "employer", "firm", "business name",
           "business", "account name", "organization 1 name"), group="Name"),
    Field("alias", "Alias", "Another name to be found by", "",
          ("nickname", "known as", "also known as", "aka", "trading as", "trading name", "dba", "preferred name",
           "ticker"), group="Name"),
    Field("email", "E-mail", "", "nadia@okonjo.example",
          ("email address", "e mail address", "primary email", "work email", "business email", "email 1", "mail",
           "e mail 1 value", "primary email address", "email work", "home email", "other email", "secondary email",
           "private email", "personal email", "email home", "email other", "e mail 2 address", "e mail 3 address",
           "e mail 2 value", "e mail 3 value", "e mail 4 value"), repeats=True, group="Reach"),
)  # fmt: skip
NUMBERS: Final = (
    Field("reference", "Reference", "Empty: Legal Accounting numbers the contact", "",
          ("contact number", "number", "client number", "client no", "client code", "contact reference",
           "account number",
           "contact id number", "ref"), group="Numbers"),
    Field("external_reference", "External reference", "What another program calls the contact; finds it again", "",
          ("external id", "externalreference", "source id", "legacy id", "old id", "clio id", "contact id", "id number",
           "uid", "record id", "import id"), group="Numbers"),
    Field("id", "Internal ID", "To find a contact that is here already", "", ("internal id", "counterpart id"),
          group="Numbers"),
    Field("numbering_sequence", "Numbering sequence", "client, vendor or other; client if empty", "client",
          ("sequence", "contact class", "category"), group="Numbers"),
)  # fmt: skip
PERSONAL: Final = (
    Field("website", "Website", "Begins with http:// or https://", "https://okonjo.example",
          ("web site", "web page", "webpage", "web", "web address", "url", "homepage", "home page", "website 1 value"),
          group="Personal"),
    Field("occupation", "Occupation", "Of a person", "Surveyor",
          ("job title", "job", "position", "profession", "role", "organization title", "organization 1 title"),
          group="Personal"),
    Field("date_of_birth", "Date of birth", "Of a person; best as 1980-05-21", "1980-05-21",
          ("birthday", "birth date", "birthdate", "dob", "born", "birth day"), group="Personal"),
    Field("tax_number", "Tax number", "Shown to those alone whose role includes it", "",
          ("tax id", "tax no", "tax identification number", "taxpayer id", "tin", "ein", "ssn",
           "social security number", "vat number", "vat id", "vat no", "abn", "ird number", "tax file number", "tfn"),
          group="Personal"),
)  # fmt: skip
PHONES: Final = (
    Field("business_phone", "Business phone", "As it is dialled", "207-555-0114",
          ("work phone", "office phone", "phone", "telephone", "primary phone", "phone number", "telephone number",
           "tel",
           "work telephone", "company main phone", "phone 1 value", "main phone", "phone work", "direct line",
           "work", "primary phone number", "business phone 2"), repeats=True, group="Reach"),
    Field("mobile_phone", "Mobile phone", "", "",
          ("mobile", "cell", "cell phone", "cellphone", "mobile number", "phone mobile", "cellular"), repeats=True,
          group="Reach"),
    Field("home_phone", "Home phone", "", "", ("home telephone", "home", "phone home", "private phone"), repeats=True,
          group="Reach"),
    Field("other_phone", "Other phone", "", "", ("other telephone", "phone other", "other", "pager",
          "assistants phone"),
          repeats=True, group="Reach"),
    Field("fax", "Fax", "", "", ("business fax", "fax number", "work fax", "facsimile", "home fax", "fax work",
          "telefax"),
          repeats=True, group="Reach"),
)  # fmt: skip
_LINES: Final = (
    ("line1", "street", "Street", "18 Harbour Row", ("street", "address", "street 1", "address line 1", "address 1",
     "line 1")),
    ("line2", "second line", "", "", ("street 2", "address line 2", "address 2", "extended address", "line 2",
     "suite")),
    ("city", "city", "", "Portland", ("city", "town", "locality", "suburb")),
    ("county", "county", "Stays in Practice Management", "", ("county",)),
    ("state", "state", "State or province", "ME", ("state", "province", "region", "state province",
     "state or province")),
    ("postcode", "post code", "", "04101", ("postal code", "zip", "zip code", "postcode", "post code",
     "zip postal code")),
    ("country", "country", "Its name, or its code of two letters", "US", ("country", "country region", "country code")),
)  # fmt: skip


def addresses(*, with_county: bool) -> Sequence[Field]:
    """Both addresses, part by part."""
    found = []
    for prefix, label, heads in (
        (
            "physical",
            "Physical address",
            ("", "business ", "work ", "office ", "address 1 ", "main ", "street address "),
        ),
        ("mailing", "Mailing address", ("mailing ", "home ", "postal ", "other ", "address 2 ", "mail ")),
    ):
        for part, words, meaning, example, synonyms in _LINES:
            if part == "county" and not with_county:
                continue
            names = tuple(f"{head}{synonym}" for synonym in synonyms for head in heads)
            sample = example if prefix == "physical" else ""
            found.append(Field(f"{prefix}_{part}", f"{label}: {words}", meaning, sample, names, group=label))
    return found


CLIO: Final = Template(
    "Clio, contacts",
    {
        "title": "title", "job_title": "occupation", "first_name": "first", "last_name": "last", "company": "company",
        "business_street": "physical_line1", "business_city": "physical_city", "business_state": "physical_state",
        "business_postal_code": "physical_postcode", "email_address": "email", "primary_phone": "business_phone",
    },
    required=("first_name", "last_name", "company", "business_street", "business_postal_code", "email_address",
              "primary_phone"),
)  # fmt: skip
OUTLOOK: Final = Template(
    "Outlook, contacts",
    {
        "Title": "title", "First Name": "first", "Middle Name": "middle", "Last Name": "last", "Suffix": "suffix",
        "Company": "company", "Nickname": "alias", "E-mail Address": "email", "Business Phone": "business_phone",
        "Business Phone 2": "business_phone", "Company Main Phone": "business_phone", "Mobile Phone": "mobile_phone",
        "Home Phone": "home_phone", "Home Phone 2": "home_phone", "Other Phone": "other_phone", "Business Fax": "fax",
        "Business Street": "physical_line1", "Business Street 2": "physical_line2", "Business City": "physical_city",
        "Business State": "physical_state", "Business Postal Code": "physical_postcode",
        "Business Country/Region": "physical_country", "Home Street": "mailing_line1", "Home Street 2": "mailing_line2",
        "Home City": "mailing_city", "Home State": "mailing_state", "Home Postal Code": "mailing_postcode",
        "Home Country/Region": "mailing_country", "Account": "", "Web Page": "website", "Categories": "",
    },
    required=("First Name", "Last Name", "E-mail Address", "Business Phone", "Home Street"),
)  # fmt: skip
GOOGLE: Final = Template(
    "Google, contacts",
    {
        "Name Prefix": "title", "First Name": "first", "Given Name": "first", "Middle Name": "middle",
        "Additional Name": "middle", "Last Name": "last", "Family Name": "last", "Name Suffix": "suffix",
        "Nickname": "alias", "Organization Name": "company", "Organization 1 - Name": "company",
        "E-mail 1 - Value": "email", "Phone 1 - Value": "mobile_phone", "Phone 2 - Value": "business_phone",
        "Phone 3 - Value": "other_phone", "Address 1 - Street": "physical_line1", "Address 1 - City": "physical_city",
        "Address 1 - Extended Address": "physical_line2", "Address 1 - Region": "physical_state",
        "Address 1 - Postal Code": "physical_postcode", "Address 1 - Country": "physical_country",
        "Address 2 - Street": "mailing_line1", "Address 2 - City": "mailing_city",
              "Address 2 - Region": "mailing_state",
        "Address 2 - Postal Code": "mailing_postcode", "Address 2 - Country": "mailing_country",
        "Organization 1 - Title": "occupation", "Organization Title": "occupation", "Name": "", "File As": "",
    },
    required=("E-mail 1 - Value",),
)  # fmt: skip
TEMPLATES: Final = (CLIO, OUTLOOK, GOOGLE)
