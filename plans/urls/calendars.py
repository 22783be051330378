"""Addresses where people keep their calendar feeds. The feeds themselves are in `plans.urls_root`."""

from django.urls import path

from plans.views import calendars

urlpatterns = [
    path("calendar/", calendars.calendars, name="calendars"),
]
