"""The address for a mail provider."""

from django.urls import path

from . import views

urlpatterns = [path("mail/bounces/", views.bounces, name="mail_bounces")]
