"""The columns of a list of local help. Our own file has the same ones, so that it comes in again."""

from __future__ import annotations

from phast.sheets.columns import Column, Columns

COLUMNS: dict[str, Column] = {
    "name": Column(
        "Program",
        "name|program name|provider|provider name|agency|agency name|organization|organization name|resource|resource name|"
        "facility|facility name|service|service name|company|name of program|name of organization|program agency|title",
    ),
    "categories": Column(
        "Kinds of help",
        "kind of help|category|categories|type|types|service type|type of service|type of help|services type|program type|"
        "resource type|resource category|level of care|kind|topic",
    ),
    "text": Column(
        "What it offers",
        "description|services|services offered|service description|about|details|notes|comments|summary",
    ),
    "phone": Column(
        "Phone",
        "phone number|telephone|tel|main phone|phone no|phone #|telephone number|contact number|contact phone|number|hotline|"
        "phone s|phone numbers|phones",
    ),
    "website": Column("Website", "web site|web|url|homepage|web address|web page|link|site url"),
    "languages": Column("Languages", "language|languages spoken|language s|languages offered"),
    "eligibility": Column(
        "Who can come",
        "eligibility|who is eligible|eligibility criteria|eligible|population|populations served|population served|serves|"
        "who they serve|requirements|ages served",
    ),
    "cost": Column(
        "Cost",
        "fee|fees|cost fees|payment|payment accepted|insurance|insurance accepted|payment options|price|cost of services",
    ),
    "site": Column("Site", "site name|location name|branch|office|name of site"),
    "address": Column(
        "Address",
        "street address|location|locations|physical address|street|address 1|mailing address|site address|office address|"
        "full address|addresses",
    ),
    "town": Column("Town", "city|municipality|city town|town city|community"),
    "zip_code": Column("ZIP code", "zip|zipcode|postal code|zip postal code"),
    "site_phone": Column("Site phone", "phone of the site|location phone|branch phone|office phone"),
    "hours": Column(
        "Hours", "hours of operation|open|opening hours|hours open|office hours|business hours|days and hours|when"
    ),
    "partner": Column("Kept by", "kept right by|maintained by|partner"),
    # Not "last updated": who publishes a list and changes it does not vouch for it as the coalition does.
    "verified_on": Column(
        "Verified on",
        "verified|last verified|date verified|verification date|last checked|date checked|confirmed|last confirmed",
    ),
}
LIST = Columns(COLUMNS)
