/* Sockets: opening with their options, steering, closing. System errors are negative errno values. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "petrel_udp.h"

/* A moment's worth; whoever sends more than that so early is not worth hearing either. */
enum { EARLY_DATAGRAMS_MAX = 64 };

/* An IP address as text, with a zone for link-local ones. */
static int parse_address(const char *text, uint16_t port, struct peer *peer, socklen_t *length) {
	memset(peer, 0, sizeof *peer);
	if (uv_ip4_addr(text, port, &peer->address.in) == 0) {
		*length = sizeof peer->address.in;
		return 0;
	}
	if (uv_ip6_addr(text, port, &peer->address.in6) == 0) {
		*length = sizeof peer->address.in6;
		return 0;
	}
	return -EINVAL;
}

static int set_option(int fd, int level, int name, int value) {
	return setsockopt(fd, level, name, &value, sizeof value) == 0 ? 0 : -errno;
}

static bool is_wildcard(const struct peer *peer) {
	if (peer->address.generic.sa_family == AF_INET) return peer->address.in.sin_addr.s_addr == htonl(INADDR_ANY);
	return IN6_IS_ADDR_UNSPECIFIED(&peer->address.in6.sin6_addr);
}

struct udp_socket *socket_new(struct instance *instance, enum socket_kind kind, int family) {
	struct udp_socket *socket = calloc(1, sizeof *socket);
	if (socket == NULL) return NULL;
	socket->kind = kind;
	socket->family = family;
	socket->fd = -1;
	socket->segments = true;
	if (instance_add(instance, socket)) return socket;
	free(socket);
	return NULL;
}

void socket_discard(struct udp_socket *socket) {
	if (socket->fd >= 0) close(socket->fd);
	instance_remove(socket->instance, socket);
	free(socket);
}

int socket_adopt(struct udp_socket *socket) {
	int error = uv_poll_init(socket->instance->loop, &socket->poll, socket->fd);
	if (error == 0) socket->open = true;
	return error;
}

/* Beyond net.core.rmem_max where this process may; else as far as that goes. */
static void set_receive_buffer(int fd, int bytes) {
	if (set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes) != 0) set_option(fd, SOL_SOCKET, SO_RCVBUF, bytes);
}

static int set_listener_options(struct udp_socket *socket, const struct listener_options *options) {
	int fd = socket->fd;
	int error = 0;
	if (options->reuse_port) error = set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (error == 0 && socket->family == AF_INET6) error = set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (error == 0 && socket->wildcard) {
		error = socket->family == AF_INET ? set_option(fd, IPPROTO_IP, IP_PKTINFO, 1)
		                                  : set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	}
	if (error == 0) set_receive_buffer(fd, options->receive_buffer_bytes);
	return error;
}

/* The port that the socket is bound to. Writes over `at`. */
static int own_port(struct udp_socket *socket, struct peer *at, uint16_t *port) {
	socklen_t length = sizeof at->address;
	if (getsockname(socket->fd, &at->address.generic, &length) != 0) return -errno;
	*port = ntohs(socket->family == AF_INET ? at->address.in.sin_port : at->address.in6.sin6_port);
	return 0;
}

static int bind_listener(struct udp_socket *socket, struct peer *at, socklen_t length, uint16_t *port) {
	if (bind(socket->fd, &at->address.generic, length) != 0) return -errno;
	return own_port(socket, at, port);
}

int socket_open_listener(struct instance *instance, struct listener_options *options, struct udp_socket **opened) {
	struct peer at;
	socklen_t length;
	int error = parse_address(options->address, options->port, &at, &length);
	if (error != 0) return error;
	struct udp_socket *made = socket_new(instance, KIND_LISTENER, at.address.generic.sa_family);
	if (made == NULL) return -ENFILE;
	made->wildcard = is_wildcard(&at);
	made->fd = socket(made->family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	error = made->fd < 0 ? -errno : set_listener_options(made, options);
	if (error == 0) error = bind_listener(made, &at, length, &options->port);
	if (error == 0) error = socket_adopt(made);
	if (error != 0) socket_discard(made);
	else *opened = made;
	return error;
}

/* What came between the moment that the port was taken and the connection may be from anybody: nothing was asked yet. */
static void forget_early_datagrams(int fd) {
	char octet;
	for (int i = 0; i < EARLY_DATAGRAMS_MAX && recv(fd, &octet, 1, MSG_DONTWAIT) >= 0; i++) continue;
}

/* Takes a free port at random and then datagrams of this address and port only (RFC 5452 section 9.1). */
static int connect_upstream(struct udp_socket *socket, struct peer *to, socklen_t length, uint16_t *port) {
	if (connect(socket->fd, &to->address.generic, length) != 0) return -errno;
	forget_early_datagrams(socket->fd);
	return own_port(socket, to, port);
}

int socket_open_upstream(struct instance *instance, struct upstream_options *options, struct udp_socket **opened) {
	struct peer to;
	socklen_t length;
	int error = parse_address(options->address, options->port, &to, &length);
	if (error != 0) return error;
	struct udp_socket *made = socket_new(instance, KIND_UPSTREAM, to.address.generic.sa_family);
	if (made == NULL) return -ENFILE;
	made->fd = socket(made->family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (made->fd < 0) error = -errno;
	else if (options->receive_buffer_bytes > 0) set_receive_buffer(made->fd, options->receive_buffer_bytes);
	if (error == 0) error = connect_upstream(made, &to, length, &options->port);
	if (error == 0) error = socket_adopt(made);
	if (error != 0) socket_discard(made);
	else *opened = made;
	return error;
}

int socket_start(struct udp_socket *socket) {
	return uv_poll_start(&socket->poll, UV_READABLE, receive_ready);
}

static void let_go(uv_handle_t *handle) {
	struct udp_socket *socket = (struct udp_socket *)handle;
	instance_remove(socket->instance, socket);
	free(socket);
}

/* The descriptor goes at once, and with it the socket's place among those that share its port. */
void socket_close(struct udp_socket *socket) {
	if (!socket->open) return;
	socket->open = false;
	uv_close((uv_handle_t *)&socket->poll, let_go);
	close(socket->fd);
	socket->fd = -1;
}

/*
 * Which of the sockets that share a port gets a datagram. The kernel asks this program for an index; one that no socket
 * has makes it fall back to a hash of the addresses, so a group that is one short for a moment loses nothing.
 */
int socket_steer(struct udp_socket *socket, enum steering steering, uint32_t shards) {
	if (steering == STEER_FLOW) {
		int none = 0;
		int result = setsockopt(socket->fd, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &none, sizeof none);
		return result == 0 || errno == ENOENT ? 0 : -errno;
	}
	uint32_t source = SKF_AD_OFF + (steering == STEER_CPU ? SKF_AD_CPU : SKF_AD_RANDOM);
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, source),
		BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, shards),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog program = {.len = sizeof code / sizeof code[0], .filter = code};
	int result = setsockopt(socket->fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program);
	return result == 0 ? 0 : -errno;
}

int64_t socket_drops(struct udp_socket *socket) {
	uint32_t info[SK_MEMINFO_VARS] = {0};
	socklen_t length = sizeof info;
	if (getsockopt(socket->fd, SOL_SOCKET, SO_MEMINFO, info, &length) != 0) return -errno;
	return info[SK_MEMINFO_DROPS];
}

int socket_receive_buffer(struct udp_socket *socket) {
	int bytes = 0;
	socklen_t length = sizeof bytes;
	return getsockopt(socket->fd, SOL_SOCKET, SO_RCVBUF, &bytes, &length) == 0 ? bytes : -errno;
}
