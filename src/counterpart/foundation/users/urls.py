from django.urls import path

from counterpart.foundation.users.views import people, roles, security

app_name = "users"

urlpatterns = [
    path("", people.list_users, name="list"),
    path("new/", people.add_user, name="new"),
    path("<uuid:user_id>/", people.show_user, name="user"),
    path("<uuid:user_id>/roles/", people.change_roles, name="user_roles"),
    path("<uuid:user_id>/password/", people.change_password, name="user_password"),
    path("<uuid:user_id>/suspension/", people.suspend, name="user_suspension"),
    path("roles/", roles.list_roles, name="roles"),
    path("roles/new/", roles.add_role, name="new_role"),
    path("roles/<uuid:role_id>/", roles.show_role, name="role"),
    path("security/", security.list_groups, name="security"),
    path(
        "security/<uuid:role_id>/contact-overrides/", security.overrides, {"what": "contact"}, name="contact_overrides"
    ),
    path("security/<uuid:role_id>/case-file-overrides/", security.overrides, {"what": "file"}, name="file_overrides"),
]
