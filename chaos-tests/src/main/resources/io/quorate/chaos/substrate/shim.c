/*
 * Preloaded into a node's process: the wall clock and the syncs that it sees are as a page of memory says, which is
 * mapped from the file that QUORATE_SHIM names and written from outside while the process runs. The monotonic clock,
 * waits and reads stay as they are.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { SYNCS_WORK, SYNCS_LIE, SYNCS_FAIL };

/* The order is that of ShimPage.java. */
struct page {
    volatile int64_t offset_nanos;
    volatile int64_t drift_ppm;
    volatile int64_t drift_since_nanos;
    volatile int64_t syncs;
    volatile int64_t sync_delay_micros;
};

static struct page nothing;
static struct page *page = &nothing;
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_sync_file_range)(int, off_t, off_t, unsigned);

__attribute__((constructor)) static void start(void) {
    real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_sync_file_range = dlsym(RTLD_NEXT, "sync_file_range");
    const char *path = getenv("QUORATE_SHIM");
    int file = path == NULL ? -1 : open(path, O_RDWR);
    if (file < 0) {
        return;
    }
    void *mapped = mmap(NULL, sizeof(struct page), PROT_READ, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) {
        page = mapped;
    }
    close(file);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (real_clock_gettime == NULL) {
        real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    }
    int result = real_clock_gettime(clock, time);
    int64_t offset = page->offset_nanos;
    int64_t drift = page->drift_ppm;
    if (result != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) || (offset == 0 && drift == 0)) {
        return result;
    }
    int64_t nanos = time->tv_sec * INT64_C(1000000000) + time->tv_nsec;
    nanos += offset + (nanos - page->drift_since_nanos) / 1000 * drift / 1000;
    time->tv_sec = nanos / 1000000000;
    time->tv_nsec = nanos % 1000000000;
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec precise;
    (void)zone;
    int result = clock_gettime(CLOCK_REALTIME, &precise);
    time->tv_sec = precise.tv_sec;
    time->tv_usec = precise.tv_nsec / 1000;
    return result;
}

time_t time(time_t *out) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (out != NULL) {
        *out = precise.tv_sec;
    }
    return precise.tv_sec;
}

static int sync_by(int file, int (*real)(int)) {
    int64_t delay = page->sync_delay_micros;
    if (delay > 0) {
        struct timespec rest = {.tv_sec = delay / 1000000, .tv_nsec = delay % 1000000 * 1000};
        nanosleep(&rest, NULL);
    }
    switch (page->syncs) {
        case SYNCS_LIE:
            return 0;
        case SYNCS_FAIL:
            errno = EIO;
            return -1;
        default:
            return real(file);
    }
}

int fsync(int file) {
    return sync_by(file, real_fsync);
}

int fdatasync(int file) {
    return sync_by(file, real_fdatasync);
}

int sync_file_range(int file, off_t from, off_t bytes, unsigned flags) {
    return page->syncs == SYNCS_LIE ? 0 : real_sync_file_range(file, from, bytes, flags);
}
