"""Addresses below `/c/<slug>/` that are the coalition's own."""

from django.urls import path

from . import urls_help, urls_keep, urls_meetings, urls_roster, urls_work
from .registers.agreements import AGREEMENTS
from .registers.money import APPLICATIONS, FUNDING
from .registers.pages import addresses
from .registers.shelf import LIBRARY, LISTENING, POLICIES
from .views import engagement, invitations, partners, people, positions, releases, seats, sectors, settings, start

app_name = "coalitions"
urlpatterns = [
    path("", start.coalition_home, name="home"),
    path("partners/", partners.partner_list, name="partner_list"),
    path("partners/new/", partners.partner_new, name="partner_new"),
    path("partners/<int:partner_id>/", partners.partner_detail, name="partner_detail"),
    path("partners/<int:partner_id>/edit/", partners.partner_edit, name="partner_edit"),
    path("partners/<int:partner_id>/status/", partners.partner_status, name="partner_status"),
    path("partners/sectors/", sectors.sector_list, name="sector_list"),
    path("partners/sectors/<slug:sector>/", sectors.sector_detail, name="sector_detail"),
    path("partners/positions/", positions.position_list, name="position_list"),
    path("partners/positions/new/", positions.position_new, name="position_new"),
    path("partners/positions/adopt/", positions.position_adopt, name="position_adopt"),
    path("partners/positions/<int:position_id>/", positions.position_edit, name="position_edit"),
    path("partners/positions/<int:position_id>/remove/", positions.position_remove, name="position_remove"),
    path("partners/seats/", seats.seat_list, name="seat_list"),
    path("partners/seats/new/", seats.seat_new, name="seat_new"),
    path("partners/seats/<int:seat_id>/", seats.seat_edit, name="seat_edit"),
    path("partners/seats/<int:seat_id>/end/", seats.seat_end, name="seat_end"),
    path("partners/seats/<int:seat_id>/resume/", seats.seat_resume, name="seat_resume"),
    path("settings/", settings.settings, name="settings"),
    path("settings/counties/", settings.county_list, name="county_list"),
    path("settings/people/", people.person_list, name="person_list"),
    path("settings/people/<int:membership_id>/", people.person_edit, name="person_edit"),
    path("settings/people/<int:membership_id>/remove/", people.person_remove, name="person_remove"),
    path("settings/people/<int:membership_id>/sign-out/", people.person_sign_out, name="person_sign_out"),
    path("settings/hand-over/", people.hand_over, name="hand_over"),
    path("settings/invitations/", invitations.invitation_list, name="invitation_list"),
    path("settings/invitations/new/", invitations.invitation_new, name="invitation_new"),
    path("settings/invitations/<int:invitation_id>/resend/", invitations.invitation_resend, name="invitation_resend"),
    path(
        "settings/invitations/<int:invitation_id>/withdraw/",
        invitations.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("settings/audit/", settings.audit_list, name="audit_list"),
    path("naloxone/releases/", releases.release_list, name="release_list"),
    path("naloxone/releases/<int:release_id>/", releases.release_detail, name="release_detail"),
    path("naloxone/releases/<int:release_id>/table.<str:table_format>", releases.release_file, name="release_file"),
    path("naloxone/releases/prepare/", releases.release_prepare, name="release_prepare"),
    path("naloxone/releases/draft/", releases.release_draft, name="release_draft"),
    path("naloxone/releases/draft/discard/", releases.release_discard, name="release_discard"),
    path("naloxone/releases/tables/", releases.release_settings, name="release_settings"),
    path("engagement/", engagement.opportunity_list, name="opportunity_list"),
    path("engagement/takeaways/", engagement.takeaway_list, name="takeaway_list"),
    path("engagement/readiness/", engagement.readiness, name="readiness"),
    path("engagement/readiness/rate/", engagement.readiness_rate, name="readiness_rate"),
    path("engagement/track/<str:work_kind>/<slug:work_key>/", engagement.engagement_edit, name="engagement_edit"),
    path("engagement/track/<str:work_kind>/<slug:work_key>/step/", engagement.engagement_step, name="engagement_step"),
    *urls_roster.urlpatterns,
    *urls_help.urlpatterns,
    *urls_meetings.urlpatterns,
    *urls_work.urlpatterns,
    *urls_keep.urlpatterns,
    *addresses(AGREEMENTS),
    *addresses(FUNDING),
    *addresses(APPLICATIONS),
    *addresses(POLICIES),
    *addresses(LIBRARY),
    *addresses(LISTENING),
]
