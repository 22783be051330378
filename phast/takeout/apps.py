from django.apps import AppConfig


class TakeoutConfig(AppConfig):
    name = "phast.takeout"
    label = "takeout"
