from django.apps import AppConfig


class RedactionConfig(AppConfig):
    name = "phast.redaction"
    label = "redaction"
