"""Files as people have them become rows: encodings, delimiters, workbooks, address books (IMP-1, IMP-6)."""

import csv
import datetime as dt
import io
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from counterpart.foundation.cells import neutral
from counterpart.foundation.errors import Refusal
from counterpart.foundation.importing.columns import Field, Fields, left_aside
from counterpart.foundation.importing.contact_fields import NUMBERS, PERSON, PERSONAL, PHONES, TEMPLATES, addresses
from counterpart.foundation.importing.reading import Reading, read, workbooks
from counterpart.foundation.importing.reading.cards import HEADER
from counterpart.foundation.importing.staging import Staged, stage

ROWS = [
    ["last", "note", "city"],
    ["Müller", 'says "yes",\nand no', "Köln"],
    ["Écuyer", "", "Orléans"],
    ["Nuñez-Ødegård", "50 % – “sure”", "Bergen"],
]


def written(rows: list[list[str]], delimiter: str, encoding: str, newline: str = "\r\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return text.getvalue().encode(encoding)


def rows_of(path: Path, reading: Reading | None = None) -> list[list[str]]:
    source = read(path, reading)
    return [source.header, *(list(cells) for _, cells in source.rows())]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "\x1f"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_any_delimiter_in_any_encoding(tmp_path, delimiter, encoding):
    """Quoted line breaks, quotes and delimiters inside cells come through (IMP-6)."""
    path = tmp_path / "list.csv"
    path.write_bytes(written(ROWS, delimiter, encoding))

    assert rows_of(path) == ROWS


@pytest.mark.parametrize(
    ("encoding", "city"),
    [("cp1250", "Kraków, Łódź, Częstochowa, Gdańsk"), ("cp1251", "Владимир Санкт-Петербург Новосибирск")],
)
def test_other_alphabets_are_told(tmp_path, encoding, city):
    path = tmp_path / "list.csv"
    path.write_bytes(written([["last", "city"], *([name, city] for name in ("A", "B", "C", "D"))], ";", encoding))

    assert rows_of(path)[1] == ["A", city]


def test_what_is_odd_about_a_table_does_not_fail_it(tmp_path):
    """A stated delimiter, empty rows before and between, a short and a long row, headings missing and twice."""
    path = tmp_path / "list.csv"
    path.write_text("sep=;\n;;\n last  name ;;Phone;phone\n\nNg;x\nVo;;1;2;more\n;;;\n")

    source = read(path)

    assert source.header == ["last name", "Column 2", "Phone", "phone 2"]
    assert list(source.rows()) == [(5, ["Ng", "x"]), (6, ["Vo", "", "1", "2", "more"])]


def test_what_has_no_field_is_named_with_its_rows(tmp_path):
    """IMP-1: unmapped columns are ignored, and said to be; empty ones and our own *Error* need no word."""
    path = tmp_path / "list.csv"
    path.write_text("last,website,fax2,Error\nNg,x.example,,why\nVo,y.example,,why,more\n")
    source = read(path)
    stage(source, tmp_path / "rows")

    said = left_aside(source.header, ["last", "", "", ""], source.filled, "row")

    assert said == (
        "Not taken over, because no field is chosen for it: website (2 rows), cells without a heading (1 row)."
    )
    assert left_aside(source.header[:1], ["last"], source.filled[:1], "row") == ""


def test_a_person_can_say_how_a_file_is_to_be_read(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes("Ng;Łódź,x\nVo;y,z\n".encode("cp1250"))

    assert rows_of(path, Reading("cp1250", ",", has_header=False)) == [
        ["Column 1", "Column 2"], ["Ng;Łódź", "x"], ["Vo;y", "z"],
    ]  # fmt: skip


def test_a_workbook_is_read_from_the_sheet_that_has_rows(tmp_path):
    """Numbers lose the fraction nobody typed, dates are dates, neutralised cells come back unchanged (EXP-2)."""
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "d.m.yyyy"}) as book:
        book.add_worksheet("Empty")
        sheet = book.add_worksheet("People")
        day = dt.date(2026, 3, 4)
        for number, row in enumerate(
            [["last", "number", "since", "note"], ["Ng", 1042, day, neutral("=1+1")], ["Vo", 2.5, "", True]], 2
        ):
            sheet.write_row(number, 0, row)

    source = read(path)

    assert (source.sheet, source.header) == ("People", ["last", "number", "since", "note"])
    assert list(source.rows()) == [(4, ["Ng", "1042", "2026-03-04", "=1+1"]), (5, ["Vo", "2.5", "", "yes"])]


def test_a_workbook_is_not_unpacked_without_end(tmp_path, monkeypatch):
    """IMP-6: what it says of itself is looked at first; the sentence says what is allowed and what to do."""
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_column(0, 0, ["last", *("x" * 100 + str(number) for number in range(20_000))])
    monkeypatch.setattr(workbooks, "UNPACKED_MAX", 1024 * 1024)

    with pytest.raises(Refusal, match=r"is 3 MB when unpacked; a spreadsheet can have at most 1 MB. Save it as CSV"):
        read(path)


def test_a_cell_far_away_costs_nothing_but_its_own_process(tmp_path):
    """IMP-6: a few kilobytes that the library makes gigabytes of; whoever reads them goes on."""
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["first", "last"])
        sheet.write_string(1_048_575, 300, "stray")

    with pytest.raises(Refusal, match="Often a single cell far from the table is the reason"):
        list(read(path).rows())


@pytest.mark.slow
def test_a_hundred_thousand_rows_of_a_workbook_take_bounded_memory(tmp_path):
    """IMP-6: the site's process grows hardly at all; the one that opens the workbook is gone afterwards."""
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number in range(100_001):
            sheet.write_row(number, 0, [f"{name} {number}" for name in ("first", "last", "company", "email")] * 3)

    code = (
        "import resource, sys; from pathlib import Path\n"
        "from counterpart.foundation.importing.reading import read\n"
        "from counterpart.foundation.importing.staging import stage\n"
        "peak = lambda who: resource.getrusage(who).ru_maxrss // 1024\n"
        "before = peak(resource.RUSAGE_SELF)\n"
        "rows = stage(read(Path(sys.argv[1])), Path(sys.argv[2]))\n"
        "print(rows, peak(resource.RUSAGE_SELF) - before, peak(resource.RUSAGE_CHILDREN))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path), str(tmp_path / "rows")], check=True,
                          capture_output=True, text=True)  # fmt: skip

    rows, grown_mb, opened_mb = map(int, done.stdout.split())
    assert rows == 100_000
    assert grown_mb < 40
    assert opened_mb < 300


@pytest.mark.parametrize("content", [b"", b"\n \n", b"PK\x03\x04 no workbook"])
def test_a_file_nothing_can_be_read_from_is_refused(tmp_path, content):
    path = tmp_path / "list.csv"
    path.write_bytes(content)

    with pytest.raises(Refusal):
        read(path)


IPHONE = """BEGIN:VCARD
VERSION:3.0
PRODID:-//Apple Inc.//iPhone OS 17.1//EN
N:Pemberton;Odalys;Q.;Ms.;
FN:Ms. Odalys Q. Pemberton
ORG:Pemberton Boats\\, Inc.;
TITLE:Owner
EMAIL;type=INTERNET;type=HOME:home@pemberton.example
item1.EMAIL;type=INTERNET;type=pref:odalys@pemberton.example
item1.X-ABLabel:_$!<Work>!$_
TEL;type=CELL;type=VOICE;type=pref:+1 (207) 555-0114
item2.TEL:207-555-0115
item2.X-ABLabel:_$!<HomeFAX>!$_
item3.ADR;type=WORK;type=pref:;;18 Harbour Row\\nUnit 2;Portland;ME;04101;United States
item3.X-ABADR:us
NOTE:Sails\\, and\\nswims
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/2wCEAAkGBxMTEhUTExMVFRUXGB
 cYGBgYFxgXFxgYGBgYGBcXFxcYHSggGBolHRcXITEhJSkrLi4uFx8zODMtNygtLisBCgoKDg0OGhA
BDAY;value=date:1980-04-01
END:VCARD
"""
ANDROID = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\n"
    "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;\r\n"
    "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg=20M=C3=BCller\r\n"
    "TEL;CELL;PREF:0171 5550101\r\nTEL;WORK:0221 5550102\r\nTEL;WORK;FAX:0221 5550103\r\n"
    "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:eine lange =\r\nNotiz=0D=0Amit Umbruch\r\n"
    "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD\r\n AAAA\r\n\r\nEND:VCARD\r\n"
)
OUTLOOK = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;LANGUAGE=de;CHARSET=Windows-1252:Äbtissin;Björn;;Dr.\r\n"
    "FN;CHARSET=Windows-1252:Dr. Björn Äbtissin\r\nORG;CHARSET=Windows-1252:Vane & Tarn;Recht\r\n"
    "TEL;WORK;VOICE:+49 221 5550104\r\nTEL;HOME;VOICE:0221 5550105\r\n"
    "ADR;WORK;PREF;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:;;K=F6lner Stra=DFe 5=0D=0A=\r\n"
    "Hinterhaus;K=F6ln;;50667;Deutschland\r\n"
    "URL;WORK:https://vanetarn.example\r\nEMAIL;PREF;INTERNET:bjoern@vanetarn.example\r\nEND:VCARD\r\n"
)
GOOGLE = """BEGIN:VCARD
VERSION:3.0
FN:Orbast LLC
N:;;;;
ORG:Orbast LLC
EMAIL;TYPE=INTERNET;TYPE=WORK:office@orbast.example
TEL;TYPE=WORK:+64 21 555 0106
ADR;TYPE=HOME:;;5 Elm Street;Albany;NY;12207;US
item1.URL:https\\://orbast.example
item1.X-ABLabel:PROFILE
CATEGORIES:myContacts
END:VCARD
"""
THUNDERBIRD = """BEGIN:VCARD
VERSION:4.0
FN:Ilse van der Pell
N:van der Pell;Ilse;Marie,Anna;;Jr.
NICKNAME:Illy,Il
EMAIL;PREF=1:ilse@pell.example
EMAIL:second@pell.example
TEL;VALUE=URI;TYPE="voice,home":tel:+31-20-555-0107
TEL;TYPE=cell;VALUE=TEXT:+31 6 555 0108
TEL;TYPE=cell;VALUE=TEXT:+31 6 555 0109
ADR;TYPE=home:;;"Long Street Name That Is Folded In The Middle Of I
 t 7";Utrecht;;3511;NL
UID:urn:uuid:7f2a
END:VCARD
"""


def test_a_card_loses_nothing_in_silence(tmp_path):
    """IMP-1: what no column is for stands among the further details, so that the page can say it is not taken over."""
    more = (
        "URL:https://one.example\nURL:https://two.example\nIMPP:xmpp:ilse@pell.example\nCATEGORIES:Clients\n"
        "X-ANNIVERSARY:2001-05-06\nADR:;;1 A;B;;;\nADR:;;2 A;B;;;\nADR:;;3 A;B;;;\nUID:7\n"
    ) + "".join(f"TEL;TYPE=CELL:{number}\n" for number in range(100, 107))

    (found,) = card(f"BEGIN:VCARD\nVERSION:3.0\nN:Pell;Ilse;;;\nFN:Ilse Pell\n{more}END:VCARD\n", tmp_path)

    assert found["website"] == "https://one.example"
    assert found["further_details"] == (
        "url: https://two.example; impp: xmpp:ilse@pell.example; categories: Clients; anniversary: 2001-05-06; "
        "adr: 3 A, B; tel: 106"
    )
    company = "BEGIN:VCARD\nVERSION:3.0\nN:Vane;Marlow;;;\nORG:Orbast LLC\nX-ABShowAs:COMPANY\nEND:VCARD\n"
    assert card(company, tmp_path) == [
        {"type": "company", "company": "Orbast LLC", "further_details": "n: Vane, Marlow"}
    ]


def card(text: str | bytes, tmp_path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    path = tmp_path / "book.vcf"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return [{name: cell for name, cell in zip(HEADER, cells, strict=True) if cell} for _, cells in read(path).rows()]


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        (IPHONE, "utf-8", {
            "title": "Ms.", "first": "Odalys", "middle": "Q.", "last": "Pemberton", "company": "Pemberton Boats, Inc.",
            "job_title": "Owner", "birthday": "1980-04-01", "note": "Sails, and\nswims",
            "email": "odalys@pemberton.example",
            "email 2": "home@pemberton.example", "mobile_phone": "+1 (207) 555-0114", "fax": "207-555-0115",
            "physical_line1": "18 Harbour Row", "physical_line2": "Unit 2", "physical_city": "Portland",
            "physical_state": "ME", "physical_postcode": "04101", "physical_country": "United States",
        }),
        (ANDROID, "utf-8", {
            "first": "Jörg", "last": "Müller", "mobile_phone": "0171 5550101", "business_phone": "0221 5550102",
            "fax": "0221 5550103", "note": "eine lange Notiz\nmit Umbruch",
        }),
        (OUTLOOK, "cp1252", {
            "title": "Dr.", "first": "Björn", "last": "Äbtissin", "company": "Vane & Tarn", "website": "https://vanetarn.example",
            "email": "bjoern@vanetarn.example", "business_phone": "+49 221 5550104", "home_phone": "0221 5550105",
            "physical_line1": "Kölner Straße 5", "physical_line2": "Hinterhaus", "physical_city": "Köln",
            "physical_postcode": "50667", "physical_country": "Deutschland", "further_details": "org: Recht",
        }),
        (GOOGLE, "utf-8", {
            "type": "company", "company": "Orbast LLC", "website": "https://orbast.example",
            "email": "office@orbast.example",
            "business_phone": "+64 21 555 0106", "physical_line1": "5 Elm Street", "physical_city": "Albany",
            "physical_state": "NY", "physical_postcode": "12207", "physical_country": "US",
        }),
        (THUNDERBIRD, "utf-8", {
            "first": "Ilse", "middle": "Marie Anna", "last": "van der Pell", "suffix": "Jr.", "alias": "Illy,Il",
            "email": "ilse@pell.example", "email 2": "second@pell.example", "home_phone": "+31-20-555-0107",
            "mobile_phone": "+31 6 555 0108", "mobile_phone 2": "+31 6 555 0109",
            "physical_line1": '"Long Street Name That Is Folded In The Middle Of It 7"', "physical_city": "Utrecht",
            "physical_postcode": "3511", "physical_country": "NL",
        }),
    ],
    ids=["iphone", "android", "outlook", "google", "thunderbird"],
)  # fmt: skip
def test_cards_as_phones_and_programs_write_them(tmp_path, text, encoding, expected):
    assert card(text, tmp_path, encoding) == [expected]


def test_a_card_that_is_broken_spoils_no_other(tmp_path):
    """Several in a file, one cut off in the middle, one with nonsense."""
    book = f"{IPHONE}BEGIN:VCARD\nVERSION:3.0\n;;;nonsense\nN:Vo\nEND:VCARD\n{GOOGLE}BEGIN:VCARD\nVERSION:3.0\nFN:Cut"

    found = card(book, tmp_path)

    assert [one.get("last") or one.get("company") for one in found] == ["Pemberton", "Vo", "Orbast LLC"]


CLIO = (
    "title,job_title,first_name,last_name,company,business_street,business_city,business_state,business_postal_code,"
    "email_address,primary_phone"
)
FIELDS = Fields((*PERSON, *NUMBERS, *PHONES, *addresses(with_county=True), *PERSONAL), TEMPLATES)


@pytest.mark.parametrize(
    ("header", "source", "expected"),
    [
        (CLIO, "Clio, contacts",
         "title,occupation,first,last,company,physical_line1,physical_city,physical_state,physical_postcode,email,business_phone"),
        ("First Name,Last Name,Company,Business Street,Home Street,E-mail Address,Business Phone,Mobile Phone,Web Page",
         "Outlook, contacts",
         "first,last,company,physical_line1,mailing_line1,email,business_phone,mobile_phone,website"),
        ("Surname;FORENAME;E-Mail;Telefax;Cell;Cell 2;Shoe size;Post Code;Client No", "",
         "last;first;email;fax;mobile_phone;mobile_phone;;physical_postcode;reference"),
    ],
    ids=["clio", "outlook", "names"],
)  # fmt: skip
def test_columns_are_known_by_template_and_by_name(header, source, expected):
    """Unknown ones are left aside, and nothing fails (IMP-1)."""
    sign = ";" if ";" in header else ","

    guess = FIELDS.guessed(header.split(sign))

    assert (guess.source, guess.fields) == (source, expected.split(sign))


def test_a_field_that_does_not_repeat_is_taken_once():
    fields = Fields((Field("email", "E-mail", synonyms=("mail",)),))

    assert fields.guessed(["mail", "E-Mail"]).fields == ["email", ""]


def test_staged_rows_are_at_hand_from_any_place(tmp_path):
    """And the first row that says something keeps it, whatever comes later."""
    path, rows = tmp_path / "list.csv", tmp_path / "list.rows"
    path.write_text("last\n" + "\n".join(f"N{number}" for number in range(12_000)))

    assert stage(read(path), rows) == 12_000
    with Staged(rows) as staged:
        assert staged.lines(after=11_998, at_most=5) == [
            (11_999, ["N11997"]),
            (12_000, ["N11998"]),
            (12_001, ["N11999"]),
        ]
        assert staged.chosen([2, 12_001]) == {2: ["N0"], 12_001: ["N11999"]}
        staged.forget_keys()
        staged.note_keys([("email", "a@b.example", 7), ("email", "a@b.example", 9), ("name", "a@b.example", 3)])
        assert staged.first_with("email", ["a@b.example", "other"]) == {"a@b.example": 7}


def test_a_damaged_spreadsheet_is_not_read_as_text(tmp_path: Path) -> None:
    """IMP-1: what is called a spreadsheet and is neither one nor text says so, and what to do."""
    damaged, text = tmp_path / "people.xlsx", tmp_path / "people.xls"
    damaged.write_bytes(b"\x00\x01not a sheet")
    text.write_text("first,last\nAda,Moreau\n", encoding="utf-8")

    with pytest.raises(Refusal, match="save it as XLSX or CSV"):
        read(damaged)
    assert [cells for _, cells in read(text).rows()] == [["Ada", "Moreau"]]
