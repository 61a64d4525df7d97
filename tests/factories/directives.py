"""Directives as they arrive: a letter to be pasted, and what a form about them sends."""

from datetime import date

from directives.models import Directive

LETTER = """ỦY BAN NHÂN DÂN\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH KON TUM\tĐộc lập - Tự do - Hạnh phúc

Số: 4012/UBND-NNTN\tKon Tum, ngày 16 tháng 10 năm 2020
V/v đẩy nhanh tiến độ hoàn thành mục tiêu
xây dựng nông thôn mới năm 2020

Kính gửi:
- Các sở, ban ngành, đơn vị thuộc tỉnh;
- UBND các huyện, thành phố.

Thực hiện Chỉ thị số 03/CT-UBND ngày 21/01/2020 và Văn bản số 1009/UBND-NNTN ngày 31/3/2020, UBND tỉnh yêu cầu trong năm 2020 không còn xã có số tiêu chí đạt chuẩn dưới 10 tiêu chí.

UBND huyện Kon Plông chỉ đạo sớm hoàn thành các chỉ tiêu xây dựng nông thôn mới xã Măng Cành; phấn đấu hoàn thành trong tháng 11/2020.

Sở Y tế thường xuyên kiểm tra, giúp đỡ các xã Đăk Na, Ngọc Linh và xã Đăk Long./.

TM. ỦY BAN NHÂN DÂN
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
(Đã ký)
Nguyễn Văn Thử
"""  # noqa: E501
ISSUER = "Ủy ban nhân dân tỉnh Kon Tum"
TARGET_WORDS = "không còn xã có số tiêu chí đạt chuẩn dưới 10 tiêu chí"


def fields_of(**changed) -> dict:
    """What the form of a directive sends."""
    return {
        "body": LETTER,
        "number": "4012/UBND-NNTN",
        "kind": "CONG_VAN",
        "issuer": ISSUER,
        "issued_on": "16/10/2020",
        "signer": "Nguyễn Văn Thử",
        "abstract": "Đẩy nhanh tiến độ",
        **changed,
    }


def letter(**changed) -> Directive:
    """The letter, kept."""
    values = {
        "number": "4012/UBND-NNTN",
        "kind": "CONG_VAN",
        "issuer": ISSUER,
        "issued_on": date(2020, 10, 16),
        "body": LETTER,
        **changed,
    }
    return Directive.objects.create(**values)


def place(directive: Directive, words: str) -> str:
    """The query string that means these words of the text."""
    start = directive.body.index(words)
    return f"?tu={start}&den={start + len(words)}"
