/* How the rooms of host/folder say what the operating system refused; private to this folder. */
#ifndef PIN_FOLDER_ERROR_H
#define PIN_FOLDER_ERROR_H

#include "host/folder/folder.h"

/* Fills `err` (if any) with "VERB 'PATH': REASON" and returns `code`. `reason` of NULL means the text
 * of errno value `number`. */
pin_status pin_folder_fail(pin_folder_error *err, pin_status code, const char *verb, const char *path, int number,
                           const char *reason);

#endif
