from django.apps import AppConfig

from phast import offers


class CoalitionsConfig(AppConfig):
    name = "coalitions"

    def ready(self) -> None:
        from phast.access.table import Action

        offers.register_nav(
            offers.NavItem("Partners", "coalitions:partner_list", Action.ROSTER_SEE, 20, "partners"),
            offers.NavItem("Settings", "coalitions:settings", Action.SETTINGS_MANAGE, 90, "settings"),
        )
