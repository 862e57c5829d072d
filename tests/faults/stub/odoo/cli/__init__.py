import argparse
import sys

import odoo


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("-d", default="om")
    parser.add_argument("-u", default="")
    parser.add_argument("-i", default="")
    parser.add_argument("--http-port", type=int, default=0)
    parser.add_argument("--stop-after-init", action="store_true")
    options, _others = parser.parse_known_args(sys.argv[1:])
    if options.command == "shell":
        odoo.provision(options.d)
    elif options.stop_after_init:
        addons = [*options.u.split(","), *options.i.split(",")]
        odoo.load(options.d, [addon for addon in addons if addon])
    else:
        odoo.serve(options.http_port)
