"""Addresses of reports without a coalition."""

from django.urls import path

from .verify import verify

urlpatterns = [path("verify/", verify, name="verify")]
