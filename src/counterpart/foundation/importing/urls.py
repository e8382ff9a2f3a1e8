from django.urls import URLPattern, path

from counterpart.foundation.importing import views
from counterpart.foundation.importing.subjects import Subject


def import_urls(subject: Subject) -> list[URLPattern]:
    """The pages of one subject, named ``<key>-import``, ``<key>-import-run`` and so on; a product mounts them."""
    name, facts = f"{subject.key}-import", {"subject": subject}
    return [
        path("", views.upload, facts, name=name),
        path("columns.csv", views.columns_file, facts, name=f"{name}-columns"),
        path("<uuid:run_id>/", views.show, facts, name=f"{name}-run"),
        path("<uuid:run_id>/steps/", views.step, facts, name=f"{name}-step"),
        path("<uuid:run_id>/cancellation/", views.cancel, facts, name=f"{name}-cancellation"),
        path("<uuid:run_id>/failed.csv", views.failed_file, facts, name=f"{name}-failed"),
    ]
