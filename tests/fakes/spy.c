/* Writes each look-up of a host, and each address that is connected or sent to, into the file SPY_LOG. Preloaded. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NEXT(function) static __typeof__(&function) next; if (!next) next = (__typeof__(next))dlsym(RTLD_NEXT, #function)

static void say(const char *what, const char *whom) {
    const char *file = getenv("SPY_LOG");
    char line[512];
    int size = snprintf(line, sizeof line, "%s %s\n", what, whom ? whom : "");
    int log = file ? open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (log >= 0 && write(log, line, size) >= 0) close(log);
}
static void address(const char *what, const struct sockaddr *to) {
    char text[INET6_ADDRSTRLEN] = "";
    if (!to) return;
    if (to->sa_family == AF_INET) inet_ntop(AF_INET, &((struct sockaddr_in *)to)->sin_addr, text, sizeof text);
    else if (to->sa_family == AF_INET6) inet_ntop(AF_INET6, &((struct sockaddr_in6 *)to)->sin6_addr, text, sizeof text);
    else return;
    say(what, text);
}
int connect(int descriptor, const struct sockaddr *to, socklen_t size) {
    NEXT(connect);
    address("connect", to);
    return next(descriptor, to, size);
}
ssize_t sendto(int descriptor, const void *bytes, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
    NEXT(sendto);
    address("sendto", to);
    return next(descriptor, bytes, size, flags, to, length);
}
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    NEXT(getaddrinfo);
    say("look up", host);
    return next(host, service, hints, found);
}
struct hostent *gethostbyname(const char *host) {
    NEXT(gethostbyname);
    say("look up", host);
    return next(host);
}
