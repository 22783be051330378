"""Addresses of the adoption grid."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
