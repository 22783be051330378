from django.apps import AppConfig


class DeflectionConfig(AppConfig):
    name = "deflection"
