"""Addresses of approved versions."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
