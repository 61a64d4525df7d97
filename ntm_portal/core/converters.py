"""Parts of addresses: what is not a code of that form is not found, before any database is asked."""

from django.urls.converters import StringConverter


class DistrictCode(StringConverter):
    """GSO code of a district."""

    regex = "[0-9]{3}"


class CommuneCode(StringConverter):
    """GSO code of a commune, ward or town."""

    regex = "[0-9]{5}"
