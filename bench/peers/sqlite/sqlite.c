/* SQLite FTS5 as a peer: contentless, positions kept, question weighted 3, merged into one segment.
 *
 * The ids stand in a table of their own, because a contentless index returns row numbers only. What its
 * documentation advises for speed: content='', 'optimize' after loading, ORDER BY rank, memory mapping. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../harness.h"

static void must(sqlite3 *db, int code)
{
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        bench_fail("sqlite", sqlite3_errmsg(db));
}

static void run(sqlite3 *db, const char *sql)
{
    must(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    must(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
    return statement;
}

static void build(const char *corpus, const char *index)
{
    sqlite3 *db;
    remove(index);
    must(db, sqlite3_open(index, &db));
    run(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
            "PRAGMA cache_size = -262144;"
            "CREATE TABLE items(number INTEGER PRIMARY KEY, id TEXT NOT NULL);"
            "CREATE VIRTUAL TABLE faq USING fts5(question, answer, content='', tokenize='unicode61');"
            "INSERT INTO faq(faq, rank) VALUES('rank', 'bm25(3.0, 1.0)');"
            "BEGIN;");
    sqlite3_stmt *add_id = prepare(db, "INSERT INTO items VALUES(?, ?)");
    sqlite3_stmt *add_text = prepare(db, "INSERT INTO faq(rowid, question, answer) VALUES(?, ?, ?)");
    bench_items  *items = bench_items_open(corpus);
    bench_item    item;
    for (sqlite3_int64 number = 1; bench_items_next(items, &item); number++) {
        sqlite3_bind_int64(add_id, 1, number);
        sqlite3_bind_text(add_id, 2, item.id, -1, SQLITE_STATIC);
        sqlite3_bind_int64(add_text, 1, number);
        sqlite3_bind_text(add_text, 2, item.question, -1, SQLITE_STATIC);
        sqlite3_bind_text(add_text, 3, item.answer, -1, SQLITE_STATIC);
        must(db, sqlite3_step(add_id));
        must(db, sqlite3_step(add_text));
        sqlite3_reset(add_id);
        sqlite3_reset(add_text);
    }
    bench_items_close(items);
    sqlite3_finalize(add_id);
    sqlite3_finalize(add_text);
    run(db, "INSERT INTO faq(faq) VALUES('optimize'); COMMIT; VACUUM; PRAGMA optimize;");
    must(db, sqlite3_close(db));
}

typedef struct sqlite_index {
    sqlite3      *db;
    sqlite3_stmt *search, *id;
} sqlite_index;

static void *open_index(const char *path)
{
    sqlite_index *index = calloc(1, sizeof *index);
    if (!index)
        bench_fail(path, "out of memory");
    must(index->db, sqlite3_open_v2(path, &index->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL));
    run(index->db, "PRAGMA mmap_size = 34359738368; PRAGMA cache_size = -65536;");
    index->search = prepare(index->db, "SELECT rowid, rank FROM faq WHERE faq MATCH ? ORDER BY rank LIMIT 10");
    index->id = prepare(index->db, "SELECT id FROM items WHERE number = ?");
    return index;
}

/* "word" OR "word" OR "a phrase" OR "pre" * */
static void write_match(char *to, const bench_query *q)
{
    for (uint32_t i = 0; i < q->count; i++)
        to += sprintf(to, "%s\"%s\"%s", i ? " OR " : "", q->words[i],
                      q->last_is_prefix && i + 1 == q->count ? " *" : "");
    if (q->phrase_count)
        to += sprintf(to, "%s\"", q->count ? " OR " : "");
    for (uint32_t i = 0; i < q->phrase_count; i++)
        to += sprintf(to, "%s%s", i ? " " : "", q->phrase[i]);
    strcpy(to, q->phrase_count ? "\"" : "");
}

static void answer(void *engine, const bench_query *q, bench_hits *out)
{
    sqlite_index *index = engine;
    char          match[4096];
    write_match(match, q);
    sqlite3_bind_text(index->search, 1, match, -1, SQLITE_STATIC);
    while (out->count < BEST && sqlite3_step(index->search) == SQLITE_ROW) {
        sqlite3_bind_int64(index->id, 1, sqlite3_column_int64(index->search, 0));
        must(index->db, sqlite3_step(index->id));
        snprintf(out->id[out->count], ID_MAX, "%s", (const char *)sqlite3_column_text(index->id, 0));
        out->score[out->count++] = -sqlite3_column_double(index->search, 1);
        sqlite3_reset(index->id);
    }
    must(index->db, sqlite3_reset(index->search));
}

int main(int argc, char **argv)
{
    static bench_engine engine = {
        .name = "SQLite FTS5",
        .settings = "content='', detail=full (positions), unicode61, bm25(3,1), ORDER BY rank, optimize, VACUUM, mmap; "
                    "no typo tolerance",
        .build = build,
        .open = open_index,
        .answer = answer,
    };
    engine.version = sqlite3_libversion();
    return bench_main(&engine, argc, argv);
}
