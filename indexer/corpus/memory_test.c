/* Memory that fails once, at the first allocation, then at the second, and so on until nothing fails:
 * each time the corpus is either read whole or PIN_NO_SPACE comes back, and nothing is left behind.
 * malloc is our own here, over glibc's; a sanitizer brings one that cannot be replaced. */
#include "indexer/corpus/testing.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__GLIBC__) && !defined(SANITIZED) && !defined(__SANITIZE_ADDRESS__) &&                           \
    !defined(__SANITIZE_THREAD__)
#define CAN_FAIL 1
#else
#define CAN_FAIL 0
#endif

#if CAN_FAIL
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *at, size_t size);
void  __libc_free(void *at);

static bool   armed;
static size_t made, fail_at;
static long   held;

static bool fails(void) { return armed && ++made == fail_at; }

void *malloc(size_t size)
{
    if (fails())
        return NULL;
    held += armed;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (fails())
        return NULL;
    held += armed;
    return __libc_calloc(count, size);
}

void *realloc(void *at, size_t size)
{
    if (fails())
        return NULL;
    held += armed && !at;
    return __libc_realloc(at, size);
}

void free(void *at)
{
    held -= armed && at;
    __libc_free(at);
}
#endif

static const char module[] =
    "---\ntitle: T\naudience: [a, b]\n---\n# T\n\nOver [[a/q]].\n\n## One? {#one}\nstatus: draft\n\n"
    "Yes, *see* [it](a/q.md)[^1].\n\n| a |\n|-|\n| &amp; |\n\n[^1]: x\n\nCitations:\n\n"
    "- Article 1 \xE2\x80\x94 *note* > \"q\"\n- Article 2\n\n## Two?\n\n[x](javascript:y)\n";
static const char question[] =
    "---\nStatus: Draft\nRelated issues: x, y\nSource: Article 3\nguidance-id: g\n---\n# Q _x_?\n";
static const char request[] = "---\ntype: guidance-request\nstatus: Pending\n---\n# G\n";
static const char lines[] =
    "{\"id\":\"j:1.1\",\"question\":\"Q?\",\"answer\":\"\\u2022 a\\n\\n\\u2022 "
    "`b`\",\"citations\":[{\"source\":"
    "\"CRA\",\"provision\":\"Article 1\",\"note\":\"*n*\"},\"Article 2\"],\"status\":\"draft\",\"other\":1}\n"
    "{\"broken\n{\"id\":\"j:1.2\",\"title\":\"R?\",\"related\":[\"x\"]}\n";

typedef struct outcome {
    pin_status status;
    uint32_t   items, modules, findings, skipped;
} outcome;

__attribute__((unused)) static outcome read_all(void) /* with a sanitizer, memory cannot be made to fail */
{
    pin_input_file files[] = {
        {PIN_STR("README.yml"), PIN_STR("README.yml"), PIN_STR("title: H\nfaqs: [a, m, gone]\n")},
        {PIN_STR("a/README.yml"), PIN_STR("a/README.yml"),
         PIN_STR("title: A\nfaqs: [q, m/one, official/faq_1-1]\n")},
        {PIN_STR("a/q.md"), PIN_STR("a/q.md"), PIN_STR(question)},
        {PIN_STR("g/g.md"), PIN_STR("g/g.md"), PIN_STR(request)},
        {PIN_STR("j.jsonl"), PIN_STR("j.jsonl"), PIN_STR(lines)},
        {PIN_STR("m.md"), PIN_STR("m.md"), PIN_STR(module)},
        {PIN_STR("pincite.yml"), PIN_STR("pincite.yml"), PIN_STR("title: T\nsources: {cra: laws}\n")},
    };
    pin_input         input = {.root = PIN_STR("c"), .is_folder = true, .files = files, .file_count = 7};
    pin_build_options options = {.threads = 1};
    outcome           o = {.status = PIN_NO_SPACE};
    pin_corpus        corpus;
    pin_findings      findings;
    pin_pool         *pool = pin_pool_new();
    if (!pool)
        return o;
    pin_findings_init(&findings, pool);
    pin_corpus_init(&corpus, pool);
    o.status = pin_corpus_read(&corpus, &findings, &input, &options, NULL);
    if (o.status == PIN_OK)
        o.status = pin_corpus_finish(&corpus, &findings, NULL);
    if (o.status == PIN_OK)
        o = (outcome){PIN_OK, corpus.item_count, corpus.module_count, findings.count, corpus.skipped_count};
    pin_pool_free(pool);
    return o;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
#if CAN_FAIL
    outcome whole = read_all(), o;
    size_t  failures = 0;
    assert_int_equal(whole.status, PIN_OK);
    assert_int_equal(whole.items, 5);
    for (fail_at = 1;; fail_at++) {
        made = 0;
        held = 0;
        armed = true;
        o = read_all();
        armed = false;
        assert_int_equal(held, 0);
        if (o.status == PIN_OK)
            assert_memory_equal(&o, &whole, sizeof o);
        else
            assert_int_equal(o.status, PIN_NO_SPACE);
        failures += o.status != PIN_OK;
        if (made < fail_at)
            break;
    }
    printf("%zu allocations, %zu of them told\n", fail_at - 1, failures);
    assert_true(failures > 100);
#else
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
