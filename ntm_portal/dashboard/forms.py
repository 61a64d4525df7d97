"""Query strings of pages: what is not listed, or cannot be read, is said and not ignored."""

from datetime import date

from django import forms
from django.http import QueryDict

from ntm_portal.core.errors import BadQueryError

DATE_WORDS = "Ngày phải có thật, viết như 13/10/2020 hoặc 2020-10-13."


class QueryForm(forms.Form):
    """A form read from the query string."""

    @classmethod
    def read(cls, given: QueryDict) -> dict:
        """Cleaned values. Raises BadQueryError saying what is accepted."""
        unknown = sorted(set(given) - set(cls.base_fields))
        errors = {name: [f"Không có tham số “{name}”. Nhận: {', '.join(cls.base_fields)}."] for name in unknown}
        form = cls(given)
        if not form.is_valid():
            errors |= {name: [str(word) for word in words] for name, words in form.errors.items()}
        if errors:
            raise BadQueryError("Địa chỉ này có tham số không đọc được.", errors)
        return form.cleaned_data


class StatusForm(QueryForm):
    """The day of a status page."""

    ngay = forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"],
        error_messages={"invalid": DATE_WORDS},
    )

    def clean_ngay(self) -> date | None:
        """A year far from the programme is a slip of the keyboard."""
        day = self.cleaned_data["ngay"]
        if day and not 2000 <= day.year <= 2100:
            raise forms.ValidationError("Ngày phải trong khoảng năm 2000 đến 2100.")
        return day


class SearchForm(QueryForm):
    """The search box."""

    q = forms.CharField(required=False, max_length=100)
