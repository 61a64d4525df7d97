"""The one form of a directive, and the query string of the register."""

from typing import Any

from django import forms

from directives.forms.fields import TickField, day_field, lines
from directives.mentions import open_bodies
from directives.models import Directive
from directives.reading import as_pasted
from ntm_portal.accounts.models import Department
from ntm_portal.core import clock, text
from ntm_portal.core.models import StoredFile
from ntm_portal.core.querying import QueryForm
from ntm_portal.core.uploads.fields import UploadField

LONGEST_BODY = 200_000
_GONE = "Có lựa chọn không còn trong danh sách; hãy xem lại."


def _directive_label(directive: Directive) -> str:
    about = f": {directive.abstract}" if directive.abstract else ""
    return f"{directive}, {directive.issuer}, {directive.issued_on:%d/%m/%Y}{about}"


def _links(label: str) -> TickField:
    return TickField(Directive.objects.none(), label=label, label_of=_directive_label, gone=_GONE, required=False)


class DirectiveForm(forms.ModelForm):
    """All of a directive: what it is, whom it concerns, its text and the document itself."""

    body = lines(
        "Toàn văn",
        12,
        LONGEST_BODY,
        required=False,
        help_text="Dán toàn văn một lần: cổng đọc ra số, ngày, trích yếu, và sau khi lưu thì đánh dấu mục tiêu, "
        "nhiệm vụ ngay trên văn bản.",
    )
    issued_on = day_field("Ngày ban hành")
    recipients = TickField(
        Department.objects.none(),
        label="Nơi nhận",
        label_of=lambda body: body.name,
        gone="Có đơn vị không còn hoạt động hoặc không có trong danh sách.",
        required=False,
    )
    refers_to, replaces, amends = _links("Dẫn chiếu"), _links("Thay thế"), _links("Sửa đổi, bổ sung")
    upload = UploadField(
        label="Tệp văn bản",
        kinds=(StoredFile.Kind.PDF, StoredFile.Kind.DOCX),
        required=False,
        max_length=200,
        help_text="Bản PDF hoặc Word (.docx); mọi người có vai trò trong cổng đều tải được.",
    )

    class Meta:
        model = Directive
        fields = (
            "body", "number", "kind", "issuer", "issued_on", "signer", "abstract",
            "recipients", "refers_to", "replaces", "amends",
        )  # fmt: skip
        widgets = {
            "number": forms.TextInput({"size": 20, "placeholder": "3867/UBND-NNTN"}),
            "issuer": forms.TextInput({"list": "co-quan"}),
            "abstract": forms.Textarea({"rows": 2}),
        }
        error_messages = {
            "number": {"required": "Hãy ghi số, ký hiệu."},
            "kind": {"required": "Hãy chọn loại văn bản."},
            "issuer": {"required": "Hãy ghi cơ quan ban hành."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["upload"] = self.instance.file
        self.fields["recipients"].queryset = open_bodies(clock.today())
        others = Directive.objects.defer("body", "search_key").exclude(pk=self.instance.pk)
        for name in ("refers_to", "replaces", "amends"):
            self.fields[name].queryset = others
        self.fields["kind"].choices = [("", "chọn loại"), *Directive.Kind.choices]
        for name in ("number", "issuer", "signer", "abstract"):
            self.fields[name].label = self.fields[name].label.capitalize()

    def clean_body(self) -> str:
        return as_pasted(self.cleaned_data["body"])

    def clean_abstract(self) -> str:
        return text.clean(self.cleaned_data["abstract"])

    def clean(self) -> dict:
        data = super().clean()
        self._check_key(data)
        self._check_days(data)
        return data

    def _check_key(self, data: dict) -> None:
        """Number, issuer and year name one directive."""
        number, issuer, day = data.get("number"), data.get("issuer"), data.get("issued_on")
        if not (number and issuer and day):
            return
        same = Directive.objects.filter(number__iexact=text.clean(number), year=day.year).exclude(pk=self.instance.pk)
        key = text.search_key(issuer)
        if any(text.search_key(held) == key for held in same.values_list("issuer", flat=True)):
            self.add_error("number", f"Đã có văn bản số {number} của cơ quan này trong năm {day.year}.")

    def _check_days(self, data: dict) -> None:
        """No target and no task of it may have been due before it."""
        day = data.get("issued_on")
        if day is None or not self.instance.pk:
            return
        held = [self.instance.targets, self.instance.tasks]
        if any(rows.filter(due_on__lt=day).exists() for rows in held):
            self.add_error("issued_on", "Văn bản có mục tiêu hoặc nhiệm vụ đến hạn trước ngày này.")


class RegisterForm(QueryForm):
    """What the register shows."""

    tim = forms.CharField(required=False, max_length=200)
    loai = forms.ChoiceField(
        required=False,
        choices=Directive.Kind,
        error_messages={"invalid_choice": "Không có loại văn bản “%(value)s”."},
    )
    co_quan = forms.CharField(required=False, max_length=150)
    nam = forms.IntegerField(
        required=False,
        min_value=clock.YEARS[0],
        max_value=clock.YEARS[-1],
        error_messages={
            "invalid": "Năm phải là số, ví dụ 2020.",
            "min_value": clock.YEARS_WORDS,
            "max_value": clock.YEARS_WORDS,
        },
    )
    trang = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100_000,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Trang phải là số từ 1."),
    )


class PassageForm(QueryForm):
    """Which passage of the text is meant, by where it begins and ends."""

    tu, den = (
        forms.IntegerField(
            required=False,
            min_value=0,
            max_value=LONGEST_BODY,
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Vị trí đoạn phải là số."),
        )
        for _ in range(2)
    )
