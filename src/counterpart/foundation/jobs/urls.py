from django.urls import path

from counterpart.foundation.jobs import views

app_name = "jobs"

urlpatterns = [
    path("", views.job_list, name="list"),
    path("<uuid:job_id>/", views.show, name="job"),
    path("<uuid:job_id>/stop/", views.stop, name="stop"),
    path("<uuid:job_id>/reasons.csv", views.reasons, name="reasons"),
    path("<uuid:job_id>/file/", views.file, name="file"),
]
