from django.apps import AppConfig

from phast import offers


class CoalitionsConfig(AppConfig):
    name = "coalitions"

    def ready(self) -> None:
        from phast.access.table import Action

        from . import (
            deadlines,
            demo_meetings,
            evidence,
            flows,
            home,
            home_help,
            look,
            meeting_cards,
            meetings,
            merging,
            reference,
        )
        from .reports import sections, summary
        from .reports.minutes import MINUTES
        from .reports.roster import DIRECTORY, ROSTER

        offers.register_nav(
            offers.NavItem("Home", "coalitions:home", Action.ROSTER_SEE, 0, ""),
            offers.NavItem("Partners", "coalitions:partner_list", Action.ROSTER_SEE, 20, "partners"),
            offers.NavItem("Engagement", "coalitions:opportunity_list", Action.ENGAGEMENT_SEE, 22, "engagement"),
            offers.NavItem("Meetings", "coalitions:meeting_list", Action.ENGAGEMENT_SEE, 25, "meetings"),
            offers.NavItem("Funding", "coalitions:funding_source_list", Action.ENGAGEMENT_SEE, 60, "funding"),
            offers.NavItem("Library", "coalitions:library_item_list", Action.LIBRARY_SEE, 65, "library"),
            # A lead finds their agency's people there; the coordinator also everything else.
            offers.NavItem("Settings", "coalitions:person_list", Action.PEOPLE_MANAGE, 90, "settings"),
        )
        # Who reads releases only finds them where others find the counts.
        offers.register_nav(
            offers.NavItem(
                "Naloxone", "coalitions:release_list", Action.RELEASES_SEE, 40, "naloxone", unless=Action.COUNTS_SEE
            )
        )
        offers.register_tabs(
            offers.NavItem("Opportunities", "coalitions:opportunity_list", Action.ENGAGEMENT_SEE, 10, "engagement"),
            offers.NavItem("Takeaways", "coalitions:takeaway_list", Action.ENGAGEMENT_SEE, 20, "engagement"),
            offers.NavItem("Readiness", "coalitions:readiness", Action.ENGAGEMENT_SEE, 30, "engagement"),
            offers.NavItem("Listening", "coalitions:listening_session_list", Action.ENGAGEMENT_SEE, 40, "engagement"),
            offers.NavItem("Policies", "coalitions:policy_list", Action.ENGAGEMENT_SEE, 50, "engagement"),
            offers.NavItem("Meetings", "coalitions:meeting_list", Action.ENGAGEMENT_SEE, 10, "meetings"),
            offers.NavItem("Attendance", "coalitions:meeting_attendance", Action.ENGAGEMENT_SEE, 20, "meetings"),
            offers.NavItem("Funding", "coalitions:funding_source_list", Action.ENGAGEMENT_SEE, 10, "funding"),
            offers.NavItem("Applications", "coalitions:funding_application_list", Action.ENGAGEMENT_SEE, 20, "funding"),
        )
        offers.register_tabs(
            offers.NavItem("Library", "coalitions:library_item_list", Action.LIBRARY_SEE, 10, "library")
        )
        offers.register_tabs(offers.NavItem("Releases", "coalitions:release_list", Action.RELEASES_SEE, 60, "naloxone"))
        offers.register_tabs(
            offers.NavItem("Roster", "coalitions:partner_list", Action.ROSTER_SEE, 10, "partners"),
            offers.NavItem("Contacts", "coalitions:contact_list", Action.CONTACTS_SEE, 15, "partners"),
            offers.NavItem("Sectors", "coalitions:sector_list", Action.ROSTER_SEE, 20, "partners"),
            offers.NavItem("Positions", "coalitions:position_list", Action.ROSTER_SEE, 30, "partners"),
            offers.NavItem("Seats", "coalitions:seat_list", Action.SETTINGS_MANAGE, 40, "partners"),
            offers.NavItem("Agreements", "coalitions:agreement_list", Action.ENGAGEMENT_SEE, 50, "partners"),
            offers.NavItem("Requests", "coalitions:request_list", Action.REQUESTS_HANDLE, 70, "partners"),
            offers.NavItem("Alerts", "coalitions:alert_list", Action.ALERTS_SEE, 80, "partners"),
        )
        offers.register_merging(*merging.RULES)
        offers.register_home(home.cards)
        offers.register_home(meeting_cards.cards)
        offers.register_home(deadlines.cards)
        offers.register_look(look.look_of)
        offers.register_report(summary.SUMMARY)
        offers.register_report(summary.ANNUAL_REPORT)
        for source in sections.SOURCES:
            offers.register_summary(source)
        offers.register_report(flows.FLOWS)
        offers.register_report(evidence.EVIDENCE)
        offers.register_calendar(meetings.entries)
        offers.register_report(MINUTES)
        offers.register_demo(demo_meetings.load)
        offers.register_report(ROSTER)
        offers.register_report(DIRECTORY)
        offers.register_home(home_help.cards)
        offers.register_figures(home.figures)
        offers.register_reference("sectors, opportunities and positions", reference.load)
