/* The two sources that questions on the Cyber Resilience Act lean on most are known by name, so that a
 * corpus without any configuration has its citations understood. */
#include "indexer/source/inside.h"

#include <string.h>

typedef struct known {
    const char *id, *title, *celex, *eli, *version, *language, *link, *rank;
    const char *names[16];
} known;

static const known known_sources[] = {
    {
        .id = "cra",
        .title = "Regulation (EU) 2024/2847 (Cyber Resilience Act)",
        .celex = "32024R2847",
        .eli = "http://data.europa.eu/eli/reg/2024/2847/oj",
        .version = "2024-11-20",
        .language = "en",
        /* {top} is the first step of a provision's id: art_13, rct_64, anx_I */
        .link = "https://eur-lex.europa.eu/eli/reg/2024/2847/oj/eng#{top}",
        .rank = "act",
        .names = {"Cyber Resilience Act", "CRA", "Regulation (EU) 2024/2847", "EU Cyber Resilience Act",
                  "Cyber Resilience Regulation", "Regulation 2024/2847", "2024/2847"},
    },
    {
        .id = "cfaq",
        .title = "FAQs on the Cyber Resilience Act (European Commission)",
        .language = "en",
        .rank = "official FAQ",
        .names = {"Commission FAQ", "European Commission CRA FAQs", "FAQs on the Cyber Resilience Act",
                  "European Commission FAQs", "European Commission FAQ", "European Commission CRA FAQ",
                  "Commission FAQs", "Commission CRA FAQs", "Commission CRA FAQ", "Commission's FAQs",
                  "Commission's FAQ", "CRA FAQs", "CRA FAQ", "FAQ"},
    },
};

static pin_str copy(const char *text)
{
    return text ? pin_str_of(text) : (pin_str){0};
}

bool pin_known_source(pin_draft_source *out, pin_pool *pool, pin_str id)
{
    for (size_t i = 0; i < sizeof known_sources / sizeof *known_sources; i++) {
        const known *k = &known_sources[i];
        if (!pin_str_equal(id, pin_str_of(k->id)))
            continue;
        uint32_t count = 0;
        while (count < sizeof k->names / sizeof *k->names && k->names[count])
            count++;
        pin_str *names = pin_pool_take(pool, count, sizeof *names);
        if (!names)
            return false;
        for (uint32_t n = 0; n < count; n++)
            names[n] = pin_str_of(k->names[n]);
        *out = (pin_draft_source){.id = copy(k->id),
                                  .title = copy(k->title),
                                  .celex = copy(k->celex),
                                  .eli = copy(k->eli),
                                  .version = copy(k->version),
                                  .language = copy(k->language),
                                  .link = copy(k->link),
                                  .rank = copy(k->rank),
                                  .names = names,
                                  .name_count = count};
        return true;
    }
    return false;
}

pin_str pin_known_id(uint32_t k)
{
    return k < sizeof known_sources / sizeof *known_sources ? pin_str_of(known_sources[k].id) : (pin_str){0};
}
