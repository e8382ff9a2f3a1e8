from django.urls import path

from counterpart.accounting.conflict_check.operations import conflict_check
from counterpart.foundation.conflicts.views import check_page

urlpatterns = [path("conflict-check/", check_page(conflict_check), name="conflict-check")]
