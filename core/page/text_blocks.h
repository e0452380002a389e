/* An answer, kept as safe blocks, as lines of text. */
#ifndef PIN_PAGE_TEXT_BLOCKS_H
#define PIN_PAGE_TEXT_BLOCKS_H

#include "core/page/flow.h"

/* Writes the blocks into the flow. PIN_OK, PIN_CORRUPT. */
pin_status pin_text_blocks(pin_flow *flow, pin_str blocks, pin_error *err);

#endif
