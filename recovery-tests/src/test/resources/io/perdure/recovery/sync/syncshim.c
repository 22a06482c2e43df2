/*
 * Preloaded into the broker: notes, in one global order, what it writes to its log files, when it syncs them, and what
 * it writes to sockets.
 *
 * SYNCSHIM_DIR  the store; its *.log files are watched
 * SYNCSHIM_LOG  where the notes go
 *
 * A note: u64 sequence, u32 kind, u32 fd, u64 number, u32 path length, u32 data length, path, data; native order.
 * A write to a file is noted after it has returned, a write to a socket and a sync before and after.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <netinet/in.h>
#include <unistd.h>

enum kind { FILE_WRITTEN = 1, SYNC_BEGINS = 2, SYNC_ENDS = 3, SOCKET_BEGINS = 4, SOCKET_ENDS = 5 };

static const char *directory;
static int notes = -1;
static uint64_t sequence;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("SYNCSHIM_LOG");
    directory = getenv("SYNCSHIM_DIR");
    if (path && directory)
        notes = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void put(const void *bytes, size_t count)
{
    const char *at = bytes;
    while (count > 0) {
        ssize_t n = syscall(SYS_write, notes, at, count);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            _exit(97);
        at += n;
        count -= n;
    }
}

static void note(uint32_t kind, int fd, uint64_t number, const char *path, const struct iovec *data, int pieces, size_t limit)
{
    struct __attribute__((packed)) {
        uint64_t sequence;
        uint32_t kind, fd;
        uint64_t number;
        uint32_t path, data;
    } head;
    int saved = errno;
    size_t total = 0;
    for (int i = 0; i < pieces; i++)
        total += data[i].iov_len;
    if (total > limit)
        total = limit;
    head.kind = kind;
    head.fd = fd;
    head.number = number;
    head.path = path ? strlen(path) : 0;
    head.data = total;
    pthread_mutex_lock(&lock);
    head.sequence = ++sequence;
    put(&head, sizeof head);
    put(path, head.path);
    for (int i = 0; i < pieces && total > 0; i++) {
        size_t n = data[i].iov_len < total ? data[i].iov_len : total;
        put(data[i].iov_base, n);
        total -= n;
    }
    pthread_mutex_unlock(&lock);
    errno = saved;
}

/* Whether fd is a log file of the store; then its path. */
static int watched_file(int fd, char *path, size_t size)
{
    char link[64];
    struct stat st;
    if (notes < 0 || fd == notes || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, size - 1);
    if (n < 4)
        return 0;
    path[n] = 0;
    return strncmp(path, directory, strlen(directory)) == 0 && strcmp(path + n - 4, ".log") == 0;
}

/* The port of the peer if fd is a connected TCP socket, else 0. */
static int peer_port(int fd)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    if (notes < 0 || getpeername(fd, (struct sockaddr *)&peer, &size) != 0)
        return 0;
    if (peer.ss_family == AF_INET)
        return ntohs(((struct sockaddr_in *)&peer)->sin_port);
    if (peer.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&peer)->sin6_port);
    return 0;
}

/* Runs CALL, a write of PIECES at OFFSET (-1: where the file stands), with notes around it. */
#define NOTED(FD, PIECES, COUNT, OFFSET, CALL)                                                      \
    do {                                                                                            \
        char path[4096];                                                                            \
        int saved = errno, port = peer_port(FD);                                                    \
        errno = saved;                                                                              \
        if (port) {                                                                                 \
            note(SOCKET_BEGINS, FD, port, NULL, PIECES, COUNT, SIZE_MAX);                           \
            ssize_t result = CALL;                                                                  \
            note(SOCKET_ENDS, FD, result < 0 ? 0 : result, NULL, NULL, 0, 0);                       \
            return result;                                                                          \
        }                                                                                           \
        int file = watched_file(FD, path, sizeof path);                                             \
        errno = saved;                                                                              \
        ssize_t result = CALL;                                                                      \
        if (file && result > 0) {                                                                   \
            saved = errno;                                                                          \
            off_t at = (OFFSET) >= 0 ? (OFFSET) : lseek(FD, 0, SEEK_CUR) - result;                  \
            errno = saved;                                                                          \
            note(FILE_WRITTEN, FD, at, path, PIECES, COUNT, result);                                \
        }                                                                                           \
        return result;                                                                              \
    } while (0)

#define REAL(NAME) static __typeof__(NAME) *real; if (!real) real = dlsym(RTLD_NEXT, #NAME)

ssize_t write(int fd, const void *bytes, size_t count)
{
    REAL(write);
    struct iovec piece = {(void *)bytes, count};
    NOTED(fd, &piece, 1, (off_t)-1, real(fd, bytes, count));
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
    REAL(pwrite);
    struct iovec piece = {(void *)bytes, count};
    NOTED(fd, &piece, 1, offset, real(fd, bytes, count, offset));
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset)
{
    REAL(pwrite64);
    struct iovec piece = {(void *)bytes, count};
    NOTED(fd, &piece, 1, offset, real(fd, bytes, count, offset));
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    REAL(writev);
    NOTED(fd, pieces, count, (off_t)-1, real(fd, pieces, count));
}

ssize_t send(int fd, const void *bytes, size_t count, int flags)
{
    REAL(send);
    struct iovec piece = {(void *)bytes, count};
    NOTED(fd, &piece, 1, (off_t)-1, real(fd, bytes, count, flags));
}

ssize_t sendto(int fd, const void *bytes, size_t count, int flags, const struct sockaddr *to, socklen_t size)
{
    REAL(sendto);
    struct iovec piece = {(void *)bytes, count};
    NOTED(fd, &piece, 1, (off_t)-1, real(fd, bytes, count, flags, to, size));
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    REAL(sendmsg);
    NOTED(fd, message->msg_iov, (int)message->msg_iovlen, (off_t)-1, real(fd, message, flags));
}

#define SYNCED(FD, CALL)                                                                            \
    do {                                                                                            \
        char path[4096];                                                                            \
        if (!watched_file(FD, path, sizeof path))                                                   \
            return CALL;                                                                            \
        note(SYNC_BEGINS, FD, 0, path, NULL, 0, 0);                                                 \
        int result = CALL;                                                                          \
        note(SYNC_ENDS, FD, result == 0, path, NULL, 0, 0);                                         \
        return result;                                                                              \
    } while (0)

int fdatasync(int fd)
{
    REAL(fdatasync);
    SYNCED(fd, real(fd));
}

int fsync(int fd)
{
    REAL(fsync);
    SYNCED(fd, real(fd));
}
