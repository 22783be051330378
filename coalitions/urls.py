"""Addresses below `/c/<slug>/` that are the coalition's own."""

from django.urls import path

from .views import start

app_name = "coalitions"
urlpatterns = [
    path("", start.coalition_home, name="home"),
]
