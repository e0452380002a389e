#!/usr/bin/env python3
"""`pincite eval` against the scorer that came with the judgements, and `law --batch` against the look-ups.

Both need the developers' data beside the repository; without it the test is skipped."""
import json
import os
import subprocess
import sys
import tempfile

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
data = os.path.join(root, '..', 'shared', 'data')
program = os.path.abspath(os.environ['PINCITE'])
dev = os.path.join(data, 'eval-dev')
if not os.path.isdir(dev):
    print('skipped: no data in', data)
    sys.exit(77)


def run(*args, **more):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding='utf-8', **more).stdout


def same_figures(index, queries, qrels, work):
    """Every figure for every kind, to six places."""
    run_file = os.path.join(work, 'run.tsv')
    with open(run_file, 'w', encoding='utf-8') as f:
        f.write(run(program, 'search', index, '--batch', queries))
    theirs = json.loads(run(sys.executable, os.path.join(dev, 'eval.py'), '--json', '--queries', queries,
                            '--corpus', os.path.join(dev, 'faq', 'corpus.jsonl'), run_file, qrels))
    ours = json.loads(run(program, 'eval', index, '--queries', queries, '--qrels', qrels, '--json'))
    ours = dict(ours['kinds'], all=ours['all'])
    assert sorted(ours) == sorted(theirs), (sorted(ours), sorted(theirs))
    compared = 0
    for kind in theirs:
        assert ours[kind]['n'] == theirs[kind]['n'], (kind, ours[kind], theirs[kind])
        for ours_name, theirs_name in (('Success@1', 'Success@1'), ('Success@3', 'Success@3'), ('MRR@10', 'MRR@10'),
                                       ('nDCG@10', 'nDCG@10'), ('recall@10', 'Recall@10')):
            a, b = ours[kind][ours_name], theirs[kind][theirs_name]
            assert abs(a - b) < 2e-6, (kind, ours_name, a, b)
            compared += 1
    return compared


def wrong_on_purpose(queries, qrels, work):
    """Judgements that make every measure differ: half of them shifted to other queries, one query unasked."""
    rows = [l.rstrip('\n').split('\t') for l in open(qrels, encoding='utf-8') if l.strip() and l[0] != '#']
    shifted = os.path.join(work, 'shifted.tsv')
    with open(shifted, 'w', encoding='utf-8') as f:
        for i, row in enumerate(rows):
            qid = rows[(i + 7) % len(rows)][0] if i % 2 else row[0]
            f.write('\t'.join([qid, row[1], row[2]]) + '\n')
    fewer = os.path.join(work, 'fewer.tsv')
    with open(queries, encoding='utf-8') as f, open(fewer, 'w', encoding='utf-8') as g:
        g.writelines(list(f)[3:])
    return fewer, shifted


def unique(qrels, work):
    """One judgement for each pair of query and item, as eval.py keeps them."""
    kept = {}
    for line in open(qrels, encoding='utf-8'):
        if line.strip() and line[0] != '#':
            q, d, g = line.rstrip('\n').split('\t')[:3]
            kept[q, d] = g
    path = os.path.join(work, 'unique.tsv')
    with open(path, 'w', encoding='utf-8') as f:
        f.writelines('%s\t%s\t%s\n' % (q, d, g) for (q, d), g in kept.items())
    return path


def main():
    with tempfile.TemporaryDirectory() as work:
        index = os.path.join(work, 'eval.pin')
        run(program, 'build', os.path.join(dev, 'faq', 'corpus.jsonl'), '-o', index, '--source',
            'cra=' + os.path.join(data, 'cra', 'provisions.jsonl'))
        queries, qrels = os.path.join(dev, 'faq', 'queries.tsv'), os.path.join(dev, 'faq', 'qrels.tsv')
        compared = same_figures(index, queries, qrels, work)
        fewer, shifted = wrong_on_purpose(queries, qrels, work)
        compared += same_figures(index, fewer, unique(shifted, work), work)
        print('%d figures equal those of eval.py' % compared)

        want = [l.rstrip('\n').split('\t') for l in open(os.path.join(dev, 'provision-lookup', 'lookup.tsv'),
                                                         encoding='utf-8') if l.strip() and l[0] != '#']
        got = run(program, 'law', index, '--batch', '-', input=''.join(w[0] + '\n' for w in want)).splitlines()
        assert len(got) == len(want), (len(got), len(want))
        wrong = []
        for (text, ids), line in zip(want, got):
            expected = ids if ids == '-' else ' '.join('cra:' + i for i in ids.replace(',', ' ').split())
            if line != text + '\t' + expected:
                wrong.append((line, expected))
        for line, expected in wrong:
            print('got %r, expected %r' % (line, expected))
        assert not wrong, '%d of %d look-ups differ' % (len(wrong), len(want))
        print('%d citations mean what they should' % len(want))


main()
