"""Addresses of the ways to look at steps across plans."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
