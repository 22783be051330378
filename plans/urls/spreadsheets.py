"""Addresses of plans that come from spreadsheets."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
