"""Forms of a report's page: the narrative, evidence, acts, and how the grid is filtered."""

from django import forms

from ntm_portal.core.models import StoredFile
from ntm_portal.core.uploads.fields import UploadField
from reports.models import Section

_REVISION = {"min_value": 0, "max_value": 2**31 - 1}
LONGEST_TEXT = Section._meta.get_field("text").max_length


class SectionForm(forms.Form):
    """One part of the narrative, and the revision that was read."""

    heading = forms.ChoiceField(choices=Section.Heading, error_messages={"invalid_choice": "Không có mục này."})
    revision = forms.IntegerField(**_REVISION)
    text = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        error_messages={"max_length": "Nội dung dài quá %(limit_value)d ký tự (đang có %(show_value)d)."},
    )


class EvidenceForm(forms.Form):
    """A file that shows what a line says."""

    upload = UploadField(
        label="Tệp minh chứng",
        kinds=tuple(StoredFile.Kind),
        error_messages={"required": "Chưa chọn tệp."},
        help_text="PDF, ảnh, Word hoặc Excel.",
    )
    title = forms.CharField(label="Tên minh chứng", required=False, max_length=200)


class ActForm(forms.Form):
    """An act on a report as it was seen: its revision."""

    revision = forms.IntegerField(required=False, **_REVISION)


class CorrectionForm(forms.Form):
    """Why an approved report is corrected."""

    reason = forms.CharField(
        label="Lý do đính chính",
        max_length=500,
        error_messages={"required": "Phải ghi lý do đính chính."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class GridFilterForm(forms.Form):
    """Which communes of the grid are shown; what cannot be read shows all."""

    KINDS = (
        ("", "Tất cả"),
        ("thay-doi", "Chỉ dòng thay đổi"),
        ("loi", "Chỉ dòng còn lỗi"),
        ("chua-xac-nhan", "Chưa xác nhận"),
    )

    loc = forms.ChoiceField(required=False, choices=KINDS)
    tim = forms.CharField(required=False, max_length=100)

    @classmethod
    def read(cls, given) -> dict[str, str]:
        form = cls(given)
        form.is_valid()
        return {name: form.cleaned_data.get(name, "") for name in cls.base_fields}
