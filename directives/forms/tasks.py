"""Forms of the follow-up board, of a body's part in a task, and of reminding."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from directives.board import GROUPINGS, UNDER_WAY, Asked
from directives.models import Assignment, Obstacle
from directives.queries import resembling
from ntm_portal.accounts.models import User
from ntm_portal.core import clock
from ntm_portal.core.days import DayInput
from ntm_portal.core.models import StoredFile
from ntm_portal.core.querying import QueryForm
from ntm_portal.core.uploads.fields import UploadField

GROUP_LABELS = {"han": "Hạn", "don-vi": "Đơn vị", "van-ban": "Văn bản", "huyen": "Huyện"}
STATES = [(UNDER_WAY, "Chưa xong"), *Assignment.State.choices, ("tat-ca", "Tất cả")]
_DAYS = ["%Y-%m-%d", "%d/%m/%Y"]
_DAY_WORDS = "Ngày phải có thật, viết như 30/11/2020."
_LONGEST = 5_000
_KINDS = StoredFile.Kind


def _one_of(choices: list[tuple[str, str]], message: str) -> forms.ChoiceField:
    return forms.ChoiceField(required=False, choices=choices, error_messages={"invalid_choice": message})


def _day(label: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        input_formats=_DAYS,
        error_messages={"invalid": _DAY_WORDS, "required": "Hãy ghi ngày."},
        widget=DayInput,
    )


def _words(label: str, missing: str, *, rows: int = 3, required: bool = True, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=_LONGEST,
        error_messages={"required": missing, "max_length": f"Dài quá {_LONGEST} ký tự."},
        widget=forms.Textarea({"rows": rows}),
        **kwargs,
    )


class BoardForm(QueryForm):
    """How the board is grouped and narrowed, and whether it is wanted as a file."""

    nhom = _one_of(list(GROUP_LABELS.items()), f"Không nhóm được theo “%(value)s”. Nhận: {', '.join(GROUPINGS)}.")
    don_vi = forms.CharField(required=False, max_length=30)
    van_ban = forms.IntegerField(
        required=False, min_value=1, max_value=2**31, error_messages={"invalid": "Văn bản phải là số của nó."}
    )
    huyen = forms.CharField(required=False, max_length=10)
    xa = forms.CharField(required=False, max_length=10)
    trang_thai = _one_of(STATES, "Không có trạng thái “%(value)s”.")
    den = _day("Hạn đến ngày", required=False)
    chi = _one_of([("qua-han", "Quá hạn")], "Không lọc được theo “%(value)s”. Nhận: qua-han.")
    cua_toi = _one_of([("1", "Của đơn vị tôi")], "Chỉ nhận 1.")
    xuat = _one_of([("xlsx", "xlsx")], "Chỉ xuất được dạng xlsx.")

    @staticmethod
    def asked(given: dict[str, Any]) -> Asked:
        """What the board is asked for by cleaned values; parts that are done show when asked for."""
        return Asked(
            group=given["nhom"] or next(iter(GROUPINGS)),
            body=given["don_vi"],
            directive=given["van_ban"],
            district=given["huyen"],
            commune=given["xa"],
            state={"": UNDER_WAY, "tat-ca": ""}.get(given["trang_thai"], given["trang_thai"]),
            only_overdue=bool(given["chi"]),
            only_mine=bool(given["cua_toi"]),
            until=given["den"],
        )


class PartForm(forms.Form):
    """What every act on a part sends: the revision that its page showed."""

    revision = forms.IntegerField(
        min_value=0,
        max_value=2**31,
        widget=forms.HiddenInput,
        error_messages={"required": "Trang đã cũ; hãy mở lại.", "invalid": "Trang đã cũ; hãy mở lại."},
    )

    def __init__(self, data=None, files=None, *, part: Assignment, user: User, **kwargs: Any) -> None:
        initial = {"revision": part.revision} | kwargs.pop("initial", {})
        super().__init__(data, files, initial=initial, auto_id=f"phan-{part.pk}-{type(self).__name__}-%s", **kwargs)
        self.part, self.user = part, user


class AcceptForm(PartForm):
    """Nothing more."""


class EvidenceForm(PartForm):
    """With a file that shows what is said."""

    file = UploadField(
        label="Minh chứng",
        required=False,
        kinds=(_KINDS.PDF, _KINDS.PNG, _KINDS.JPEG, _KINDS.DOCX, _KINDS.XLSX),
        max_length=200,
        help_text="PDF, ảnh PNG hoặc JPEG, Word, Excel.",
    )


class ProgressForm(EvidenceForm):
    """How far a body is, and a new obstacle in its way."""

    percent = forms.IntegerField(
        label="Đã làm được (%)",
        min_value=0,
        max_value=100,
        error_messages={
            "required": "Hãy ghi tiến độ.",
            "invalid": "Tiến độ là số nguyên từ 0 đến 100.",
            "min_value": "Tiến độ từ 0 đến 100%%.",
            "max_value": "Tiến độ từ 0 đến 100%%.",
        },
    )
    text = _words("Đã làm được gì", "Hãy ghi đã làm được gì.")
    obstacle = _words("Khó khăn, vướng mắc mới", "", rows=2, required=False, help_text="Để trống nếu không có.")
    as_new = forms.BooleanField(label="Vẫn nêu thành vướng mắc mới", required=False)
    field_order = ["percent", "text", "file", "obstacle", "as_new"]

    def __init__(self, *args: Any, part: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, part=part, initial={"percent": part.percent}, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Open obstacles that say the same are named before a new one is raised."""
        given = super().clean()
        said = given.get("obstacle", "")
        if said and not given.get("as_new"):
            task = self.part.task
            about = Q(task=task) | Q(commune__tasks=task) | Q(raised_by=self.part.department_id)
            among = Obstacle.objects.still_open().visible_to(self.user.scope).filter(about).distinct()
            alike = resembling(said, among.order_by("pk"))
            if alike:
                named = "; ".join(f"“{obstacle}”" for obstacle in alike[:3])
                self.add_error("obstacle", f"Đang có vướng mắc tương tự: {named}. Nếu khác, hãy đánh dấu ô bên dưới.")
        return given

    @property
    def offers_anyway(self) -> bool:
        """Whether the box that raises it all the same is wanted."""
        return "obstacle" in self.errors


class ProposeForm(EvidenceForm):
    """What came of it."""

    text = _words("Kết quả thực hiện", "Hãy ghi kết quả thực hiện.")
    field_order = ["text", "file"]


class ExtensionForm(PartForm):
    """Until when, and why."""

    until = _day("Lùi đến ngày")
    text = _words("Lý do", "Xin lùi hạn thì phải ghi lý do.", rows=2)

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until.year not in clock.YEARS:
            raise ValidationError(clock.YEARS_WORDS)
        return until


class ConfirmForm(PartForm):
    """A word to the body, or none."""

    text = _words("Nhận xét", "", rows=2, required=False)


class ReturnForm(PartForm):
    """Why it is not done, or not granted."""

    text = _words("Lý do", "Phải ghi lý do.", rows=2)


class ReminderForm(forms.Form):
    """To which parts, or to which bodies about all that they owe, one reminder goes."""

    phan = forms.TypedMultipleChoiceField(
        required=False, coerce=int, error_messages={"invalid_choice": "Có phần việc không còn trên bảng; hãy chọn lại."}
    )
    don_vi = forms.TypedMultipleChoiceField(
        required=False, coerce=int, error_messages={"invalid_choice": "Có đơn vị không còn trên bảng; hãy chọn lại."}
    )
    noi_dung = _words("Nội dung đôn đốc", "Hãy ghi nội dung đôn đốc.", rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = Assignment.objects.under_way().given_by(clock.today()).values_list("pk", "department_id")
        self.owed = list(parts)
        self.fields["phan"].choices = [(pk, pk) for pk, _ in self.owed]
        self.fields["don_vi"].choices = [(body, body) for body in {body for _, body in self.owed}]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        bodies, parts = set(given.get("don_vi", ())), set(given.get("phan", ()))
        given["chosen"] = sorted(pk for pk, body in self.owed if pk in parts or body in bodies)
        if not given["chosen"] and not self.errors.keys() & {"phan", "don_vi"}:
            self.add_error("phan", "Hãy chọn ít nhất một phần việc hoặc một đơn vị.")
        return given


class ChosenForm(QueryForm):
    """Parts whose reminder and draft letter are wanted."""

    phan = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": "Hãy chọn phần việc.", "invalid_choice": "Phần việc phải là số."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phan"].choices = [(pk, pk) for pk in Assignment.objects.values_list("pk", flat=True)]
