from contextlib import contextmanager

import psycopg2


class Connection:
    def __init__(self, name):
        self.name = name

    @contextmanager
    def cursor(self):
        connection = psycopg2.connect(dbname=self.name)
        with connection.cursor() as cursor:
            yield cursor
        connection.close()


def db_connect(name):
    return Connection(name)
