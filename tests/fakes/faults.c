/* Lets system calls fail, fail after they have happened, run a script first, or kill the process: at the nth call of a
   kind on a path under one of two folders. Preloaded; fault_set says what is to come. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NONE, FAIL, AFTER, SCRIPT, KILL };
static char kind[32], script[8192], roots[2][PATH_MAX];
static long left = -1, counted;
static int action = NONE, number = EIO, busy;

void fault_set(const char *call, long nth, int what, int error, const char *run, const char *first, const char *second) {
    snprintf(kind, sizeof kind, "%s", call);
    snprintf(script, sizeof script, "%s", run);
    snprintf(roots[0], PATH_MAX, "%s", first);
    snprintf(roots[1], PATH_MAX, "%s", second);
    left = nth; action = what; number = error; counted = 0;
}
long fault_counted(void) { return counted; }

static int under(const char *path) {
    char folder[PATH_MAX], real[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash && slash != folder) *slash = 0;
    if (!realpath(folder, real)) return 0;
    for (int i = 0; i < 2; i++)
        if (*roots[i] && !strncmp(real, roots[i], strlen(roots[i]))) return 1;
    return 0;
}
static int open_under(int descriptor) {
    char link[64], real[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t size = readlink(link, real, sizeof real - 1);
    if (size < 0) return 0;
    real[size] = 0;
    for (int i = 0; i < 2; i++)
        if (*roots[i] && !strncmp(real, roots[i], strlen(roots[i]))) return 1;
    return 0;
}
static int due(const char *call, int matches) {
    if (busy || action == NONE || strcmp(kind, call)) return NONE;
    int before = errno, yes = matches;
    errno = before;
    if (!yes) return NONE;
    if (__sync_fetch_and_add(&counted, 1) != left) return NONE;
    if (action == KILL) kill(getpid(), SIGKILL);
    if (action == SCRIPT) {
        busy = 1;
        char *preload = getenv("LD_PRELOAD");
        char kept[PATH_MAX] = "";
        if (preload) snprintf(kept, sizeof kept, "%s", preload);
        unsetenv("LD_PRELOAD");
        if (system(script)) fprintf(stderr, "the script has failed\n");
        if (*kept) setenv("LD_PRELOAD", kept, 1);
        busy = 0;
        errno = before;
        return NONE;
    }
    return action;
}
#define WRAP(call, matches, real) \
    int what = due(call, matches); \
    if (what == FAIL) { errno = number; return -1; } \
    long result = (real); \
    if (what == AFTER && result >= 0) { errno = number; return -1; } \
    return result;
#define NEXT(function) static __typeof__(&function) next; if (!next) next = (__typeof__(next))dlsym(RTLD_NEXT, #function)

int unlink(const char *path) {
    NEXT(unlink);
    WRAP("unlink", under(path), next(path))
}
int unlinkat(int folder, const char *path, int flags) {
    NEXT(unlinkat);
    WRAP("unlink", under(path), next(folder, path, flags))
}
int rename(const char *old, const char *new) {
    NEXT(rename);
    WRAP("rename", under(old) || under(new), next(old, new))
}
int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
    NEXT(renameat2);
    WRAP("rename", under(old) || under(new), next(from, old, to, new, flags))
}
int linkat(int from, const char *old, int to, const char *new, int flags) {
    NEXT(linkat);
    WRAP("link", under(new), next(from, old, to, new, flags))
}
int link(const char *old, const char *new) {
    NEXT(link);
    WRAP("link", under(new), next(old, new))
}
int symlink(const char *target, const char *new) {
    NEXT(symlink);
    WRAP("symlink", under(new), next(target, new))
}
int mkdir(const char *path, mode_t mode) {
    NEXT(mkdir);
    WRAP("mkdir", under(path), next(path, mode))
}
int rmdir(const char *path) {
    NEXT(rmdir);
    WRAP("rmdir", under(path), next(path))
}
int open(const char *path, int flags, ...) {
    NEXT(open);
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
    va_end(list);
    WRAP(flags & O_CREAT ? "create" : "open", under(path), next(path, flags, mode))
}
int open64(const char *path, int flags, ...) {
    NEXT(open64);
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
    va_end(list);
    WRAP(flags & O_CREAT ? "create" : "open", under(path), next(path, flags, mode))
}
int fsync(int descriptor) {
    NEXT(fsync);
    WRAP("fsync", open_under(descriptor), next(descriptor))
}
int syncfs(int descriptor) {
    NEXT(syncfs);
    WRAP("syncfs", open_under(descriptor), next(descriptor))
}
int close(int descriptor) {
    NEXT(close);
    WRAP("close", action != NONE && !strcmp(kind, "close") && open_under(descriptor), next(descriptor))
}
ssize_t write(int descriptor, const void *bytes, size_t size) {
    NEXT(write);
    WRAP("write", action != NONE && !strcmp(kind, "write") && open_under(descriptor), next(descriptor, bytes, size))
}
int fchmod(int descriptor, mode_t mode) {
    NEXT(fchmod);
    WRAP("fchmod", open_under(descriptor), next(descriptor, mode))
}
int futimens(int descriptor, const struct timespec times[2]) {
    NEXT(futimens);
    WRAP("utime", open_under(descriptor), next(descriptor, times))
}
int lstat(const char *path, struct stat *found) {
    NEXT(lstat);
    WRAP("look", under(path), next(path, found))
}
int stat(const char *path, struct stat *found) {
    NEXT(stat);
    WRAP("stat", under(path), next(path, found))
}
int lstat64(const char *path, struct stat64 *found) {
    NEXT(lstat64);
    WRAP("look", under(path), next(path, found))
}
int stat64(const char *path, struct stat64 *found) {
    NEXT(stat64);
    WRAP("stat", under(path), next(path, found))
}
int fstatat(int folder, const char *path, struct stat *found, int flags) {
    NEXT(fstatat);
    WRAP(flags & AT_SYMLINK_NOFOLLOW ? "look" : "stat", under(path), next(folder, path, found, flags))
}
int fstatat64(int folder, const char *path, struct stat64 *found, int flags) {
    NEXT(fstatat64);
    WRAP(flags & AT_SYMLINK_NOFOLLOW ? "look" : "stat", under(path), next(folder, path, found, flags))
}
