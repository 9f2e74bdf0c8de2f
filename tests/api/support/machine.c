/* A machine whose clock can be set and whose disk can run full or turn read-only, as one process sees it: loaded into that
 * process by LD_PRELOAD, told what to do through the file named by MACHINE_STATE (three 64-bit numbers). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct state {
    volatile int64_t clock_seconds; /* how far the clock is ahead of the real one */
    volatile int64_t full;          /* files cannot grow */
    volatile int64_t read_only;     /* files cannot be written */
};

static struct state *state;

__attribute__((constructor)) static void open_state(void) {
    const char *name = getenv("MACHINE_STATE");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    void *memory = file < 0 ? MAP_FAILED : mmap(0, sizeof *state, PROT_READ, MAP_SHARED, file, 0);
    if (file >= 0)
        close(file);
    if (memory != MAP_FAILED)
        state = memory;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && state && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += state->clock_seconds;
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *place) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (place)
        *place = exact.tv_sec;
    return exact.tv_sec;
}

/* Sets errno and answers 1 when these bytes have no place on the disk. */
static int refused(int file, off_t offset, size_t bytes) {
    struct stat found;
    if (!state || !(state->full || state->read_only) || fstat(file, &found) != 0 || !S_ISREG(found.st_mode))
        return 0;
    if (state->read_only) {
        errno = EROFS;
        return 1;
    }
    errno = ENOSPC;
    return offset + (off_t)bytes > found.st_size;
}

static size_t length(const struct iovec *parts, int count) {
    size_t sum = 0;
    for (int at = 0; at < count; at++)
        sum += parts[at].iov_len;
    return sum;
}

ssize_t write(int file, const void *bytes, size_t count) {
    if (state && (state->full || state->read_only) && refused(file, lseek(file, 0, SEEK_CUR), count))
        return -1;
    return syscall(SYS_write, file, bytes, count);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    if (state && (state->full || state->read_only) && refused(file, lseek(file, 0, SEEK_CUR), length(parts, count)))
        return -1;
    return syscall(SYS_writev, file, parts, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    return refused(file, offset, count) ? -1 : syscall(SYS_pwrite64, file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off_t offset) {
    return pwrite(file, bytes, count, offset);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset) {
    return refused(file, offset, length(parts, count)) ? -1 : syscall(SYS_pwritev, file, parts, count, offset, 0);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off_t offset) {
    return pwritev(file, parts, count, offset);
}

int fallocate(int file, int mode, off_t offset, off_t bytes) {
    return refused(file, offset, bytes) ? -1 : syscall(SYS_fallocate, file, mode, offset, bytes);
}

int fallocate64(int file, int mode, off_t offset, off_t bytes) {
    return fallocate(file, mode, offset, bytes);
}

int posix_fallocate(int file, off_t offset, off_t bytes) {
    return fallocate(file, 0, offset, bytes) == 0 ? 0 : errno;
}

int posix_fallocate64(int file, off_t offset, off_t bytes) {
    return posix_fallocate(file, offset, bytes);
}
