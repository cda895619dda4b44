/*
 * The load source: asks a server over UDP for a while and says on stdout, in one line of JSON, what came of it.
 *
 *     source --server 127.0.0.1:5300 --zone example [--seconds 3] [--warm-sec 1] [--pid PID]...
 *            [--fixed COUNT | --new | --zipf COUNT:EXPONENT | --fill COUNT]
 *            [--window 256 | --rate QPS] [--sockets 1] [--timeout-ms 200] [--seed 1] [--no-edns]
 *
 * Closed loop (--window): so many queries in flight, each reply makes room for the next. It measures what a query costs
 * and how many a saturated server answers. Open loop (--rate): queries are due at fixed times, whatever the server does.
 * It measures latency; `void` says that the source itself fell behind by more than a hundredth. --fill asks each name
 * once, again if it gets lost, and ends when all are answered or the seconds are over.
 *
 * Counted is what happens after the warm-up. The processor time of each --pid is read at both ends of that.
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "processor-time.h"

enum { PIDS_MAX = 16 };

static struct load load;

struct settings {
	const char *zone;
	double seconds;
	double warm_sec;
	double exponent;
	/* 0 for the closed loop. */
	double rate_qps;
	bool edns;
	int pids[PIDS_MAX];
	int pids_count;
};

static const struct option options[] = {
	{ "server", required_argument, NULL, 's' },
	{ "zone", required_argument, NULL, 'z' },
	{ "seconds", required_argument, NULL, 'S' },
	{ "warm-sec", required_argument, NULL, 'W' },
	{ "pid", required_argument, NULL, 'p' },
	{ "fixed", required_argument, NULL, 'f' },
	{ "new", no_argument, NULL, 'n' },
	{ "zipf", required_argument, NULL, 'Z' },
	{ "fill", required_argument, NULL, 'F' },
	{ "window", required_argument, NULL, 'w' },
	{ "rate", required_argument, NULL, 'r' },
	{ "sockets", required_argument, NULL, 'c' },
	{ "timeout-ms", required_argument, NULL, 't' },
	{ "seed", required_argument, NULL, 'x' },
	{ "no-edns", no_argument, NULL, 'e' },
	{ 0 },
};

static bool server_from(const char *text) {
	char address[INET_ADDRSTRLEN];
	unsigned port;
	if (sscanf(text, "%15[0-9.]:%u", address, &port) != 2 || port == 0 || port > 65535) return false;
	load.server = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	return inet_pton(AF_INET, address, &load.server.sin_addr) == 1;
}

static void names_from(enum draw draw, const char *text, double *exponent) {
	load.names.draw = draw;
	if (text != NULL) sscanf(text, "%" SCNu32 ":%lf", &load.names.count, exponent);
}

static bool settings_from(int argc, char **argv, struct settings *settings) {
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (option) {
		case 's': if (!server_from(optarg)) return false; break;
		case 'z': settings->zone = optarg; break;
		case 'S': settings->seconds = atof(optarg); break;
		case 'W': settings->warm_sec = atof(optarg); break;
		case 'p': if (settings->pids_count < PIDS_MAX) settings->pids[settings->pids_count++] = atoi(optarg); break;
		case 'f': names_from(DRAW_FIXED, optarg, &settings->exponent); break;
		case 'n': names_from(DRAW_NEW, NULL, NULL); break;
		case 'Z': names_from(DRAW_ZIPF, optarg, &settings->exponent); break;
		case 'F': names_from(DRAW_ONCE, optarg, &settings->exponent); break;
		case 'w': load.window = (uint32_t)strtoul(optarg, NULL, 10); break;
		case 'r': settings->rate_qps = atof(optarg); break;
		case 'c': load.sockets_count = (uint32_t)strtoul(optarg, NULL, 10); break;
		case 't': load.timeout_ns = strtoull(optarg, NULL, 10) * 1000000; break;
		case 'x': load.names.random_state = strtoull(optarg, NULL, 10); break;
		case 'e': settings->edns = false; break;
		default: return false;
		}
	}
	return load.server.sin_port != 0 && load.sockets_count > 0 && load.sockets_count <= SOCKETS_MAX &&
		load.names.count > 0 && load.window > 0 && load.window < IN_FLIGHT_MAX && settings->rate_qps >= 0;
}

static void print_latencies(void) {
	const struct histogram *latencies = &load.counts.latencies;
	printf("\"latencyUs\":{\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}",
		(double)histogram_percentile(latencies, 0.5) / 1e3, (double)histogram_percentile(latencies, 0.99) / 1e3,
		(double)histogram_percentile(latencies, 0.999) / 1e3, (double)latencies->max_ns / 1e3);
}

static void print_report(const struct settings *settings, double seconds, const uint64_t *process_ns) {
	const struct counts *counts = &load.counts;
	printf("{\"seconds\":%.6f,\"sent\":%" PRIu64 ",\"answered\":%" PRIu64 ",\"empty\":%" PRIu64 ",\"lost\":%" PRIu64
		",\"late\":%" PRIu64 ",\"unanswered\":%" PRIu32 ",\"rcodes\":[",
		seconds, counts->sent, counts->answered, counts->empty, counts->lost, counts->late, load.unanswered);
	for (int i = 0; i < RCODES; i++) printf("%s%" PRIu64, i == 0 ? "" : ",", counts->rcodes[i]);
	printf("],\"sendBatch\":%.2f,\"receiveBatch\":%.2f,",
		counts->send_calls == 0 ? 0 : (double)counts->sent / (double)counts->send_calls,
		counts->receive_calls == 0 ? 0 : (double)counts->received / (double)counts->receive_calls);
	print_latencies();
	double due = settings->rate_qps * seconds;
	bool fell_behind = settings->rate_qps > 0 &&
		((double)counts->sent < 0.99 * due || (double)counts->behind > 0.01 * (double)counts->sent);
	printf(",\"behind\":%" PRIu64 ",\"void\":%s,\"processorSec\":[", counts->behind, fell_behind ? "true" : "false");
	for (int i = 0; i < settings->pids_count; i++) printf("%s%.6f", i == 0 ? "" : ",", (double)process_ns[i] / 1e9);
	printf("]}\n");
}

static void run_until(const struct settings *settings, uint64_t start_ns, uint64_t end_ns) {
	if (settings->rate_qps > 0) load_open_loop(&load, start_ns, end_ns, settings->rate_qps);
	else load_closed(&load, end_ns);
}

int main(int argc, char **argv) {
	struct settings settings = { .zone = "example", .seconds = 3, .warm_sec = 1, .exponent = 1, .edns = true };
	load.window = 256;
	load.sockets_count = 1;
	load.timeout_ns = 200 * 1000 * 1000;
	load.names.count = 1000;
	load.names.random_state = 1;
	if (!settings_from(argc, argv, &settings) ||
		!names_init(&load.names, settings.zone, settings.exponent, settings.edns)) {
		fprintf(stderr, "usage: see the beginning of bench/source/source.c\n");
		return 2;
	}
	if (load.names.draw == DRAW_ONCE) {
		settings.warm_sec = 0;
		load.unanswered = load.names.count;
		load.again = malloc(load.names.count * sizeof *load.again);
	}
	if (!load_open(&load)) {
		perror("socket");
		return 1;
	}
	uint64_t warm_ns = clock_ns();
	uint64_t start_ns = warm_ns + (uint64_t)(settings.warm_sec * 1e9);
	if (settings.warm_sec > 0) run_until(&settings, warm_ns, start_ns);
	memset(&load.counts, 0, sizeof load.counts);
	uint64_t process_ns[PIDS_MAX];
	for (int i = 0; i < settings.pids_count; i++) process_ns[i] = processor_time_ns(settings.pids[i]);
	start_ns = clock_ns();
	run_until(&settings, start_ns, start_ns + (uint64_t)(settings.seconds * 1e9));
	double seconds = (double)(clock_ns() - start_ns) / 1e9;
	for (int i = 0; i < settings.pids_count; i++) {
		process_ns[i] = processor_time_ns(settings.pids[i]) - process_ns[i];
	}
	print_report(&settings, seconds, process_ns);
	return 0;
}
