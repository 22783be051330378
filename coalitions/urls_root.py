"""Addresses without a coalition: the way to one, and the invitation that opens the door."""

from django.urls import path

from .urls_help import root as help_addresses
from .views import invitations, start

urlpatterns = [
    path("", start.home, name="home"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    *help_addresses,
]
