"""Addresses of plans that come from spreadsheets."""

from django.urls import path

from plans.views import spreadsheets

urlpatterns = [
    path("import/", spreadsheets.plan_import, name="import"),
    path("import/<int:plan_import_id>/", spreadsheets.plan_import_detail, name="import_detail"),
]
