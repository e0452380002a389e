#!/usr/bin/env bash
# Compiles every file of the core for the browser (clang, freestanding, no C library): the proof that
# the core is pure. Objects go to the folder given.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-build/wasm}
generated=${2:-build/generated}
mkdir -p "$out"
objects=()
while IFS= read -r source; do
    object=$out/$(echo "$source" | tr / _).o
    clang-14 --target=wasm32 -std=c17 -ffreestanding -nostdlib -fvisibility=hidden -O2 -mbulk-memory -DNDEBUG \
        -Wall -Wextra -Werror -Icore/bytes/freestanding -Iinclude -I. -I"$generated" -c "$source" -o "$object"
    objects+=("$object")
done < <(find core -name '*.c' ! -name '*_test.c' | sort)
echo "${#objects[@]} files of the core compiled for wasm32"
