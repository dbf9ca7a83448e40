/*
 * A bare UDP echo server in C, the baseline of the agent's cost. One thread for
 * each port, from PORT up.
 *
 *   echo_server echo|pair PORT THREADS [BATCH]
 *
 * echo sends back what came. pair answers a GetHostRequest with an answer as
 * long as the agent's (the request's body and a host), and swallows reports.
 * With BATCH, that many datagrams for each recvmmsg and sendmmsg.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DATAGRAM_BYTES 2048
#define BATCH_MAX 64

/* HostInfo of 192.168.1.177:7777 as field 5 of a GetHostResponse. */
static const unsigned char HOST[] = {0x2a, 0x0e, 0x08, 0xb1, 0x83, 0xa0, 0x85, 0xfc,
                                     0xff, 0xff, 0xff, 0xff, 0x01, 0x10, 0xe1, 0x3c};

static int pairs;
static int batch;

/* Turns the request into its answer, in place: its length, or 0 for none. */
static size_t answer(unsigned char *datagram, size_t length) {
  if (!pairs) return length;
  if (length < 8 || datagram[0] != 4) return 0;
  memcpy(datagram + length, HOST, sizeof HOST);
  int32_t header[2] = {5, (int32_t)(length - 8 + sizeof HOST)};
  memcpy(datagram, header, sizeof header);
  return length + sizeof HOST;
}

static void serve_one_by_one(int fd) {
  unsigned char datagram[DATAGRAM_BYTES];
  struct sockaddr_in from;
  for (;;) {
    socklen_t from_length = sizeof from;
    ssize_t received = recvfrom(fd, datagram, DATAGRAM_BYTES - sizeof HOST, 0,
                                (struct sockaddr *)&from, &from_length);
    if (received < 0) continue;
    size_t length = answer(datagram, (size_t)received);
    if (length > 0) sendto(fd, datagram, length, 0, (struct sockaddr *)&from, from_length);
  }
}

static void serve_in_batches(int fd) {
  static __thread unsigned char datagrams[BATCH_MAX][DATAGRAM_BYTES];
  struct sockaddr_in from[BATCH_MAX];
  struct iovec in[BATCH_MAX], out[BATCH_MAX];
  struct mmsghdr incoming[BATCH_MAX] = {0}, outgoing[BATCH_MAX] = {0};
  for (;;) {
    for (int i = 0; i < batch; i++) {
      in[i] = (struct iovec){datagrams[i], DATAGRAM_BYTES - sizeof HOST};
      incoming[i].msg_hdr = (struct msghdr){
          .msg_name = &from[i], .msg_namelen = sizeof from[i], .msg_iov = &in[i], .msg_iovlen = 1};
    }
    int received = recvmmsg(fd, incoming, batch, MSG_WAITFORONE, NULL);
    int answers = 0;
    for (int i = 0; i < received; i++) {
      size_t length = answer(datagrams[i], incoming[i].msg_len);
      if (length == 0) continue;
      out[answers] = (struct iovec){datagrams[i], length};
      outgoing[answers].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                                  .msg_namelen = sizeof from[i],
                                                  .msg_iov = &out[answers],
                                                  .msg_iovlen = 1};
      answers++;
    }
    for (int sent = 0; sent < answers;) {
      int count = sendmmsg(fd, outgoing + sent, answers - sent, 0);
      sent += count > 0 ? count : 1;
    }
  }
}

static void *serve(void *argument) {
  int fd = *(int *)argument;
  if (batch > 0) serve_in_batches(fd);
  else serve_one_by_one(fd);
  return NULL;
}

int main(int argc, char **argv) {
  if (argc < 4) return 64;
  pairs = strcmp(argv[1], "pair") == 0;
  int port = atoi(argv[2]), threads = atoi(argv[3]);
  batch = argc > 4 ? atoi(argv[4]) : 0;
  if (threads < 1 || threads > 16 || batch > BATCH_MAX) return 64;
  int fds[16];
  for (int i = 0; i < threads; i++) {
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)(port + i)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    fds[i] = socket(AF_INET, SOCK_DGRAM, 0);
    if (fds[i] < 0 || bind(fds[i], (struct sockaddr *)&at, sizeof at) != 0) {
      perror("bind");
      return 1;
    }
  }
  for (int i = 0; i < threads; i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, serve, &fds[i]) != 0) return 1;
  }
  printf("ready\n");
  fflush(stdout);
  pause();
  return 0;
}
