{
	"targets": [
		{
			"target_name": "petrel_udp",
			"sources": ["addon.c", "alarm.c", "instance.c", "notify.c", "receive.c", "send.c", "socket.c"],
			"cflags": ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-fvisibility=hidden"],
			"defines": ["NAPI_VERSION=8", "_GNU_SOURCE"]
		}
	]
}
