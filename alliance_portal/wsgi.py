import os

from django.core.wsgi import get_wsgi_application

from .checks import refuse_unbound_role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")
application = get_wsgi_application()
refuse_unbound_role()
