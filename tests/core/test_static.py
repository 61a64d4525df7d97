"""The style sheet that is served holds every component, joined, and follows each change of its parts."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from ntm_portal.core.static import PortalStaticStorage

SOURCE = Path(settings.BASE_DIR) / "static" / "css"


def collected(folder: Path, sources: dict[str, str]) -> str:
    """What `collectstatic` leaves of portal.css when the folder holds these sources."""
    origin = FileSystemStorage(folder / "origin")
    for name, text in sources.items():
        for target in (folder / "origin" / name, folder / "served" / name):
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_relative_to(folder / "origin") or name != "css/portal.css" or not target.exists():
                target.write_text(text, "utf-8")
    storage = PortalStaticStorage(folder / "served", "/static/")
    list(storage.post_process({name: (origin, name) for name in sources}))
    served = storage.stored_name("css/portal.css")
    assert served != "css/portal.css"
    return (folder / "served" / served).read_text("utf-8")


def test_parts_stand_in_place_of_their_lines(tmp_path):
    sources = {"css/portal.css": '@import "a.css";\n@import "b/c.css";\n', "css/a.css": "a{}", "css/b/c.css": "c{}"}
    assert collected(tmp_path, sources) == "a{}\nc{}\n"


def test_changed_part_reaches_a_sheet_that_was_joined_before(tmp_path):
    sources = {"css/portal.css": '@import "a.css";\n', "css/a.css": "a{}"}
    collected(tmp_path, sources)
    assert collected(tmp_path, sources | {"css/a.css": "a{color:red}"}) == "a{color:red}\n"


def test_every_component_is_named_once():
    named = [
        line.split('"')[1] for line in (SOURCE / "portal.css").read_text("utf-8").splitlines() if "@import" in line
    ]
    others = {"portal.css", "tokens-dark.css", "admin.css"}
    files = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.css")} - others
    assert sorted(named) == sorted(files)
