# Sourced: puts the tests beside their npm packages in the folder $1, so that nothing is written into the
# source tree, and installs the packages (package.json) if they are not there.
# Several tests may start at once: one prepares, the others wait.
mkdir -p "$1/tests"
exec 9>"$1/lock"
flock 9
cp tests/browser/*.mjs "$1/tests/"
if ! cmp -s tests/browser/package.json "$1/package.json" || [ ! -d "$1/node_modules" ]; then
    cp tests/browser/package.json "$1/package.json"
    (cd "$1" && npm install --no-audit --no-fund --loglevel=error)
fi
exec 9>&-
