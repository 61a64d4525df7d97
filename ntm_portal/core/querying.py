"""Query strings read through a form: what is not listed, or cannot be read, is said and not ignored."""

from django import forms
from django.http import QueryDict

from ntm_portal.core.errors import BadQueryError


class QueryForm(forms.Form):
    """A form read from the query string. A field whose widget selects several takes its parameter several times."""

    @classmethod
    def read(cls, given: QueryDict) -> dict:
        """Cleaned values, several of one parameter as a tuple. Raises BadQueryError saying what is accepted."""
        errors = {name: [said] for name, values in sorted(given.lists()) if (said := cls._fault(name, values))}
        form = cls(given)
        if not form.is_valid():
            errors |= {name: [str(word) for word in words] for name, words in form.errors.items()}
        if errors:
            raise BadQueryError("Địa chỉ này có tham số không đọc được.", errors)
        return {name: tuple(value) if isinstance(value, list) else value for name, value in form.cleaned_data.items()}

    @classmethod
    def _fault(cls, name: str, values: list[str]) -> str:
        field = cls.base_fields.get(name)
        if field is None:
            return f"Không có tham số “{name}”. Nhận: {', '.join(cls.base_fields)}."
        if len(values) > 1 and not getattr(field.widget, "allow_multiple_selected", False):
            return f"Tham số “{name}” chỉ được ghi một lần."
        return ""
