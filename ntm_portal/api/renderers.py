"""JSON without binary noise; CSV and XLSX of every list."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

from ntm_portal.api.columns import table
from ntm_portal.api.errors import QueryError
from ntm_portal.core.sheets import plain_text, write_xlsx


class _Encoder(JSONEncoder):
    """Decimals as numbers: 69.95 and 8, never 69.9500000001 and never "8"."""

    def default(self, obj):
        if isinstance(obj, Decimal):
            return int(obj) if obj == obj.to_integral_value() else float(obj)
        return super().default(obj)


class JsonRenderer(JSONRenderer):
    """UTF-8 as it is, numbers as numbers."""

    encoder_class = _Encoder
    ensure_ascii = False
    charset = "utf-8"


class CsvRenderer(BaseRenderer):
    """RFC 4180 with a byte order mark, so that a spreadsheet reads the marks."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        header, rows = table(renderer_context["view"].columns, data["results"])
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(header)
        writer.writerows([_csv_cell(value) for value in row] for row in rows)
        return b"\xef\xbb\xbf" + text.getvalue().encode()


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return plain_text(value) if isinstance(value, str) else value


class XlsxRenderer(BaseRenderer):
    """A workbook with one sheet."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format = "xlsx"
    charset = None
    render_style = "binary"

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        header, rows = table(renderer_context["view"].columns, data["results"])
        return write_xlsx("Dữ liệu", header, rows)


class NamedFormatNegotiation(DefaultContentNegotiation):
    """`?format=` of a kind that an answer does not have is a fault of the query, not a missing page."""

    def filter_renderers(self, renderers, format):
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            offered = ", ".join(dict.fromkeys(r.format for r in renderers))
            raise QueryError({"format": f"Định dạng phải là một trong: {offered}."}, code="invalid_choice")
        return found

    def select_renderer(self, request, renderers, format_suffix=None):
        """JSON for whoever asks for nothing that we have, a browser for instance."""
        if not request.query_params.get("format") and "text/html" in request.META.get("HTTP_ACCEPT", ""):
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)
