/*
 * Batched UDP for one event loop of Node.js: a batch of datagrams in by recvmmsg, one call into JavaScript, a batch of
 * datagrams out by sendmmsg.
 *
 * Everything that the two sides exchange lies in one ArrayBuffer, which this side makes, lays out and describes to
 * JavaScript (`memory_layout`). Who writes what:
 *
 *   times      2 doubles              C          ms since the origin: start of the turn, and the last `readClock`
 *   counts     uint32 a kind          C          losses, by `enum count`; JavaScript reads them
 *   failed     pairs of int32         C          sockets that a `flush` found broken, and their errno
 *   rxLength   uint16 a slot          C          octets of each datagram of the batch
 *   rxAddress  12 words a slot        C          who sent it (`struct peer`)
 *   rx         rxStride octets a slot C          the datagrams; JavaScript may change them in place
 *   txLength   uint16 a slot          JavaScript > 0: the reply to the sender of the datagram in the same slot
 *   tx         txStride octets a slot JavaScript the replies
 *   outLength, outSocket, outAddress, out        JavaScript: what `flush` sends, to anybody
 *
 * JavaScript can write anything into this memory at any time between two calls, so every length, number and address is
 * checked here when it is used. JavaScript can also detach the buffer: its address is asked for anew at each entry.
 *
 * Threads: an `instance` belongs to one environment (the main thread or a worker) and is used on its thread only.
 */
#ifndef PETREL_UDP_H
#define PETREL_UDP_H

#include <netinet/in.h>
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <uv.h>

enum {
	/* Datagrams in one batch. */
	BATCH_SLOTS = 64,
	/* Messages that wait for `flush`. */
	OUT_SLOTS = 128,
	/* The longest datagram that is taken; longer ones are dropped and counted. */
	RX_BYTES = 4096,
	/* The longest reply: a whole shared answer behind the longest question. */
	TX_BYTES = 4608,
	/* An odd number of cache lines from slot to slot: a power of two would put the start of every slot into the same
	   few sets of the processor's caches. */
	RX_STRIDE = RX_BYTES + 64,
	TX_STRIDE = TX_BYTES + 64,
	/* Open sockets of one instance: listeners, upstream sockets, alarms, and those that are closing. */
	SOCKETS_MAX = 4096,
	/* Batches taken from one socket before others have their turn. */
	ROUNDS_MAX = 8,
	FAILED_MAX = 32
};

/*
 * A socket address as the kernel has it, and for listeners on a wildcard the address that was asked, which is the one to
 * answer from. 48 octets.
 */
struct peer {
	union {
		struct sockaddr generic;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		uint8_t octets[28];
	} address;
	/* IPv4 in the first four octets. */
	uint8_t local[16];
	/* Index of the interface for a link-local `local`; 0: any. */
	uint32_t interface;
};

_Static_assert(sizeof(struct peer) == 48, "JavaScript copies peers as twelve words");

enum count {
	COUNT_OVERSIZE,
	COUNT_UNANSWERABLE,
	COUNT_SEND_ERRORS,
	/* Of all kinds together: unchanged, so are they. */
	COUNT_ALL,
	COUNT_KINDS = 8
};

/* Offsets in the shared memory, in octets. Each array begins on a cache line. */
struct layout {
	size_t times, counts, failed;
	size_t rx_length, rx_address, rx;
	size_t tx_length, tx;
	size_t out_length, out_socket, out_address, out;
	size_t size;
};

extern const struct layout memory_layout;

enum socket_kind {
	KIND_LISTENER,
	KIND_UPSTREAM,
	/* Not a socket: a timer's descriptor, which is watched, named and closed as a socket is (alarm.c). */
	KIND_ALARM
};

struct udp_socket {
	/* First, so that the handle's address is the socket's. Freed when libuv has let go of it. */
	uv_poll_t poll;
	struct instance *instance;
	int fd;
	/* What JavaScript calls it: place in the table, and how often the place was used. */
	int32_t handle;
	enum socket_kind kind;
	int family;
	/* Bound to a wildcard: the address that was asked comes as a control message, and goes out as one. */
	bool wildcard;
	/* The kernel splits trains for this socket, as far as is known. */
	bool segments;
	bool open;
	/* Alarms: whether it is to ring, and when, by `clock_ms`. */
	bool is_set;
	double at_ms;
};

/* Room for one IP_PKTINFO or IPV6_PKTINFO, and one UDP_SEGMENT. */
union control {
	char octets[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(uint16_t))];
	struct cmsghdr aligned;
};

/* One message on its way out. */
struct message {
	uint8_t *octets;
	uint16_t length;
	/* NULL on connected sockets. */
	struct peer *peer;
	/* The next of its train; -1: it is the last. */
	int16_t next;
};

/* Messages of one length to one address from one address: one call of the kernel's stack (send.c). */
struct train {
	int16_t first, last;
	uint16_t count;
};

struct instance {
	napi_env env;
	uv_loop_t *loop;
	napi_async_cleanup_hook_handle cleanup_hook;
	napi_async_context async_context;
	napi_ref on_batch;
	napi_ref memory_ref;
	uint8_t *memory;
	double origin_ms;
	/* Whether messages may go together in trains (send.c). */
	bool trains_allowed;
	bool closing;
	/* Handles that libuv has not let go of. */
	uint32_t handle_count;
	struct udp_socket *sockets[SOCKETS_MAX];
	uint32_t generations[SOCKETS_MAX];
	uint32_t first_free;
	/* Scratch of one receiving call, kept ready from batch to batch (receive.c). */
	struct mmsghdr rx_headers[BATCH_SLOTS];
	struct iovec rx_vectors[BATCH_SLOTS];
	union control rx_controls[BATCH_SLOTS];
	const uint8_t *rx_ready_for;
	/* Scratch of one sending call. */
	struct message messages[OUT_SLOTS];
	uint32_t message_count;
	struct train trains[OUT_SLOTS];
	struct mmsghdr headers[OUT_SLOTS];
	struct iovec vectors[OUT_SLOTS];
	union control controls[OUT_SLOTS];
};

/* instance.c */
struct instance *instance_create(napi_env env);
/* The shared memory, NULL when JavaScript has taken it away. Needs an open handle scope. */
uint8_t *instance_memory(struct instance *instance);
/* Of any kind, NULL: there is none of that name, or no longer. */
struct udp_socket *instance_find(struct instance *instance, int32_t handle);
/* The same for what datagrams go through, and for alarms. */
struct udp_socket *instance_socket(struct instance *instance, int32_t handle);
struct udp_socket *instance_alarm(struct instance *instance, int32_t handle);
/* False: the table is full. */
bool instance_add(struct instance *instance, struct udp_socket *socket);
void instance_remove(struct instance *instance, struct udp_socket *socket);
void instance_count(struct instance *instance, enum count kind, uint32_t by);
/*
 * One turn of JavaScript: `onBatch(handle, count)`; a negative count is an errno, 0 an alarm's. False when JavaScript must
 * not be called any more. What it throws goes the way of every uncaught exception. Needs an open handle scope.
 */
bool instance_call(struct instance *instance, int32_t handle, int32_t count);
double clock_ms(const struct instance *instance);

/* socket.c: 0 or a negative errno. A listener's options may change: `port` becomes the one that it got. */
struct listener_options {
	const char *address;
	uint16_t port;
	int receive_buffer_bytes;
	bool reuse_port;
};
int socket_open_listener(struct instance *instance, struct listener_options *options, struct udp_socket **opened);
/* In: the upstream's port, and the receive buffer to ask for, 0: the system's. Out: our own port. */
struct upstream_options {
	const char *address;
	uint16_t port;
	int receive_buffer_bytes;
};
int socket_open_upstream(struct instance *instance, struct upstream_options *options, struct udp_socket **opened);
int socket_start(struct udp_socket *socket);
void socket_close(struct udp_socket *socket);
enum steering { STEER_FLOW, STEER_RANDOM, STEER_CPU };
int socket_steer(struct udp_socket *socket, enum steering steering, uint32_t shards);
/* Datagrams that the kernel dropped because the receive buffer was full; negative errno. */
int64_t socket_drops(struct udp_socket *socket);
int socket_receive_buffer(struct udp_socket *socket);

/* For those who open: a socket without a descriptor in the instance's table, or NULL; to be adopted or discarded. */
struct udp_socket *socket_new(struct instance *instance, enum socket_kind kind, int family);
/* Makes a socket known to libuv; from then on only `socket_close` ends it. */
int socket_adopt(struct udp_socket *socket);
void socket_discard(struct udp_socket *socket);

/* alarm.c: 0 or a negative errno. */
int alarm_open(struct instance *instance, struct udp_socket **opened);
/* `at_ms` is a number, by `clock_ms`; infinity: it does not ring. */
int alarm_set(struct udp_socket *alarm, double at_ms);

/* receive.c: called by libuv when a socket is readable. */
void receive_ready(uv_poll_t *poll, int status, int events);

/* send.c */
void send_replies(struct udp_socket *listener, uint32_t slots);
/* Sends the first `messages` of the out queue; returns how many sockets were found broken (`failed`). */
uint32_t send_queued(struct instance *instance, uint32_t messages);

#endif
