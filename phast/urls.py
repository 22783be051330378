"""Every address of the portal. Tenant pages stand below `/c/<slug>/`."""

from django.contrib import admin
from django.urls import include, path

from phast.access.views import held_form
from phast.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("held/<str:token>/", held_form, name="held"),
    path("admin/", admin.site.urls),
    path("", include("phast.mail.urls")),
    path("", include("phast.reports.urls_root")),
    path("", include("coalitions.urls_root")),
    path("", include("plans.urls_root")),
    path("", include("lbn.urls_root")),
    path("", include("deflection.urls_root")),
    path("c/<slug:slug>/", include("coalitions.urls")),
    path("c/<slug:slug>/plans/", include("plans.urls")),
    path("c/<slug:slug>/naloxone/", include("lbn.urls")),
    path("c/<slug:slug>/deflection/", include("deflection.urls")),
    path("c/<slug:slug>/deflection/resources/", include("deflection.urls_resources")),
    path("c/<slug:slug>/reports/", include("phast.reports.urls")),
]

handler400 = "phast.ui.views.bad_request"
handler403 = "phast.ui.views.permission_denied"
handler404 = "phast.ui.views.page_not_found"
handler500 = "phast.health.server_error"
