"""Where a mail provider reports what became of a mail."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from phast.access.guards import public

from .bounces import view_of


@csrf_exempt  # a provider's server has no cookie; it shows the secret instead, which is compared in constant time
@require_http_methods(["HEAD", "POST"])
@public
def bounces(request: HttpRequest) -> HttpResponse:
    """Off until MAIL_PROVIDER and MAIL_WEBHOOK_SECRET are set. A report with a wrong secret or signature is answered 400."""
    if not (settings.MAIL_PROVIDER and settings.ANYMAIL["WEBHOOK_SECRET"]):
        raise Http404
    return import_string(view_of(settings.MAIL_PROVIDER)).as_view()(request)
