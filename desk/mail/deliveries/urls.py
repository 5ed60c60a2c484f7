"""What was sent, held back, stopped."""

from django.urls import include, path

from desk.mail.deliveries import refused_views, text_views, views
from desk.ui.addresses import CYCLE

of_cycle = [
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/withdraw/", views.withdraw_several, name="deliveries-withdraw"),
    path("deliveries/people/<int:pk>/", views.person, name="deliveries-person"),
    path("deliveries/<int:pk>/text/", text_views.text, name="delivery-text"),
    path("deliveries/<int:pk>/retry/", views.retry, name="delivery-retry"),
    path("deliveries/<int:pk>/withdraw/", views.withdraw, name="delivery-withdraw"),
    path("refused/<int:pk>/go-on/", refused_views.go_on, name="mailing-go-on"),
    path("refused/<int:pk>/lift/", refused_views.lift, name="mailing-lift"),
    path("stopped/", views.stopped, name="stopped"),
    path("stopped/<int:pk>/stop/", views.stop, name="address-stop"),
    path("stopped/<int:pk>/allow/", views.allow, name="address-allow"),
]
urlpatterns = [
    path(CYCLE, include(of_cycle)),
]
