"""What the pages of the workbook take: a file, and the decision about what was seen of it."""

from django import forms

from ntm_portal.core.models import StoredFile
from ntm_portal.core.uploads.fields import UploadField


class UploadForm(forms.Form):
    """The workbook that comes back."""

    file = UploadField(
        kinds=(StoredFile.Kind.XLSX,),
        label="Tệp .xlsx đã điền",
        help_text="Lưu bằng Excel, LibreOffice hay WPS đều được; cột, dòng xếp thứ tự nào cũng được.",
    )


class AcceptForm(forms.Form):
    """Sent from the preview."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    confirms = forms.BooleanField(label="Xác nhận các dòng không đổi", required=False, initial=True)
    leaves_conflicts = forms.BooleanField(label="Giữ số liệu trên cổng ở các dòng bị sửa cả hai nơi", required=False)
