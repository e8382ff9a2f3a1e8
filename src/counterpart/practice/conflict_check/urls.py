from django.urls import path

from counterpart.foundation.conflicts.views import check_page
from counterpart.practice.conflict_check.operations import conflict_check

urlpatterns = [path("conflict-check/", check_page(conflict_check), name="conflict-check")]
