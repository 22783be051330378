"""Addresses outside a coalition's pages: the directory as anybody reads it."""

from django.urls import path

from .views import guide

urlpatterns = [
    path("guide/<slug:slug>/", guide.guide, name="guide"),
    path("guide/<slug:slug>/flyer/", guide.guide_flyer, name="guide_flyer"),
    path("guide/<slug:slug>/code.svg", guide.guide_code, name="guide_code"),
]
