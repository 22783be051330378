"""Addresses of templates and copies."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
