/* A large topology, made when it is needed: layers of services, each called by the layer above. */
#ifndef TOPPLE_TESTS_BENCH_LAYERS_H
#define TOPPLE_TESTS_BENCH_LAYERS_H

/* Five layers of services. One of the first layer is asked by each request, `rate` times a second.
 * Each works for a while (the even ones compute, the odd ones wait) and then calls the one below it
 * and, every other one, a second of the layer below, chosen by a generator with a fixed seed: 13
 * hops to a request. Every hop has a latency and a timeout. The JSON text, to be freed. */
char *layers_text(unsigned services, double rate);

#endif
