"""Addresses without a coalition: the way to one, and the invitation that opens the door."""

from django.urls import path

from .views import start

urlpatterns = [
    path("", start.home, name="home"),
]
