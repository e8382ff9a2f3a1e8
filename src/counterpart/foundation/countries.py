"""Countries (ISO 3166-1) and, where addresses are written with one, the list of states (WIN-13)."""

from typing import Final

from counterpart.foundation.text import fold


def _pairs(packed: str) -> dict[str, str]:
    return dict(entry.split(" ", 1) for entry in packed.split("|"))


COUNTRIES: Final = _pairs(
    "AF Afghanistan|AX Åland Islands|AL Albania|DZ Algeria|AS American Samoa|AD Andorra|AO Angola|"
    "AI Anguilla|AQ Antarctica|AG Antigua & Barbuda|AR Argentina|AM Armenia|AW Aruba|AU Australia|"
    "AT Austria|AZ Azerbaijan|BS Bahamas|BH Bahrain|BD Bangladesh|BB Barbados|BY Belarus|BE Belgium|"
    "BZ Belize|BJ Benin|BM Bermuda|BT Bhutan|BO Bolivia|BA Bosnia & Herzegovina|BW Botswana|"
    "BV Bouvet Island|BR Brazil|IO British Indian Ocean Territory|VG British Virgin Islands|BN Brunei|"
    "BG Bulgaria|BF Burkina Faso|BI Burundi|KH Cambodia|CM Cameroon|CA Canada|CV Cape Verde|"
    "BQ Caribbean NL|KY Cayman Islands|CF Central African Rep.|TD Chad|CL Chile|CN China|"
    "CX Christmas Island|CC Cocos (Keeling) Islands|CO Colombia|KM Comoros|"
    "CD Congo (Democratic Republic)|CG Congo (Republic)|CK Cook Islands|CR Costa Rica|HR Croatia|CU Cuba|"
    "CW Curaçao|CY Cyprus|CZ Czech Republic|CI Côte d'Ivoire|DK Denmark|DJ Djibouti|DM Dominica|"
    "DO Dominican Republic|TL East Timor|EC Ecuador|EG Egypt|SV El Salvador|GQ Equatorial Guinea|"
    "ER Eritrea|EE Estonia|SZ Eswatini (Swaziland)|ET Ethiopia|FK Falkland Islands|FO Faroe Islands|"
    "FJ Fiji|FI Finland|FR France|GF French Guiana|PF French Polynesia|TF French S. Terr.|GA Gabon|"
    "GM Gambia|GE Georgia|DE Germany|GH Ghana|GI Gibraltar|GR Greece|GL Greenland|GD Grenada|"
    "GP Guadeloupe|GU Guam|GT Guatemala|GG Guernsey|GN Guinea|GW Guinea-Bissau|GY Guyana|HT Haiti|"
    "HM Heard Island & McDonald Islands|HN Honduras|HK Hong Kong|HU Hungary|IS Iceland|IN India|"
    "ID Indonesia|IR Iran|IQ Iraq|IE Ireland|IM Isle of Man|IL Israel|IT Italy|JM Jamaica|JP Japan|"
    "JE Jersey|JO Jordan|KZ Kazakhstan|KE Kenya|KI Kiribati|KW Kuwait|KG Kyrgyzstan|LA Laos|LV Latvia|"
    "LB Lebanon|LS Lesotho|LR Liberia|LY Libya|LI Liechtenstein|LT Lithuania|LU Luxembourg|MO Macau|"
    "MG Madagascar|MW Malawi|MY Malaysia|MV Maldives|ML Mali|MT Malta|MH Marshall Islands|MQ Martinique|"
    "MR Mauritania|MU Mauritius|YT Mayotte|MX Mexico|FM Micronesia|MD Moldova|MC Monaco|MN Mongolia|"
    "ME Montenegro|MS Montserrat|MA Morocco|MZ Mozambique|MM Myanmar|NA Namibia|NR Nauru|NP Nepal|"
    "NL Netherlands|NC New Caledonia|NZ New Zealand|NI Nicaragua|NE Niger|NG Nigeria|NU Niue|"
    "NF Norfolk Island|KP North Korea|MK North Macedonia|MP Northern Mariana Islands|NO Norway|OM Oman|"
    "PK Pakistan|PW Palau|PS Palestine|PA Panama|PG Papua New Guinea|PY Paraguay|PE Peru|PH Philippines|"
    "PN Pitcairn|PL Poland|PT Portugal|PR Puerto Rico|QA Qatar|RO Romania|RU Russia|RW Rwanda|RE Réunion|"
    "MF Saint Martin|WS Samoa|SM San Marino|ST Sao Tome & Principe|SA Saudi Arabia|SN Senegal|RS Serbia|"
    "SC Seychelles|SL Sierra Leone|SG Singapore|SK Slovakia|SI Slovenia|SB Solomon Islands|SO Somalia|"
    "ZA South Africa|GS South Georgia & the South Sandwich Islands|KR South Korea|SS South Sudan|"
    "ES Spain|LK Sri Lanka|BL St Barthelemy|SH St Helena|KN St Kitts & Nevis|LC St Lucia|"
    "SX St Maarten (Dutch)|PM St Pierre & Miquelon|VC St Vincent|SD Sudan|SR Suriname|"
    "SJ Svalbard & Jan Mayen|SE Sweden|CH Switzerland|SY Syria|TW Taiwan|TJ Tajikistan|TZ Tanzania|"
    "TH Thailand|TG Togo|TK Tokelau|TO Tonga|TT Trinidad & Tobago|TN Tunisia|TR Turkey|TM Turkmenistan|"
    "TC Turks & Caicos Is|TV Tuvalu|UG Uganda|UA Ukraine|AE United Arab Emirates|GB United Kingdom|"
    "US United States|UY Uruguay|UM US minor outlying islands|VI US Virgin Islands|UZ Uzbekistan|"
    "VU Vanuatu|VA Vatican City|VE Venezuela|VN Vietnam|WF Wallis & Futuna|EH Western Sahara|YE Yemen|"
    "ZM Zambia|ZW Zimbabwe"
)
"""Code to name, in the order of the names."""

STATES: Final = {
    "US": _pairs(
        "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|"
        "DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|"
        "KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|"
        "MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|"
        "NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|"
        "PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|"
        "VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|AS American Samoa|"
        "GU Guam|MP Northern Mariana Islands|PR Puerto Rico|VI US Virgin Islands"
    ),
    "CA": _pairs(
        "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|"
        "NT Northwest Territories|NS Nova Scotia|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|"
        "SK Saskatchewan|YT Yukon"
    ),
    "AU": _pairs(
        "ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland|"
        "SA South Australia|TAS Tasmania|VIC Victoria|WA Western Australia"
    ),
}
"""Countries whose addresses carry the code of a state; elsewhere the state is free text."""


def country_name(code: str) -> str:
    """The name of a country, or the code itself if it is none we know."""
    return COUNTRIES.get(code, code)


def state_choices(country: str, present: str = "") -> list[tuple[str, str]]:
    """The states of a country to choose from, none if it has none; what stands there now stays choosable."""
    states = STATES.get(country)
    if states is None:
        return []
    choices = [("", "Choose…"), *((code, f"{name} ({code})") for code, name in states.items())]
    if present and present not in states:
        choices.append((present, present))
    return choices


_CODES: Final = {fold(name): code for code, name in COUNTRIES.items()} | {
    "usa": "US", "u s a": "US", "united states": "US", "united states of america": "US", "america": "US", "uk": "GB",
    "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
    "deutschland": "DE", "osterreich": "AT", "schweiz": "CH", "suisse": "CH", "espana": "ES", "italia": "IT",
    "brasil": "BR", "holland": "NL", "the netherlands": "NL", "czechia": "CZ", "korea": "KR", "russia": "RU",
}  # fmt: skip
"""How people write countries, folded."""


def country_code(text: str) -> str:
    """The code of a country written as code or name; anything else comes back in capitals, for the check to refuse."""
    bare = text.strip()
    return _CODES.get(fold(bare).replace(".", ""), bare.upper())
