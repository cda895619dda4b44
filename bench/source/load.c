#include "load.h"

#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

enum { REPLY_BYTES_MAX = 1232, SOCKET_BUFFER_BYTES = 4 << 20, EVENTS = 64, PATIENCE_MS = 5, SWEPT_IDS_PER_MS = 1024 };
static const uint64_t behind_ns = 1000 * 1000;

static uint8_t queries[BATCH][QUERY_BYTES_MAX];
static uint8_t replies[BATCH][REPLY_BYTES_MAX];
static struct iovec query_vectors[BATCH];
static struct iovec reply_vectors[BATCH];
static struct mmsghdr query_headers[BATCH];
static struct iovec train_vectors[BATCH];
/* Room for one UDP_SEGMENT. */
static union {
	char octets[CMSG_SPACE(sizeof(uint16_t))];
	struct cmsghdr aligned;
} controls[BATCH];
static struct mmsghdr reply_headers[BATCH];

uint64_t clock_ns(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

bool load_open(struct load *load) {
	for (int i = 0; i < BATCH; i++) {
		query_vectors[i].iov_base = queries[i];
		reply_vectors[i] = (struct iovec){ replies[i], REPLY_BYTES_MAX };
		reply_headers[i].msg_hdr = (struct msghdr){ .msg_iov = &reply_vectors[i], .msg_iovlen = 1 };
	}
	load->epoll = epoll_create1(0);
	for (uint32_t i = 0; i < load->sockets_count; i++) {
		int socket_ = load->sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
		if (socket_ < 0) return false;
		int bytes = SOCKET_BUFFER_BYTES;
		setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
		struct timeval patience = { .tv_usec = PATIENCE_MS * 1000 };
		setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		if (connect(socket_, (struct sockaddr *)&load->server, sizeof load->server) != 0) return false;
		struct epoll_event event = { .events = EPOLLIN, .data.u32 = i };
		if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, socket_, &event) != 0) return false;
	}
	return true;
}

/* Puts one more query behind those of the batch. */
static void prepare(struct load *load, int index, uint16_t socket_, uint64_t since_ns, uint32_t number) {
	uint16_t id = in_flight_add(&load->in_flight, since_ns, number, socket_);
	query_vectors[index].iov_len = names_query(&load->names, queries[index], id, number);
}

/*
 * Queries of one length are given to the kernel as one message that it splits on its way to the server (UDP_SEGMENT), so
 * that the source is faster than what it loads. The server gets single datagrams all the same. Returns the messages.
 */
static int gather_trains(int count) {
	bool taken[BATCH] = { false };
	int trains = 0;
	struct iovec *vector = train_vectors;
	for (int i = 0; i < count; i++) {
		if (taken[i]) continue;
		struct msghdr *header = &query_headers[trains].msg_hdr;
		*header = (struct msghdr){ .msg_iov = vector };
		for (int j = i; j < count; j++) {
			if (taken[j] || query_vectors[j].iov_len != query_vectors[i].iov_len) continue;
			taken[j] = true;
			*vector++ = query_vectors[j];
			header->msg_iovlen++;
		}
		if (header->msg_iovlen > 1) {
			struct cmsghdr *segment = &controls[trains].aligned;
			*segment = (struct cmsghdr){ CMSG_LEN(sizeof(uint16_t)), SOL_UDP, UDP_SEGMENT };
			*(uint16_t *)CMSG_DATA(segment) = (uint16_t)query_vectors[i].iov_len;
			header->msg_control = segment;
			header->msg_controllen = sizeof controls[trains];
		}
		trains++;
	}
	return trains;
}

/* What the kernel does not take is timed out like what the network loses. */
static void send_batch(struct load *load, uint16_t socket_, int count) {
	int trains = gather_trains(count);
	for (int sent = 0; sent < trains;) {
		int now = sendmmsg(load->sockets[socket_], query_headers + sent, (unsigned)(trains - sent), 0);
		load->counts.send_calls++;
		sent += now > 0 ? now : 1;
	}
	load->counts.sent += (uint64_t)count;
}

/* False if there is no name left to ask. */
static bool next_number(struct load *load, uint32_t *number) {
	if (load->again_count > 0) {
		*number = load->again[--load->again_count];
		return true;
	}
	if (load->names.draw == DRAW_ONCE && load->names.next == 0) return false;
	*number = names_draw(&load->names);
	return true;
}

static void send_more(struct load *load, uint16_t socket_, uint32_t wanted) {
	while (wanted > 0) {
		uint64_t now_ns = clock_ns();
		int count = 0;
		uint32_t number;
		while (count < BATCH && wanted > 0 && load->in_flight.count < IN_FLIGHT_MAX && next_number(load, &number)) {
			prepare(load, count++, socket_, now_ns, number);
			wanted--;
		}
		if (count == 0) return;
		send_batch(load, socket_, count);
	}
}

static void take_reply(struct load *load, const uint8_t *reply, size_t bytes, uint64_t now_ns) {
	struct counts *counts = &load->counts;
	if (bytes < 12 || (reply[2] & 0x80) == 0) return;
	uint64_t since_ns = in_flight_remove(&load->in_flight, (uint16_t)(reply[0] << 8 | reply[1]));
	if (since_ns == 0) {
		counts->late++;
		return;
	}
	unsigned rcode = reply[3] & 0x0f;
	counts->rcodes[rcode]++;
	if (rcode == 0 && (reply[6] | reply[7]) != 0) counts->answered++;
	else if (rcode == 0) counts->empty++;
	if (load->unanswered > 0) load->unanswered--;
	histogram_add(&counts->latencies, now_ns > since_ns ? now_ns - since_ns : 0);
}

/* One batch of replies; their number. */
static uint32_t receive(struct load *load, uint16_t socket_, int flags) {
	int got = recvmmsg(load->sockets[socket_], reply_headers, BATCH, flags, NULL);
	if (got <= 0) return 0;
	uint64_t now_ns = clock_ns();
	load->counts.receive_calls++;
	load->counts.received += (uint64_t)got;
	uint32_t before = load->in_flight.count;
	for (int i = 0; i < got; i++) take_reply(load, replies[i], reply_headers[i].msg_len, now_ns);
	return before - load->in_flight.count;
}

/*
 * Gives up queries whose time is up; in the closed loop others take their places. The table is gone through in small parts,
 * each millisecond one, so that it holds up nothing for long.
 */
static void sweep(struct load *load, uint64_t now_ns, bool replace) {
	struct in_flight *table = &load->in_flight;
	uint64_t passed_ms = (now_ns - load->swept_ns) / 1000000;
	if (passed_ms == 0) return;
	load->swept_ns = now_ns;
	uint64_t ids = passed_ms < IDS / SWEPT_IDS_PER_MS ? passed_ms * SWEPT_IDS_PER_MS : IDS;
	for (; ids > 0; ids--) {
		uint16_t id = table->next_swept++;
		if (table->since_ns[id] == 0 || now_ns < table->since_ns[id] + load->timeout_ns) continue;
		in_flight_remove(table, id);
		load->counts.lost++;
		if (load->again != NULL) load->again[load->again_count++] = table->numbers[id];
		if (replace) send_more(load, table->sockets[id], 1);
	}
}

static bool is_done(const struct load *load) {
	return load->names.draw == DRAW_ONCE && load->unanswered == 0;
}

/* Takes what came to a socket. As many go out again: from the same one, or each from the next if not all have a place in
 * the window, so that all are in use. */
static void replace(struct load *load, uint16_t socket_) {
	uint32_t count = receive(load, socket_, MSG_DONTWAIT);
	if (load->window >= load->sockets_count) {
		send_more(load, socket_, count);
		return;
	}
	for (; count > 0; count--) {
		load->next_socket = (load->next_socket + 1) % load->sockets_count;
		send_more(load, (uint16_t)load->next_socket, 1);
	}
}

void load_closed(struct load *load, uint64_t end_ns) {
	struct epoll_event events[EVENTS];
	for (uint32_t i = load->in_flight.count; i < load->window; i++) {
		send_more(load, (uint16_t)(i % load->sockets_count), 1);
	}
	for (uint64_t now_ns; (now_ns = clock_ns()) < end_ns && !is_done(load);) {
		if (load->sockets_count == 1) {
			send_more(load, 0, receive(load, 0, MSG_WAITFORONE));
		} else {
			int count = epoll_wait(load->epoll, events, EVENTS, PATIENCE_MS);
			for (int i = 0; i < count; i++) replace(load, (uint16_t)events[i].data.u32);
		}
		sweep(load, now_ns, true);
	}
}

/* Sends what is due by now, a batch a socket, each socket in its turn. */
static uint64_t send_due(struct load *load, uint64_t start_ns, uint64_t sent, double rate_qps, uint64_t now_ns) {
	uint64_t due = (uint64_t)((double)(now_ns - start_ns) * rate_qps / 1e9);
	while (sent < due && load->in_flight.count < IN_FLIGHT_MAX) {
		uint16_t socket_ = (uint16_t)(sent % load->sockets_count);
		int count = 0;
		for (; count < BATCH && sent < due; count++, sent++) {
			uint64_t due_ns = start_ns + (uint64_t)((double)sent * 1e9 / rate_qps);
			if (now_ns > due_ns + behind_ns) load->counts.behind++;
			prepare(load, count, socket_, due_ns, names_draw(&load->names));
		}
		send_batch(load, socket_, count);
	}
	return sent;
}

void load_open_loop(struct load *load, uint64_t start_ns, uint64_t end_ns, double rate_qps) {
	struct epoll_event events[EVENTS];
	uint64_t sent = 0;
	/* It never sleeps: a timer's delay would be taken for the server's. */
	for (uint64_t now_ns; (now_ns = clock_ns()) < end_ns;) {
		sent = send_due(load, start_ns, sent, rate_qps, now_ns);
		if (load->sockets_count == 1) {
			receive(load, 0, MSG_DONTWAIT);
		} else {
			int count = epoll_wait(load->epoll, events, EVENTS, 0);
			for (int i = 0; i < count; i++) receive(load, (uint16_t)events[i].data.u32, MSG_DONTWAIT);
		}
		sweep(load, now_ns, false);
	}
}
