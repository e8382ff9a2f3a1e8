"""Addresses both sites share: signing in, the profile, users and permissions, notifications, help."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

# Only what a firm needs of allauth: people are added and given new passwords by an administrator,
# so there is no sign-up, no e-mail management and no reset by mail.
SIGN_IN: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include(SIGN_IN)),
    path("profile/", include("counterpart.foundation.users.profile_urls")),
    path("users/", include("counterpart.foundation.users.urls")),
    path("start/", include("counterpart.foundation.starting.urls")),
    path("jobs/", include("counterpart.foundation.jobs.urls")),
    path("export/", include("counterpart.foundation.exporting.urls")),
    path("", include("counterpart.foundation.web.urls")),
]
