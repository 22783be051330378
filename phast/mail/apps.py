from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "phast.mail"
    label = "mail"

    def ready(self) -> None:
        from . import bounces, checks  # noqa: F401 - registers the system check

        bounces.listen()
