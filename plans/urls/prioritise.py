"""Addresses of votes and decisions."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
