#ifndef PETREL_NOTIFY_H
#define PETREL_NOTIFY_H

#include <stddef.h>

/* Sends a message to the Unix datagram socket at `path` ('@...': an abstract name). 0, or the error below 0. Never waits. */
int notify_send(const char *path, size_t path_length, const char *message, size_t message_length);

#endif
