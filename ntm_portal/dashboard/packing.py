"""Pages are packed on their way out; answers of the API and files are kept as they are, under their ETag."""

from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware


class PageGZipMiddleware(GZipMiddleware):
    """GZip with a random length (against guessing secrets from sizes), for everything but the API and files."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return response if request.path.startswith(("/api/", "/tep/")) else super().process_response(request, response)
