"""Addresses of the whole site. Pages carry their language in the path; probes do not."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from cycles.content import picture_views
from cycles.library import file_views
from cycles.site.machines import search_engines, sitemaps
from notifications.transport import tracking
from speakers.site import views as speaker_site

# One way in, with its second step and its limits, for the administration too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler403 = "desk.ui.frame.refused.refused"
handler500 = "web.errors.outage.failed"
handler404 = "registrations.links.lost_links.not_found"

urlpatterns = [
    # In the order in which they are asked for: each address is compared with all that stand before it.
    *i18n_patterns(
        path("", include("registrations.pages.urls")),
        path("admin/", admin.site.urls),
        path("account/", include("accounts.sign_in.urls")),
        path("account/", include("accounts.sign_in.allauth_urls")),
        path("desk/", include("desk.urls")),
        path("", include("training.urls")),
        path("", include("surveys.urls")),
        path("", include("speakers.urls")),
        path("", include("cycles.site.urls")),
        prefix_default_language=True,
    ),
    # The root never looks at Accept-Language: the same answer for everyone.
    path("", RedirectView.as_view(url=f"/{settings.LANGUAGE_CODE}/"), name="root"),
    path("robots.txt", search_engines.robots_txt, name="robots"),
    path(".well-known/security.txt", search_engines.security_txt, name="security"),
    path("sitemap.xml", sitemaps.sitemap_xml, name="sitemap"),
    re_path(
        r"^sitemap-(?P<section>[a-z]{1,20})-(?P<number>[1-9][0-9]{0,5})\.xml$",
        sitemaps.sitemap_part,
        name="sitemap-part",
    ),
    re_path(r"^media/pictures/(?P<digest>[0-9a-f]{64})\.webp$", picture_views.picture, name="picture"),
    re_path(
        r"^media/pictures/(?P<digest>[0-9a-f]{64})-s\.webp$",
        picture_views.picture,
        {"size": "s"},
        name="picture-small",
    ),
    re_path(
        r"^media/pictures/(?P<digest>[0-9a-f]{64})-t\.webp$",
        picture_views.picture,
        {"size": "t"},
        name="picture-tiny",
    ),
    re_path(r"^media/speakers/(?P<digest>[0-9a-f]{64})\.webp$", speaker_site.photo, name="speaker-photo"),
    re_path(r"^media/slides/(?P<digest>[0-9a-f]{64})$", speaker_site.slides, name="speaker-slides"),
    path("media/documents/<slug:slug>/", file_views.resource_file, name="resource-file"),
    path("", include("notifications.urls")),
    path("anymail/", include((tracking.urls(), "anymail"))),
]
