from django.urls import URLPattern, path

from counterpart.foundation.importing.subjects import Subject
from counterpart.foundation.importing.views import beginning, files, running


def import_urls(subject: Subject) -> list[URLPattern]:
    """The pages of one subject, named ``<key>-import``, ``<key>-import-run`` and so on; a product mounts them."""
    name, facts = f"{subject.key}-import", {"subject": subject}
    return [
        path("", beginning.upload, facts, name=name),
        path("template.csv", files.template, facts, name=f"{name}-template"),
        path("template.xlsx", files.workbook, facts, name=f"{name}-workbook"),
        path("columns.csv", files.dictionary, facts, name=f"{name}-dictionary"),
        path("<uuid:run_id>/", running.show, facts, name=f"{name}-run"),
        path("<uuid:run_id>/columns/", beginning.columns, facts, name=f"{name}-columns"),
        path("<uuid:run_id>/reading/", beginning.reading, facts, name=f"{name}-reading"),
        path("<uuid:run_id>/options/", beginning.options, facts, name=f"{name}-options"),
        path("<uuid:run_id>/acts/", running.act, facts, name=f"{name}-acts"),
        path("<uuid:run_id>/review/", running.review, facts, name=f"{name}-review"),
        path("<uuid:run_id>/refused.csv", files.failed, facts, name=f"{name}-failed"),
        path("<uuid:run_id>/left-out.csv", files.skipped, facts, name=f"{name}-skipped"),
    ]
