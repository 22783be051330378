from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "phast.audit"
    label = "audit"
