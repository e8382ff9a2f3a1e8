"""The columns of a file of matters, the names other programs have for them, and known templates (IMP-10)."""

from typing import Final

from counterpart.foundation.importing.columns import Field, Fields, Template

CLIO: Final = Template(
    "Clio, matters",
    {
        "status": "status", "location": "", "client_reference": "", "description": "matter_name",
        "open_date": "date_filed", "close_date": "", "pending_date": "", "custom_number": "docket_number", "note": "",
        "client_first_name": "client_first", "client_last_name": "client_last",
        "client_company_name": "client_company", "responsible_attorney": "assigned_to", "originating_attorney": "",
        "practice_area": "matter_type", "billable": "", "billing_type": "", "billing_method": "",
    },
    required=("description", "client_first_name", "client_last_name", "client_company_name"),
)  # fmt: skip
CLIO_EXPORT: Final = Template(
    "Clio, list of matters",
    {
        "Matter Number": "docket_number", "Custom Number": "docket_number", "Display Number": "docket_number",
        "Matter": "docket_number", "Description": "matter_name", "Matter Description": "matter_name",
              "Client": "client",
        "Client Name": "client", "Responsible Attorney": "assigned_to", "Originating Attorney": "",
        "Practice Area": "matter_type", "Status": "status", "Matter Status": "status", "Open date": "date_filed",
        "Open Date": "date_filed", "Close date": "", "Close Date": "", "Pending Date": "", "Client Reference": "",
    },
    required=("Client", "Responsible Attorney", "Practice Area"),
)  # fmt: skip

FIELDS: Final = Fields(
    (
        Field("docket_number", "Matter number", "Which matter the row belongs to; finds it again", "1:26-cv-00017",
              ("docket", "docket no", "case number", "case no", "custom number", "matter no", "file number", "file no",
               "file reference", "number", "matter id", "display number", "cause number", "index number"),
                group="Matter"),
        Field("court", "Court", "The court, or whatever else tells two equal numbers apart", "nyed",
              ("jurisdiction", "venue"), group="Matter"),
        Field("external_reference", "External reference",
              "What another program calls the matter, if it has no number", "",
              ("external id", "source id", "legacy id", "record id"), group="Matter"),
        Field("matter_name", "Matter name", "The name of the matter; required on its first row",
              "Okonjo v. Harbor Ferries Inc",
              ("matter", "name", "description", "matter description", "case name", "title", "subject", "caption"),
              group="Matter"),
        Field("matter_type", "Matter type", "A matter type; a new one is added for those who may change the settings",
              "Litigation", ("type", "practice area", "area of law", "case type", "nature of suit", "area of practice"),
              group="Matter"),
        Field("status", "Status", "open, pending or closed; open if empty", "open", ("matter status", "state"),
              group="Matter"),
        Field("date_filed", "Opened on", "When it was opened; today if empty", "2026-01-31",
              ("open date", "opened", "date opened", "open", "filed", "date", "created", "start date"), group="Matter"),
        Field("assigned_to", "Assigned to", "Name or e-mail of somebody who works here", "ada@example.com",
              ("responsible attorney", "responsible", "responsible lawyer", "attorney in charge", "owner",
               "lead attorney",
               "handling attorney", "fee earner"), group="Matter"),
        Field("client", "Client", "A person or a company; the matter's client", "",
              ("client name", "clients", "customer"), group="Client"),
        Field("client_first", "Client: first name", "", "", ("client first name",), group="Client"),
        Field("client_last", "Client: last name", "", "", ("client last name", "client surname"), group="Client"),
        Field("client_company", "Client: company", "", "", ("client company name", "client organisation"),
              group="Client"),
        Field("client_email", "Client: e-mail", "Tells clients of the same name apart", "", ("client email address",),
              group="Client"),
        Field("client_reference", "Client: Reference", "The number of a contact who is here already", "",
              ("client number", "client no", "client code", "client contact number"), group="Client"),
        Field("client_external_reference", "Client: external reference", "Of a contact who is here already", "",
              ("client external id", "client id"), group="Client"),
        Field("participant_name", "Party", "A person or a company", "Nadia Okonjo",
              ("party", "party name", "participant", "contact name", "related contact"), group="Party"),
        Field("participant_role", "Party: role", "What they are on the matter", "Plaintiff",
              ("role", "party role", "party type", "relationship"), group="Party"),
        Field("participant_reference", "Party: Reference", "The number of a contact who is here already", "",
              ("party reference", "contact number"), group="Party"),
        Field("participant_external_reference", "Party: external reference", "Of a contact who is here already", "",
              ("party external id",), group="Party"),
        Field("represents", "Party: represents", "For an attorney: whom they represent", "", ("on behalf of",),
              group="Party"),
        Field("firm", "Party: firm", "For a person: whom they work for", "", ("law firm", "employer"), group="Party"),
        Field("address", "Party: address", "On one line", "18 Harbour Row, Portland, ME 04101", group="Party"),
        Field("phone", "Party: phone", "Business phone", "207-555-0114", ("telephone", "business phone"),
              group="Party"),
        Field("fax", "Party: fax", "", "", group="Party"),
        Field("email", "Party: e-mail", "Tells people of the same name apart", "nadia@okonjo.example",
              ("email address",), group="Party"),
    ),
    (CLIO, CLIO_EXPORT),
)  # fmt: skip
NEEDS: Final = ("docket_number", "external_reference", "matter_name")
