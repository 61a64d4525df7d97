"""Sign in and out, a forgotten password, one's own account."""

from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import path, reverse_lazy

from ntm_portal.accounts import notice_views, second_views, views
from ntm_portal.accounts.forms import ForgottenPasswordForm

app_name = "accounts"

# The same answer whether the address is known or not.
forgotten = auth.PasswordResetView.as_view(
    title="Quên mật khẩu",
    form_class=ForgottenPasswordForm,
    template_name="accounts/password_forgotten.html",
    email_template_name="accounts/password_mail.txt",
    subject_template_name="accounts/password_mail_subject.txt",
    success_url=reverse_lazy("accounts:password-sent"),
)
sent = auth.PasswordResetDoneView.as_view(title="Đã nhận yêu cầu", template_name="accounts/password_sent.html")
new_password = views.NewPasswordView.as_view()
done = auth.PasswordResetCompleteView.as_view(title="Đã đặt mật khẩu mới", template_name="accounts/password_done.html")

urlpatterns = [
    path("dang-nhap/", login_not_required(views.SignInView.as_view()), name="sign-in"),
    path("dang-nhap/ma/", login_not_required(second_views.SecondStepView.as_view()), name="second-step"),
    path("dang-xuat/", auth.LogoutView.as_view(), name="sign-out"),
    path("quen-mat-khau/", login_not_required(forgotten), name="password-forgotten"),
    path("quen-mat-khau/da-gui/", login_not_required(sent), name="password-sent"),
    path("dat-lai-mat-khau/<uidb64>/<token>/", login_not_required(new_password), name="password-new"),
    path("dat-lai-mat-khau/xong/", login_not_required(done), name="password-done"),
    path("tai-khoan/", views.home, name="home"),
    path("tai-khoan/xac-thuc/", second_views.second_factor_page, name="second-factor"),
    path("tai-khoan/xac-thuc/bat-dau/", second_views.begin, name="second-factor-begin"),
    path("tai-khoan/xac-thuc/xac-nhan/", second_views.confirm, name="second-factor-confirm"),
    path("tai-khoan/xac-thuc/tat/", second_views.take_off, name="second-factor-remove"),
    path("tai-khoan/ma/", views.tokens, name="tokens"),
    path("tai-khoan/ma/<int:pk>/thu-hoi/", views.revoke_token, name="token-revoke"),
    path("tai-khoan/thong-bao/", notice_views.preferences, name="notice-preferences"),
    path("thong-bao/", notice_views.notices, name="notices"),
    path("thong-bao/da-doc/", notice_views.read_all, name="notices-read"),
    path("thong-bao/<int:pk>/da-doc/", notice_views.read, name="notice-read"),
    path("thong-bao/<int:pk>/mo/", notice_views.open_notice, name="notice-open"),
    path("tai-khoan/mat-khau/", views.PasswordView.as_view(), name="password"),
]
