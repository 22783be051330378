from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "phast.accounts"
    label = "accounts"

    def ready(self) -> None:
        from . import signals  # noqa: F401 - connects sign-in and sign-out to the audit log
