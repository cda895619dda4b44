/*
 * An alarm: a timer of the kernel (timerfd), watched as a socket is, since the timers of the event loop have whole
 * milliseconds. Ringing is a turn: `times[0]`, then one call into JavaScript with a batch of no datagrams.
 *
 * The descriptor is readable from when the time has come until the timer is set again, whichever way, so nothing is read
 * from it. Only a timer that is set keeps the event loop running.
 */
#include <errno.h>
#include <math.h>
#include <sys/timerfd.h>

#include "petrel_udp.h"

/* Beyond what the kernel's clock ever shows (31,000 years), and well within its seconds. */
#define NEVER_MS 1e15

/* A reading of the kernel's clock, rounded up to a nanosecond, which is never early. A timer's zero means off: never that. */
static struct timespec kernel_time(double ms) {
	/* What is not a number, as an origin may be that JavaScript gave, is past. */
	if (!(ms > 0)) return (struct timespec){.tv_nsec = 1};
	time_t sec = (time_t)(ms / 1e3);
	long nsec = (long)((ms - (double)sec * 1e3) * 1e6) + 1;
	if (nsec < 1) nsec = 1;
	return nsec < 1000000000 ? (struct timespec){.tv_sec = sec, .tv_nsec = nsec} : (struct timespec){.tv_sec = sec + 1};
}

int alarm_set(struct udp_socket *alarm, double at_ms) {
	double kernel_ms = at_ms + alarm->instance->origin_ms;
	struct itimerspec timer = {0};
	alarm->is_set = !(kernel_ms >= NEVER_MS);
	alarm->at_ms = at_ms;
	if (alarm->is_set) {
		timer.it_value = kernel_time(kernel_ms);
		uv_ref((uv_handle_t *)&alarm->poll);
	} else {
		uv_unref((uv_handle_t *)&alarm->poll);
	}
	return timerfd_settime(alarm->fd, TFD_TIMER_ABSTIME, &timer, NULL) == 0 ? 0 : -errno;
}

/*
 * False: it is not due. Another callback of the same round of the loop has set it anew; or it is due by less than a double
 * can tell, and the loop, which finds it readable again, comes back at once.
 */
static bool is_due(const struct udp_socket *alarm, double now_ms) {
	return alarm->is_set && !(now_ms < alarm->at_ms);
}

static void ring(struct udp_socket *alarm, double now_ms) {
	struct instance *instance = alarm->instance;
	uint8_t *memory = instance_memory(instance);
	if (memory == NULL) {
		socket_close(alarm);
		return;
	}
	alarm->is_set = false;
	((double *)(memory + memory_layout.times))[0] = now_ms;
	instance_call(instance, alarm->handle, 0);
	if (alarm->open && !instance->closing && !alarm->is_set) alarm_set(alarm, INFINITY);
}

static void alarm_ready(uv_poll_t *poll, int status, int events) {
	struct udp_socket *alarm = (struct udp_socket *)poll;
	struct instance *instance = alarm->instance;
	napi_handle_scope scope;
	double now_ms = clock_ms(instance);
	if (!alarm->open || instance->closing || !is_due(alarm, now_ms)) return;
	if (napi_open_handle_scope(instance->env, &scope) != napi_ok) return;
	ring(alarm, now_ms);
	napi_close_handle_scope(instance->env, scope);
}

int alarm_open(struct instance *instance, struct udp_socket **opened) {
	struct udp_socket *made = socket_new(instance, KIND_ALARM, AF_UNSPEC);
	if (made == NULL) return -ENFILE;
	made->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	int error = made->fd < 0 ? -errno : socket_adopt(made);
	if (error != 0) {
		socket_discard(made);
		return error;
	}
	error = uv_poll_start(&made->poll, UV_READABLE, alarm_ready);
	if (error == 0) error = alarm_set(made, INFINITY);
	if (error != 0) socket_close(made);
	else *opened = made;
	return error;
}
