// Orama as a peer: its default search, question boosted 3. It keeps the text of the items in its index.
import fs from 'node:fs';
import v8 from 'node:v8';
import {distinctWords, main, require, versionOf} from '../harness.mjs';

const {create, insert, load, save, search} = require('@orama/orama');
const empty = () => create({schema: {question: 'string', answer: 'string'}, sort: {enabled: false}});

await main({
    name: 'Orama',
    version: `${versionOf('@orama/orama')} (Node ${process.versions.node})`,
    settings: 'default search (every word is also a prefix), threshold 1 (OR), question boost 3, k 1.2, b 0.75; typo: ' +
        'tolerance 1; no phrases; index with the text inside, in the engine of Node\'s own serialization',
    async build(items) {
        const index = empty();
        for (const item of items)
            await insert(index, item);
        return index;
    },
    save: (index) => [v8.serialize(save(index))],
    load(path) {
        const index = empty();
        load(index, v8.deserialize(fs.readFileSync(path)));
        return index;
    },
    async answer(index, kind, query) {
        if (kind === 'phrase')
            return null;
        const {hits} = await search(index, {
            term: distinctWords(query).join(' '),
            boost: {question: 3},
            relevance: {k: 1.2, b: 0.75, d: 0.5},
            threshold: 1,
            tolerance: kind === 'typo' ? 1 : 0,
            limit: 10,
        });
        return hits.map(({id, score}) => ({id, score}));
    },
});
