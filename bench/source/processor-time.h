/* What processes have had of the processors, from /proc. */
#ifndef PETREL_BENCH_PROCESSOR_TIME_H
#define PETREL_BENCH_PROCESSOR_TIME_H

#include <stdint.h>

/* Nanoseconds of all living threads of a process; those that ended are not seen. 0 if there is no such process. */
uint64_t processor_time_ns(int pid);

#endif
