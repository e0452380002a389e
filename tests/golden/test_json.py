#!/usr/bin/env python3
"""The shapes of JSON answers (docs/http.md), judged by another reader: keys in their order, types, offsets.

Runs on the golden corpus, and on the developers' queries and corpora where they are."""
import json
import os
import re
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
data = os.path.join(here, '..', '..', '..', 'shared', 'data')
program = os.path.abspath(os.environ['PINCITE'])

SEARCH = ['query', 'release', 'engine', 'total', 'reading', 'confident', 'hits']
READING = ['terms', 'phrases', 'provisions', 'corrections']
HIT = ['rank', 'id', 'revision', 'module', 'module_title', 'question', 'verdict', 'status', 'url', 'pinned_url',
       'score', 'snippet', 'citations']
CITATION = ['source', 'provision', 'label', 'state']
STATES = {'resolved', 'does not exist', 'other act', 'not understood', 'not checked'}
ITEM = ['id', 'revision', 'module', 'module_title', 'question', 'verdict', 'status', 'url', 'pinned_url', 'given_id',
        'status_text', 'author', 'published', 'updated', 'language', 'answer', 'citations', 'related', 'standing',
        'history', 'release', 'engine']
REVISION = ['revision', 'current', 'updated', 'seen', 'until', 'pinned_url']


def no_duplicates(pairs):
    keys = [k for k, _ in pairs]
    assert len(keys) == len(set(keys)), keys
    return dict(pairs)


def ask(*args):
    run = subprocess.run((program,) + args, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.returncode in (0, 1), (args, run.stderr)
    assert run.stdout.endswith(b'\n') and run.stdout.count(b'\n') == 1, args
    return json.loads(run.stdout.decode('utf-8'), object_pairs_hook=no_duplicates), run.returncode


def check_revision(card):
    """The whole hash, and an address with its first 16 digits."""
    return re.fullmatch('[0-9a-f]{64}', card['revision']) and \
        card['pinned_url'] == card['url'] + '@' + card['revision'][:16] + '/'


def check_citation(c):
    assert c['state'] in STATES, c
    assert isinstance(c['label'], str) and c['label'], c
    for key in ('source', 'provision'):
        assert c[key] is None or (isinstance(c[key], str) and c[key]), c


def check_snippet(snippet):
    assert list(snippet) == ['text', 'marks'], snippet
    raw = snippet['text'].encode('utf-8')
    last = 0
    for start, end in snippet['marks']:
        assert last <= start < end <= len(raw), snippet
        raw[start:end].decode('utf-8')  # marks begin and end between characters
        last = end


def check_search(index, query, *options):
    answer, code = ask('search', index, query, '--json', *options)
    assert list(answer) == SEARCH, list(answer)
    assert list(answer['reading'])[:4] == READING
    assert answer['query'] == query and answer['engine'].startswith('pincite ')
    assert isinstance(answer['confident'], bool) and isinstance(answer['total'], int)
    assert (code == 0) == bool(answer['hits'])
    assert answer['total'] >= len(answer['hits'])
    scores = [h['score'] for h in answer['hits']]
    assert scores == sorted(scores, reverse=True), scores
    for rank, hit in enumerate(answer['hits'], 1):
        assert list(hit) == HIT, list(hit)
        assert hit['rank'] == rank and check_revision(hit)
        assert hit['url'].endswith('/' + hit['id'] + '/') and hit['id'].startswith(hit['module'] + '/')
        for key in ('question', 'verdict', 'status', 'module_title'):
            assert isinstance(hit[key], str), hit
        check_snippet(hit['snippet'])
        for c in hit['citations']:
            assert list(c) == CITATION
            check_citation(c)
    return [hit['id'] for hit in answer['hits']]


def check_item(index, item):
    card, code = ask('show', index, item, '--json')
    assert code == 0 and list(card) == ITEM, list(card)
    assert card['id'] == item and check_revision(card)
    assert card['standing'] == 'current' and [list(r) for r in card['history']] == [REVISION]
    assert card['history'][0]['revision'] == card['revision'] and card['history'][0]['current']
    for c in card['citations']:
        assert list(c)[:4] == CITATION
        check_citation(c)


def check_index(index, queries):
    items = set()
    for query in queries:
        items.update(check_search(index, query))
    for item in sorted(items)[:40]:
        check_item(index, item)
    return len(queries), min(len(items), 40)


def build(index, *corpus):
    subprocess.run((program, 'build') + corpus + ('-o', index), check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return index


def main():
    with tempfile.TemporaryDirectory() as work:
        queries = ['who is the keeper', '"final report" hinge', 'squeek', 'Article 3(2) or annex I part II', 'zeppelin',
                   '', '"', '\\ \t \x01 \u202e </script> é ☃', 'gate ' * 200]
        index = build(os.path.join(work, 'gate.pin'), os.path.join(here, 'corpus'))
        print('golden corpus: %d queries, %d cards' % check_index(index, queries))
        bad, _ = ask('search', index, b'gate \xff\xfe', '--json')
        assert bad['query'] == 'gate \ufffd\ufffd'
        long, _ = ask('search', index, ' '.join('w%d' % i for i in range(100)), '--json')
        assert long['reading']['cut'] is True
        corpus = os.path.join(data, 'eval-dev', 'faq')
        if not os.path.isdir(corpus):
            print('no data in', data)
            return
        index = build(os.path.join(work, 'eval.pin'), os.path.join(corpus, 'corpus.jsonl'),
                      os.path.join(data, 'orc-faq', 'faq'), '--source', 'cra=' + os.path.join(data, 'cra', 'provisions.jsonl'))
        with open(os.path.join(corpus, 'queries.tsv'), encoding='utf-8') as f:
            queries = [l.rstrip('\n').split('\t')[2] for l in f if l.strip() and l[0] != '#']
        print('developers\' queries: %d queries, %d cards' % check_index(index, queries))


main()
