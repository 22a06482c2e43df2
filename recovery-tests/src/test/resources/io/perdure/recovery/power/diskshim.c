/*
 * Preloaded into the broker: a disk that remembers what has been synced, and that fails when it is told to.
 *
 * DISKSHIM_ROOT   the directory that is watched, with all below it
 * DISKSHIM_NOTES  where the notes go
 * DISKSHIM_KEPT   a directory on the same file system, outside the root: files that are unlinked or renamed over are kept
 *                 here, under their inode number, so that numbers are not used again and content can come back
 * DISKSHIM_RULES  which operations fail; see struct rule
 *
 * A note: u32 kind, u32 length of path, u32 length of second path, u32 0, u64 inode, u64 a, u64 b, paths; native order.
 * A note is made after the operation, in one order for all threads; what was done and not noted counts as not synced.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
    OPENED = 1,     /* for writing; a: size before, b: 1 made, 2 cut to nothing */
    WRITTEN = 2,    /* a: offset, b: length */
    SYNCED = 3,     /* file or directory; a: number of notes when it began */
    TRUNCATED = 4,  /* a: size */
    RENAMED = 5,    /* path to second path */
    UNLINKED = 6,
    LINKED = 7,     /* path, also under second path */
    DIRECTORY_MADE = 8,
    DIRECTORY_REMOVED = 9,
    MAPPED = 10     /* for writing: beyond this library */
};

enum op {
    OPEN = 1, READ = 2, WRITE = 4, SYNC = 8, SYNC_DIRECTORY = 16, ALLOCATE = 32, TRUNCATE = 64,
    CREATE = 128, RENAME = 256, UNLINK = 512, LINK = 1024, MAKE_DIRECTORY = 2048
};

#undef fread_unlocked

#define RULES 16
#define KILL (-1)

/* Shared with the test. While armed, of the operations on files of that name the first `skip` go on, then `times` fail. */
struct rule {
    uint32_t armed;
    uint32_t ops;
    int32_t error;    /* errno, or KILL: the process dies before the operation */
    uint32_t partial; /* a write that fails has written the first half of its bytes */
    int64_t skip;
    int64_t times;
    int64_t seen;     /* operations so far */
    int64_t hits;     /* of which so many have failed */
    char name[80];    /* pattern for the last part of the path */
};

static const char *root;
static const char *kept;
static int notes = -1;
static uint64_t noted;
static struct rule *rules;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(NAME) static __typeof__(NAME) *real; if (!real) real = dlsym(RTLD_NEXT, #NAME)

__attribute__((constructor)) static void begin(void)
{
    const char *notes_path = getenv("DISKSHIM_NOTES");
    const char *rules_path = getenv("DISKSHIM_RULES");
    root = getenv("DISKSHIM_ROOT");
    kept = getenv("DISKSHIM_KEPT");
    if (!root || !*root)
        return;
    if (notes_path)
        notes = syscall(SYS_open, notes_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int fd = rules_path ? syscall(SYS_open, rules_path, O_RDWR | O_CLOEXEC) : -1;
    if (fd >= 0) {
        void *at = mmap(NULL, RULES * sizeof *rules, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        rules = at == MAP_FAILED ? NULL : at;
        syscall(SYS_close, fd);
    }
}

/* Writes a note; the caller holds the lock. */
static void note(uint32_t kind, uint64_t inode, uint64_t a, uint64_t b, const char *path, const char *second)
{
    struct { uint32_t kind, path, second, zero; uint64_t inode, a, b; } head = {kind, 0, 0, 0, inode, a, b};
    int saved = errno;
    if (notes >= 0) {
        head.path = path ? strlen(path) : 0;
        head.second = second ? strlen(second) : 0;
        struct iovec pieces[3] = {{&head, sizeof head}, {(void *)path, head.path}, {(void *)second, head.second}};
        ssize_t total = sizeof head + head.path + head.second;
        if (syscall(SYS_writev, notes, pieces, 3) != total)
            _exit(97);
        noted++;
    }
    errno = saved;
}

static void note_locked(uint32_t kind, uint64_t inode, uint64_t a, uint64_t b, const char *path)
{
    pthread_mutex_lock(&lock);
    note(kind, inode, a, b, path, NULL);
    pthread_mutex_unlock(&lock);
}

static uint64_t notes_so_far(void)
{
    pthread_mutex_lock(&lock);
    uint64_t n = noted;
    pthread_mutex_unlock(&lock);
    return n;
}

static int below_root(const char *path)
{
    size_t n = root ? strlen(root) : 0;
    return n > 0 && strncmp(path, root, n) == 0 && (path[n] == '/' || path[n] == 0);
}

/* Whether a path is watched; then the same as an absolute path. */
static int watched_path(const char *path, char *full, size_t size)
{
    int saved = errno;
    int n;
    if (!root || !*root || !path)
        return 0;
    if (path[0] == '/') {
        n = snprintf(full, size, "%s", path);
    } else {
        char here[2048];
        n = getcwd(here, sizeof here) ? snprintf(full, size, "%s/%s", here, path) : -1;
    }
    for (char *from = full, *to = full; n > 0; from++) { /* RocksDB writes a//b now and then */
        while (from[0] == '/' && from[1] == '/')
            from++;
        *to = *from;
        if (!*to++)
            break;
    }
    errno = saved;
    return n > 0 && (size_t)n < size && below_root(full);
}

/* Whether an open file is watched; then its path. */
static int watched_file(int fd, char *path, size_t size, struct stat *st)
{
    char link[64];
    int saved = errno, found = 0;
    if (root && *root && fd != notes && fstat(fd, st) == 0 && (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode))) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t n = readlink(link, path, size - 1);
        if (n > 0) {
            path[n] = 0;
            found = below_root(path);
        }
    }
    errno = saved;
    return found;
}

/* The error that an operation on a file is to fail with, or 0. */
static int fault(uint32_t op, const char *path, int *partial)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    for (int i = 0; rules && i < RULES; i++) {
        struct rule *r = &rules[i];
        if (!__atomic_load_n(&r->armed, __ATOMIC_ACQUIRE) || !(r->ops & op) || fnmatch(r->name, name, 0) != 0)
            continue;
        int64_t before = __atomic_fetch_add(&r->seen, 1, __ATOMIC_SEQ_CST);
        if (before < r->skip || before - r->skip >= r->times)
            continue;
        __atomic_fetch_add(&r->hits, 1, __ATOMIC_SEQ_CST);
        if (r->error == KILL)
            syscall(SYS_kill, getpid(), SIGKILL);
        if (partial)
            *partial = r->partial;
        return r->error;
    }
    return 0;
}

#define FAIL_IF(OP, PATH)                                                                           \
    do {                                                                                            \
        int error_ = fault(OP, PATH, NULL);                                                         \
        if (error_) {                                                                               \
            errno = error_;                                                                         \
            return -1;                                                                              \
        }                                                                                           \
    } while (0)

/* Keeps a file that is about to lose a name. */
static uint64_t keep(const char *path)
{
    struct stat st;
    char copy[4096];
    int saved = errno;
    if (lstat(path, &st) != 0)
        st.st_ino = 0;
    else if (kept && S_ISREG(st.st_mode)) {
        snprintf(copy, sizeof copy, "%s/%llu", kept, (unsigned long long)st.st_ino);
        syscall(SYS_link, path, copy);
    }
    errno = saved;
    return st.st_ino;
}

/* Opens a watched file. */
static int open_watched(const char *path, int flags, mode_t mode)
{
    struct stat before, st;
    int there = lstat(path, &before) == 0;
    FAIL_IF(OPEN, path);
    if (!there && (flags & O_CREAT))
        FAIL_IF(CREATE, path);
    pthread_mutex_lock(&lock);
    there = lstat(path, &before) == 0;
    int fd = syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    int writes = (flags & O_ACCMODE) != O_RDONLY;
    if (fd >= 0 && (writes || !there) && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        note(OPENED, st.st_ino, there ? before.st_size : 0, !there ? 1 : (flags & O_TRUNC) ? 2 : 0, path, NULL);
    pthread_mutex_unlock(&lock);
    return fd;
}

#define DEFINE_OPEN(NAME)                                                                           \
    int NAME(const char *path, int flags, ...)                                                      \
    {                                                                                               \
        char full[4096];                                                                            \
        mode_t mode = 0;                                                                            \
        if (flags & (O_CREAT | __O_TMPFILE)) {                                                      \
            va_list rest;                                                                           \
            va_start(rest, flags);                                                                  \
            mode = va_arg(rest, mode_t);                                                            \
            va_end(rest);                                                                           \
        }                                                                                           \
        REAL(NAME);                                                                                 \
        return watched_path(path, full, sizeof full) ? open_watched(full, flags, mode) : real(path, flags, mode); \
    }

DEFINE_OPEN(open)
DEFINE_OPEN(open64)

/* Runs CALL, a write at OFFSET (-1: where the file stands); HALF writes the first half of its bytes. */
#define WRITTEN_BY(FD, OFFSET, CALL, HALF)                                                          \
    do {                                                                                            \
        char path[4096];                                                                            \
        struct stat st;                                                                             \
        if (!watched_file(FD, path, sizeof path, &st))                                              \
            return CALL;                                                                            \
        int partial = 0, error = fault(WRITE, path, &partial);                                      \
        ssize_t result = error ? (partial ? HALF : -1) : CALL;                                      \
        int saved = error ? error : errno;                                                          \
        if (result > 0) {                                                                           \
            int flags = fcntl(FD, F_GETFL);                                                         \
            off_t at = (flags & O_APPEND) ? st.st_size                                              \
                : (OFFSET) >= 0 ? (OFFSET) : lseek(FD, 0, SEEK_CUR) - result;                       \
            pthread_mutex_lock(&lock);                                                              \
            note(WRITTEN, st.st_ino, at, result, path, NULL);                                       \
            if ((flags & O_DSYNC) && !error)                                                        \
                note(SYNCED, st.st_ino, noted, 0, path, NULL);                                      \
            pthread_mutex_unlock(&lock);                                                            \
        }                                                                                           \
        errno = saved;                                                                              \
        return error ? -1 : result;                                                                 \
    } while (0)

ssize_t write(int fd, const void *bytes, size_t count)
{
    REAL(write);
    WRITTEN_BY(fd, (off_t)-1, real(fd, bytes, count), real(fd, bytes, count / 2));
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
    REAL(pwrite);
    WRITTEN_BY(fd, offset, real(fd, bytes, count, offset), real(fd, bytes, count / 2, offset));
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset)
{
    REAL(pwrite64);
    WRITTEN_BY(fd, offset, real(fd, bytes, count, offset), real(fd, bytes, count / 2, offset));
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    REAL(writev);
    WRITTEN_BY(fd, (off_t)-1, real(fd, pieces, count), real(fd, pieces, count / 2));
}

#define FAIL_READ(FD)                                                                               \
    do {                                                                                            \
        char path[4096];                                                                            \
        struct stat st;                                                                             \
        if (rules && watched_file(FD, path, sizeof path, &st))                                      \
            FAIL_IF(READ, path);                                                                    \
    } while (0)

ssize_t read(int fd, void *bytes, size_t count)
{
    REAL(read);
    FAIL_READ(fd);
    return real(fd, bytes, count);
}

ssize_t pread(int fd, void *bytes, size_t count, off_t offset)
{
    REAL(pread);
    FAIL_READ(fd);
    return real(fd, bytes, count, offset);
}

ssize_t pread64(int fd, void *bytes, size_t count, off64_t offset)
{
    REAL(pread64);
    FAIL_READ(fd);
    return real(fd, bytes, count, offset);
}

static int may_read(FILE *file)
{
    FAIL_READ(fileno(file));
    return 0;
}

size_t fread(void *bytes, size_t size, size_t count, FILE *file)
{
    REAL(fread);
    return may_read(file) == 0 ? real(bytes, size, count, file) : 0;
}

size_t fread_unlocked(void *bytes, size_t size, size_t count, FILE *file)
{
    REAL(fread_unlocked);
    return may_read(file) == 0 ? real(bytes, size, count, file) : 0;
}

#define SYNCED_BY(FD, CALL)                                                                         \
    do {                                                                                            \
        char path[4096];                                                                            \
        struct stat st;                                                                             \
        if (!watched_file(FD, path, sizeof path, &st))                                              \
            return CALL;                                                                            \
        uint64_t began = notes_so_far();                                                            \
        FAIL_IF(S_ISDIR(st.st_mode) ? SYNC_DIRECTORY : SYNC, path);                                 \
        int result = CALL;                                                                          \
        if (result == 0)                                                                            \
            note_locked(SYNCED, st.st_ino, began, 0, path);                                         \
        return result;                                                                              \
    } while (0)

int fsync(int fd)
{
    REAL(fsync);
    SYNCED_BY(fd, real(fd));
}

int fdatasync(int fd)
{
    REAL(fdatasync);
    SYNCED_BY(fd, real(fd));
}

/* Syncs no metadata, so it counts for nothing; it may fail. */
int sync_file_range(int fd, off64_t offset, off64_t count, unsigned int flags)
{
    REAL(sync_file_range);
    char path[4096];
    struct stat st;
    if (watched_file(fd, path, sizeof path, &st))
        FAIL_IF(SYNC, path);
    return real(fd, offset, count, flags);
}

int fallocate(int fd, int mode, off_t offset, off_t count)
{
    REAL(fallocate);
    char path[4096];
    struct stat st;
    if (watched_file(fd, path, sizeof path, &st))
        FAIL_IF(ALLOCATE, path);
    return real(fd, mode, offset, count);
}

int posix_fallocate(int fd, off_t offset, off_t count)
{
    REAL(posix_fallocate);
    char path[4096];
    struct stat st;
    int error = watched_file(fd, path, sizeof path, &st) ? fault(ALLOCATE, path, NULL) : 0;
    return error ? error : real(fd, offset, count);
}

#define TRUNCATED_BY(FD, SIZE, CALL)                                                                \
    do {                                                                                            \
        char path[4096];                                                                            \
        struct stat st;                                                                             \
        if (!watched_file(FD, path, sizeof path, &st))                                              \
            return CALL;                                                                            \
        FAIL_IF(TRUNCATE, path);                                                                    \
        int result = CALL;                                                                          \
        if (result == 0)                                                                            \
            note_locked(TRUNCATED, st.st_ino, SIZE, 0, path);                                       \
        return result;                                                                              \
    } while (0)

int ftruncate(int fd, off_t size)
{
    REAL(ftruncate);
    TRUNCATED_BY(fd, size, real(fd, size));
}

int ftruncate64(int fd, off64_t size)
{
    REAL(ftruncate64);
    TRUNCATED_BY(fd, size, real(fd, size));
}

int rename(const char *from, const char *to)
{
    REAL(rename);
    char full[4096], second[4096];
    if (!watched_path(from, full, sizeof full) || !watched_path(to, second, sizeof second))
        return real(from, to);
    FAIL_IF(RENAME, second);
    pthread_mutex_lock(&lock);
    struct stat st;
    uint64_t inode = lstat(full, &st) == 0 ? st.st_ino : 0;
    keep(second);
    int result = real(from, to);
    if (result == 0)
        note(RENAMED, inode, 0, 0, full, second);
    pthread_mutex_unlock(&lock);
    return result;
}

/* Runs CALL, which changes what is under PATH. */
#define NAMED_BY(OP, KIND, PATH, CALL)                                                              \
    do {                                                                                            \
        char full[4096];                                                                            \
        if (!watched_path(PATH, full, sizeof full))                                                 \
            return CALL;                                                                            \
        FAIL_IF(OP, full);                                                                          \
        pthread_mutex_lock(&lock);                                                                  \
        uint64_t inode = keep(full);                                                                \
        int result = CALL;                                                                          \
        if (result == 0)                                                                            \
            note(KIND, inode, 0, 0, full, NULL);                                                    \
        pthread_mutex_unlock(&lock);                                                                \
        return result;                                                                              \
    } while (0)

int unlink(const char *path)
{
    REAL(unlink);
    NAMED_BY(UNLINK, UNLINKED, path, real(path));
}

int mkdir(const char *path, mode_t mode)
{
    REAL(mkdir);
    NAMED_BY(MAKE_DIRECTORY, DIRECTORY_MADE, path, real(path, mode));
}

int rmdir(const char *path)
{
    REAL(rmdir);
    NAMED_BY(UNLINK, DIRECTORY_REMOVED, path, real(path));
}

int link(const char *from, const char *to)
{
    REAL(link);
    char full[4096], second[4096];
    struct stat st;
    if (!watched_path(to, second, sizeof second))
        return real(from, to);
    FAIL_IF(LINK, second);
    pthread_mutex_lock(&lock);
    int result = real(from, to);
    if (result == 0 && lstat(second, &st) == 0)
        note(LINKED, st.st_ino, st.st_size, 0, watched_path(from, full, sizeof full) ? full : "", second);
    pthread_mutex_unlock(&lock);
    return result;
}

#define MAPPED_BY(CALL)                                                                             \
    do {                                                                                            \
        char path[4096];                                                                            \
        struct stat st;                                                                             \
        if (fd >= 0 && (flags & MAP_TYPE) != MAP_PRIVATE && (protection & PROT_WRITE)               \
                && watched_file(fd, path, sizeof path, &st))                                        \
            note_locked(MAPPED, st.st_ino, 0, 0, path);                                             \
        return CALL;                                                                                \
    } while (0)

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    REAL(mmap);
    MAPPED_BY(real(at, size, protection, flags, fd, offset));
}

void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset)
{
    REAL(mmap64);
    MAPPED_BY(real(at, size, protection, flags, fd, offset));
}
