"""Addresses below `/c/<slug>/naloxone/`."""

from django.urls import path

from .views import overview

app_name = "lbn"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("kits.csv", overview.overview_file, name="overview_file"),
]
