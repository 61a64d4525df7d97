"""The pages of an import in the admin: a template to fill in, the file handed in, what it would do, and the writing.

The file is kept between the pages as a stored file that no record owns, so nobody else finds it and the sweep takes
it; every page reads and checks it anew.
"""

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import number_format
from django.utils.text import capfirst

from ntm_portal.core import audit, clock
from ntm_portal.core.importing.columns import Column, columns_of, parents
from ntm_portal.core.importing.planning import Plan, Planner
from ntm_portal.core.importing.reading import MOST_ROWS, read_table, workbook_of_csv
from ntm_portal.core.importing.writing import ImportRefusedError, write
from ntm_portal.core.models import StoredFile
from ntm_portal.core.scoped import visible
from ntm_portal.core.sheets import XLSX, write_xlsx
from ntm_portal.core.uploads.contents import check_size, kind_of
from ntm_portal.core.uploads.errors import UploadError
from ntm_portal.core.uploads.fields import UploadField
from ntm_portal.core.uploads.storing import Checked, opened, store

_KNOWN_STARTS = (b"PK", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff")
_STALE = "Dữ liệu đã đổi từ khi bạn xem; đây là bản xem trước mới. Chưa có gì được ghi."


class SheetField(UploadField):
    """Takes a workbook, or a CSV file, which is kept as a workbook of the same rows."""

    def __init__(self, **kwargs) -> None:
        super().__init__(kinds=(StoredFile.Kind.XLSX,), **kwargs)
        self.widget.attrs["accept"] = ".xlsx,.csv"

    def to_python(self, data) -> Checked | None:
        upload = forms.FileField.to_python(self, data)
        if upload is None:
            return None
        try:
            content = upload.read()
            if not content.startswith(_KNOWN_STARTS):
                check_size(len(content), StoredFile.Kind.XLSX)
                content = workbook_of_csv(content)
            checked = Checked(upload.name, kind_of(content, self.kinds), content)
            read_table(content)
        except UploadError as error:
            raise ValidationError(error.message, code=error.code) from error
        return checked


class ImportForm(forms.Form):
    """The file of an import."""

    file = SheetField(label="Tệp .xlsx hoặc .csv")


class ImportPages:
    """Part of an admin page whose records may come from a workbook.

    `import_keys` are the fields by which a row finds its record; `import_columns` the fields that a workbook holds,
    through foreign keys by what the other record is known by (`district__code`). Empty: no import.
    """

    import_keys: Sequence[str] = ()
    import_columns: Sequence[str] = ()

    def import_rows(self) -> models.QuerySet:
        """Records that a row may find."""
        return self.model._default_manager.all()

    def new_import(self) -> models.Model:
        """The record of a row that finds none, before the row fills it in."""
        return self.model()

    def save_import(self, record: models.Model) -> None:
        """Write one record of an import, new or changed."""
        record.full_clean()
        record.save()

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whoever may both add and change records of this kind."""
        may = self.has_add_permission(request) and self.has_change_permission(request)
        return bool(self.import_columns) and may

    def get_urls(self) -> list:
        if not self.import_columns:
            return super().get_urls()
        pages = (
            ("nhap/", self.import_view, "import"),
            ("nhap/mau/", self.import_template_view, "import_template"),
            ("nhap/<uuid:pk>/", self.import_preview_view, "import_preview"),
        )
        own = [path(at, self.admin_site.admin_view(v), name=f"{self._stem}_{name}") for at, v, name in pages]
        return [*own, *super().get_urls()]

    @property
    def _stem(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def _address(self, name: str, *args) -> str:
        return reverse(f"admin:{self._stem}_{name}", args=args)

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        given = {"import_address": self._address("import")} if self.has_import_permission(request) else {}
        return super().changelist_view(request, given | (extra_context or {}))

    def _import_page(self, request: HttpRequest, template: str, status: int = 200, **given) -> HttpResponse:
        plural = capfirst(str(self.opts.verbose_name_plural))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "plural": plural,
            "title": f"Nhập từ tệp: {plural}",
            "list_address": self._address("changelist"),
            "import_address": self._address("import"),
            "template_address": self._address("import_template"),
        }
        return TemplateResponse(request, template, context | given, status=status)

    def _require_import(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Choose a file; a sound one is kept for whoever handed it in and shown as what it would do."""
        self._require_import(request)
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST":
            form = ImportForm(request.POST, request.FILES)
            if form.is_valid():
                file = store(form.cleaned_data["file"], by=request.user)
                return redirect(self._address("import_preview", file.pk))
        columns = [(c.header, c.field.name in self.import_keys, _taken(c)) for c in self._import_columns()]
        return self._import_page(
            request, "admin/import_form.html", form=form, columns=columns, most_rows=number_format(MOST_ROWS)
        )

    def _import_columns(self) -> list[Column]:
        return columns_of(self.model, self.import_columns)

    def import_template_view(self, request: HttpRequest) -> HttpResponse:
        """The columns of the import with the records as they are now: what comes back unchanged changes nothing."""
        self._require_import(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        columns = self._import_columns()
        records = visible(self.import_rows(), request.user.scope).select_related(*parents(columns))
        rows = [[column.of(record) for column in columns] for record in records.order_by(*self.get_ordering(request))]
        title = capfirst(str(self.opts.verbose_name_plural))
        book = write_xlsx(title, [column.header for column in columns], rows)
        audit.record_anyway(audit.Kind.EXPORTED, name=title, note=f"{len(rows)} dòng, tệp mẫu để nhập")
        response = HttpResponse(book, content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="mau-{self.opts.model_name}-{clock.today()}.xlsx"'
        return response

    def import_preview_view(self, request: HttpRequest, pk) -> HttpResponse:
        """What the file would do as things are now; sent back, it is done if it is still that."""
        self._require_import(request)
        rows = StoredFile.objects.filter(stored_by_id=request.user.pk, kind=StoredFile.Kind.XLSX)
        file = get_object_or_404(rows, pk=pk)
        if request.method != "POST":
            return self._preview(request, file)
        try:
            with transaction.atomic():
                plan = self._plan(request, file, is_locking=True)
                if not plan.is_ready or plan.digest != request.POST.get("seen"):
                    return self._preview(request, file, notice=_STALE, status=409)
                write(plan, file, capfirst(str(self.opts.verbose_name_plural)), self.save_import)
        except ImportRefusedError as error:
            return self._preview(request, file, notice=f"{error.message} Chưa có gì được ghi.", status=409)
        said = f"Đã ghi {len(plan.created)} dòng mới, {len(plan.changed)} dòng đổi từ tệp {file.name}."
        self.message_user(request, said, messages.SUCCESS)
        return redirect(self._address("changelist"))

    def _plan(self, request: HttpRequest, file: StoredFile, *, is_locking: bool = False) -> Plan:
        try:
            with opened(file) as content:
                table = read_table(content.read())
        except (FileNotFoundError, UploadError) as error:
            raise Http404 from error
        return Planner(self, table, request.user.scope, is_locking=is_locking).make()

    def _preview(self, request: HttpRequest, file: StoredFile, *, notice: str = "", status: int = 200) -> HttpResponse:
        plan = self._plan(request, file)
        return self._import_page(request, "admin/import_preview.html", status, file=file, plan=plan, notice=notice)


def _taken(column: Column) -> str:
    """What a cell of the column may hold, in words."""
    field = column.field
    if column.through:
        return f"đã có trong danh mục {field.related_model._meta.verbose_name}"
    if field.choices:
        return "; ".join(str(label) for value, label in field.flatchoices if value not in {None, ""})
    words = ((models.BooleanField, "có; không"), (models.DateField, "ngày, như 13/10/2020"))
    words += ((models.IntegerField, "số nguyên"), (models.DecimalField, "số"))
    return next((said for kind, said in words if isinstance(field, kind)), "chữ")
