"""The field of a form that takes a file, checked by its content before anything is stored."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ntm_portal.core.models import StoredFile
from ntm_portal.core.uploads.contents import kind_of
from ntm_portal.core.uploads.errors import UploadError
from ntm_portal.core.uploads.storing import Checked

_EXTENSIONS = {"PDF": ".pdf", "PNG": ".png", "JPEG": ".jpg,.jpeg", "DOCX": ".docx", "XLSX": ".xlsx"}


class UploadField(forms.FileField):
    """Gives a `Checked`, the `StoredFile` that was there, or False for one to be taken away."""

    default_error_messages = {
        "empty": "Tệp trống, không có nội dung.",
        "invalid": "Chưa có tệp nào được gửi; hãy chọn lại tệp.",
        "max_length": "Tên tệp quá dài.",
        "contradiction": "Chọn một trong hai: gửi tệp mới, hoặc xóa tệp.",
    }

    def __init__(self, *, kinds: tuple[StoredFile.Kind, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kinds = kinds
        self.widget.attrs["accept"] = ",".join(_EXTENSIONS[kind] for kind in kinds)

    def to_python(self, data: Any) -> Checked | None:
        upload = super().to_python(data)
        if upload is None:
            return None
        try:
            content = upload.read()
            return Checked(upload.name, kind_of(content, self.kinds), content)
        except UploadError as error:
            raise ValidationError(error.message, code=error.code) from error
