/* Acts that people name beside the one that is loaded. A citation of one of these must never be taken
 * for one of ours, so the list errs on the long side; what is not here is caught by its shape, "the
 * Machinery Regulation", or by its number, "Directive 2014/53/EU". */
#include "core/cite/names.h"

#include "core/bytes/bytes.h"

const pin_other_name pin_other_names[] = {
    {"AI Act", PIN_ACT_REGULATION},
    {"AIA", PIN_ACT_REGULATION},
    {"Artificial Intelligence Act", PIN_ACT_REGULATION},
    {"Basic Regulation", PIN_ACT_REGULATION},
    {"Batteries Regulation", PIN_ACT_REGULATION},
    {"BGB", PIN_ACT_ACT},
    {"Blue Guide", PIN_ACT_GUIDE},
    {"CER Directive", PIN_ACT_DIRECTIVE},
    {"Charter of Fundamental Rights", PIN_ACT_TREATY},
    {"CPR", PIN_ACT_REGULATION},
    {"CSA", PIN_ACT_REGULATION},
    {"CSDDD", PIN_ACT_DIRECTIVE},
    {"Cyber Solidarity Act", PIN_ACT_REGULATION},
    {"Cybersecurity Act", PIN_ACT_REGULATION},
    {"DA", PIN_ACT_REGULATION},
    {"Data Act", PIN_ACT_REGULATION},
    {"Data Governance Act", PIN_ACT_REGULATION},
    {"DGA", PIN_ACT_REGULATION},
    {"Digital Markets Act", PIN_ACT_REGULATION},
    {"Digital Services Act", PIN_ACT_REGULATION},
    {"DMA", PIN_ACT_REGULATION},
    {"DORA", PIN_ACT_REGULATION},
    {"DSA", PIN_ACT_REGULATION},
    {"ECHR", PIN_ACT_TREATY},
    {"EHDS", PIN_ACT_REGULATION},
    {"EHDSR", PIN_ACT_REGULATION},
    {"eIDAS", PIN_ACT_REGULATION},
    {"eIDAS2", PIN_ACT_REGULATION},
    {"eIDAS 2", PIN_ACT_REGULATION},
    {"EMCD", PIN_ACT_DIRECTIVE},
    {"EN", PIN_ACT_ANY},
    {"ePrivacy Directive", PIN_ACT_DIRECTIVE},
    {"ESPR", PIN_ACT_REGULATION},
    {"General Data Protection Regulation", PIN_ACT_REGULATION},
    {"GDPR", PIN_ACT_REGULATION},
    {"GPSD", PIN_ACT_DIRECTIVE},
    {"GPSR", PIN_ACT_REGULATION},
    {"IEC", PIN_ACT_ANY},
    {"ISO", PIN_ACT_ANY},
    {"IVDR", PIN_ACT_REGULATION},
    {"LVD", PIN_ACT_DIRECTIVE},
    {"Machinery Directive", PIN_ACT_DIRECTIVE},
    {"Machinery Regulation", PIN_ACT_REGULATION},
    {"MDR", PIN_ACT_REGULATION},
    {"MiCA", PIN_ACT_REGULATION},
    {"MR", PIN_ACT_REGULATION},
    {"MSR", PIN_ACT_REGULATION},
    {"NIS", PIN_ACT_DIRECTIVE},
    {"NIS2", PIN_ACT_DIRECTIVE},
    {"NIS 2", PIN_ACT_DIRECTIVE},
    {"NIS-2", PIN_ACT_DIRECTIVE},
    {"NIS2D", PIN_ACT_DIRECTIVE},
    {"PLD", PIN_ACT_DIRECTIVE},
    {"Product Liability Directive", PIN_ACT_DIRECTIVE},
    {"PSD2", PIN_ACT_DIRECTIVE},
    {"Radio Equipment Directive", PIN_ACT_DIRECTIVE},
    {"REACH", PIN_ACT_REGULATION},
    {"RED", PIN_ACT_DIRECTIVE},
    {"RoHS", PIN_ACT_DIRECTIVE},
    {"TEU", PIN_ACT_TREATY},
    {"TFEU", PIN_ACT_TREATY},
    {"Treaty on European Union", PIN_ACT_TREATY},
    {"Treaty on the Functioning of the European Union", PIN_ACT_TREATY},
    {"Treaty on the Functioning of the EU", PIN_ACT_TREATY},
    {"UCPD", PIN_ACT_DIRECTIVE},
    {0, 0},
};

/* Words that begin the name of an act without being the name in our tables: numbers of the Official
 * Journal and FAQs. */
const char *const pin_name_openers[] = {
    "Commission", "Council",   "Delegated", "Implementing", "Framework",  "Joint",      "European",
    "Regulation", "Directive", "Decision",  "Act",          "Treaty",     "Charter",    "Convention",
    "Code",       "Law",       "Protocol",  "Guide",        "Guidelines", "Notice",     "FAQ",
    "FAQs",       "CRA",       "EC",        "EU",           "official",   "frequently", "Recommendation",
    NULL};

enum { OPENING = 6 };

uint32_t pin_cite_opening(pin_str name)
{
    uint32_t hash = 0;
    size_t   len = name.len < OPENING ? name.len : OPENING;
    for (size_t i = 0; i < len && pin_is_alpha((uint8_t)name.at[i]); i++)
        hash = hash * 37 + pin_ascii_lower((uint8_t)name.at[i]);
    return (hash ^ hash >> 10 ^ hash >> 20) & 1023;
}

/* Made from the two lists above; acts_test.c makes it again and prints it when it differs. */
const uint64_t pin_other_openings[16] = {
    0x0080000000100008, 0x0010000400000002, 0x0000000010000000, 0x4002200000000080, 0x0000810080000000,
    0x8000002040000000, 0x0002008200000000, 0x0240400080204000, 0x01020020c0100001, 0x0000e60008002000,
    0x0008000000000022, 0x8010000800414004, 0x020a0a1201002010, 0x0008068c0c902100, 0,
    0x1000044000020800,
};
