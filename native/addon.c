/* What JavaScript sees of the addon: `src/net/native/binding.ts` describes it. Every argument is checked. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "notify.h"
#include "petrel_udp.h"

enum { ADDRESS_TEXT_MAX = 64, NOTIFY_PATH_MAX = 109, NOTIFY_MESSAGE_MAX = 1024 };

static struct instance *instance_of(napi_env env) {
	void *data = NULL;
	napi_get_instance_data(env, &data);
	return data;
}

static napi_value throw_text(napi_env env, const char *code, const char *text) {
	napi_throw_error(env, code, text);
	return NULL;
}

static napi_value throw_system(napi_env env, int error) {
	return throw_text(env, uv_err_name(error), uv_strerror(error));
}

static napi_value throw_arguments(napi_env env) {
	return throw_text(env, "ERR_INVALID_ARG_TYPE", "petrel_udp was called with wrong arguments");
}

/* Reads exactly `wanted` arguments. */
static bool read_arguments(napi_env env, napi_callback_info info, size_t wanted, napi_value *arguments) {
	size_t count = wanted;
	return napi_get_cb_info(env, info, &count, arguments, NULL, NULL) == napi_ok && count >= wanted;
}

static bool read_text(napi_env env, napi_value value, char *text) {
	size_t length = 0;
	return napi_get_value_string_utf8(env, value, text, ADDRESS_TEXT_MAX, &length) == napi_ok &&
	       length < ADDRESS_TEXT_MAX - 1 && strlen(text) == length;
}

static bool read_port(napi_env env, napi_value value, uint16_t *port) {
	int32_t number;
	if (napi_get_value_int32(env, value, &number) != napi_ok || number < 0 || number > UINT16_MAX) return false;
	*port = (uint16_t)number;
	return true;
}

/* The socket that the first argument names; throws EBADF if there is none. */
static struct udp_socket *read_socket(napi_env env, napi_value value) {
	int32_t handle = 0;
	if (napi_get_value_int32(env, value, &handle) != napi_ok) {
		throw_arguments(env);
		return NULL;
	}
	struct udp_socket *socket = instance_socket(instance_of(env), handle);
	if (socket == NULL) throw_system(env, UV_EBADF);
	return socket;
}

static void set_number(napi_env env, napi_value object, const char *name, double number) {
	napi_value value;
	if (napi_create_double(env, number, &value) == napi_ok) napi_set_named_property(env, object, name, value);
}

static napi_value describe_layout(napi_env env) {
	napi_value layout;
	if (napi_create_object(env, &layout) != napi_ok) return NULL;
	set_number(env, layout, "batchSlots", BATCH_SLOTS);
	set_number(env, layout, "outSlots", OUT_SLOTS);
	set_number(env, layout, "rxStride", RX_STRIDE);
	set_number(env, layout, "txStride", TX_STRIDE);
	set_number(env, layout, "addressWords", sizeof(struct peer) / 4);
	set_number(env, layout, "failedMax", FAILED_MAX);
	set_number(env, layout, "countKinds", COUNT_KINDS);
	set_number(env, layout, "timesAt", (double)memory_layout.times);
	set_number(env, layout, "countsAt", (double)memory_layout.counts);
	set_number(env, layout, "failedAt", (double)memory_layout.failed);
	set_number(env, layout, "rxLengthAt", (double)memory_layout.rx_length);
	set_number(env, layout, "rxAddressAt", (double)memory_layout.rx_address);
	set_number(env, layout, "rxAt", (double)memory_layout.rx);
	set_number(env, layout, "txLengthAt", (double)memory_layout.tx_length);
	set_number(env, layout, "txAt", (double)memory_layout.tx);
	set_number(env, layout, "outLengthAt", (double)memory_layout.out_length);
	set_number(env, layout, "outSocketAt", (double)memory_layout.out_socket);
	set_number(env, layout, "outAddressAt", (double)memory_layout.out_address);
	set_number(env, layout, "outAt", (double)memory_layout.out);
	return layout;
}

/* attach(originMs, trains, onBatch) -> { memory, layout }; once an environment. */
static napi_value attach(napi_env env, napi_callback_info info) {
	napi_value arguments[3], memory, name, result;
	void *data;
	struct instance *instance = instance_of(env);
	napi_valuetype type;
	double origin_ms;
	bool trains;
	if (!read_arguments(env, info, 3, arguments) || napi_get_value_double(env, arguments[0], &origin_ms) != napi_ok ||
	    napi_get_value_bool(env, arguments[1], &trains) != napi_ok ||
	    napi_typeof(env, arguments[2], &type) != napi_ok || type != napi_function) {
		return throw_arguments(env);
	}
	if (instance->memory_ref != NULL) return throw_system(env, UV_EALREADY);
	if (napi_create_string_utf8(env, "petrel_udp", NAPI_AUTO_LENGTH, &name) != napi_ok ||
	    napi_async_init(env, NULL, name, &instance->async_context) != napi_ok ||
	    napi_create_reference(env, arguments[2], 1, &instance->on_batch) != napi_ok ||
	    napi_create_arraybuffer(env, memory_layout.size, &data, &memory) != napi_ok ||
	    napi_create_reference(env, memory, 1, &instance->memory_ref) != napi_ok ||
	    napi_create_object(env, &result) != napi_ok) {
		return throw_system(env, UV_ENOMEM);
	}
	instance->origin_ms = origin_ms;
	instance->trains_allowed = trains;
	napi_set_named_property(env, result, "memory", memory);
	napi_set_named_property(env, result, "layout", describe_layout(env));
	return result;
}

/* openListener(address, port, receiveBufferBytes, reusePort) -> { handle, port, receiveBufferBytes } */
static napi_value open_listener(napi_env env, napi_callback_info info) {
	napi_value arguments[4], result;
	char address[ADDRESS_TEXT_MAX];
	struct listener_options options = {.address = address};
	struct udp_socket *opened = NULL;
	if (!read_arguments(env, info, 4, arguments) || !read_text(env, arguments[0], address) ||
	    !read_port(env, arguments[1], &options.port) ||
	    napi_get_value_int32(env, arguments[2], &options.receive_buffer_bytes) != napi_ok ||
	    napi_get_value_bool(env, arguments[3], &options.reuse_port) != napi_ok) {
		return throw_arguments(env);
	}
	int error = socket_open_listener(instance_of(env), &options, &opened);
	if (error != 0) return throw_system(env, error);
	if (napi_create_object(env, &result) != napi_ok) return NULL;
	set_number(env, result, "handle", opened->handle);
	set_number(env, result, "port", options.port);
	set_number(env, result, "receiveBufferBytes", socket_receive_buffer(opened));
	return result;
}

/* openUpstream(address, port, receiveBufferBytes) -> { handle, port }, the port being our own; it reads from the start. */
static napi_value open_upstream(napi_env env, napi_callback_info info) {
	napi_value arguments[3], result;
	char address[ADDRESS_TEXT_MAX];
	struct upstream_options options = {.address = address};
	struct udp_socket *opened = NULL;
	if (!read_arguments(env, info, 3, arguments) || !read_text(env, arguments[0], address) ||
	    !read_port(env, arguments[1], &options.port) ||
	    napi_get_value_int32(env, arguments[2], &options.receive_buffer_bytes) != napi_ok) {
		return throw_arguments(env);
	}
	int error = socket_open_upstream(instance_of(env), &options, &opened);
	if (error != 0) return throw_system(env, error);
	error = socket_start(opened);
	if (error != 0) {
		socket_close(opened);
		return throw_system(env, error);
	}
	if (napi_create_object(env, &result) != napi_ok) return NULL;
	set_number(env, result, "handle", opened->handle);
	set_number(env, result, "port", options.port);
	return result;
}

/* start(handle) */
static napi_value start(napi_env env, napi_callback_info info) {
	napi_value arguments[1];
	if (!read_arguments(env, info, 1, arguments)) return throw_arguments(env);
	struct udp_socket *socket = read_socket(env, arguments[0]);
	if (socket == NULL) return NULL;
	if (instance_of(env)->memory_ref == NULL) return throw_system(env, UV_EINVAL);
	int error = socket_start(socket);
	return error == 0 ? NULL : throw_system(env, error);
}

/* close(handle) of a socket or an alarm; of one that is closed already: nothing. */
static napi_value close_socket(napi_env env, napi_callback_info info) {
	napi_value arguments[1];
	int32_t handle;
	if (!read_arguments(env, info, 1, arguments) || napi_get_value_int32(env, arguments[0], &handle) != napi_ok) {
		return throw_arguments(env);
	}
	struct udp_socket *socket = instance_find(instance_of(env), handle);
	if (socket != NULL) socket_close(socket);
	return NULL;
}

/* flush(messages) -> sockets found broken */
static napi_value flush(napi_env env, napi_callback_info info) {
	napi_value arguments[1], result;
	uint32_t messages;
	if (!read_arguments(env, info, 1, arguments) || napi_get_value_uint32(env, arguments[0], &messages) != napi_ok) {
		return throw_arguments(env);
	}
	uint32_t failed = send_queued(instance_of(env), messages);
	return napi_create_uint32(env, failed, &result) == napi_ok ? result : NULL;
}

/* steer(handle, steering, shards) */
static napi_value steer(napi_env env, napi_callback_info info) {
	napi_value arguments[3];
	uint32_t steering, shards;
	if (!read_arguments(env, info, 3, arguments) || napi_get_value_uint32(env, arguments[1], &steering) != napi_ok ||
	    steering > STEER_CPU || napi_get_value_uint32(env, arguments[2], &shards) != napi_ok || shards == 0) {
		return throw_arguments(env);
	}
	struct udp_socket *socket = read_socket(env, arguments[0]);
	if (socket == NULL) return NULL;
	int error = socket_steer(socket, steering, shards);
	return error == 0 ? NULL : throw_system(env, error);
}

/* drops(handle) -> datagrams that the kernel dropped for want of room */
static napi_value drops(napi_env env, napi_callback_info info) {
	napi_value arguments[1], result;
	if (!read_arguments(env, info, 1, arguments)) return throw_arguments(env);
	struct udp_socket *socket = read_socket(env, arguments[0]);
	if (socket == NULL) return NULL;
	int64_t dropped = socket_drops(socket);
	if (dropped < 0) return throw_system(env, (int)dropped);
	return napi_create_int64(env, dropped, &result) == napi_ok ? result : NULL;
}

/* openAlarm() -> handle */
static napi_value open_alarm(napi_env env, napi_callback_info info) {
	napi_value result;
	struct udp_socket *opened = NULL;
	if (instance_of(env)->memory_ref == NULL) return throw_system(env, UV_EINVAL);
	int error = alarm_open(instance_of(env), &opened);
	if (error != 0) return throw_system(env, error);
	return napi_create_int32(env, opened->handle, &result) == napi_ok ? result : NULL;
}

/* setAlarm(handle, atMs); Infinity: it does not ring. */
static napi_value set_alarm(napi_env env, napi_callback_info info) {
	napi_value arguments[2];
	int32_t handle;
	double at_ms;
	if (!read_arguments(env, info, 2, arguments) || napi_get_value_int32(env, arguments[0], &handle) != napi_ok ||
	    napi_get_value_double(env, arguments[1], &at_ms) != napi_ok || isnan(at_ms)) {
		return throw_arguments(env);
	}
	struct udp_socket *alarm = instance_alarm(instance_of(env), handle);
	if (alarm == NULL) return throw_system(env, UV_EBADF);
	int error = alarm_set(alarm, at_ms);
	return error == 0 ? NULL : throw_system(env, error);
}

/* readClock(): the time into `times[1]` */
static napi_value read_clock(napi_env env, napi_callback_info info) {
	struct instance *instance = instance_of(env);
	uint8_t *memory = instance_memory(instance);
	if (memory != NULL) ((double *)(memory + memory_layout.times))[1] = clock_ms(instance);
	return NULL;
}

/* notify(path, message): see notify.h */
static napi_value notify(napi_env env, napi_callback_info info) {
	napi_value arguments[2];
	char path[NOTIFY_PATH_MAX], message[NOTIFY_MESSAGE_MAX];
	size_t path_length, message_length;
	if (!read_arguments(env, info, 2, arguments) ||
	    napi_get_value_string_utf8(env, arguments[0], path, sizeof path, &path_length) != napi_ok ||
	    napi_get_value_string_utf8(env, arguments[1], message, sizeof message, &message_length) != napi_ok) {
		return throw_arguments(env);
	}
	int error = notify_send(path, path_length, message, message_length);
	return error == 0 ? NULL : throw_system(env, error);
}

static bool export_function(napi_env env, napi_value exports, const char *name, napi_callback callback) {
	napi_value function;
	return napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function) == napi_ok &&
	       napi_set_named_property(env, exports, name, function) == napi_ok;
}

NAPI_MODULE_INIT() {
	struct instance *instance = instance_create(env);
	if (instance == NULL || napi_set_instance_data(env, instance, NULL, NULL) != napi_ok) {
		return throw_system(env, UV_ENOMEM);
	}
	const struct {
		const char *name;
		napi_callback callback;
	} functions[] = {
		{"attach", attach},        {"openListener", open_listener}, {"openUpstream", open_upstream},
		{"start", start},          {"close", close_socket},         {"flush", flush},
		{"steer", steer},          {"drops", drops},                {"readClock", read_clock},
		{"openAlarm", open_alarm}, {"setAlarm", set_alarm},         {"notify", notify},
	};
	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
		if (!export_function(env, exports, functions[i].name, functions[i].callback)) return NULL;
	}
	return exports;
}
