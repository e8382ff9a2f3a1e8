from django.urls import path

from counterpart.foundation.web import audit, views

app_name = "web"

urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("help/", views.help_page, name="help"),
    path("audit/", audit.show_log, name="audit"),
    path("audit/chain/", audit.verify_chain, name="audit_check"),
    path("audit/export/", audit.export_log, name="audit_export"),
]
