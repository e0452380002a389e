#!/usr/bin/env python3
"""Compiles HTML templates into C: tools/templates.py OUT_FOLDER TEMPLATE.html...

A template is HTML that a designer can read. Each file NAME.html becomes a struct pin_view_NAME and a
function pin_render_NAME(out, view) in OUT_FOLDER/templates.h and templates.c.

    {{title}}                 text, escaped for where it stands: text, attribute, URL or JSON string
    {{count:number}}          a whole number
    {{?title}} .. {{:}} .. {{/?}}   only when title is there (or true, or not 0); {{:}} is the else part
    {{*cards}} .. {{/*}}      once for each element of the array `cards`; inside, names are its fields
    {{../title}}              a field of the element, or page, around the loop
    {{@answer}}               a piece: rendered by a function of the view (nested template, blocks)
    {{>head}}                 the file head.html put in place, with the names of this scope

Escaping is never chosen by the author of the page: the compiler follows the HTML around the hole and
decides. A hole where no escaping is safe (inside a tag, an unquoted attribute, <style>, a comment, or
<script> other than JSON) is an error.
"""
import os
import re
import sys

HOLE = re.compile(r"\{\{(/[?*]|[?*@>:]?)((?:\.\./)*\w*)(?::(\w+))?\}\}")
URL_ATTRIBUTES = {"href", "src", "action", "formaction", "cite", "poster"}


class Broken(Exception):
    pass


class Scope:
    """The fields of a view struct: name -> kind, in order of first use."""

    def __init__(self, name, parent=None):
        self.name, self.parent, self.fields, self.children = name, parent, {}, {}

    def use(self, name, kind):
        known = self.fields.get(name)
        if kind == "test":
            self.fields.setdefault(name, "test")
        elif known in (None, "test"):
            self.fields[name] = kind
        elif known != kind:
            raise Broken(f"'{name}' is used as {known} and as {kind}")

    def child(self, name):
        self.use(name, "list")
        return self.children.setdefault(name, Scope(f"{self.name}_{name}", self))


class Html:
    """Where in the HTML we stand: enough of the tokenizer of the HTML standard to place a hole."""

    def __init__(self):
        self.state, self.tag, self.attribute, self.value, self.raw = "text", "", "", "", ""
        self.json = False

    def feed(self, text, where):
        i = 0
        while i < len(text):
            c = text[i]
            if self.state == "text":
                if self.raw:
                    end = text.lower().find("</" + self.raw, i)
                    if end < 0:
                        return
                    i, self.raw = end, ""
                    continue
                if text.startswith("<!--", i):
                    end = text.find("-->", i)
                    if end < 0:
                        raise Broken(f"{where}: a comment may hold no hole")
                    i = end + 3
                    continue
                if c == "<":
                    match = re.match(r"</?([a-zA-Z][\w-]*)|<!", text[i:])
                    if not match:
                        raise Broken(f"{where}: a bare '<' in text")
                    self.state, self.tag, self.json = "tag", (match[1] or "").lower(), False
                    self.closing = text.startswith("</", i)
                    i += match.end()
                    continue
            elif self.state == "tag":
                match = re.match(r"""\s*([^\s=>"'/]+)\s*=\s*("|')""", text[i:])
                if match:
                    self.state, self.attribute, self.value, self.quote = "value", match[1].lower(), "", match[2]
                    i += match.end()
                    continue
                if c == ">":
                    self.state = "text"
                    if self.tag in ("script", "style", "textarea", "title") and not self.closing:
                        self.raw = self.tag if self.tag in ("script", "style") else ""
            elif self.state == "value":
                if c == self.quote:
                    self.state = "tag"
                    if self.attribute == "type" and self.value in ("application/ld+json", "application/json"):
                        self.json = True
                else:
                    self.value += c
            i += 1

    def context(self, where):
        if self.state == "text":
            if self.raw == "script" and self.json:
                return "json"
            if self.raw:
                raise Broken(f"{where}: no hole may stand in <{self.raw}>")
            return "text"
        if self.state == "value":
            if self.attribute.startswith("on") or self.attribute == "style":
                raise Broken(f"{where}: no hole may stand in {self.attribute}=")
            if self.attribute in URL_ATTRIBUTES:
                before = self.value
                self.value += "\0"
                if not before:
                    return "url"
                return "query" if "?" in before or "#" in before else "path"
            self.value += "\0"
            return "attribute"
        raise Broken(f"{where}: a hole inside a tag, outside a quoted attribute")


def literal(text):
    """A C string literal; long ones are cut into lines for the reader of the generated file."""
    out, line = [], ""
    for byte in text.encode("utf-8"):
        c = chr(byte)
        if c == "\n":
            line += "\\n"
        elif c in '"\\':
            line += "\\" + c
        elif c == "?":
            line += "\\?"  # no trigraphs
        elif 32 <= byte < 127:
            line += c
        else:
            line += f"\\{byte:03o}"
        if c == "\n" or len(line) > 90:
            out.append(f'"{line}"')
            line = ""
    if line:
        out.append(f'"{line}"')
    return "\n        ".join(out)


def squeeze(text):
    """Indentation is for the designer; the reader's browser gets one line break instead."""
    return re.sub(r"\s*\n\s*", "\n", text)


class Compiler:
    def __init__(self, folder):
        self.folder, self.order = folder, []

    def read(self, name):
        with open(os.path.join(self.folder, name + ".html"), encoding="utf-8") as file:
            return file.read().rstrip("\n")

    def tokens(self, name, depth=0):
        """(text, hole, where) with the partials put in place."""
        if depth > 8:
            raise Broken(f"{name}.html: partials include each other")
        text, at = self.read(name), 0
        for match in HOLE.finditer(text):
            where = f"{name}.html:{text.count(chr(10), 0, match.start()) + 1}"
            yield text[at:match.start()], None, where
            at = match.end()
            if match[1] == ">":
                yield from self.tokens(match[2], depth + 1)
            else:
                yield "", match, where
        rest = text[at:]
        if "{{" in rest:
            raise Broken(f"{name}.html: an unfinished hole: {rest[rest.index('{{'):][:30]!r}")
        yield rest, None, f"{name}.html"

    def compile(self, name):
        root, html = Scope(name), Html()
        scope, body, stack, variable = root, [], [], "v"

        def pad():
            return "    " * (len(stack) + 1)

        def field(path, kind, where):
            at, access, steps = scope, variable, len([s for s in stack if s[0] == "*"])
            while path.startswith("../"):
                path = path[3:]
                if at.parent is None:
                    raise Broken(f"{where}: '../' leaves the page")
                at, steps = at.parent, steps - 1
                access = "v" if steps == 0 else f"e{steps}"
            if not re.fullmatch(r"[a-z]\w*", path):
                raise Broken(f"{where}: '{path}' is no name")
            at.use(path, kind)
            return at, f"{access}->{path}"

        for text, hole, where in self.tokens(name):
            if hole is None:
                if text:
                    html.feed(text, where)
                    text = squeeze(text)
                    body.append(f"{pad()}pin_buf_add(out, PIN_STR({literal(text)}));")
                continue
            mark, path, kind = hole[1], hole[2], hole[3]
            if mark == "" and not path:
                raise Broken(f"{where}: an empty hole")
            if mark == "?":
                at, access = field(path, "test", where)
                body.append(f"{pad()}if (TEST({at.name},{path.split('/')[-1]},{access})) {{")
                stack.append(("?", where, html.state))
            elif mark == ":":
                if not stack or stack[-1][0] != "?":
                    raise Broken(f"{where}: {{{{:}}}} outside a {{{{?..}}}}")
                body.append(f"{pad()[4:]}}} else {{")
            elif mark == "*":
                scope.use(path, "list")
                child = scope.child(path)
                depth = len([s for s in stack if s[0] == "*"]) + 1
                body.append(f"{pad()}for (uint32_t i{depth} = 0; i{depth} < {variable}->{path}_count; i{depth}++) {{")
                stack.append(("*", where, html.state, scope, variable))
                body.append(f"{pad()}const pin_view_{child.name} *e{depth} = &{stack[-1][4]}->{path}[i{depth}];")
                body.append(f"{pad()}(void)e{depth};")
                scope, variable = child, f"e{depth}"
            elif mark[:1] == "/":
                if not stack or stack[-1][0] != mark[1]:
                    raise Broken(f"{where}: {hole[0]} closes nothing")
                top = stack.pop()
                if top[2] != html.state:
                    raise Broken(f"{where}: the part opened at {top[1]} ends elsewhere in the HTML than it began")
                if top[0] == "*":
                    scope, variable = top[3], top[4]
                body.append(f"{pad()}}}")
            elif mark == "@":
                if html.context(where) != "text":
                    raise Broken(f"{where}: a piece may stand only in text")
                _, access = field(path, "piece", where)
                body.append(f"{pad()}pin_slot_render(out, &{access});")
            elif kind == "number":
                html.context(where)
                _, access = field(path, "number", where)
                body.append(f"{pad()}pin_buf_uint(out, {access});")
            elif kind:
                raise Broken(f"{where}: unknown kind '{kind}'")
            else:
                context = html.context(where)
                _, access = field(path, "text", where)
                body.append(f"{pad()}pin_escape_{context}(out, {access});")
        if stack:
            raise Broken(f"{stack[-1][1]}: never closed")
        if html.state != "text":
            raise Broken(f"{name}.html: ends inside a tag")
        return root, [self.test(line, root) for line in body]

    def test(self, line, root):
        """Turns TEST(scope,name,access) into the C condition once the kind of the field is known."""
        match = re.search(r"TEST\((\w+),(\w+),([\w>-]+)\)", line)
        if not match:
            return line
        kind = find(root, match[1]).fields[match[2]]
        access = {"text": match[3] + ".len", "list": match[3] + "_count", "piece": match[3] + ".render"}
        return line.replace(match[0], access.get(kind, match[3]))


def find(scope, name):
    if scope.name == name:
        return scope
    for child in scope.children.values():
        found = find(child, name)
        if found:
            return found
    return None


def structs(scope):
    for child in scope.children.values():
        yield from structs(child)
    lines = [f"typedef struct pin_view_{scope.name} {{"]
    for name, kind in scope.fields.items():
        if kind == "list":
            lines.append(f"    pin_view_{scope.children[name].name} *{name};")
            lines.append(f"    uint32_t {name}_count;")
        else:
            c_type = {"text": "pin_str ", "number": "uint64_t ", "piece": "pin_slot ", "test": "bool "}[kind]
            lines.append(f"    {c_type}{name};")
    if not scope.fields:
        lines.append("    char nothing;")
    lines.append(f"}} pin_view_{scope.name};")
    yield "\n".join(lines)


def main():
    out, paths = sys.argv[1], sorted(sys.argv[2:])
    header, source = [], []
    for path in paths:
        name = os.path.basename(path)[: -len(".html")]
        if name.startswith("_"):
            continue  # a partial
        compiler = Compiler(os.path.dirname(path))
        root, body = compiler.compile(name)
        header += list(structs(root))
        header.append(f"/* core/page/templates/{name}.html */\n"
                      f"void pin_render_{name}(pin_buf *out, const pin_view_{name} *v);\n")
        source.append(f"void pin_render_{name}(pin_buf *out, const pin_view_{name} *v)\n{{\n    (void)v;\n"
                      + "\n".join(body) + "\n}\n")
    note = "/* Made by tools/templates.py from core/page/templates/; do not edit. */\n"
    with open(os.path.join(out, "templates.h"), "w", encoding="utf-8") as file:
        file.write(note + '#ifndef PIN_TEMPLATES_H\n#define PIN_TEMPLATES_H\n\n#include "core/page/escape.h"\n\n'
                   + "\n".join(header) + "\n#endif\n")
    with open(os.path.join(out, "templates.c"), "w", encoding="utf-8") as file:
        file.write(note + '#include "templates.h"\n\n' + "\n".join(source))


if __name__ == "__main__":
    try:
        main()
    except (Broken, OSError) as error:
        sys.exit(f"templates: {error}")
