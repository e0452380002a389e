/* The table of other acts' names; see names.c. */
#ifndef PIN_CITE_NAMES_H
#define PIN_CITE_NAMES_H

#include "core/cite/cite.h"

typedef struct pin_other_name {
    const char *name; /* NULL ends the table */
    uint8_t     type; /* pin_act_type        */
} pin_other_name;

extern const pin_other_name pin_other_names[];
/* Words that begin the name of an act without being in that table; NULL ends them. */
extern const char *const    pin_name_openers[];

/* Which of 1,024 sets a name belongs to by the ASCII letters it begins with, six at most, in any case. */
uint32_t              pin_cite_opening(pin_str name);
/* The sets in which there is one of `pin_other_names` or `pin_name_openers`. */
extern const uint64_t pin_other_openings[16];

#endif
