// What the peers in Node share: reading items and queries, timing, writing answers. Commands and output are
// those of harness.h. An engine is an object {name, version, settings, build(items) -> index, save(index) ->
// [strings or buffers], load(path) -> index, answer(index, kind, query) -> [{id, score}], or null for a kind
// that it has no form of query for}; all of these may be async.
//
// BENCH_NODE names the folder into which bench/run.py has npm install the packages.
import {createRequire} from 'node:module';
import fs from 'node:fs';
import {join} from 'node:path';
import readline from 'node:readline';

export const require = createRequire(join(process.env.BENCH_NODE ?? '.', 'here.js'));

export function versionOf(name) {
    return JSON.parse(fs.readFileSync(join(process.env.BENCH_NODE, 'node_modules', name, 'package.json'), 'utf8')).version;
}

// Runs of letters and digits, lower-cased: what every tokenizer here makes of ASCII.
export function words(text) {
    return text.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
}

export function distinctWords(text) {
    return [...new Set(words(text))];
}

async function readItems(path) {
    const items = [];
    for await (const line of readline.createInterface({input: fs.createReadStream(path)})) {
        const {id, question, answer} = JSON.parse(line);
        items.push({id, question, answer});
    }
    return items;
}

async function build(engine, corpus, index) {
    const pieces = await engine.save(await engine.build(await readItems(corpus)));
    fs.writeFileSync(index, '');
    for (const piece of pieces) // in pieces: an index can be longer than the longest string
        fs.appendFileSync(index, piece);
}

const processor = () => {
    const {user, system} = process.cpuUsage();
    return user + system; // microseconds, the collector's threads included
};

async function runKind(engine, index, kind, queries, seconds, rows, times) {
    const done = [];
    let start = processor();
    for (const [, , text] of queries) { // lets the compiler get warm
        if (processor() - start > Math.min(2, seconds) * 1e6)
            break;
        await engine.answer(index, kind, text);
    }
    start = processor();
    for (const query of queries) {
        if (processor() - start > seconds * 1e6)
            break;
        const hits = await engine.answer(index, kind, query[2]);
        if (!hits)
            return;
        hits.forEach((hit, i) => rows.push(`${query[0]}\t${hit.id}\t${i + 1}\t${hit.score.toFixed(4)}\n`));
        done.push(query);
    }
    for (const [qid, , text] of done) {
        const before = processor(), clock = process.hrtime.bigint();
        await engine.answer(index, kind, text);
        const wall = Number(process.hrtime.bigint() - clock) / 1e3;
        times.push(`${qid}\t${kind}\t${wall.toFixed(2)}\t${processor() - before}\n`);
    }
}

async function search(engine, [path, queries, run, times, seconds]) {
    const kinds = new Map();
    for (const line of fs.readFileSync(queries, 'utf8').trimEnd().split('\n')) {
        const query = line.split('\t');
        kinds.set(query[1], [...(kinds.get(query[1]) ?? []), query]);
    }
    const index = await engine.load(path);
    const rows = [], timed = [];
    for (const [kind, ofKind] of kinds)
        await runKind(engine, index, kind, ofKind, Number(seconds), rows, timed);
    fs.writeFileSync(run, rows.join(''));
    fs.writeFileSync(times, timed.join(''));
}

export async function main(engine) {
    const [what, ...rest] = process.argv.slice(2);
    if (what === 'about')
        console.log(JSON.stringify({engine: engine.name, version: engine.version, settings: engine.settings}));
    else if (what === 'build')
        await build(engine, ...rest);
    else if (what === 'search')
        await search(engine, rest);
    else if (what === 'first') {
        const hits = await engine.answer(await engine.load(rest[0]), rest[1], rest[2]);
        hits?.forEach((hit, i) => console.log(`q\t${hit.id}\t${i + 1}\t${hit.score.toFixed(4)}`));
    } else {
        console.error('usage: see harness.h');
        process.exitCode = 2;
    }
}
