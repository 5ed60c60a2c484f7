from .events import Event
from .files import ResourceFile
from .modules import Module, Workshop
from .news import NEWS_TARGETS, News, NewsLink
from .resources import ExternalDatabase, Resource, ResourceSeries

__all__ = [
    "NEWS_TARGETS",
    "Event",
    "ExternalDatabase",
    "Module",
    "News",
    "NewsLink",
    "Resource",
    "ResourceFile",
    "ResourceSeries",
    "Workshop",
]
