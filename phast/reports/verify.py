"""The page where anybody who has a PDF learns whether it is one of ours, and unchanged."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from phast.access.guards import public
from phast.access.limits import is_too_often

from .models import Report

LARGEST = 50 * 1024 * 1024  # bytes; no report is larger
CHECKS, WITHIN = 60, dt.timedelta(hours=1)  # from one place
SHA256 = re.compile(r"[0-9a-f]{64}")


class VerifyForm(forms.Form):
    """The file itself, or its SHA-256. The file is read once and not kept."""

    file = forms.FileField(
        label="The PDF", required=False, widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"})
    )
    sha256 = forms.CharField(
        label="Or its SHA-256", required=False, max_length=100, help_text="64 letters and digits.", strip=True
    )

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file and file.size and file.size > LARGEST:
            raise forms.ValidationError("This file is larger than any report. Choose the PDF as it was downloaded.")
        return file

    def clean_sha256(self) -> str:
        said = "".join(self.cleaned_data["sha256"].lower().split())
        if said and not SHA256.fullmatch(said):
            raise forms.ValidationError("A SHA-256 has 64 characters: digits and the letters a to f.")
        return said

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if not self.errors and not given.get("file") and not given.get("sha256"):
            raise forms.ValidationError("Choose a PDF, or enter its SHA-256.")
        return given

    def digest(self) -> str:
        """What to look for, of a form that is valid: the file's own hash where there is a file."""
        file = self.cleaned_data["file"]
        if not file:
            return str(self.cleaned_data["sha256"])
        found = hashlib.sha256()
        for chunk in file.chunks():
            found.update(chunk)
        return found.hexdigest()


@dataclass(frozen=True)
class Verdict:
    """`report` is None when no report of the portal has this hash."""

    sha256: str
    report: Report | None


@require_http_methods(["GET", "POST"])
@public
def verify(request: HttpRequest) -> HttpResponse:
    """Who has a file's hash has the file: to them, and to nobody else, it is no secret what the file calls itself."""
    is_sent = request.method == "POST"
    form = VerifyForm(request.POST, request.FILES) if is_sent else VerifyForm()
    verdict = None
    if is_sent:
        if is_too_often(request, "verify", at_most=CHECKS, within=WITHIN):
            return render(request, "429.html", status=429)
        if form.is_valid():
            sha256 = form.digest()
            found = Report.objects.drawn_as(sha256)
            verdict = Verdict(sha256, found)
            form = VerifyForm()
    status = 422 if form.errors else 200
    return render(request, "reports/verify.html", {"form": form, "verdict": verdict}, status=status)
