"""Addresses of the coalition's own look, of the export of everything, and of redaction."""

from django.urls import path

from .views import keeping, look

urlpatterns = [
    path("settings/look/", look.look, name="look"),
    path("look/logo.png", look.look_logo, name="look_logo"),
    path("look/colour.css", look.look_style, name="look_style"),
    path("settings/keeping/", keeping.keeping, name="keeping"),
    path("settings/export/", keeping.takeout_request, name="takeout_request"),
    path("settings/export/<int:takeout_id>/", keeping.takeout_detail, name="takeout_detail"),
    path("settings/export/<int:takeout_id>/download/", keeping.takeout_download, name="takeout_download"),
    path("settings/export/<int:takeout_id>/delete/", keeping.takeout_delete, name="takeout_delete"),
    path("settings/redaction/", keeping.redaction, name="redaction"),
]
