"""Addresses below `/c/<slug>/` of what goes beyond a register's own pages: engagement, money, the library."""

from django.urls import path

from .views import engagement, funding, library

urlpatterns = [
    path(
        "engagement/track/<str:work_kind>/<slug:work_key>/status/",
        engagement.engagement_status,
        name="engagement_status",
    ),
    path("funding/<int:funding_source_id>/steps/", funding.funding_steps, name="funding_steps"),
    path("library/<int:library_item_id>/still-right/", library.library_item_reviewed, name="library_item_reviewed"),
]
