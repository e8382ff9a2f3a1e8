from django.urls import path

from counterpart.foundation.search import views

urlpatterns = [
    path("search/", views.results, name="search"),
    path("search/box/", views.box, name="search-box"),
]
