/* Foreign bytes as a corpus: whatever they are, the readers return, the blocks walk without failure,
 * plain texts are UTF-8, every placeholder has its link, ids are slugs, and findings are one line. The
 * first byte says which kind of file the rest is. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "indexer/corpus/corpus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(claim)                                                                                         \
    do {                                                                                                     \
        if (!(claim))                                                                                        \
            abort();                                                                                         \
    } while (0)

static uint32_t check_walk(pin_str blocks)
{
    pin_block_walk walk;
    pin_block      b;
    uint32_t       placeholders = 0;
    pin_block_walk_init(&walk, blocks);
    while (pin_block_next(&walk, &b)) {
        placeholders += b.op == PIN_B_ITEM_LINK && b.text.len && b.text.at[0] == 1;
        if (b.op == PIN_B_LINK || b.op == PIN_B_IMAGE)
            CHECK(pin_url_is_safe(b.text));
    }
    CHECK(!walk.failed);
    return placeholders;
}

/* Draft blocks with every kind of answer, and spans all over the text. */
static void check_rewrite(pin_pool *pool, pin_str blocks, pin_str plain, uint32_t link_count)
{
    pin_link_answer *links = pin_pool_take(pool, link_count, sizeof *links);
    pin_cite_span    spans[16];
    pin_str          out, text;
    for (uint32_t i = 0; i < link_count; i++) {
        links[i] =
            (pin_link_answer){.kind = (pin_answer_kind)(i % 4), .citation = i, .target = PIN_STR("a/b")};
        if (i % 3 == 0)
            links[i].words = PIN_STR("words");
    }
    for (uint32_t i = 0; i < 16; i++)
        spans[i] = (pin_cite_span){(uint32_t)(plain.len / 16 * i), (uint32_t)(plain.len / 16 * i + 1 + i), i};
    CHECK(pin_blocks_text(&text, pool, blocks) == PIN_OK && pin_str_equal(text, plain));
    pin_status status = pin_blocks_rewrite(&out, pool, blocks, links, link_count, spans, 16);
    /* a span may cut a character: then it is refused by whoever walks the result, not by the rewriter */
    CHECK(status == PIN_OK);
    status = pin_blocks_rewrite(&out, pool, blocks, links, link_count, NULL, 0);
    CHECK(status == PIN_OK);
    CHECK(check_walk(out) == 0);
}

static void check_item(pin_pool *pool, const pin_draft_item *item)
{
    CHECK(item->module.len && item->slug.len && item->question.len < PIN_TEXT_MAX);
    CHECK(pin_str_equal(pin_slug(pool, item->slug), item->slug));
    CHECK(item->id.len == item->module.len + 1 + item->slug.len);
    CHECK(pin_utf8_valid(item->question) == item->question.len &&
          pin_utf8_valid(item->plain) == item->plain.len);
    CHECK(!item->published.len || pin_date_is_valid(item->published));
    CHECK(check_walk(item->blocks) == item->link_count);
    check_rewrite(pool, item->blocks, item->plain, item->link_count);
}

static void check_corpus(pin_pool *pool, const pin_corpus *corpus)
{
    for (uint32_t m = 0; m < corpus->module_count; m++) {
        const pin_draft_module *module = &corpus->modules[m];
        CHECK(check_walk(module->overview) == module->link_count);
        CHECK(module->first_item <= corpus->item_count &&
              module->item_count <= corpus->item_count - module->first_item);
        CHECK(module->member_count >= module->item_count);
        CHECK(!pin_module_is_reserved(module->slug));
    }
    for (uint32_t i = 0; i < corpus->item_count; i++) {
        const pin_draft_item *item = &corpus->items[i];
        check_item(pool, item);
        pin_target target = pin_corpus_target(corpus, (pin_str){0}, item->id);
        CHECK(target.kind == PIN_TARGET_ITEM && target.number == i);
        for (uint32_t k = 0; k < item->link_count; k++)
            pin_corpus_target(corpus, item->module, item->links[k].target);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"module.md",   "folder/item.md", "folder/README.yml",
                                        "items.jsonl", "pincite.yml",    "README.yml"};
    if (size < 1 || size > 1 << 16)
        return 0;
    const char    *path = paths[data[0] % (sizeof paths / sizeof *paths)];
    pin_input_file files[] = {
        {PIN_STR("folder/README.yml"), PIN_STR("folder/README.yml"),
         PIN_STR("faqs: [item, other, official/faq_1-2]\n")},
        {PIN_STR("folder/other.md"), PIN_STR("folder/other.md"), PIN_STR("# Other?\n\nYes, see [[item]].\n")},
        {pin_str_of(path), pin_str_of(path), {(const char *)data + 1, size - 1}},
    };
    pin_input    input = {.root = PIN_STR("fuzz"), .is_folder = true, .files = files, .file_count = 3};
    pin_pool    *pool = pin_pool_new();
    pin_findings findings;
    pin_corpus   corpus;
    pin_findings_init(&findings, pool);
    pin_corpus_init(&corpus, pool);
    CHECK(pin_corpus_read(&corpus, &findings, &input, NULL, NULL) == PIN_OK);
    CHECK(pin_corpus_finish(&corpus, &findings, NULL) == PIN_OK);
    check_corpus(pool, &corpus);
    for (uint32_t i = 0; i < findings.count; i++) {
        pin_str message = findings.at[i].message;
        CHECK(message.len && !memchr(message.at, '\n', message.len));
    }
    pin_pool_free(pool);
    return 0;
}
