/* The few sizes of the format that show outside of it: in postings and pages of postings. */
#ifndef PIN_SIZES_H
#define PIN_SIZES_H

#define PIN_BLOCK 128   /* postings in a full block                                */
#define PIN_INLINE 8    /* lists up to this length live in the dictionary itself   */
#define PIN_WINDOW 4096 /* ids a max-impact byte of a long list covers             */

/* A word that only holds sentences together has a flat list when more than one item of so many has it: in a
 * larger corpus sooner, for a flat list is added up and answers at once, and compressed, as browsers fetch those of
 * 1,024 bytes or more, it is shorter than blocks. */
#define PIN_FLAT_PART(items) ((items) > 2048 ? 8u : 4u)

#endif
