from django.urls import path

from counterpart.foundation.exporting.everything import export_everything

urlpatterns = [path("", export_everything, name="export-everything")]
