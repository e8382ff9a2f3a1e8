from django.urls import path

from counterpart.foundation.starting import views

urlpatterns = [
    path("", views.show, name="start"),
    path("marks/", views.mark, name="start-mark"),
]
