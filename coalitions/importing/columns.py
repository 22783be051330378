"""The columns of a roster: what they are called here, and what people call them."""

from __future__ import annotations

from phast.sheets.columns import LOOK_AT, Column, Columns

__all__ = ["COLUMNS", "LABELS", "LOOK_AT", "SEPARATOR", "guess", "header_row", "key_of"]

SEPARATOR = "; "

COLUMNS: dict[str, Column] = {
    "organization": Column(
        "Partner",
        "organization|organisation|organization name|agency|agency name|partner name|partners|company|"
        "partner agency|partner organization|agency organization|organization agency|member organization|"
        "department|name of organization|name of agency|affiliation|entity|account",
    ),
    "agency_type": Column("Type of agency", "type|agency type|organization type|type of organization|kind|category"),
    "sectors": Column("Sectors", "sector|sector s|sectors represented|sector represented|discipline"),
    "status": Column("Status", "active|membership status|partner status"),
    "joined": Column("Joined", "joined on|date joined|join date|member since|since|start date"),
    "website": Column("Website", "web site|web|url|homepage|web address|web page|site"),
    "address": Column(
        "Address",
        "address of the organization|organization address|agency address|street address|mailing address|"
        "location|office address|business address",
    ),
    "name": Column(
        "Contact",
        "contact name|name|full name|contact person|primary contact|representative|member|member name|"
        "point of contact|poc|person|designee|key contact",
    ),
    "first": Column("First name", "first|given name|contact first name|fname"),
    "last": Column("Last name", "last|surname|family name|contact last name|lname"),
    "title": Column("Job title", "title|role|position|position title|role title|title role|job|rank|title position"),
    "part": Column("Part they play", "part|coalition role|role in the coalition|responsibility"),
    "email": Column("E-mail", "email|e mail address|email address|mail|work email|contact email"),
    "phone": Column(
        "Phone",
        "phone number|telephone|tel|office phone|work phone|contact phone|telephone number|cell|mobile|"
        "cell phone|mobile phone|phone no|phone #|telephone #",
    ),
}
_ROSTER = Columns(COLUMNS)
LABELS = _ROSTER.labels
key_of, header_row, guess = _ROSTER.key_of, _ROSTER.header_row, _ROSTER.guess
