"""graphite-web on loopback over whisper files of its own: FOLDER PORT, and the files as JSON on stdin.

{"app.count": [[30, 92.5]]}: by the name of a metric, values by how many seconds ago they were.
"""

import json
import os
import sys
import time
import warnings
from wsgiref.simple_server import WSGIRequestHandler, make_server

warnings.simplefilter('ignore')
folder, port = sys.argv[1], int(sys.argv[2])
os.environ['GRAPHITE_STORAGE_DIR'] = folder

import whisper  # noqa: E402
from django.conf import settings  # noqa: E402
from graphite import settings as shipped  # noqa: E402

for name, values in json.load(sys.stdin).items():
    path = os.path.join(folder, 'data', *name.split('.')) + '.wsp'
    os.makedirs(os.path.dirname(path), exist_ok=True)
    whisper.create(path, [(1, 3600)])
    now = int(time.time())
    whisper.update_many(path, [(now - ago, value) for ago, value in values])

own = {
    'SECRET_KEY': 'of a test',
    'STANDARD_DIRS': [os.path.join(folder, 'data')],
    'LOG_DIR': folder,
    'INDEX_FILE': os.path.join(folder, 'index'),
    'CARBONLINK_HOSTS': [],
    'ALLOWED_HOSTS': ['*'],
    'DEFAULT_CACHE_DURATION': 0,
    'DATABASES': {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}},
}
settings.configure(**{name: getattr(shipped, name) for name in dir(shipped) if name.isupper()} | own)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


from django.core.wsgi import get_wsgi_application  # noqa: E402

make_server('127.0.0.1', port, get_wsgi_application(), handler_class=Quiet).serve_forever()
