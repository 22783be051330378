"""Addresses below `/c/<slug>/plans/`, by topic."""

from . import adoption, calendars, mail, measures, plan, prioritise, spreadsheets, steps, templates, versions, views

app_name = "plans"
urlpatterns = [
    *plan.urlpatterns,
    *steps.urlpatterns,
    *adoption.urlpatterns,
    *prioritise.urlpatterns,
    *views.urlpatterns,
    *calendars.urlpatterns,
    *spreadsheets.urlpatterns,
    *measures.urlpatterns,
    *templates.urlpatterns,
    *mail.urlpatterns,
    *versions.urlpatterns,
]
