"""Addresses of mail about steps."""

from django.urls import path

from plans.views import mail

urlpatterns = [
    path("mail/", mail.mail_settings, name="mail_settings"),
    path("mail/preview/", mail.mail_preview, name="mail_preview"),
    path("mail/works/", mail.mail_works, name="mail_works"),
]
