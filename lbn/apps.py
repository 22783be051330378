from django.apps import AppConfig


class LbnConfig(AppConfig):
    name = "lbn"
    verbose_name = "Leave-behind naloxone"
