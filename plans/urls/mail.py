"""Addresses of mail about steps."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
