from django.urls import path

from counterpart.foundation.users.views import profile, tokens

urlpatterns = [
    path("", profile.show_profile, name="profile"),
    path("theme/", profile.set_theme, name="theme"),
    path("stay/", profile.stay, name="stay"),
    path("tokens/", tokens.list_tokens, name="tokens"),
    path("tokens/<uuid:token_id>/revocation/", tokens.revoke, name="token_revocation"),
]
