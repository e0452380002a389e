/* Total deadlines. libmicrohttpd's own timeout starts anew with every byte, so a client that drips one
 * byte a second would never be cut off. Here every connection has one moment until which it must be done
 * with what it is doing; a thread looks once a second and shuts down what is late. */
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "host/server/inside.h"

struct pin_watched {
    pin_watched  *next, **link;
    pin_watchdog *dog;
    int           fd;
    bool          cut;
    atomic_llong  until; /* seconds of the clock */
};

struct pin_watchdog {
    pthread_t       thread;
    pthread_mutex_t lock; /* of the list; held while a socket is shut down, so it cannot be another's by then */
    pthread_cond_t  wake;
    pin_watched    *all;
    bool            stop;
};

static long long seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void *watch(void *cls)
{
    pin_watchdog *w = cls;
    pthread_mutex_lock(&w->lock);
    while (!w->stop) {
        long long now = seconds();
        for (pin_watched *c = w->all; c; c = c->next)
            if (!c->cut && atomic_load(&c->until) < now) {
                c->cut = true;
                shutdown(c->fd, SHUT_RDWR); /* the daemon sees the end and cleans up */
            }
        struct timespec next;
        clock_gettime(CLOCK_MONOTONIC, &next);
        next.tv_sec++;
        pthread_cond_timedwait(&w->wake, &w->lock, &next);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

pin_watchdog *pin_watchdog_start(void)
{
    pin_watchdog      *w = calloc(1, sizeof *w);
    pthread_condattr_t attr;
    if (!w)
        return NULL;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&w->lock, NULL);
    if (pthread_create(&w->thread, NULL, watch, w) != 0) {
        free(w);
        return NULL;
    }
    return w;
}

void pin_watchdog_stop(pin_watchdog *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

pin_watched *pin_watchdog_add(pin_watchdog *w, int fd)
{
    pin_watched *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->dog = w;
    c->fd = fd;
    atomic_init(&c->until, seconds() + PIN_REQUEST_SECONDS);
    pthread_mutex_lock(&w->lock);
    c->next = w->all;
    c->link = &w->all;
    if (w->all)
        w->all->link = &c->next;
    w->all = c;
    pthread_mutex_unlock(&w->lock);
    return c;
}

void pin_watchdog_remove(pin_watchdog *w, pin_watched *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&w->lock);
    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
    pthread_mutex_unlock(&w->lock);
    free(c);
}

void pin_watchdog_allow(pin_watched *c, unsigned allowed)
{
    if (c)
        atomic_store(&c->until, seconds() + (long long)allowed);
}
