"""Addresses outside a coalition's pages: the phone page, and what agencies' records systems send to."""

from django.urls import path, re_path

from lbn.views import api, field

urlpatterns = [
    path("field/", field.field, name="field"),
    path("field/worker.js", field.field_worker, name="field_worker"),
    path("field/manifest.webmanifest", field.field_manifest, name="field_manifest"),
    path("field/person/", field.field_person, name="field_person"),
    path("api/v1/counts", api.api_counts, name="api_counts"),
    path("api/v1/openapi.json", api.api_document, name="api_document"),
    re_path(r"^api(?:/.*)?$", api.api_missing, name="api_missing"),
]
