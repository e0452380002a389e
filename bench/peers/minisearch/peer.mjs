// MiniSearch as a peer: BM25+ over two fields, question boosted 3; exact words, as its fastest form.
import fs from 'node:fs';
import {distinctWords, main, require, versionOf, words} from '../harness.mjs';

const {default: MiniSearch = require('minisearch')} = require('minisearch');
const options = {fields: ['question', 'answer'], idField: 'id', tokenize: words, processTerm: (word) => word};

await main({
    name: 'MiniSearch',
    version: `${versionOf('minisearch')} (Node ${process.versions.node})`,
    settings: 'fields question (boost 3) and answer, OR, exact words; typo: fuzzy 0.2 for every word; ' +
        'prefix: for the last word; no phrases; index as JSON',
    build(items) {
        const index = new MiniSearch(options);
        index.addAll(items);
        return index;
    },
    save: (index) => [JSON.stringify(index)],
    load: (path) => MiniSearch.loadJSON(fs.readFileSync(path, 'utf8'), options),
    answer(index, kind, query) {
        if (kind === 'phrase')
            return null;
        const list = distinctWords(query), last = list[list.length - 1];
        return index.search(list.join(' '), {
            boost: {question: 3},
            bm25: {k: 1.2, b: 0.75, d: 0.5},
            fuzzy: kind === 'typo' ? 0.2 : false,
            prefix: (word) => kind === 'prefix' && word === last,
        }).slice(0, 10);
    },
});
