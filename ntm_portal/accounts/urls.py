"""Sign in and out."""

from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from ntm_portal.accounts.forms import SignInForm

app_name = "accounts"

sign_in = views.LoginView.as_view(
    template_name="accounts/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
)

urlpatterns = [
    path("dang-nhap/", login_not_required(sign_in), name="sign-in"),
    path("dang-xuat/", views.LogoutView.as_view(), name="sign-out"),
]
