#!/bin/sh
# GNU parallel: four shards on as many machines (or cores) as it is told; --joblog and --retries are its own.
parallel --halt soon,fail=1 topple sweep topologies/starter.json --duration 20s --quiet \
	--vary /services/shop/threads=4:8:1 --vary /workloads/customers/arrival/rate=100:300:50 \
	--threads 1 --out results --shard {}/4 ::: 1 2 3 4 &&
	topple merge results --out results
