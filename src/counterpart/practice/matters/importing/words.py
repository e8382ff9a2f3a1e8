"""The words by which a party's name tells what it is. All in lower case, without full stops."""

from typing import Final


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEGAL_FORMS: Final = _set(
    "inc incorporated llc llp lllp pllc ltd limited corp corporation company plc gmbh pty sarl sas srl spa bhd sdn kk "
    "kgaa aps oyj pvt"
)
"""Wherever one stands, the name is a company's."""

SHORT_FORMS: Final = _set("co lp lc pc pa pl ps sa ag ab as se nv bv kg oy na sc sl ulc pbc")
"""A legal form only at the end and in capitals or with full stops: 'Se' and 'As' are also words and names."""

ORGANISATIONS: Final = _set(
    """
    academy administration agency airlines airways alliance apparel assembly associates association athletics authority
    bakery bancorp bank board boutique boutiques brands brewery brothers builders bureau business cafe capital casino
    center centre chamber chapter charities charity chemicals church city clinic club coalition college commission
    committee communications company congregation construction consulting contractors cooperative council county
    credit dealership department dept development diocese distribution distributing distributors district division
    electric electronics employees energy engineering enterprise enterprises entertainment equipment estate exchange
    express federation finance financial firm force foods foundation freight fund funding furniture gas government
    group guild healthcare holding holdings homeowners hospital hotel hotels imports industrial industries inn
    institute institution insurance international investment investments jail labs laboratories laboratory league
    leasing library lines llc local logistics management manufacturing maritime media medical merchandise ministry
    mortgage motors municipality museum navy network networks nurseries office oil orchestra organisation organization
    partners partnership pharma pharmaceutical pharmaceuticals pharmacy pipeline police practice press prison
    productions products project properties property publications publishing railroad railway realty records republic
    research resort restaurant restaurants retail savings school schools securities seminary services sheriff's shop
    shops society software solutions station steel store stores studio studios supplies supply surety symphony system
    systems technologies technology telecommunications temple theater theatre tobacco township toys trading
    transport transportation transit treasury tribe trucking trust trustees union universal university utilities utility
    ventures village warehouse water wholesale workers works worldwide
    """
)
"""A person is not called so; surnames such as Bell, Church-as-a-surname or Banks are told by AMBIGUOUS."""

AMBIGUOUS: Final = _set(
    "church city bank law force inn temple village press toys steel works water records local brothers"
)
"""Also surnames: they tell a company only in a name of three words and more, none of them an initial."""


def _beginnings(*phrases: str) -> tuple[str, ...]:
    """With the space that ends the last word."""
    return tuple(f"{phrase} " for phrase in phrases)


PLACES_BEFORE: Final = _beginnings(
    "united states", "state of", "states of", "city of", "county of", "town of", "village of", "township of",
    "borough of", "parish of", "commonwealth of", "people of", "government of", "republic of", "kingdom of",
    "estate of", "heirs of", "trustees of", "board of", "secretary of", "commissioner of", "department of",
    "university of", "bank of", "church of", "the estate", "the people", "the state", "the city", "the county",
    "us department", "u s department",
)  # fmt: skip
"""Beginnings of governments, offices and estates."""

CONNECTORS: Final = _set("of for and the on at in to by from with und et &")
"""Words inside the names of organisations, never of one person."""

TITLES: Final = _set(
    "mr mrs ms miss mx dr prof professor hon honorable honourable judge justice magistrate rev reverend rabbi imam "
    "pastor sir dame capt captain lt lieutenant col colonel gen maj sgt sergeant cpl corporal pvt private adm admiral "
    "cmdr commander brigadier officer detective det deputy sheriff chief warden trooper agent governor gov senator sen "
    "representative congressman congresswoman mayor secretary commissioner superintendent attorney"
)
RANKS_AFTER: Final = _set("general major colonel commander governor sheriff")
"""Titles only after another title: 'General Electric' is no officer."""

SUFFIXES: Final = _set(
    "jr sr ii iii iv esq esquire md phd dds dvm do jd llm rn cpa pe dmd dpm od psyd edd mba bsc msc qc kc"
)
MARKS: Final = _set("govt phv terminated prose")
"""What courts write after a name that is no part of it."""

PARTICLES: Final = _set(
    "van von de der den del della di da dos das du la le st ste ter ten bin ibn al el san santa mac"
)
"""They begin a surname: Ana de la Torre."""
