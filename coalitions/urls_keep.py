"""Addresses of the export of everything, and of redaction."""

from django.urls import path

from .views import keeping

urlpatterns = [
    path("settings/keeping/", keeping.keeping, name="keeping"),
    path("settings/export/", keeping.takeout_request, name="takeout_request"),
    path("settings/export/<int:takeout_id>/", keeping.takeout_detail, name="takeout_detail"),
    path("settings/export/<int:takeout_id>/download/", keeping.takeout_download, name="takeout_download"),
    path("settings/export/<int:takeout_id>/delete/", keeping.takeout_delete, name="takeout_delete"),
    path("settings/redaction/", keeping.redaction, name="redaction"),
]
