#!/usr/bin/env python3
"""The examples in README.md and docs/cli.md are true: every ```console block is run and compared.

A block holds commands after "$ " and, below each, what they print. They run in the order of the page in
one folder, in which faq/ is the golden corpus and examples/ that of the repository. "# exit N" after a command says its exit code, else 0.
A line that is only "..." stands for any number of lines.

usage: PINCITE=build/pincite test_docs.py [--write]
With --write the page gets what the commands print now, where that differs; read the difference before
you commit it."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.abspath(os.path.join(here, '..', '..'))
pages = ['README.md', 'docs/cli.md']
program = os.path.abspath(os.environ['PINCITE'])


def steady(text):
    """Times differ, sizes and scores are promised elsewhere; see run_cases.sh."""
    text = re.sub(r'[0-9]+\.[0-9]+ s$', '0.00 s', text, flags=re.M)
    text = re.sub(r'[0-9.]+ (kB|MB)', r'0 \1', text)
    text = re.sub(r'score [0-9]+|(?<=\t)[0-9]+$', 'score 0', text, flags=re.M)
    text = re.sub(r'"bytes":[0-9]+,"seconds":[0-9.]+', '"bytes":0,"seconds":0', text)
    text = re.sub(r'file [0-9a-f]{16}', 'file 0', text)
    return re.sub(r'p50 [0-9.]+ p99 [0-9.]+ mean [0-9.]+ us', 'p50 0 p99 0 mean 0 us', text)


def matches(expected, got):
    pattern = ''.join(r'(?:.*\n)*?' if line == '...' else re.escape(line) + r'\n' for line in expected)
    return re.fullmatch(pattern, got) is not None


def examples(text):
    for block in re.finditer(r'^```console\n(.*?)^```$', text, flags=re.M | re.S):
        line = text.count('\n', 0, block.start()) + 1
        command, expected = None, []
        for row in block.group(1).splitlines():
            line += 1
            if row.startswith('$ '):
                if command:
                    yield command + (expected,)
                code = re.search(r'\s+# exit (\d)$', row)
                command, expected = (line, row[2:code.start()] if code else row[2:], int(code.group(1)) if code else 0), []
            else:
                expected.append(row)
        if command:
            yield command + (expected,)


def rewritten(text, true_rows):
    """The page with the rows below each command replaced; `true_rows` by line number of the command."""
    out, skipping, inside = [], False, False
    for number, row in enumerate(text.split('\n'), 1):
        if row.startswith('```'):
            inside, skipping = row == '```console', False
        elif inside and row.startswith('$ '):
            skipping = number in true_rows
            out.append(row)
            out.extend(true_rows.get(number, []))
            continue
        if not skipping:
            out.append(row)
    return '\n'.join(out)


def try_page(name, write):
    """(examples that failed, examples)"""
    page = os.path.join(root, name)
    true_rows = {}
    with open(page, encoding='utf-8') as f:
        text = f.read()
    work = tempfile.mkdtemp()
    failed = count = 0
    try:
        shutil.copytree(os.path.join(here, 'corpus'), os.path.join(work, 'faq'))
        for extra in ('queries.tsv', 'qrels.tsv', 'citations.txt'):
            shutil.copy(os.path.join(here, extra), work)
        os.symlink(os.path.join(root, 'examples'), os.path.join(work, 'examples'))
        os.makedirs(os.path.join(work, 'bin'))
        os.symlink(program, os.path.join(work, 'bin', 'pincite'))
        env = dict(os.environ, PATH=os.path.join(work, 'bin') + ':' + os.environ['PATH'], LC_ALL='C.UTF-8')
        for line, command, code, expected in examples(text):
            run = subprocess.run(['bash', '-c', command], cwd=work, env=env, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding='utf-8')
            count += 1
            if run.returncode == code and matches([steady(x) for x in expected], steady(run.stdout)):
                continue
            failed += 1
            true_rows[line] = run.stdout.splitlines()
            if run.returncode == code and write:
                continue
            print('%s:%d: $ %s\nexit %d, expected %d; it printed:\n%s' %
                  (name, line, command, run.returncode, code, run.stdout))
    finally:
        shutil.rmtree(work)
    if write and true_rows:
        with open(page, 'w', encoding='utf-8') as f:
            f.write(rewritten(text, true_rows))
        print('%d examples rewritten in %s' % (len(true_rows), name))
        return 0, count
    if not count:
        sys.exit('%s has no console examples' % name)
    print('%s: %d of %d examples are true' % (name, count - failed, count))
    return failed, count


def main():
    write = sys.argv[1:] == ['--write']
    return 1 if sum(try_page(name, write)[0] for name in pages) else 0


sys.exit(main())
