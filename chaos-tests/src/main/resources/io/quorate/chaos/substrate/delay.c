/*
 * delay QUEUE MILLIS JITTER: holds every packet of a netfilter queue for MILLIS plus or minus JITTER, evenly, then lets
 * it pass; with a jitter packets overtake each other. It speaks netlink itself, as no library need be there. It prints
 * READY when the queue is its own; a rule with --queue-bypass lets packets pass when it has ended. It ends when a pipe
 * that is its standard input does, which is also when the process that started it dies.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HELD_MAX 65536

/* A packet that waits; the least due is at the root of a heap, those of one moment in the order of their ids. */
struct held {
    int64_t due_nanos;
    uint32_t id;
};

static struct held heap[HELD_MAX];
static int held;
static int netlink;
static uint16_t queue;

static int64_t now_nanos(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int before(struct held a, struct held b) {
    return a.due_nanos < b.due_nanos || (a.due_nanos == b.due_nanos && (int32_t)(a.id - b.id) < 0);
}

static void push(struct held packet) {
    int at = held++;
    while (at > 0 && before(packet, heap[(at - 1) / 2])) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = packet;
}

static struct held pop(void) {
    struct held least = heap[0];
    struct held last = heap[--held];
    int at = 0;
    for (int child = 1; child < held; child = 2 * at + 1) {
        if (child + 1 < held && before(heap[child + 1], heap[child])) {
            child++;
        }
        if (!before(heap[child], last)) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return least;
}

/* A message to the queue under construction. */
struct message {
    struct nlmsghdr header;
    struct nfgenmsg family;
    char attributes[64];
    size_t used;
};

static struct message begin(int type, int flags) {
    struct message m;
    memset(&m, 0, sizeof m);
    m.header.nlmsg_type = (NFNL_SUBSYS_QUEUE << 8) | type;
    m.header.nlmsg_flags = NLM_F_REQUEST | flags;
    m.family.nfgen_family = AF_UNSPEC;
    m.family.version = NFNETLINK_V0;
    m.family.res_id = htons(queue);
    return m;
}

static void attribute(struct message *m, int type, const void *value, size_t bytes) {
    struct nlattr *a = (struct nlattr *)(m->attributes + m->used);
    a->nla_type = type;
    a->nla_len = NLA_HDRLEN + bytes;
    memcpy((char *)a + NLA_HDRLEN, value, bytes);
    m->used += NLA_ALIGN(a->nla_len);
}

static void send_message(struct message *m) {
    m->header.nlmsg_len = NLMSG_LENGTH(sizeof m->family) + m->used;
    if (send(netlink, m, m->header.nlmsg_len, 0) < 0) {
        perror("send");
        exit(1);
    }
}

static void configure(void) {
    struct nfqnl_msg_config_cmd bind_it = {.command = NFQNL_CFG_CMD_BIND, .pf = htons(AF_INET)};
    struct message first = begin(NFQNL_MSG_CONFIG, NLM_F_ACK);
    attribute(&first, NFQA_CFG_CMD, &bind_it, sizeof bind_it);
    send_message(&first);
    struct nfqnl_msg_config_params copy = {.copy_range = htonl(0), .copy_mode = NFQNL_COPY_META};
    uint32_t length = htonl(HELD_MAX - 1);
    uint32_t segments = htonl(NFQA_CFG_F_GSO);
    struct message second = begin(NFQNL_MSG_CONFIG, NLM_F_ACK);
    attribute(&second, NFQA_CFG_PARAMS, &copy, sizeof copy);
    attribute(&second, NFQA_CFG_QUEUE_MAXLEN, &length, sizeof length);
    attribute(&second, NFQA_CFG_FLAGS, &segments, sizeof segments);
    attribute(&second, NFQA_CFG_MASK, &segments, sizeof segments);
    send_message(&second);
}

static void pass(uint32_t id) {
    struct nfqnl_msg_verdict_hdr verdict = {.verdict = htonl(NF_ACCEPT), .id = htonl(id)};
    struct message m = begin(NFQNL_MSG_VERDICT, 0);
    attribute(&m, NFQA_VERDICT_HDR, &verdict, sizeof verdict);
    send_message(&m);
}

static void hold(const struct nlmsghdr *header, int64_t millis, int64_t jitter) {
    size_t skip = NLMSG_ALIGN(sizeof(struct nfgenmsg));
    const char *at = (const char *)NLMSG_DATA(header) + skip;
    const char *end = (const char *)header + header->nlmsg_len;
    while (at + NLA_HDRLEN <= end) {
        const struct nlattr *a = (const struct nlattr *)at;
        if ((a->nla_type & NLA_TYPE_MASK) == NFQA_PACKET_HDR) {
            const struct nfqnl_msg_packet_hdr *packet = (const void *)(at + NLA_HDRLEN);
            int64_t nanos = millis * 1000000;
            if (jitter > 0) {
                nanos += random() % (2 * jitter * 1000000) - jitter * 1000000;
            }
            push((struct held){now_nanos() + nanos, ntohl(packet->packet_id)});
            return;
        }
        at += NLA_ALIGN(a->nla_len);
    }
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: delay QUEUE MILLIS JITTER\n");
        return 2;
    }
    queue = atoi(arguments[1]);
    int64_t millis = atoi(arguments[2]);
    int64_t jitter = atoi(arguments[3]);
    struct sockaddr_nl own = {.nl_family = AF_NETLINK};
    netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
    if (netlink < 0 || bind(netlink, (struct sockaddr *)&own, sizeof own) < 0) {
        perror("netlink");
        return 1;
    }
    int room = 8 << 20;
    int yes = 1;
    setsockopt(netlink, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    setsockopt(netlink, 270 /* SOL_NETLINK */, NETLINK_NO_ENOBUFS, &yes, sizeof yes);
    configure();
    static char buffer[1 << 16] __attribute__((aligned(8)));
    int accepted = 0;
    for (;;) {
        int64_t now = now_nanos();
        while (held > 0 && heap[0].due_nanos <= now) {
            pass(pop().id);
        }
        struct pollfd wait[2] = {{netlink, POLLIN, 0}, {STDIN_FILENO, 0, 0}};
        struct timespec until = {0, 0};
        if (held > 0) {
            until.tv_sec = (heap[0].due_nanos - now) / 1000000000;
            until.tv_nsec = (heap[0].due_nanos - now) % 1000000000;
        }
        if (ppoll(wait, 2, held > 0 ? &until : NULL, NULL) <= 0) {
            continue;
        }
        if (wait[1].revents & POLLHUP) {
            return 0;
        }
        ssize_t left = recv(netlink, buffer, sizeof buffer, 0);
        if (left < 0 && errno != EINTR && errno != ENOBUFS) {
            perror("recv");
            return 1;
        }
        for (struct nlmsghdr *h = (void *)buffer; left > 0 && NLMSG_OK(h, (size_t)left); h = NLMSG_NEXT(h, left)) {
            if (h->nlmsg_type == NLMSG_ERROR) {
                int error = ((struct nlmsgerr *)NLMSG_DATA(h))->error;
                if (error != 0 && accepted < 2) {
                    fprintf(stderr, "delay: %s\n", strerror(-error));
                    return 1;
                }
                if (error == 0 && ++accepted == 2) {
                    puts("READY");
                    fflush(stdout);
                }
            } else if (h->nlmsg_type == ((NFNL_SUBSYS_QUEUE << 8) | NFQNL_MSG_PACKET) && held < HELD_MAX) {
                hold(h, millis, jitter);
            }
        }
    }
}
