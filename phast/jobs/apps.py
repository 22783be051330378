from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "phast.jobs"
    label = "jobs"
