from django.urls import URLPattern, path

from counterpart.foundation.exporting import views
from counterpart.foundation.exporting.sheets import Sheet, register


def export_urls(sheet: Sheet) -> list[URLPattern]:
    """The page of one list, named ``<key>-export``; a product mounts it under its list."""
    return [path("", views.export_list, {"key": register(sheet).key}, name=f"{sheet.key}-export")]
