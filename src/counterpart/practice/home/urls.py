from django.urls import path

from counterpart.practice.home.search import search
from counterpart.practice.home.views import home

urlpatterns = [
    path("", home, name="home"),
    path("search/", search, name="search"),
]
