/*
 * One environment's part of the addon: its sockets, its shared memory, its way into JavaScript, and its end.
 *
 * A worker that ends while libuv handles of its loop are open aborts the whole process. So the environment's cleanup hook
 * closes all of them first and lets the environment go when libuv has let go of the last. After `closing` is set nothing
 * calls into JavaScript any more.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "petrel_udp.h"

#define CACHE_LINE 64
#define ALIGNED(bytes) (((bytes) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE)

enum {
	AT_TIMES = 0,
	AT_COUNTS = AT_TIMES + ALIGNED(2 * sizeof(double)),
	AT_FAILED = AT_COUNTS + ALIGNED(COUNT_KINDS * sizeof(uint32_t)),
	AT_RX_LENGTH = AT_FAILED + ALIGNED(FAILED_MAX * 2 * sizeof(int32_t)),
	AT_RX_ADDRESS = AT_RX_LENGTH + ALIGNED(BATCH_SLOTS * sizeof(uint16_t)),
	AT_RX = AT_RX_ADDRESS + ALIGNED(BATCH_SLOTS * sizeof(struct peer)),
	AT_TX_LENGTH = AT_RX + BATCH_SLOTS * RX_STRIDE,
	AT_TX = AT_TX_LENGTH + ALIGNED(BATCH_SLOTS * sizeof(uint16_t)),
	AT_OUT_LENGTH = AT_TX + BATCH_SLOTS * TX_STRIDE,
	AT_OUT_SOCKET = AT_OUT_LENGTH + ALIGNED(OUT_SLOTS * sizeof(uint16_t)),
	AT_OUT_ADDRESS = AT_OUT_SOCKET + ALIGNED(OUT_SLOTS * sizeof(int32_t)),
	AT_OUT = AT_OUT_ADDRESS + ALIGNED(OUT_SLOTS * sizeof(struct peer)),
	MEMORY_BYTES = AT_OUT + OUT_SLOTS * TX_STRIDE
};

const struct layout memory_layout = {
	.times = AT_TIMES,
	.counts = AT_COUNTS,
	.failed = AT_FAILED,
	.rx_length = AT_RX_LENGTH,
	.rx_address = AT_RX_ADDRESS,
	.rx = AT_RX,
	.tx_length = AT_TX_LENGTH,
	.tx = AT_TX,
	.out_length = AT_OUT_LENGTH,
	.out_socket = AT_OUT_SOCKET,
	.out_address = AT_OUT_ADDRESS,
	.out = AT_OUT,
	.size = MEMORY_BYTES,
};

/* handle = generation << PLACE_BITS | place + 1; positive, below 2^31. */
enum { PLACE_BITS = 13, GENERATION_MASK = (1 << (31 - PLACE_BITS)) - 1 };
_Static_assert(SOCKETS_MAX < (1 << PLACE_BITS), "a place fits its bits");

static void instance_free(struct instance *instance) {
	napi_async_cleanup_hook_handle hook = instance->cleanup_hook;
	free(instance);
	napi_remove_async_cleanup_hook(hook);
}

static void end_environment(napi_async_cleanup_hook_handle hook, void *data) {
	struct instance *instance = data;
	instance->closing = true;
	for (uint32_t place = 0; place < SOCKETS_MAX; place++) {
		if (instance->sockets[place] != NULL) socket_close(instance->sockets[place]);
	}
	if (instance->handle_count == 0) instance_free(instance);
}

struct instance *instance_create(napi_env env) {
	struct instance *instance = calloc(1, sizeof *instance);
	if (instance == NULL) return NULL;
	instance->env = env;
	if (napi_get_uv_event_loop(env, &instance->loop) != napi_ok ||
	    napi_add_async_cleanup_hook(env, end_environment, instance, &instance->cleanup_hook) != napi_ok) {
		free(instance);
		return NULL;
	}
	return instance;
}

uint8_t *instance_memory(struct instance *instance) {
	napi_value buffer;
	void *data = NULL;
	size_t size = 0;
	if (instance->memory_ref == NULL) return NULL;
	if (napi_get_reference_value(instance->env, instance->memory_ref, &buffer) != napi_ok || buffer == NULL) return NULL;
	if (napi_get_arraybuffer_info(instance->env, buffer, &data, &size) != napi_ok) return NULL;
	instance->memory = size == memory_layout.size ? data : NULL;
	return instance->memory;
}

struct udp_socket *instance_find(struct instance *instance, int32_t handle) {
	uint32_t place = ((uint32_t)handle & ((1u << PLACE_BITS) - 1)) - 1;
	if (handle <= 0 || place >= SOCKETS_MAX) return NULL;
	struct udp_socket *socket = instance->sockets[place];
	return socket != NULL && socket->open && socket->handle == handle ? socket : NULL;
}

struct udp_socket *instance_socket(struct instance *instance, int32_t handle) {
	struct udp_socket *socket = instance_find(instance, handle);
	return socket != NULL && socket->kind != KIND_ALARM ? socket : NULL;
}

struct udp_socket *instance_alarm(struct instance *instance, int32_t handle) {
	struct udp_socket *alarm = instance_find(instance, handle);
	return alarm != NULL && alarm->kind == KIND_ALARM ? alarm : NULL;
}

bool instance_add(struct instance *instance, struct udp_socket *socket) {
	for (uint32_t tries = 0; tries < SOCKETS_MAX; tries++) {
		uint32_t place = (instance->first_free + tries) % SOCKETS_MAX;
		if (instance->sockets[place] != NULL) continue;
		uint32_t generation = ++instance->generations[place] & GENERATION_MASK;
		instance->sockets[place] = socket;
		instance->first_free = (place + 1) % SOCKETS_MAX;
		instance->handle_count++;
		socket->instance = instance;
		socket->handle = (int32_t)(generation << PLACE_BITS | (place + 1));
		return true;
	}
	return false;
}

void instance_remove(struct instance *instance, struct udp_socket *socket) {
	uint32_t place = ((uint32_t)socket->handle & ((1u << PLACE_BITS) - 1)) - 1;
	instance->sockets[place] = NULL;
	if (--instance->handle_count == 0 && instance->closing) instance_free(instance);
}

void instance_count(struct instance *instance, enum count kind, uint32_t by) {
	if (instance->memory == NULL) return;
	uint32_t *counts = (uint32_t *)(instance->memory + memory_layout.counts);
	counts[kind] += by;
	counts[COUNT_ALL] += by;
}

bool instance_call(struct instance *instance, int32_t handle, int32_t count) {
	napi_env env = instance->env;
	napi_value receiver, callback, result;
	napi_value arguments[2];
	if (napi_get_global(env, &receiver) != napi_ok) return false;
	if (napi_get_reference_value(env, instance->on_batch, &callback) != napi_ok || callback == NULL) return false;
	if (napi_create_int32(env, handle, &arguments[0]) != napi_ok) return false;
	if (napi_create_int32(env, count, &arguments[1]) != napi_ok) return false;
	napi_status status = napi_make_callback(env, instance->async_context, receiver, callback, 2, arguments, &result);
	if (status == napi_ok) return true;
	bool thrown = false;
	if (napi_is_exception_pending(env, &thrown) == napi_ok && thrown) {
		napi_value error;
		if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
	}
	return false;
}

double clock_ms(const struct instance *instance) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6 - instance->origin_ms;
}
