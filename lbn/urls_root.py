"""Addresses outside a coalition's pages: what agencies' records systems send to."""

from django.urls import path, re_path

from lbn.views import api

urlpatterns = [
    path("api/v1/counts", api.api_counts, name="api_counts"),
    path("api/v1/openapi.json", api.api_document, name="api_document"),
    re_path(r"^api(?:/.*)?$", api.api_missing, name="api_missing"),
]
