"""The files of an exported list: cards that every address book reads, and sheets in constant memory (EXP-1, EXP-2)."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import vobject
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from counterpart.foundation.cells import plain
from counterpart.foundation.exporting.cards import OCTETS_MAX, Card, lines_of
from counterpart.foundation.exporting.formats import Cell, CsvWriter, XlsxWriter, in_words, write_cards
from counterpart.foundation.importing.reading.cards import read_cards
from counterpart.foundation.importing.reading.source import Reading

ID = UUID("0190f1d0-0000-7000-8000-000000000001")
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ADA = Card(
    ID, is_company=False, name="Dr Ada Müller-Ōta, Jr.", title="Dr", first="Ada", middle="J;K", last="Müller-Ōta",
    suffix="Jr.", company="Ōta, Müller & Söhne; Anwälte \\ Notare " + "mit einem sehr langen Namen " * 4,
    alias="Addie, A.", emails=["ada@ota.example", "ota@home.example"], website="https://ota.example/a,b;c",
    occupation="Surveyor, marine", born="1980-05-21", number="1042", changed_at=AT,
    phones=[(("work", "voice"), "+49 (30) 123-4567"), (("cell",), "0171 1"), (("fax",), "0171 2"),
            (("text",), "0171 3"), (("voice",), "0171 4"), (("home", "voice"), "0171 5")],
    addresses=[
        (("work",), {"line1": "1 Main St; Suite 2", "line2": "c/o Ng, Abel", "city": "Köln", "state": "NW",
                     "postcode": "50667", "country": "DE"}),
        ((), {"line1": "PO Box 7", "city": "Bonn", "country": "DE"}),
    ],
)  # fmt: skip
FIRM = Card(ID, is_company=True, name="Abel & Sons", company="Abel & Sons", emails=["post@abel.example"])


def test_cards_are_read_back_by_the_import(tmp_path: Path) -> None:
    """What an address book can hold comes back as it was, several cards in a file."""
    path = tmp_path / "contacts.vcf"
    with path.open("wb") as file:
        write_cards(file, [ADA, FIRM])

    source = read_cards(path, Reading())
    ada, firm = (dict(zip(source.header, row, strict=True)) for _, row in source.rows())

    names = {"title": "Dr", "first": "Ada", "middle": "J;K", "last": "Müller-Ōta", "suffix": "Jr."}
    assert {name: ada[name] for name in names} == names
    assert (ada["company"], ada["alias"]) == (ADA.company.strip(), ADA.alias)
    assert [ada["email"], ada["email 2"]] == ADA.emails
    personal = (ada["website"], ada["job_title"], ada["birthday"], ada["further_details"])
    assert personal == (ADA.website, ADA.occupation, "19800521", "counterpart-number: 1042")
    phones = ("business_phone", "mobile_phone", "fax", "sms_phone", "other_phone", "home_phone")
    assert [ada[name] for name in phones] == [number for _, number in ADA.phones]
    address = ADA.addresses[0][1]
    assert {part: ada[f"physical_{part}"] for part in address} == address
    assert (ada["mailing_line1"], ada["mailing_city"]) == ("PO Box 7", "Bonn")
    assert (firm["type"], firm["company"], firm["last"]) == ("company", FIRM.company, "")
    assert [firm["email"]] == FIRM.emails


def test_a_card_is_what_the_rfc_says() -> None:
    """RFC 6350: version first, one FN, lines of at most 75 octets, parts escaped; another library agrees."""
    text = lines_of(ADA)

    lines = text.split(b"\r\n")
    assert lines[:2] == [b"BEGIN:VCARD", b"VERSION:4.0"]
    assert lines[-2:] == [b"END:VCARD", b""]
    assert max(map(len, lines)) <= OCTETS_MAX
    assert b"\nFN:Dr Ada M\xc3\xbcller-\xc5\x8cta\\, Jr.\r\n" in text
    assert b"\nREV:20260304T050607Z\r\n" in text
    assert b"\nUID:urn:uuid:0190f1d0-0000-7000-8000-000000000001\r\n" in text
    read = vobject.readOne(text.decode())
    assert (read.n.value.family, read.org.value, read.adr.value.city) == (ADA.last, [ADA.company], "Köln")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_survives_folding_and_escaping(text: str) -> None:
    """Whatever is in a name: no line is broken inside a character, none is too long, none ends the card."""
    card = lines_of(Card(ID, is_company=True, name=text))

    lines = card.split(b"\r\n")
    assert all(len(line) <= OCTETS_MAX and line.decode() is not None for line in lines)
    unfolded = card.decode().replace("\r\n ", "").split("\r\n")
    assert [line for line in unfolded if line.startswith(("BEGIN", "END"))] == ["BEGIN:VCARD", "END:VCARD"]
    assert len(unfolded) == len(["BEGIN", "VERSION", "PRODID", "UID", "KIND", "FN", "END"]) + 1


ROW: list[Cell] = ["=1+1", "+64 21 555 1234", -3, date(2026, 1, 31), AT, True, None, 'line\nbreak, "quoted"; é']
NAMES = ["formula", "phone", "number", "day", "moment", "yes", "none", "text"]


def test_a_csv_file_comes_back_as_it_was(tmp_path: Path) -> None:
    """EXP-1, EXP-2: any delimiter, a byte order mark if wanted, and nothing that a spreadsheet would run."""
    for delimiter, bom in ((",", False), (";", True), ("\t", True)):
        path = tmp_path / "list.csv"
        writer = CsvWriter(path, delimiter=delimiter, bom=bom)
        writer.heading(NAMES)
        writer.rows([ROW])
        writer.close()

        assert path.read_bytes().startswith(b"\xef\xbb\xbf") is bom
        with path.open(encoding="utf-8-sig", newline="") as file:
            heading, cells = csv.reader(file, delimiter=delimiter)
        assert heading == NAMES
        assert cells[0] == "'=1+1"
        assert [plain(cell) for cell in cells] == [in_words(cell) for cell in ROW]


def test_a_spreadsheet_keeps_days_and_numbers(tmp_path: Path) -> None:
    """EXP-1: what is a day or a number can be calculated with; what looks like a formula is text."""
    path = tmp_path / "list.xlsx"
    writer = XlsxWriter(path, "Contacts [all]: a very long title of a list"[:9])
    writer.heading(NAMES)
    writer.rows(_many())
    writer.close()

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert rows[0] == NAMES
    assert rows[1] == ["'=1+1", ROW[1], -3, ROW[3], datetime(2026, 3, 4, 5, 6, 7), "yes", "", ROW[7]]  # noqa: DTZ001 - sheets know no zones
    assert len(rows) == MANY + 1


MANY = 300


def _many() -> Iterator[list[Cell]]:
    return (ROW for _ in range(MANY))
