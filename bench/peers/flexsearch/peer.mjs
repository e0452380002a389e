// FlexSearch as a peer: one strict index over question and answer, which is its fastest form.
//
// It has no BM25: its score is how early a word stands. The question comes first, so it counts most.
import fs from 'node:fs';
import {distinctWords, main, require, versionOf, words} from '../harness.mjs';

const {Index} = require('flexsearch');
const options = {tokenize: 'strict', resolution: 9, encode: words};

await main({
    name: 'FlexSearch',
    version: `${versionOf('flexsearch')} (Node ${process.versions.node})`,
    settings: 'one index over question and answer, strict, suggest (OR), no BM25 in this engine; no typo tolerance and no ' +
        'prefixes in this form; no phrases; index as its export',
    build(items) {
        const index = new Index(options);
        items.forEach((item, i) => index.add(i, `${item.question} ${item.answer}`));
        return {index, ids: items.map((item) => item.id)};
    },
    async save({index, ids}) {
        const pieces = [`${JSON.stringify(ids)}\n`];
        await index.export((key, data) => void pieces.push(`${JSON.stringify([key, data])}\n`));
        return pieces;
    },
    async load(path) {
        const [ids, ...parts] = fs.readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
        const index = new Index(options);
        for (const [key, data] of parts)
            await index.import(key, data);
        return {index, ids};
    },
    answer({index, ids}, kind, query) {
        if (kind === 'phrase')
            return null;
        const found = index.search(distinctWords(query).join(' '), {limit: 10, suggest: true});
        return found.map((number, i) => ({id: ids[number], score: 10 - i}));
    },
});
