from django.urls import path

from accounts.views.account import Account, choose_theme
from accounts.views.passwords import AskForLink, ChangePassword, ChoosePassword, LinkIsOnItsWay
from accounts.views.sign_in import SignIn, SignOut

app_name = "accounts"

urlpatterns = [
    path("", Account.as_view(), name="account"),
    path("theme/", choose_theme, name="theme"),
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", SignOut.as_view(), name="logout"),
    path("password/", ChangePassword.as_view(), name="password_change"),
    path("reset/", AskForLink.as_view(), name="password_reset"),
    path("reset/sent/", LinkIsOnItsWay.as_view(), name="password_reset_done"),
    path("reset/<uidb64>/<token>/", ChoosePassword.as_view(), name="password_reset_confirm"),
]
