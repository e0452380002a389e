#!/usr/bin/env python3
"""The OpenAPI description against the running server: every path in it is asked, every reply must fit its schema
(judged by python3-jsonschema), and every error must be a problem."""
import json
import os
import sys

try:
    import jsonschema
except ImportError:
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])  # Debian's, which has Debian's packages
    print("skipped: python3-jsonschema is not here")
    sys.exit(77)

from server import PINCITE, ROOT, SKIPPED, Server, build, scratch

EXAMPLES = {"q": "security updates", "k": "3", "module": "secure-by-default", "slug": "tailor-made-exception",
            "source": "cra", "provision": "art_13.par_8", "status": "reviewed"}
WRONG = {"slug": "none", "module": "none", "source": "none", "provision": "none", "revision": "0123456789abcdef"}


def ask(server, path, operation, values):
    query = []
    for parameter in operation["parameters"]:
        value = values.get(parameter["name"], EXAMPLES[parameter["name"]])
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", value)
        else:
            query.append(parameter["name"] + "=" + value.replace(" ", "%20"))
    return server.get(path + ("?" + "&".join(query) if query else ""))


def main():
    if not os.path.exists(PINCITE):
        print(f"skipped: no program at {PINCITE}")
        return SKIPPED
    failed = passed = 0
    with scratch() as folder:
        server = Server(build(os.path.join(ROOT, "examples", "cra"), os.path.join(folder, "cra.pin")))
        item = json.loads(server.get(f"/api/v1/items/{EXAMPLES['module']}/{EXAMPLES['slug']}")[2])
        EXAMPLES["revision"] = item["revision"][:16]
        description = json.loads(server.get("/api/v1/openapi.json")[2])
        assert description["openapi"].startswith("3.1"), description["openapi"]
        for path, methods in description["paths"].items():
            operation = methods["get"]
            for name, values, statuses in [("right", {}, [200]), ("wrong", WRONG, [200, 400, 404])]:
                status, headers, body = ask(server, path, operation, values)
                reply = json.loads(body)
                response = operation["responses"].get(str(status), operation["responses"]["default"])
                kind, = response["content"]
                schema = dict(response["content"][kind]["schema"], components=description["components"])
                try:
                    jsonschema.Draft202012Validator.check_schema(schema)
                    jsonschema.validate(reply, schema, cls=jsonschema.Draft202012Validator)
                    good = status in statuses and headers["content-type"] == kind
                    why = f"{status} {headers['content-type']}"
                except jsonschema.ValidationError as error:
                    good, why = False, error.message[:300]
                print(("ok    " if good else "FAIL  ") + f"{path} asked {name}" + ("" if good else f": {why}"))
                passed, failed = passed + good, failed + (not good)
        server.stop()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
