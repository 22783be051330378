"""Addresses outside a coalition's pages: what comes without a session carries its own key."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
