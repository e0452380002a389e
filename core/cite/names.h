/* The table of other acts' names; see names.c. */
#ifndef PIN_CITE_NAMES_H
#define PIN_CITE_NAMES_H

#include "core/cite/cite.h"

typedef struct pin_other_name {
    const char *name; /* NULL ends the table */
    uint8_t     type; /* pin_act_type        */
} pin_other_name;

extern const pin_other_name pin_other_names[];

#endif
