/*
 * The floor: what answering a DNS query over UDP costs when nothing is decided. It receives a batch, turns each query
 * into an answer where it stands (answer.h), and sends the batch. No server on this kernel that answers by recvmmsg and
 * sendmmsg costs less.
 *
 *     reflector --listen 127.0.0.1:5300 [--upstream] [--ttl 3600]
 *
 * With --upstream it is what the servers under test forward to: TCP on the same port, and a count of the ports that
 * queries came from. On SIGUSR1 it prints its counts since the last such line as a line of JSON, on SIGTERM it does so
 * and ends. On SIGUSR2 its answers get the TTL 0, which nobody keeps, or their own again.
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "answer.h"
#include "tcp.h"

enum { BATCH = 64, SOCKET_BUFFER_BYTES = 4 << 20, EVENTS = 64, PORTS = 65536 };

static volatile sig_atomic_t report_wanted;
static volatile sig_atomic_t end_wanted;
static volatile sig_atomic_t without_ttl;

static struct mmsghdr headers[BATCH];
static struct iovec vectors[BATCH];
static struct sockaddr_in peers[BATCH];
static uint8_t messages[BATCH][MESSAGE_BYTES_MAX + ANSWER_GROWTH_BYTES];

static struct {
	uint64_t queries;
	uint64_t batches;
	uint64_t ignored;
	struct tcp_counts tcp;
	/* One per port that a datagram came from; --upstream only. */
	uint8_t ports[PORTS];
} counts;

static void on_signal(int signal) {
	if (signal == SIGUSR1) report_wanted = 1;
	else if (signal == SIGUSR2) without_ttl = !without_ttl;
	else end_wanted = 1;
}

static void report(void) {
	unsigned ports = 0;
	for (size_t port = 0; port < PORTS; port++) ports += counts.ports[port];
	printf("{\"udpQueries\":%" PRIu64 ",\"udpBatches\":%" PRIu64 ",\"udpPorts\":%u,\"ignored\":%" PRIu64
		",\"tcpQueries\":%" PRIu64 ",\"tcpConnections\":%" PRIu64 "}\n",
		counts.queries, counts.batches, ports, counts.ignored, counts.tcp.queries, counts.tcp.connections);
	fflush(stdout);
	memset(&counts, 0, sizeof counts);
}

static void fail(const char *what) {
	perror(what);
	exit(1);
}

static int udp_bind(const char *address, uint16_t port) {
	int socket_ = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(port) };
	inet_pton(AF_INET, address, &name.sin_addr);
	setsockopt(socket_, SOL_SOCKET, SO_REUSEPORT, &(int){ 1 }, sizeof(int));
	/* Past the system's limit where allowed; never less than it. */
	int bytes = SOCKET_BUFFER_BYTES;
	setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	setsockopt(socket_, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
	/* A signal that comes just before a blocking receive is seen this much later. */
	struct timeval patience = { .tv_usec = 100000 };
	setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (bind(socket_, (struct sockaddr *)&name, sizeof name) != 0) fail("bind");
	return socket_;
}

static void prepare_batch(void) {
	for (int i = 0; i < BATCH; i++) {
		vectors[i].iov_base = messages[i];
		headers[i].msg_hdr = (struct msghdr){ .msg_iov = &vectors[i], .msg_iovlen = 1, .msg_name = &peers[i] };
		vectors[i].iov_len = MESSAGE_BYTES_MAX;
		headers[i].msg_hdr.msg_namelen = sizeof peers[i];
	}
}

/* One batch; false if there was none. What is no query leaves a hole, which the last of the batch fills. */
static bool reflect(int socket_, int flags, uint32_t ttl_sec, bool upstream) {
	int got = recvmmsg(socket_, headers, BATCH, flags, NULL);
	if (got <= 0) return false;
	int answers = 0;
	for (int i = 0; i < got; i++) {
		size_t bytes = turn_into_answer(vectors[i].iov_base, headers[i].msg_len, ttl_sec);
		if (upstream) counts.ports[ntohs(((struct sockaddr_in *)headers[i].msg_hdr.msg_name)->sin_port)] = 1;
		if (bytes == 0) continue;
		vectors[i].iov_len = bytes;
		if (answers != i) {
			struct mmsghdr hole = headers[answers];
			headers[answers] = headers[i];
			headers[i] = hole;
		}
		answers++;
	}
	for (int sent = 0; sent < answers;) {
		int now = sendmmsg(socket_, headers + sent, (unsigned)(answers - sent), 0);
		/* The first that cannot be sent (its peer is gone) is left out. */
		sent += now > 0 ? now : 1;
	}
	counts.queries += (uint64_t)answers;
	counts.ignored += (uint64_t)(got - answers);
	counts.batches++;
	if (answers == got) for (int i = 0; i < got; i++) vectors[i].iov_len = MESSAGE_BYTES_MAX;
	else prepare_batch();
	return true;
}

/* The floor itself: one thread, one socket, one blocking call. */
static void run_floor(int socket_, uint32_t ttl_sec) {
	while (!end_wanted) {
		reflect(socket_, MSG_WAITFORONE, ttl_sec, false);
		if (report_wanted) report_wanted = 0, report();
	}
}

static void run_upstream(int socket_, int listener, uint32_t ttl_sec) {
	int epoll = epoll_create1(0);
	struct epoll_event udp = { .events = EPOLLIN, .data.ptr = &socket_ };
	struct epoll_event tcp = { .events = EPOLLIN, .data.ptr = &listener };
	epoll_ctl(epoll, EPOLL_CTL_ADD, socket_, &udp);
	epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &tcp);
	struct epoll_event events[EVENTS];
	while (!end_wanted) {
		int count = epoll_wait(epoll, events, EVENTS, 100);
		for (int i = 0; i < count; i++) {
			void *what = events[i].data.ptr;
			if (what == &socket_) reflect(socket_, MSG_DONTWAIT, without_ttl ? 0 : ttl_sec, true);
			else if (what == &listener) tcp_accept(epoll, listener, &counts.tcp);
			else tcp_serve(epoll, what, without_ttl ? 0 : ttl_sec, &counts.tcp);
		}
		if (report_wanted) report_wanted = 0, report();
	}
}

static const struct option options[] = {
	{ "listen", required_argument, NULL, 'l' },
	{ "ttl", required_argument, NULL, 't' },
	{ "upstream", no_argument, NULL, 'u' },
	{ 0 },
};

int main(int argc, char **argv) {
	char address[INET_ADDRSTRLEN] = "";
	unsigned port = 0;
	uint32_t ttl_sec = 3600;
	bool upstream = false;
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (option == 'l' && sscanf(optarg, "%15[0-9.]:%u", address, &port) != 2) port = 0;
		else if (option == 't') ttl_sec = (uint32_t)strtoul(optarg, NULL, 10);
		else if (option == 'u') upstream = true;
		else if (option == '?') return 2;
	}
	if (port == 0 || port >= PORTS) {
		fprintf(stderr, "usage: reflector --listen IPV4:PORT [--upstream] [--ttl SEC]\n");
		return 2;
	}
	struct sigaction action = { .sa_handler = on_signal };
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	int socket_ = udp_bind(address, (uint16_t)port);
	int listener = upstream ? tcp_listen(address, (uint16_t)port) : -1;
	if (upstream && listener < 0) fail("listen");
	prepare_batch();
	fprintf(stderr, "ready\n");
	if (upstream) run_upstream(socket_, listener, ttl_sec);
	else run_floor(socket_, ttl_sec);
	report();
	return 0;
}
