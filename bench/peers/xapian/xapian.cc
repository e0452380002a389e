// Xapian as a peer: glass, question terms counted three times, compacted into one file.
//
// Without positions: its documentation advises to leave them out where no phrase is asked for, and with
// them the index doubles. Phrase queries are therefore left out.
#include <xapian.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "../harness.h"

namespace {

struct XapianIndex {
    Xapian::Database db;
    Xapian::Enquire enquire;
    explicit XapianIndex(const char *path) : db(path), enquire(db)
    {
        enquire.set_weighting_scheme(Xapian::BM25Weight(1.2, 0, 1, 0.75, 0.5));
    }
};

void add_words(Xapian::Document &doc, const char *text, Xapian::termcount weight)
{
    static std::vector<char> room;
    static const char *words[4096];
    room.assign(text, text + std::strlen(text) + 1);
    uint32_t count = bench_words(room.data(), words, 4096);
    for (uint32_t i = 0; i < count; i++)
        doc.add_term(words[i], weight);
}

void build(const char *corpus, const char *index)
{
    setenv("XAPIAN_FLUSH_THRESHOLD", "100000", 0); // documents a batch; its notes on speed advise more than 10,000
    std::string draft = std::string(index) + ".draft";
    std::string clean = "rm -rf '" + draft + "' '" + index + "'";
    if (std::system(clean.c_str()) != 0)
        bench_fail(index, "cannot be replaced");
    {
        Xapian::WritableDatabase db(draft, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_BACKEND_GLASS |
                                               Xapian::DB_DANGEROUS | Xapian::DB_NO_SYNC);
        bench_items *items = bench_items_open(corpus);
        bench_item item;
        while (bench_items_next(items, &item)) {
            Xapian::Document doc;
            doc.set_data(item.id);
            add_words(doc, item.question, 3);
            add_words(doc, item.answer, 1);
            db.add_document(doc);
        }
        bench_items_close(items);
        db.commit();
    }
    Xapian::Database(draft).compact(index, Xapian::DBCOMPACT_SINGLE_FILE | Xapian::Compactor::FULLER);
    if (std::system(("rm -rf '" + draft + "'").c_str()) != 0)
        bench_fail(index, "the draft cannot be removed");
}

void *open_index(const char *path)
{
    return new XapianIndex(path);
}

void answer(void *engine, const bench_query *q, bench_hits *out)
{
    auto *index = static_cast<XapianIndex *>(engine);
    if (q->phrase_count) {
        out->count = -1;
        return;
    }
    std::vector<Xapian::Query> parts;
    for (uint32_t i = 0; i < q->count; i++)
        if (q->last_is_prefix && i + 1 == q->count)
            parts.emplace_back(Xapian::Query::OP_WILDCARD, q->words[i], 50,
                               Xapian::Query::WILDCARD_LIMIT_MOST_FREQUENT, Xapian::Query::OP_OR);
        else
            parts.emplace_back(q->words[i]);
    index->enquire.set_query(Xapian::Query(Xapian::Query::OP_OR, parts.begin(), parts.end()));
    Xapian::MSet best = index->enquire.get_mset(0, BEST);
    for (auto at = best.begin(); at != best.end(); ++at) {
        std::snprintf(out->id[out->count], ID_MAX, "%s", at.get_document().get_data().c_str());
        out->score[out->count++] = at.get_weight();
    }
}

} // namespace

int main(int argc, char **argv)
{
    bench_engine engine = {};
    engine.name = "Xapian";
    engine.version = Xapian::version_string();
    engine.settings = "glass, no positions, question wdf 3, BM25Weight(1.2,0,1,0.75,0.5), OP_OR, compacted to one file; "
                      "prefix: the 50 most frequent expansions; no typo tolerance, no phrases in this form";
    engine.build = build;
    engine.open = open_index;
    engine.answer = answer;
    try {
        return bench_main(&engine, argc, argv);
    } catch (const Xapian::Error &e) {
        bench_fail("xapian", e.get_description().c_str());
    }
}
