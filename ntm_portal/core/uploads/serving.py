"""The one door to a stored file: whoever may see a record that owns it may save it."""

import logging

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from ntm_portal.core import audit
from ntm_portal.core.models import StoredFile
from ntm_portal.core.uploads.storing import opened

_LOGGER = logging.getLogger(__name__)
_TYPES = {
    "PDF": "application/pdf",
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "DOCX": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Even opened in its place, against all other headers, it runs nothing and belongs to no site.
_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


@require_safe
def download(request: HttpRequest, pk) -> HttpResponse:
    """The file to be saved, under the name it was handed in with; 404 for whoever may not see its record."""
    file = get_object_or_404(StoredFile.objects.visible_to(request.user.scope), pk=pk)
    etag = f'"{file.sha256}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            content = opened(file)
        except FileNotFoundError as error:
            _LOGGER.error("The content of file %s is missing from FILES_DIR.", file.pk)
            raise Http404 from error
        if request.method == "GET":
            audit.record_anyway(audit.Kind.DOWNLOADED, name=file.name, note=f"SHA-256 {file.sha256}")
        response = FileResponse(content, as_attachment=True, filename=file.name, content_type=_TYPES[file.kind])
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = _POLICY
    return response
