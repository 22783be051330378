"""Addresses where people keep their calendar feeds."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
