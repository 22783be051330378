"""Django's admin with our own site. Not in `apps.py`, where Django looks for this package's own configuration."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "phast.access.admin_site.PortalAdmin"
