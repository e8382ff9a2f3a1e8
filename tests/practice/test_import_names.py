"""Names as courts write them: person or company, and the parts of a person's name (IMP-9). All names are invented."""

import csv

import pytest

from counterpart.practice.matters.importing.names import Name, is_surely_company, name_key, read_name


@pytest.mark.parametrize(
    "text",
    [
        "Quillfeather Shipping Inc", "QUILLFEATHER SHIPPING, INC.", "Orbast L.L.C.", "Tarn & Vole LLP",
        "Brightwater Corp", "Osterley Ltd.", "Marrow Holdings L.P.", "Fennimore P.A.", "VELLUM SA",
        "Karsten Møbel A/S", "Hesperia GmbH", "The Copperkettle Company", "Lindal Brothers Co.", "Bank of Eastmere",
        "Eastmere Savings Bank", "Northfold University", "Trustees of Northfold College", "United States of America",
        "State of Winnemac", "City of Zenith", "Zenith Unified School District", "Winnemac Department of Fisheries",
        "People of the State of Winnemac", "Estate of Odalys Pemberton", "Coalition for a Quieter Harbor",
        "Society of Clerks", "Harbor Quay Apparel of Maine", "Pell & Daughters", "VORTA", "Everspring",
        "AAA Harbor Freighters", "First Lantern Church of Zenith", "24 Hour Locks", "ropewalk.com",
        "John Smythe and Jane Smythe", "Odd Fellows' Temple No. 9", "Zenith Police Department",
        "Pemberton Family Trust", "Local 12 of the Ferrymen", "Marlow Vane, a Delaware corporation",
        "International Brotherhood of Ferrymen", "Ferry Line Express", "Tern Pharma Private Limited",
    ],
)  # fmt: skip
def test_companies_are_told(text):
    """Legal forms, governments, offices, schools, estates and what no person is called."""
    assert read_name(text).kind == "company"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Odalys Pemberton", ("", "Odalys", "", "Pemberton", "")),
        ("Odalys R. Pemberton", ("", "Odalys", "R.", "Pemberton", "")),
        ("J. Anselm Fairweather", ("", "J.", "Anselm", "Fairweather", "")),
        ("Ms. Ilse Tove O'Harrow", ("Ms.", "Ilse", "Tove", "O'Harrow", "")),
        ("Lieutenant General Piers van der Meulen", ("Lieutenant General", "Piers", "", "van der Meulen", "")),
        ("Hon. Ruth Abara", ("Hon.", "Ruth", "", "Abara", "")),
        ("Geertje M. De Vriest", ("", "Geertje", "M.", "De Vriest", "")),
        ("Anselm Fairweather , Jr.", ("", "Anselm", "", "Fairweather", "Jr.")),
        ("Anselm Fairweather III", ("", "Anselm", "", "Fairweather", "III")),
        ("Ruth Abara, M.D., Ph.D.", ("", "Ruth", "", "Abara", "M.D., Ph.D.")),
        ("Ruth Abara , GOVT", ("", "Ruth", "", "Abara", "")),
        ("Ruth Carson Abara ,", ("", "Ruth", "Carson", "Abara", "")),
        ("Abara, Ruth", ("", "Ruth", "", "Abara", "")),
        ("ABARA, RUTH CARSON", ("", "RUTH", "CARSON", "ABARA", "")),
        ("Frank Church", ("", "Frank", "", "Church", "")),
        ("Mia Law", ("", "Mia", "", "Law", "")),
        ("José de la Cruz", ("", "José", "", "de la Cruz", "")),
        ("Ana-Maria Ruiz Peña", ("", "Ana-Maria", "Ruiz", "Peña", "")),
        ("Tomas Se", ("", "Tomas", "", "Se", "")),
    ],
)
def test_people_are_told_and_their_names_parted(text, parts):
    name = read_name(text)

    assert (name.kind, (name.title, name.first, name.middle, name.last, name.suffix)) == ("individual", parts)


@pytest.mark.parametrize(
    ("text", "name", "alias"),
    [
        ("Ruth Abara d/b/a Abara's Ferry", "Ruth Abara", "Abara's Ferry"),
        ("Orbast LLC dba The Copper Kettle", "Orbast LLC", "The Copper Kettle"),
        ("Ruth Abara a/k/a Ruth Carson", "Ruth Abara", "Ruth Carson"),
        ("Vellum Corp. formerly known as Parchment Inc.", "Vellum Corp.", "Parchment Inc."),
        ("Ruth Abara, et al.", "Ruth Abara", ""),
        ("Orbast LLC et al", "Orbast LLC", ""),
        ("Ruth Abara, an individual", "Ruth Abara", ""),
        (
            "Ruth Abara, in her official capacity as Harbor Master",
            "Ruth Abara",
            "Ruth Abara, in her official capacity as Harbor Master",
        ),
        (
            "Ruth Abara, on behalf of herself and all others similarly situated",
            "Ruth Abara",
            "Ruth Abara, on behalf of herself and all others similarly situated",
        ),
    ],
)
def test_what_stands_beside_the_name_becomes_the_alias(text, name, alias):
    """Nothing is lost: other names and capacities are found by searching the alias."""
    read = read_name(text)

    shown = read.company or " ".join(part for part in (read.first, read.middle, read.last) if part)
    assert (shown, read.alias) == (name, alias)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Does", "company"), ("Does 1-10", "company"), ("DOES 1 through 20, inclusive", "company"),
        ("Doe 1", "company"), ("John Doe", "individual"), ("John Doe 3", "company"),
        ("Roe Corporations 1-5", "company"), ("Unknown Heirs", "company"), ("Putative Intervenor", "company"),
        ("Attorney-in-Charge", "individual"),
    ],
)  # fmt: skip
def test_nobody_yet_named_is_marked(text, kind):
    """'Does 1-10' in two matters are not the same people. An attorney's office may stand for the attorney."""
    read = read_name(text, expects_person=text.startswith("Attorney"))

    assert (read.kind, read.is_placeholder) == (kind, not text.startswith("Attorney"))


def test_a_name_beside_its_own_longer_form_is_a_company():
    """'Finest Automobil' is a company where 'Finest Automobil Inc' is a party too; alone it looks like a person."""
    companies = {name_key("Finest Automobil Inc")}

    assert read_name("Finest Automobil").kind == "individual"
    assert read_name("Finest Automobil", companies=companies).kind == "company"
    assert is_surely_company("Finest Automobil Inc")
    assert not is_surely_company("Finest Automobil")


def test_where_people_are_expected_only_a_sure_sign_makes_a_company():
    """A column of attorneys holds people: 'Vane' alone is one, 'Vane and Partners LLP' is not."""
    assert read_name("Vane", expects_person=True) == Name("individual", last="Vane")
    assert read_name("Vane and Partners LLP", expects_person=True).kind == "company"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Orbast, Inc.", "ORBAST INC"), ("The Copperkettle Company", "Copperkettle Company"),
        ("José  Ruiz", "Jose Ruiz"), ("Ruth K. Abara", "RUTH K ABARA"), ("Abara, Ruth", "Ruth Abara"),
    ],
)  # fmt: skip
def test_spellings_of_one_name_are_equal_when_compared(one, other):
    """Case, accents, full stops, commas and a leading 'The' make no other party."""
    assert read_name(one).key == read_name(other).key


@pytest.mark.parametrize("text", ["", "  ", ",", " ;"])
def test_no_name_is_refused(text):
    with pytest.raises(ValueError, match="no name"):
        read_name(text)


def test_the_real_dockets_are_read_right(shared_folder):
    """Read by eye once: of 95 parties that are no attorneys 22 are people; every attorney is one."""
    with (shared_folder / "data" / "matters.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    sure: dict[str, set[str]] = {}
    for row in rows:
        if is_surely_company(row["participant_name"]):
            sure.setdefault(row["docket_number"], set()).add(name_key(row["participant_name"]))

    read = {
        (row["participant_role"] == "Attorney", row["participant_name"]): read_name(
            row["participant_name"],
            expects_person=row["participant_role"] == "Attorney",
            companies=sure.get(row["docket_number"], ()),
        ).kind
        for row in rows
    }

    parties = [kind for (attorney, _), kind in read.items() if not attorney]
    assert (parties.count("individual"), parties.count("company")) == (22, 73)
    assert {kind for (attorney, _), kind in read.items() if attorney} == {"individual"}
