"""Addresses outside a coalition's pages: what comes without a session carries its own key."""

from django.urls import path

from plans.views import calendars, link, prioritise

urlpatterns = [
    path("calendar/<str:token>.ics", calendars.calendar_feed, name="calendar_feed"),
    path("vote/<str:token>/", prioritise.seat_vote, name="seat_vote"),
    path("u/<str:token>/", link.step_link, name="step_link"),
    path("u/<str:token>/mail/", link.mail_choice, name="mail_choice"),
]
