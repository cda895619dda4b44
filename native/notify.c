/*
 * One datagram to a Unix socket: how a service tells systemd that it is ready (sd_notify(3), the protocol part). Node has
 * no datagram sockets of that family.
 */
#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int notify_send(const char *path, size_t path_length, const char *message, size_t message_length) {
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (path_length == 0 || path_length >= sizeof address.sun_path) return -EINVAL;
	memcpy(address.sun_path, path, path_length);
	/* '@' stands for the abstract namespace, whose names begin with a zero octet and end with their length. */
	if (path[0] == '@') address.sun_path[0] = 0;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) return -errno;
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_length + (path[0] == '@' ? 0 : 1));
	ssize_t sent = sendto(fd, message, message_length, MSG_NOSIGNAL, (const struct sockaddr *)&address, length);
	int error = sent < 0 ? -errno : 0;
	close(fd);
	return error;
}
