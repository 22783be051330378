from django.apps import AppConfig

from phast import offers


class ReportsConfig(AppConfig):
    name = "phast.reports"
    label = "reports"

    def ready(self) -> None:
        from phast.access.table import Action

        offers.register_nav(offers.NavItem("Reports", "reports:list", Action.RELEASES_SEE, 50, "reports"))
