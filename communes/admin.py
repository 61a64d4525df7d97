"""Admin pages of the units. A unit that changes is closed with an end date; its name is never overwritten."""

from django.contrib import admin

from communes.models import Boundary, Commune, District, Province, Village
from ntm_portal.core.admin import PortalAdmin, ReadOnlyAdmin

_IMPORTED_LIFE = ("valid_from", "valid_to", "basis", "is_verified")
_LIFE = ("Hiệu lực và nguồn", {"fields": (("valid_from", "valid_to"), "basis", "is_verified")})


@admin.register(Province)
class ProvinceAdmin(PortalAdmin):
    list_display = ("name", "code", "basis")
    ordering = ("sort_key",)
    folded_search = ("search_key",)


@admin.register(District)
class DistrictAdmin(PortalAdmin):
    list_display = ("name", "kind", "code", "valid_from", "valid_to", "is_verified")
    list_filter = ("kind", "is_verified")
    ordering = ("sort_key",)
    folded_search = ("search_key",)
    fieldsets = ((None, {"fields": ("province", "code", "kind", "name", "name_variants")}), _LIFE)
    import_keys = ("code",)
    import_columns = ("code", "kind", "name", "name_variants", "province__code", *_IMPORTED_LIFE)

    def choice_label(self, record: District) -> str:
        return record.full_name


@admin.register(Commune)
class CommuneAdmin(PortalAdmin):
    list_display = ("name", "kind", "district", "code", "group", "is_group_verified", "is_verified", "valid_to")
    list_filter = (
        "district",
        "kind",
        "group",
        "is_verified",
        "is_group_verified",
        "is_border",
        "is_extremely_difficult",
        "is_extremely_difficult_verified",
        "in_village_scheme",
    )
    list_select_related = ("district",)
    ordering = ("sort_key",)
    folded_search = ("search_key",)
    fieldsets = (
        (None, {"fields": ("district", "code", "kind", "name", "name_variants")}),
        (
            "Khu vực và đặc điểm",
            {
                "fields": (
                    ("group", "is_group_verified"),
                    "is_border",
                    ("is_extremely_difficult", "is_extremely_difficult_verified"),
                    "in_village_scheme",
                    ("population", "population_year"),
                    "village_count",
                )
            },
        ),
        _LIFE,
        ("Đơn vị kế thừa", {"fields": (("successor_code", "successor_name"),)}),
        ("Bản đồ ô", {"fields": (("tile_row", "tile_column"),)}),
    )
    import_keys = ("code",)
    import_columns = (
        "code",
        "kind",
        "name",
        "name_variants",
        "district__code",
        "group",
        "is_group_verified",
        "is_border",
        "is_extremely_difficult",
        "is_extremely_difficult_verified",
        "in_village_scheme",
        "population",
        "population_year",
        "village_count",
        *_IMPORTED_LIFE,
        "successor_code",
        "successor_name",
        "tile_row",
        "tile_column",
    )

    def choice_label(self, record: Commune) -> str:
        return f"{record.full_name}, {record.district}"


@admin.register(Village)
class VillageAdmin(PortalAdmin):
    list_display = ("name", "kind", "commune", "district", "is_illustration", "valid_to", "is_verified")
    list_filter = ("commune__district", "kind", "is_verified", "is_illustration")
    list_select_related = ("commune__district",)
    ordering = ("sort_key",)
    folded_search = ("search_key", "commune__search_key")
    autocomplete_fields = ("commune",)
    fieldsets = ((None, {"fields": ("commune", "kind", "name", "name_variants", "is_illustration")}), _LIFE)
    import_keys = ("commune", "name")
    import_columns = ("commune__code", "name", "kind", "name_variants", "is_illustration", *_IMPORTED_LIFE)

    @admin.display(description="huyện, thành phố", ordering="commune__district__sort_key")
    def district(self, village: Village) -> str:
        return village.commune.district.name

    def choice_label(self, record: Village) -> str:
        return f"{record.get_kind_display()} {record}, {record.commune.full_name}, {record.commune.district}"


@admin.register(Boundary)
class BoundaryAdmin(ReadOnlyAdmin):
    """Which file each outline came from; outlines are loaded by `load_boundaries`."""

    list_display = ("commune", "source_name", "loaded_at")
    list_filter = ("commune__district", "source_name")
    list_select_related = ("commune",)
    ordering = ("commune__code",)
    folded_search = ("commune__search_key",)
    fields = ("commune", "source_name", "sha256", "loaded_at")
