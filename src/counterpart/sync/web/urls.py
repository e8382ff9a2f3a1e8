"""Addresses of the sync pages, the same in both products. ``/sync/v1/`` belongs to machines and is mounted apart."""

from django.urls import path

from counterpart.sync.web import badge, centre, conflicts, connection, records

app_name = "sync"

urlpatterns = [
    path("sync/", centre.centre, name="centre"),
    path("sync/retry/", centre.retry_alike, name="retry-alike"),
    path("sync/badge/", badge.badge, name="badge"),
    path("sync/conflicts/", conflicts.conflicts, name="conflicts"),
    path("sync/conflicts/<str:conflict_id>/use/", conflicts.use_other, name="use-other"),
    path("sync/conflicts/<str:conflict_id>/keep/", conflicts.keep, name="keep"),
    path("sync/connection/", connection.connection, name="connection"),
    path("sync/connection/pause/", connection.pause_link, name="pause"),
    path("sync/connection/resume/", connection.resume_link, name="resume"),
    path("sync/connection/off/", connection.switch_link_off, name="switch-off"),
    path("sync/connection/on/", connection.switch_link_on, name="switch-on"),
    path("sync/connection/keys/", connection.new_key, name="new-key"),
    path("sync/connection/keys/<str:key_id>/retire/", connection.retire, name="retire-key"),
    path("sync/check/", connection.check, name="check"),
    path("sync/<slug:kind>/<uuid:object_id>/indicator/", records.indicator, name="indicator"),
    path("sync/<slug:kind>/<uuid:object_id>/now/", records.sync_now, name="sync-now"),
    path("sync/<slug:kind>/<uuid:object_id>/offer/", records.offer, name="offer-again"),
    path("sync/<slug:kind>/<uuid:object_id>/deletion/", records.delete_here, name="delete-here"),
    path("open/<slug:kind>/<uuid:sync_id>/", records.open_by_link, name="open"),
]
