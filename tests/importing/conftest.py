"""What the tests of imports share: a folder of files, and a page of the admin as an officer uses it."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.factories.workbooks import upload


@dataclass
class ImportPage:
    """The import of one model in one browser."""

    browser: Client
    model: Any

    def address(self, name: str, *args) -> str:
        return reverse(f"admin:{self.model._meta.app_label}_{self.model._meta.model_name}_{name}", args=args)

    def template(self) -> bytes:
        return self.browser.get(self.address("import_template")).content

    def send(self, content: bytes, name: str = "dữ liệu.xlsx"):
        """Hand a file in; answers with the preview, or with the form and its fault."""
        return self.browser.post(self.address("import"), {"file": upload(content, name)}, follow=True)

    def confirm(self, preview):
        """What the button of a preview sends."""
        seen = re.search(r'name="seen" value="(\w+)"', preview.content.decode())
        sent = {"seen": seen[1]} if seen else {}
        return self.browser.post(preview.request["PATH_INFO"], sent)

    def plan(self, content: bytes, name: str = "dữ liệu.xlsx"):
        """What the file would do."""
        return self.send(content, name).context["plan"]

    def faults(self, content: bytes, name: str = "dữ liệu.xlsx") -> list[tuple[str, str]]:
        """(cell, message) of every fault."""
        return [(error.place, error.message) for error in self.plan(content, name).errors]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """A folder of files of its own."""
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def page(portal):
    """Callable for the import of a model, in the browser of the coordinator."""
    return lambda model: ImportPage(portal, model)


IMPORTED = [model for model, page in admin.site._registry.items() if getattr(page, "import_columns", ())]
