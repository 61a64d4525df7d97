"""Settings read from the environment: a missing or malformed one stops the start and names itself."""

import os
from datetime import date
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """Value of NAME, else the content of the file that NAME_FILE points to, else the default."""
    value = os.environ.get(name)
    if value:
        return value
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set: give it a value, or {name}_FILE the path of a file with it.")
    return default


def secret(name: str) -> str:
    """Value of NAME; one that is short, simple or made by `startproject` could be guessed and stops the start."""
    value = text(name)
    if len(value) < 50 or len(set(value)) < 5 or value.startswith("django-insecure-"):
        raise ImproperlyConfigured(
            f"{name} is too weak: give it at least 50 random characters, for example of `openssl rand -base64 48`."
        )
    return value


def hosts(name: str) -> list[str]:
    """Host names of NAME, separated by commas; "*" would let anyone write the portal's links."""
    found = [host.strip() for host in text(name).split(",") if host.strip()]
    if not found or "*" in found:
        raise ImproperlyConfigured(f"{name} must name the hosts that the portal answers for, not {text(name)!r}.")
    return found


def flag(name: str, *, default: bool = False) -> bool:
    """True or false and nothing else: "0" or "no" would be read as a yes elsewhere."""
    value = os.environ.get(name, "").lower()
    if value in {"", "true", "false", "1", "0"}:
        return default if value == "" else value in {"true", "1"}
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")


def integer(name: str, default: int) -> int:
    """Whole number of NAME."""
    value = os.environ.get(name, "")
    if not value:
        return default
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def day(name: str) -> date | None:
    """Date of NAME as YYYY-MM-DD; none when it is not set."""
    value = os.environ.get(name, "")
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a date like 2020-10-20, not {value!r}.") from None
